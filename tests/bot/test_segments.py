"""How many SMS parts a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segments import GSM_BASIC, GSM_EXTENDED, count, is_gsm, shorten, to_gsm


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("a" * 160, 1, id="a full GSM part"),
        pytest.param("a" * 161, 2, id="one more"),
        pytest.param("a" * 306, 2, id="two full GSM parts"),
        pytest.param("a" * 307, 3, id="one more than two"),
        pytest.param("€" * 80, 1, id="extension characters cost two"),
        pytest.param("€" * 81, 2, id="81 of them are 162"),
        pytest.param("a" * 152 + "€" + "a" * 152, 3, id="an escape pair is not cut in two"),
        pytest.param("ж" * 70, 1, id="a full UCS-2 part"),
        pytest.param("ж" * 71, 2, id="one more in UCS-2"),
        pytest.param("a" * 70 + "’", 2, id="a curly quote flips the alphabet"),
        pytest.param("😀" * 35, 1, id="an emoji costs two units"),
        pytest.param("😀" * 36, 2, id="36 emoji are 72 units"),
        pytest.param("a" * 66 + "😀" + "a" * 66, 3, id="a surrogate pair is not cut in two"),
    ],
)
def test_the_parts_of_a_text(text: str, parts: int) -> None:
    assert count(text) == parts


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        pytest.param("Zoë", "Zoe", id="an accent that GSM-7 lacks"),
        pytest.param("Zoe\u0308", "Zoe", id="the same, taken apart"),
        pytest.param("José", "José", id="an accent that GSM-7 has"),
        pytest.param("Seán", "Sean", id="Irish"),
        pytest.param("Łukasz", "Lukasz", id="a Polish stroke"),
        pytest.param("Søren Weiß", "Søren Weiß", id="GSM-7 has these"),
        pytest.param("Đorđe", "Dorde", id="Croatian"),
        pytest.param("Nguyễn", "Nguyen", id="two marks on one letter"),
        pytest.param("O’Neill", "O'Neill", id="a curly apostrophe"),
        pytest.param("Amina 🙂", "Amina", id="an emoji is left out"),
        pytest.param("B{e}n[~]", "B(e)n()", id="nothing that costs two"),
        pytest.param("Ольга", None, id="Cyrillic has no counterpart"),
        pytest.param("أمينة", None, id="nor has Arabic"),
        pytest.param("Δημήτρης", None, id="nor has Greek, though GSM-7 has a delta"),
        pytest.param("🙂", None, id="nothing is left"),
        pytest.param("", None, id="nothing was there"),
    ],
)
def test_names_are_spelt_in_gsm_letters_or_not_at_all(name: str, spelt: str | None) -> None:
    assert to_gsm(name) == spelt


@given(st.text())
def test_what_is_spelt_costs_one_unit_a_letter(text: str) -> None:
    spelt = to_gsm(text)

    assert spelt is None or set(spelt) <= GSM_BASIC


@given(st.text(), st.integers(1, 60))
def test_a_shortened_text_is_one_line_and_never_longer(text: str, longest: int) -> None:
    short = shorten(text, longest)

    assert len(short) <= longest
    assert " ".join(text.split()).startswith(short)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        pytest.param("Mary-Jane Elizabeth", "Mary-Jane", id="between words"),
        pytest.param("Bartholomew-Sebastian", "Bartholomew", id="at a hyphen"),
        pytest.param("Al Wolfeschlegelsteinhausen", "Al Wolfeschle", id="inside a long word"),
        pytest.param("  Ben \n Ade ", "Ben Ade", id="short enough"),
    ],
)
def test_a_text_is_cut_between_words_where_it_can_be(text: str, short: str) -> None:
    assert shorten(text, 13) == short


@given(st.text(alphabet=st.sampled_from(sorted(GSM_BASIC | GSM_EXTENDED)), max_size=400))
def test_a_longer_text_never_takes_fewer_parts(text: str) -> None:
    assert is_gsm(text)
    assert count(text) <= count(text + "a") <= count(text) + 1
