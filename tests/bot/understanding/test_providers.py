"""Typed names are found in a list of schools, colleges and universities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Provider, ProviderIndex, understand
from contact.reply import Label

PLACES = [
    Provider("Northgate College", "fe_college", urn="130001", ukprn="10000001", town="Selworth"),
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


#: Places of one town, and names that many places have.
MANY = ProviderIndex(
    [
        Provider("Selworth College", "fe_college", urn="130101", town="Selworth"),
        Provider("Selworth School", "school", urn="110102", town="Selworth"),
        Provider("University of Selworth", "higher_education", ukprn="10000102"),
        Provider("Selworth University of the Arts", "higher_education", ukprn="10000103"),
        Provider("Penmoor Metropolitan College", "fe_college", urn="130104", town="Penmoor"),
        Provider("Harnwick Free School", "school", urn="110105", town="Harnwick"),
        Provider("Saxby College", "sixth_form_college", urn="130106", town="Harnwick"),
        Provider("Saxby College", "school", urn="110107", town="Penmoor"),
        Provider("Ombersford Sixth Form College", "sixth_form_college", urn="130108", town="Omber"),
        Provider("Ombersford High School Academy", "school", urn="110109", town="Omber"),
        Provider("City College Tarnfield", "college", town="Tarnfield"),
        Provider("City College Tarnfield", "fe_college", urn="130110", town="Tarnfield"),
        Provider("Liverpool John Moores University", "higher_education", ukprn="10003957"),
    ]
)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("Selworth", id="a town"),
        pytest.param("selworth uni arts and that", id="more than the name"),
        pytest.param("harnwick", id="a town that only places lie in"),
        pytest.param("community free school", id="words many names have"),
        pytest.param("free school", id="words one name has beside its town"),
        pytest.param("the sixth form college", id="a kind of place"),
        pytest.param("saxby college", id="two of one name"),
        pytest.param("cansfeld", id="nothing like it"),
        pytest.param("selworth city college", id="another college of the town"),
    ],
)
def test_what_is_not_sure_names_no_place(typed: str) -> None:
    assert MANY.best(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("selworth college", "130101", id="a town's college, said in full"),
        pytest.param("selworth uni", "10000102", id="the university of a town"),
        pytest.param("penmoor met", "130104", id="a usual abbreviation"),
        pytest.param("penmor metropoliton", "130104", id="two slips"),
        pytest.param("saxby penmoor", "110107", id="the town tells two apart"),
        pytest.param("ombersford 6th form", "130108", id="the kind of place tells two apart"),
        pytest.param("tarnfield city college", "130110", id="the entry with a number"),
        pytest.param("LJMU", "10003957", id="a nickname our lists know"),
        pytest.param("JMU uni", "10003957", id="a nickname with the kind of place"),
    ],
)
def test_what_is_sure_is_found(typed: str, number: str) -> None:
    place = MANY.best(typed)

    assert place is not None
    assert number in (place.urn, place.ukprn)


def test_the_town_may_stand_elsewhere_in_the_reply() -> None:
    text = "sixth form at saxby college in penmoor"
    reading = understand(text, "now", providers=MANY)

    assert (reading.slots.provider, reading.slots.urn) == ("Saxby College", "110107")


def test_a_kind_of_place_in_another_town_is_not_sure() -> None:
    reading = understand("saxby college in penmoor", "where", context=Label.FE_COLLEGE,
                         providers=MANY)  # fmt: skip

    assert reading.slots.urn is None


def test_a_place_of_the_list_brings_its_numbers_and_another_none() -> None:
    known = understand("first year at selworth uni", "now", providers=MANY)
    other = understand("first year at norbury uni", "now", providers=MANY)

    assert (known.slots.provider, known.slots.ukprn) == ("University of Selworth", "10000102")
    assert (other.slots.urn, other.slots.ukprn) == (None, None)


def test_a_levels_at_a_college_of_further_education_are_further_education() -> None:
    assert understand("a levels at penmoor met", "now", providers=MANY).code == "230"


@given(st.text(max_size=60))
def test_any_name_may_be_asked_for(typed: str) -> None:
    found = MANY.best(typed)

    assert found is None or found.name
