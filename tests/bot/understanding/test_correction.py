"""A name put right afterwards changes that name and nothing else."""

import pytest

from bot.understanding import understand
from contact.reply import Label, Slots

JOB, COLLEGE = Label.EMPLOYMENT_WITHOUT_TRAINING, Label.FE_COLLEGE


@pytest.mark.parametrize(
    ("text", "known", "slot", "value"),
    [
        ("sorry meant kwik fit", JOB, "employer", "kwik fit"),
        ("sorry meant kwik fit", Label.APPRENTICESHIP, "employer", "kwik fit"),
        ("oops i meant Tesco", JOB, "employer", "Tesco"),
        ("actually its kwik fit", Label.APPRENTICESHIP, "employer", "kwik fit"),
        ("meant oakes roofing", JOB, "employer", "oakes roofing"),
        ("sorry meant wirral met", COLLEGE, "provider", "Wirral Met College"),
        ("sorry i meant plumbing", COLLEGE, "course", "plumbing"),
        ("sorry meant level 3", COLLEGE, "level", "3"),
    ],
)
def test_a_name_that_was_meant_is_put_right(text: str, known: Label, slot: str, value: str) -> None:
    reading = understand(text, None, context=known)

    assert (reading.label, reading.code, reading.review) == (known, None, False)
    assert getattr(reading.slots, slot) == value


@pytest.mark.parametrize(
    ("text", "known", "label"),
    [
        ("sorry meant wirral met", JOB, COLLEGE),
        ("sorry meant kwik fit", COLLEGE, JOB),
        ("sorry meant im at uni", JOB, Label.HIGHER_EDUCATION),
        ("sorry meant apprenticeship at kwik fit", JOB, Label.APPRENTICESHIP),
    ],
)
def test_another_destination_that_was_meant_is_read_as_such(
    text: str, known: Label, label: Label
) -> None:
    reading = understand(text, None, context=known)

    assert reading.label is label
    assert reading.code is not None


@pytest.mark.parametrize(
    "text",
    ["sorry meant to reply sooner", "sorry i meant yes", "meant no", "sorry meant tomorrow",
     "actually its fine", "sorry meant 3"],
)  # fmt: skip
def test_what_was_meant_is_not_always_a_name(text: str) -> None:
    reading = understand(text, None, context=JOB)

    assert reading.review or reading.code is None
    assert reading.slots == Slots()


@pytest.mark.parametrize("text", ["sorry i meant stop", "meant stop", "no i meant STOP please"])
def test_a_stop_that_was_meant_is_a_stop(text: str) -> None:
    assert understand(text, None, context=JOB).label is Label.STOP


def test_without_anything_known_the_words_alone_count() -> None:
    assert understand("sorry meant kwik fit").label is JOB
