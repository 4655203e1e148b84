"""A retrained model is kept whole and private, and what is damaged is passed over."""

import stat
from pathlib import Path

import pytest

from bot.understanding import understand
from bot.understanding.calibrate import Calibration
from bot.understanding.features import BUCKETS
from bot.understanding.model import LABELS, pack
from contact.reply import Label
from followup.learnt_file import NUMBERS, WEIGHTS, forget, keep, learnt_in, stamp_of

SURE = Calibration(1.5, 0.25, 0.7)


def packed(favoured: Label) -> bytes:
    """A model that takes everything for ``favoured``."""
    bias = [9.0 if label is favoured else 0.0 for label in LABELS]
    return pack([0.0] * (BUCKETS * len(LABELS)), bias)


def test_what_is_kept_is_what_is_read_with(tmp_path: Path):
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)

    learnt = learnt_in(tmp_path)

    assert learnt is not None
    assert learnt.calibration == SURE
    assert understand("some words or other", "now", learnt=learnt).label is Label.GAP_YEAR
    assert understand("some words or other", "now").label is not Label.GAP_YEAR


def test_only_the_owner_can_read_it_and_nothing_else_is_left(tmp_path: Path):
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)
    keep(tmp_path, packed(Label.REFUSES), SURE)

    assert sorted(each.name for each in tmp_path.iterdir()) == sorted((WEIGHTS, NUMBERS))
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_another_model_has_another_stamp(tmp_path: Path):
    assert stamp_of(tmp_path) is None
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)

    assert stamp_of(tmp_path) is not None


def test_what_is_forgotten_is_gone(tmp_path: Path):
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)

    assert forget(tmp_path)
    assert not forget(tmp_path)
    assert learnt_in(tmp_path) is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(WEIGHTS, b"no archive", id="weights that are none"),
        pytest.param(WEIGHTS, pack([1.0] * 10, [0.0] * len(LABELS)), id="of other features"),
        pytest.param(WEIGHTS, b"", id="empty weights"),
        pytest.param(NUMBERS, b"slope = 'steep'", id="numbers that are none"),
        pytest.param(NUMBERS, b"slope = 1.0", id="numbers that are missing"),
        pytest.param(NUMBERS, b"\xff\xfe", id="numbers in no known letters"),
    ],
)
def test_a_damaged_model_is_passed_over(
    tmp_path: Path, name: str, content: bytes, caplog: pytest.LogCaptureFixture
):
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)
    (tmp_path / name).write_bytes(content)

    assert learnt_in(tmp_path) is None
    assert "train it again" in caplog.text
