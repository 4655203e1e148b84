"""A number is read once under each question; words are read each time and kept nowhere."""

import pytest

from bot.remembering import remembering
from bot.understanding import understand
from contact.reply import Label, Reading


class Listener:
    """Notes what it was asked to read."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, Label | None]] = []

    def __call__(self, text, question=None, *, context=None):
        self.asked.append((text, question, context))
        return Reading(Label.AMBIGUOUS, evidence=(text,))


@pytest.mark.parametrize(
    ("text", "times"),
    [
        pytest.param("2", 1, id="a number"),
        pytest.param("12", 1, id="two digits"),
        pytest.param("٢", 1, id="an Arabic digit"),
        pytest.param("123", 3, id="longer than any on our lists"),
        pytest.param("2 please", 3, id="a number and words"),
        pytest.param("no", 3, id="a short word"),
        pytest.param("", 3, id="nothing at all"),
        pytest.param("²", 3, id="a digit that is no number"),
    ],
)
def test_how_often_the_same_text_is_read(text, times):
    listener = Listener()
    read = remembering(listener)

    readings = [read(text, "now") for _ in range(3)]

    assert readings == [Reading(Label.AMBIGUOUS, evidence=(text,))] * 3
    assert len(listener.asked) == times


def test_a_number_is_another_answer_to_another_question():
    listener = Listener()
    read = remembering(listener)

    for _ in range(2):
        read("2", "now")
        read("2", "help", context=Label.SELF_EMPLOYED)
        read("2", "help")

    assert listener.asked == [
        ("2", "now", None),
        ("2", "help", Label.SELF_EMPLOYED),
        ("2", "help", None),
    ]


@pytest.mark.parametrize("question", [None, "now", "where", "level", "help", "confirm"])
@pytest.mark.parametrize("text", ["1", "2", "9", "0", "99", "three"])
def test_it_says_what_it_said_at_first(text, question):
    read = remembering(understand)

    assert read(text, question) == read(text, question) == understand(text, question)
