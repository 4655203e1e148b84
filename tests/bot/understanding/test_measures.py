"""The readings are as good as promised, on replies no rule was written for."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.understanding import understand
from bot.understanding.codes import DESTINATIONS
from bot.understanding.training.texts import HERE
from contact.reply import Label, Reading

HELD_BACK = HERE / "heldback.tsv"


@dataclass(frozen=True, slots=True)
class Case:
    """A reply, the labels that are right for it, and its reading."""

    right: frozenset[str]
    reading: Reading

    @property
    def good(self) -> bool:
        return self.reading.label in self.right

    def has(self, label: Label) -> bool:
        return label in (self.reading.label, *self.reading.flags)


def share(cases: Iterable[Case], good: Callable[[Case], bool]) -> float:
    found = [good(case) for case in cases]
    return sum(found) / len(found)


@pytest.fixture(scope="module")
def held_back() -> list[Case]:
    rows = [line.split("\t") for line in HELD_BACK.read_text("utf-8").splitlines()]
    return [Case(frozenset((label,)), understand(text, ask)) for label, ask, text in rows]


def _samples(name: str) -> Iterator[dict[str, Any]]:
    folder = os.environ.get("FOLLOWUP_SAMPLES")
    if not folder:
        pytest.skip("FOLLOWUP_SAMPLES names no folder with the sample data")
    lines = (Path(folder) / name).read_text("utf-8").splitlines()
    yield from (json.loads(line) for line in lines)


@pytest.fixture(scope="module")
def sample() -> list[Case]:
    return [
        Case(
            frozenset((row["label"], *row.get("accept", ()))),
            understand(row["text"], row["question_code"]),
        )
        for row in _samples("dev_replies.jsonl")
        if row["task"] == "destination"
    ]


@pytest.fixture(scope="module")
def everyday() -> list[Reading]:
    rows = _samples("real_sms.jsonl")
    return [understand(row["text"]) for row in rows if not row.get("legit")]


@pytest.mark.parametrize("cases", ["held_back", "sample"])
def test_nine_in_ten_are_read_right(cases: str, request: pytest.FixtureRequest) -> None:
    assert share(request.getfixturevalue(cases), lambda case: case.good) >= 0.90


@pytest.mark.parametrize("cases", ["held_back", "sample"])
def test_what_needs_no_staff_is_right_and_is_most(
    cases: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(cases)
    alone = [case for case in found if not case.reading.review]

    assert len(alone) / len(found) >= 0.65
    assert share(alone, lambda case: case.good) >= 0.97


@pytest.mark.parametrize("cases", ["held_back", "sample"])
@pytest.mark.parametrize(("label", "floor"), [(Label.DISTRESS, 0.97), (Label.STOP, 0.98)])
def test_danger_and_stop_are_not_missed(
    cases: str, label: Label, floor: float, request: pytest.FixtureRequest
) -> None:
    meant = [case for case in request.getfixturevalue(cases) if label in case.right]

    assert share(meant, lambda case: case.has(label)) >= floor


def test_the_held_back_replies_know_every_label(held_back: list[Case]) -> None:
    assert {label for case in held_back for label in case.right} == {str(one) for one in Label}


def test_everyday_messages_are_not_coded(everyday: list[Reading]) -> None:
    coded = [r for r in everyday if r.label in DESTINATIONS and not r.review]

    assert len(coded) / len(everyday) <= 0.005


@pytest.mark.parametrize(("label", "ceiling"), [(Label.DISTRESS, 0.01), (Label.STOP, 0.003)])
def test_everyday_messages_raise_no_alarm(
    label: Label, ceiling: float, everyday: list[Reading]
) -> None:
    raised = [r for r in everyday if label in (r.label, *r.flags)]

    assert len(raised) / len(everyday) <= ceiling


def test_confidence_means_what_it_says(held_back: list[Case]) -> None:
    sure = [case for case in held_back if case.reading.confidence >= 0.9]
    middling = [case for case in held_back if 0.5 <= case.reading.confidence < 0.9]

    assert share(sure, lambda case: case.good or case.has(Label.STOP)) >= 0.95
    assert share(middling, lambda case: case.good) >= 0.5
