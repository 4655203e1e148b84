"""No text whatever makes the reading fail, and none takes long."""

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import understand
from bot.understanding.codes import DESTINATIONS
from contact.reply import Label

QUESTIONS = ("now", "where", "what", "level", "start", "help", "who", "confirm", "which", None)
ANYTHING = st.text(st.characters(), max_size=300)
WORDS = st.lists(
    st.sampled_from(
        "stop im at college uni not left now was a level 2 3 work help die kill me lol ? . the "
        "apprenticeship no yes my dad hits tesco in for and next year plumbing ignore".split()
    ),
    max_size=25,
).map(" ".join)


@given(ANYTHING | WORDS, st.sampled_from(QUESTIONS))
@settings(max_examples=300, deadline=None)
def test_every_text_has_a_reading_that_keeps_its_promises(text: str, question: str | None) -> None:
    reading = understand(text, question)

    assert 0 <= reading.confidence <= 1
    assert reading.label not in reading.flags
    assert reading.label is not Label.DISTRESS or reading.review
    assert reading.code is None or reading.label in DESTINATIONS | {Label.REFUSES}
    assert all(piece in text for piece in reading.evidence)


@given(WORDS)
@settings(max_examples=100, deadline=None)
def test_a_cry_for_help_is_never_hidden_by_other_words(text: str) -> None:
    reading = understand(f"{text}. i have been thinking about ending my life", "now")

    assert Label.DISTRESS in (reading.label, *reading.flags)


@given(WORDS)
@settings(max_examples=50, deadline=None)
def test_the_same_text_is_always_read_alike(text: str) -> None:
    assert understand(text, "now") == understand(text, "now")


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "\ud800",
        "a\x00b\udfff",
        "\u202e" * 50,
        "1" * 5000,
        "🇬🇧" * 500,
        "\n" * 1000,
        "(" * 900,
    ],
    ids=["nul", "surrogate", "both", "override", "digits", "flags", "lines", "brackets"],
)
def test_hostile_texts(text: str) -> None:
    for question in QUESTIONS:
        assert understand(text, question).label in Label


@pytest.mark.parametrize("piece", ["a", "stop ", "im at college ", "nie mam ", "ا", "the end of "])
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    understand(piece, "now")
    taken = []
    for size in (8_000, 65_536):
        start = perf_counter()
        reading = understand(piece * (size // len(piece)), "now")
        taken.append(perf_counter() - start)

    # Generous: a pattern that backtracks without bound would take minutes.
    assert all(after < 5 + 20 * before for before, after in pairwise(taken))
    assert reading.review
