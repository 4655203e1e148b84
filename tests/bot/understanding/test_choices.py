"""A number picks a line of the list; words beside it are listened to."""

import pytest

from bot.understanding import NOW_CHOICES, understand
from contact.reply import Label

PICKED = [
    ("1", 1), ("2.", 2), (" 3 ", 3), ("no 3", 3), ("Number 4", 4), ("option 5 please", 5),
    ("six", 6), ("its 7", 7), ("3️⃣", 3), ("#2", 2), ("(1)", 1), ("٣", 3), ("dwa", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), PICKED, ids=[text for text, _ in PICKED])
def test_a_number_picks_its_line(text: str, number: int) -> None:
    reading = understand(text, "now")
    line = NOW_CHOICES[number - 1]

    assert (reading.choice, reading.label, reading.code) == (number, line.label, line.code)
    assert not reading.review


def test_the_list_counts_from_one_and_every_line_but_the_last_has_a_code() -> None:
    assert [line.number for line in NOW_CHOICES] == list(range(1, 9))
    assert [line.code for line in NOW_CHOICES] == [
        *("210", "230", "240", "310", "340", "330", "619"), None
    ]  # fmt: skip


def test_something_else_is_asked_further() -> None:
    reading = understand("8", "now")

    assert (reading.label, reading.choice, reading.code) == (Label.AMBIGUOUS, 8, None)


@pytest.mark.parametrize("text", ["9", "0", "1 or 2", "2 and 6", "42"])
def test_no_number_or_several_are_unclear(text: str) -> None:
    reading = understand(text, "now")

    assert (reading.label, reading.code, reading.review) == (Label.AMBIGUOUS, None, True)


def test_words_after_the_number_fill_the_slots() -> None:
    reading = understand("2 - plumbing at bury college", "now")

    assert (reading.choice, reading.code, reading.slots.provider) == (2, "230", "bury college")


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("4 with my uncle, oakes roofing, level 2", 4, "310"),
        ("2 college wirral met", 2, "230"),
        ("1 - staying at school", 1, "210"),
        ("5. job with training at greggs", 5, "340"),
        ("5 lidl", 5, "340"),
        ("1 hilbre", 1, "210"),
        ("1 at carmel", 1, "210"),
        ("3 leeds", 3, "240"),
        ("3. law", 3, "240"),
        ("4 plumbing", 4, "310"),
        ("6 tesco part time", 6, "360"),
        ("1 more year at school", 1, "210"),
    ],
)
def test_a_number_before_words_picks_its_line(text: str, number: int, code: str) -> None:
    reading = understand(text, "now")

    assert (reading.choice, reading.label) == (number, NOW_CHOICES[number - 1].label)
    assert (reading.code, reading.review) == (code, False)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("8 gap year", Label.GAP_YEAR),
        ("8 im in the army", Label.ARMED_FORCES),
        ("3 a levels", Label.SIXTH_FORM),
        ("3 a levels at greenhead", Label.SIXTH_FORM),
        ("2 hilbre sixth form", Label.SIXTH_FORM),
        ("4 at uni", Label.HIGHER_EDUCATION),
        ("7 working at tesco", Label.EMPLOYMENT_WITHOUT_TRAINING),
        ("5 days a week at greggs", Label.EMPLOYMENT_WITHOUT_TRAINING),
        ("2 jobs, tesco and asda", Label.EMPLOYMENT_WITHOUT_TRAINING),
        ("2 kids so not working", Label.NOT_AVAILABLE),
        ("6 months in the army", Label.ARMED_FORCES),
        ("1 year left at uni doing law", Label.HIGHER_EDUCATION),
        ("2 more weeks then idk", Label.AMBIGUOUS),
        ("2 but not sure", Label.AMBIGUOUS),
    ],
)
def test_a_number_that_counts_or_that_words_speak_against_is_no_choice(
    text: str, label: Label
) -> None:
    reading = understand(text, "now")

    assert (reading.label, reading.choice) == (label, None)


@pytest.mark.parametrize("text", ["4 - but i quit", "4 not any more", "2 mins away", "6 at night"])
def test_a_number_in_other_talk_gives_no_code(text: str) -> None:
    reading = understand(text, "now")

    assert reading.review or reading.code is None


def test_the_words_after_a_number_fill_the_slots_of_its_label() -> None:
    slots = understand("4 with my uncle, oakes roofing, level 2", "now").slots

    assert (slots.employer, slots.level, slots.provider) == ("oakes roofing", "2", None)


def test_something_else_said_in_words_that_tell_nothing_is_asked_further() -> None:
    reading = understand("8 something", "now")

    assert (reading.label, reading.choice, reading.code) == (Label.AMBIGUOUS, 8, None)


def test_numbers_answer_other_questions_in_their_own_way() -> None:
    level = understand("2", "level", context=Label.FE_COLLEGE)
    no_thanks = understand("2", "help")
    which = understand("2", "which")

    assert (level.slots.level, level.label, level.code) == ("2", Label.FE_COLLEGE, None)
    assert (no_thanks.choice, which.choice) == (2, 2)


@pytest.mark.parametrize(
    ("text", "choice"),
    [("yes", 1), ("yeah thats right", 1), ("1", 1), ("yep", 1), ("correct", 1), ("tak", 1),
     ("no", 2), ("nope", 2), ("2", 2), ("no i left", 2), ("nah not any more", 2), ("nie", 2)],
)  # fmt: skip
def test_yes_and_no(text: str, choice: int) -> None:
    assert understand(text, "confirm", context=Label.FE_COLLEGE).choice == choice


def test_yes_keeps_what_was_known_and_no_does_not() -> None:
    assert understand("yes", "confirm", context=Label.SIXTH_FORM).label is Label.SIXTH_FORM
    assert understand("no i left", "confirm", context=Label.SIXTH_FORM).label is Label.AMBIGUOUS


def test_no_with_what_is_so_instead_is_a_new_reading() -> None:
    reading = understand("no im working at tesco now", "confirm", context=Label.FE_COLLEGE)

    assert (reading.choice, reading.label) == (2, Label.EMPLOYMENT_WITHOUT_TRAINING)
    assert reading.code == "330"


@pytest.mark.parametrize(
    ("text", "choice"),
    [("1", 1), ("yes", 1), ("its me", 1), ("yeah this is me :)", 1), ("me", 1), ("2", 2),
     ("no", 2), ("nah wrong one", 2), ("this is me mums phone", None), ("who wants to know", None)],
)  # fmt: skip
def test_whether_it_is_them(text: str, choice: int | None) -> None:
    assert understand(text, "who").choice == choice


def test_whoever_says_what_they_do_instead_is_read_so() -> None:
    reading = understand("yes im working at tesco now", "who")

    assert (reading.label, reading.code) == (Label.EMPLOYMENT_WITHOUT_TRAINING, "330")
