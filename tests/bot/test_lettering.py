"""Letters that cost parts, and letters that run the other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lettering import (
    LEFT_TO_RIGHT,
    WIDE,
    Lettering,
    beside,
    fit,
    most_parts,
    room,
    runs_right_to_left,
    sent,
)
from bot.segments import count, is_gsm
from bot.wording import LONGEST

PLAIN, FOLDED, WIDE_ONE = Lettering.PLAIN, Lettering.FOLDED, Lettering.WIDE


@pytest.mark.parametrize(
    ("lettering", "line", "parts"),
    [
        pytest.param(PLAIN, "ask.1", 2, id="as typed"),
        pytest.param(FOLDED, "signpost.worry", 2, id="folded, a signpost too"),
        pytest.param(WIDE_ONE, "ask.1", 3, id="another script"),
        pytest.param(WIDE_ONE, "signpost.worry", 4, id="another script names every helpline"),
    ],
)
def test_how_many_parts_a_line_may_take(lettering: Lettering, line: str, parts: int) -> None:
    assert most_parts(lettering, line) == parts


@pytest.mark.parametrize(
    ("lettering", "text", "as_sent"),
    [
        pytest.param(FOLDED, "Cześć, źle?\nŻółw", "Czesc, zle?\nZolw", id="Polish"),
        pytest.param(FOLDED, "Bună, știu că", "Buna, stiu ca", id="Romanian"),
        pytest.param(FOLDED, "tŷ, dŵr, plîs", "ty, dwr, plis", id="Welsh"),
        pytest.param(WIDE_ONE, "مرحبا", "مرحبا", id="Arabic stays"),
        pytest.param(PLAIN, "can’t", "can’t", id="English is checked, not mended"),
    ],
)
def test_what_is_sent(lettering: Lettering, text: str, as_sent: str) -> None:
    assert sent(lettering, text) == as_sent


def test_folding_halves_what_a_text_costs() -> None:
    text = "Dziękujemy za odpowiedź, doradcy zawodowi odezwą się do Ciebie w tym tygodniu. " * 2

    assert (count(text), count(sent(FOLDED, text))) == (3, 1)


@pytest.mark.parametrize(
    ("lettering", "fact", "fitted"),
    [
        pytest.param(FOLDED, "Łukasz", "Lukasz", id="folded"),
        pytest.param(FOLDED, "محمد", "", id="no half a name in Latin letters"),
        pytest.param(WIDE_ONE, "محمد", "محمد", id="a name in its own letters"),
        pytest.param(WIDE_ONE, "Zoë", "Zoë", id="accents cost nothing there"),
        pytest.param(WIDE_ONE, "Sam 🎓", "Sam", id="no emoji, which costs two"),
        pytest.param(WIDE_ONE, "Sam\u202e\u0000", "Sam", id="no hidden marks"),
        pytest.param(WIDE_ONE, "a\n b", "a b", id="one line"),
    ],
)
def test_a_fact_is_lettered_as_its_text(lettering: Lettering, fact: str, fitted: str) -> None:
    assert fit(lettering, fact, 20) == fitted


@pytest.mark.parametrize(
    ("fact", "set_off"),
    [
        pytest.param("Wirral Met", "Wirral Met", id="a name stands by itself"),
        pytest.param("level 2", "level 2", id="a figure after a word"),
        pytest.param("محمد 2", "محمد 2", id="already from right to left"),
        pytest.param("", "", id="nothing"),
        pytest.param("01942 555010", f"{LEFT_TO_RIGHT}01942 555010{LEFT_TO_RIGHT}", id="a number"),
        pytest.param(
            "Carmel (Rixton)", f"{LEFT_TO_RIGHT}Carmel (Rixton){LEFT_TO_RIGHT}", id="a bracket"
        ),
    ],
)
def test_figures_keep_their_order_beside_arabic(fact: str, set_off: str) -> None:
    assert beside(WIDE_ONE, fact) == set_off
    assert beside(PLAIN, fact) == fact


def test_every_fact_has_room_in_every_lettering() -> None:
    assert WIDE.keys() == LONGEST.keys()
    for fact, longest in LONGEST.items():
        assert room(PLAIN, fact, longest) == longest
        assert 0 < room(WIDE_ONE, fact, longest) <= longest


@given(st.text(max_size=80), st.sampled_from(list(Lettering)), st.integers(6, 60))
def test_no_fact_is_longer_than_its_room(text: str, lettering: Lettering, longest: int) -> None:
    fact = beside(lettering, fit(lettering, text, longest))

    assert len(fact) <= longest
    assert lettering is WIDE_ONE or is_gsm(fact)


@pytest.mark.parametrize(("text", "runs"), [("abc 1", False), ("abc ب", True), ("", False)])
def test_a_script_that_runs_from_right_to_left_is_known(text: str, runs: bool) -> None:
    assert runs_right_to_left(text) is runs
