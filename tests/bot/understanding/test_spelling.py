"""Words typed in a hurry are put right; real words and names are left alone."""

import pytest

from bot.understanding.normalise import normalise
from bot.understanding.spelling import mended, words
from bot.understanding.training.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("studyin", "studying"),
        ("sleepin", "sleeping"),
        ("depresed", "depressed"),
        ("witout", "without"),
        ("wrkng", "working"),
        ("apprntce", "apprentice"),
        ("warehose", "warehouse"),
        ("desparate", "desperate"),
        ("univeristy", "university"),
        ("recieve", "receive"),
    ],
)
def test_a_slip_is_put_right(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        *("hating", "heating", "hunting", "biting", "craving", "within", "latin", "tough"),
        *("martin", "kieran", "pracuje", "szukam", "lucrez", "kaam", "btw", "lmk"),
        *("", "a", "x" * 80, "zażółć", "میں", "b2b"),
    ],
)
def test_what_is_a_word_of_its_own_is_left_alone(word: str) -> None:
    assert mended(word) == word


def test_a_word_put_right_is_written_out_like_any_other() -> None:
    assert normalise("at univeristy, studyin").text == "at uni studying"


def test_what_was_typed_can_still_be_quoted() -> None:
    typed = normalise("doin plumbin n instalation")

    assert typed.quote(0, 3) == "doin plumbin n instalation"
    assert typed.put_right(1, 3) == "plumbing n installation"


def test_the_list_of_words_is_what_the_texts_make_it() -> None:
    known = {line.removesuffix(" ~") for line in vocabulary()}

    assert known == words().known


def test_laughter_in_signs_is_laughter() -> None:
    assert normalise("dying 😂").words == ("dying", "lol")
