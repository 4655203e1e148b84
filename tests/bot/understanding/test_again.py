"""What staff decided teaches the model; a model that sees less danger is refused."""

from dataclasses import replace

import pytest

from bot.understanding.calibrate import shipped
from bot.understanding.learnt import Learnt, as_shipped
from bot.understanding.model import pack, trained, unpack
from bot.understanding.training.again import (
    Measure,
    Told,
    held_back,
    measure,
    refusal,
    train_again,
)
from bot.understanding.training.fit import fit
from bot.understanding.training.texts import Example
from contact.reply import Label

FEW = [
    *[Example("sixth_form", f"a levels at school {n}") for n in range(8)],
    *[Example("fe_college", f"plumbing at college {n}") for n in range(8)],
]
TOLD = [Told(f"on the wibble course, group {n}", "now", Label.FE_COLLEGE) for n in range(30)]
GOOD = Measure(read=100, right=95, alone=70, alone_right=69, worries=9, stops=8, alarms=0)


def test_the_shipped_model_is_measured_as_promised():
    found = measure(held_back(), as_shipped())

    assert found.share_right >= 0.9
    assert found.share_alone >= 0.97
    assert found.worries >= 24
    assert found.alarms <= 2


def test_a_few_texts_make_a_model_that_is_refused():
    done = train_again(TOLD, as_shipped(), texts=lambda: FEW)

    assert done.refused is not None
    assert done.taught + done.held_back == len(TOLD)
    assert done.held_back > 0
    assert done.learnt.calibration == shipped()


def test_lessons_are_learnt():
    old = Learnt(unpack(pack(*fit(FEW))), shipped())
    done = train_again(TOLD, old, texts=lambda: FEW)

    assert measure(TOLD, done.learnt).right > measure(TOLD, old).right


def test_training_again_gives_the_same_model():
    one = train_again(TOLD, as_shipped(), texts=lambda: FEW)

    assert train_again(list(reversed(TOLD)), as_shipped(), texts=lambda: FEW).packed == one.packed


@pytest.mark.parametrize(
    ("after", "why"),
    [
        pytest.param({}, None, id="the same"),
        pytest.param({"right": 97}, None, id="better"),
        pytest.param({"right": 94}, None, id="hardly worse"),
        pytest.param({"worries": 8, "right": 99}, "worries", id="a worry missed"),
        pytest.param({"stops": 7, "right": 99}, "stop", id="a stop missed"),
        pytest.param({"alarms": 1}, "alarms", id="a false alarm"),
        pytest.param({"right": 92}, "fewer replies right", id="less right"),
        pytest.param({"alone_right": 66}, "without staff", id="coded wrongly"),
    ],
)
def test_when_a_new_model_is_refused(after: dict[str, int], why: str | None):
    said = refusal(GOOD, replace(GOOD, **after))

    assert (said is None) == (why is None)
    assert why is None or why in (said or "")


def test_nothing_measured_is_no_share_of_anything():
    nothing = measure([], Learnt(trained(), shipped()))

    assert (nothing.share_right, nothing.share_alone) == (0.0, 0.0)


def test_a_told_reply_never_shows_its_words():
    assert "wibble" not in repr(TOLD[0])
