"""What invented alumni say to each kind of text of ours."""

from random import Random

import pytest

from followup.simulation.sayings import answer, first_answer


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("ask.1", "3", id="the number of what they do"),
        pytest.param("ask.last", "3", id="also the last time"),
        pytest.param("ask.who.2", "1", id="yes, it is them"),
    ],
)
def test_who_answers_an_ask_by_number_takes_the_list_that_was_shown(line, said):
    assert first_answer("number", "university", Random(1), line) == said


def test_words_say_what_they_do_whatever_was_asked():
    assert first_answer("typing_mistakes", "job", Random(1), "ask.who.1") in (
        "workin full tiem",
        "got a jbo",
    )


@pytest.mark.parametrize("line", ["question.who", "question.confirm", "clarify.who"])
def test_they_are_who_they_are(line):
    assert answer(line, "job", "Amina", Random(1)) == "1"


def test_what_asks_nothing_is_not_answered():
    assert answer("thanks", "job", "Amina", Random(1)) is None
