"""Replies are made plain, whatever is typed."""

import pytest

from bot.understanding.clauses import LATER, NOT, NOW, PAST, times
from bot.understanding.lexicon import find_spans
from bot.understanding.normalise import LONGEST, fold, normalise

PLAIN = [
    ("I'm in Yr13", "im in year 13"),
    ("doin maths n physics", "doing maths and physics"),
    ("lvl3 @ uni", "level 3 uni"),
    ("6thform", "sixth form"),
    ("pls dont txt me", "please dont text me"),
    ("kończę", "koncze"),
    ("sooooo", "soo"),
    ("l2 plumbin", "level 2 plumbing"),
    ("nowt atm", "nothing at the moment"),
    ("appren w/ BT", "apprenticeship with bt"),
    ("don’t", "dont"),
    ("", ""),
    ("😀 !!", ""),
]


@pytest.mark.parametrize(("typed", "plain"), PLAIN)
def test_what_is_typed_becomes_plain_words(typed: str, plain: str) -> None:
    assert normalise(typed).text == plain


def test_urdu_and_arabic_letters_that_look_alike_are_one() -> None:
    assert fold("كيا") == fold("کیا")
    assert fold("أَنا") == fold("انا")


def test_the_words_as_typed_can_be_quoted() -> None:
    typed = normalise("Hiya, I'm doin LVL3 plumbin")

    assert typed.text == "hiya im doing level 3 plumbing"
    assert typed.quote(2, 5) == "doin LVL3 plumbin"


def test_a_text_beyond_all_measure_is_cut() -> None:
    assert normalise("a " * LONGEST).cut
    assert not normalise("a").cut


@pytest.mark.parametrize(
    ("text", "word", "state"),
    [
        ("left college now at tesco", "college", PAST),
        ("left college now at tesco", "tesco", NOW),
        ("not at college", "college", NOT),
        ("uni next year but working at asda", "asda", NOW),
        ("hoping to go uni", "uni", LATER),
        ("was at uni. tesco", "tesco", NOW),
    ],
)
def test_when_a_word_is_so(text: str, word: str, state: str) -> None:
    typed = normalise(text)

    assert times(typed)[typed.words.index(word)] == state


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("bury college", "fe"),
        ("barnfield heath college", "fe"),
        ("university of nowhere", "uni"),
        ("st swithins high", "school"),
        ("morrisons", "emp"),
        ("morisons", "emp"),
        ("plumbing", "fec"),
        ("royal marines", "force"),
        ("hmp leeds", "prison"),
    ],
)
def test_names_are_found_by_list_spelling_and_last_word(text: str, kind: str) -> None:
    assert any(kind in span.kinds for span in find_spans(normalise(text)))


def test_an_employer_that_is_an_ordinary_word_needs_its_place() -> None:
    def employers(text: str) -> list[tuple[str, ...]]:
        return [s.kinds for s in find_spans(normalise(text)) if "emp" in s.kinds]

    assert employers("working at next")
    assert employers("next")
    assert not employers("what happens next week then")
