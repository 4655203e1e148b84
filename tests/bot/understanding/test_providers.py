"""Typed names are found in a list of schools, colleges and universities."""

import pytest

from bot.understanding import Provider, ProviderIndex, understand
from contact.reply import Label

PLACES = [
    Provider("Northgate College", "fe_college", urn="130001", ukprn="10000001", town="Northgate"),
    Provider("St Brannock's Sixth Form College", "sixth_form_college", urn="130002"),
    Provider("Hollybank High School", "school", urn="110003", town="Crossley"),
    Provider("Hollybank High School", "school", urn="110004", town="Denby"),
    Provider("University of Wexcombe", "higher_education", ukprn="10000005",
             other_names=("Wexcombe Polytechnic", "UWX")),
    Provider("The Larches Post-16", "special", urn="130006"),
    Provider("Merrowdown Academy", "school", urn="110007"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> ProviderIndex:
    return ProviderIndex(PLACES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Northgate College", "130001"),
        ("northgate", "130001"),
        ("nortgate colege", "130001"),
        ("st brannocks", "130002"),
        ("St. Brannock's 6th form", "130002"),
        ("merrowdown", "110007"),
        ("merowdown academy", "110007"),
        ("the larches", "130006"),
        ("hollybank high crossley", "110003"),
    ],
)
def test_a_name_is_found_in_spite_of_its_spelling(
    index: ProviderIndex, typed: str, found: str
) -> None:
    place = index.best(typed)

    assert place is not None
    assert place.urn == found


@pytest.mark.parametrize("typed", ["uwx", "uni of wexcombe", "wexcombe uni", "wexcomb"])
def test_other_names_lead_to_the_same_place(index: ProviderIndex, typed: str) -> None:
    place = index.best(typed)

    assert place is not None
    assert (place.name, place.ukprn) == ("University of Wexcombe", "10000005")


@pytest.mark.parametrize("typed", ["", "college", "hollybank high", "zzz", "southern college"])
def test_nothing_is_guessed_where_none_or_several_fit(index: ProviderIndex, typed: str) -> None:
    assert index.best(typed) is None


def test_kinds_narrow_the_search(index: ProviderIndex) -> None:
    assert index.best("northgate", kinds=("school",)) is None


def test_an_empty_index_knows_nothing() -> None:
    empty = ProviderIndex([])

    assert len(empty) == 0
    assert empty.best("northgate") is None


def test_the_list_gives_the_full_name_and_the_code(index: ProviderIndex) -> None:
    plain = understand("doing a levels at st brannocks", "now")
    known = understand("doing a levels at st brannocks", "now", providers=index)

    assert (plain.slots.provider, plain.code) == ("st brannocks", "210")
    assert (known.slots.provider, known.code) == ("St Brannock's Sixth Form College", "220")


def test_a_place_asked_for_is_looked_up(index: ProviderIndex) -> None:
    reading = understand("nortgate", "where", context=Label.FE_COLLEGE, providers=index)

    assert reading.slots.provider == "Northgate College"
