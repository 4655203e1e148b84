"""A form's plan gets the code of its answer, and none where it names no plan."""

import pytest

from contact.intention import LONGEST, Intention, clipped, intended_code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Sixth form", "210"), ("Sixth Form College", "220"), ("College", "230"),
        ("University", "240"), ("Gap year then uni", "260"), ("Apprenticeship", "310"),
        ("Degree apprenticeship at university", "310"), ("Employment with training", "340"),
        ("Joining the army", "340"), ("Voluntary work", "540"), ("Traineeship", "450"),
        ("Employment", "330"), ("Not sure yet, looking", None), ("Don’t know", None), ("", None),
        ("Collegiate", None),
    ],
)  # fmt: skip
def test_the_code_of_a_destination_answer(answer, code):
    assert intended_code(answer) == code


def test_typed_answers_are_one_tidy_line_of_bounded_length():
    assert clipped(" BTEC Sport\nA level\0PE ") == "BTEC Sport A level PE"
    assert len(clipped("x" * 100_000)) == LONGEST


def test_a_form_without_answers_says_nothing():
    assert not Intention(start="September").said
    assert Intention(provider="Sampleton College").said
