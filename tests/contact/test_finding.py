"""Somebody is found by their reference or by a part of their name, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.alumnus import Profile
from contact.errors import UnknownReference
from contact.finding import _folded, by_reference, search
from tests.storage import cast
from tests.storage.cast import seen, written

NAMES = (
    "Amina Yusuf",
    "Ben Shaw",
    "Chidi Eze",
    "Zoë O’Neill",
    "Łukasz Wałęsa",
    "Søren Ødegård",
    "Ana María Nuñez-López",
    "Nguyễn Thị Ánh",
    "Straße Æthelred",
)


@pytest.fixture
def names(memory):
    """A function that gives the names that a search finds, in order."""

    def store(work):
        for name in NAMES:
            person = cast.somebody(name, profile=Profile(name, None, None))
            work.alumni.add(person, None)
        mina = cast.somebody("Aminata Diallo", profile=Profile("Aminata Diallo", None, "Minnie"))
        work.alumni.add(mina, None)

    written(memory, store)

    def look(text):
        return sorted(
            person.profile.name for person in seen(memory, lambda work: list(search(work, text)))
        )

    return look


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("Ben Shaw", ["Ben Shaw"], id="the whole name"),
        pytest.param("ben", ["Ben Shaw"], id="in small letters"),
        pytest.param("SHAW", ["Ben Shaw"], id="in capitals"),
        pytest.param("shaw ben", ["Ben Shaw"], id="the other way round"),
        pytest.param("haw", ["Ben Shaw"], id="a part in the middle"),
        pytest.param("amina", ["Amina Yusuf", "Aminata Diallo"], id="two who begin alike"),
        pytest.param("amina yus", ["Amina Yusuf"], id="each word must be there"),
        pytest.param("minnie", ["Aminata Diallo"], id="what they are called"),
        pytest.param("minnie diallo", ["Aminata Diallo"], id="and the family name"),
        pytest.param("zoe", ["Zoë O’Neill"], id="without the dots"),
        pytest.param("zoë", ["Zoë O’Neill"], id="with a separate accent"),
        pytest.param("o'neill", ["Zoë O’Neill"], id="a typewriter's apostrophe"),
        pytest.param("o’neill", ["Zoë O’Neill"], id="a printer's apostrophe"),
        pytest.param("lukasz walesa", ["Łukasz Wałęsa"], id="without Polish letters"),
        pytest.param("soren odegard", ["Søren Ødegård"], id="without Danish letters"),
        pytest.param("nunez", ["Ana María Nuñez-López"], id="without a tilde"),
        pytest.param("nuñez-lopez", ["Ana María Nuñez-López"], id="half the accents"),
        pytest.param("nguyen thi anh", ["Nguyễn Thị Ánh"], id="without two accents on one"),
        pytest.param("strasse", ["Straße Æthelred"], id="a sharp s"),
        pytest.param("aethelred", ["Straße Æthelred"], id="a ligature"),
        pytest.param("  ben   shaw  ", ["Ben Shaw"], id="with spaces to spare"),
        pytest.param("ben yusuf", [], id="two people are nobody"),
        pytest.param("bens", [], id="more than there is"),
        pytest.param("%", [], id="no wildcard"),
        pytest.param("_en", [], id="nor that one"),
        pytest.param("", [], id="nothing finds nobody"),
        pytest.param("   ", [], id="nor do spaces"),
    ],
)
def test_who_is_found(names, typed, found):
    assert names(typed) == sorted(found)


def test_a_search_looks_no_further_than_it_is_asked_to(memory):
    for name in NAMES[:3]:
        written(memory, lambda work, name=name: work.alumni.add(cast.somebody(name), None))

    first = seen(memory, lambda work: next(search(work, "e"), None))

    assert first is not None


def test_the_erased_are_not_found(memory):
    person = cast.somebody("Ben Shaw")
    written(memory, lambda work: work.alumni.add(person, None))

    written(memory, lambda work: work.alumni.erase(person.id, cast.LATER))

    assert seen(memory, lambda work: list(search(work, "ben"))) == []
    with pytest.raises(UnknownReference):
        seen(memory, by_reference, person.reference)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("A7K3-Q2M9", id="as it is printed"),
        pytest.param("a7k3-q2m9", id="in small letters"),
        pytest.param("A7K3Q2M9", id="without its dash"),
        pytest.param(" a7k3q2m9 ", id="with spaces around"),
    ],
)
def test_a_reference_is_forgiving(memory, typed):
    person = cast.somebody(reference="A7K3-Q2M9")
    written(memory, lambda work: work.alumni.add(person, None))

    assert seen(memory, by_reference, typed).id == person.id


@pytest.mark.parametrize("typed", ["", "A7K3", "A7K3-Q2M8", "Amina", "%", "A7K3-Q2M9-1"])
def test_a_reference_of_nobody_says_how_to_find_the_right_one(memory, typed):
    written(memory, lambda work: work.alumni.add(cast.somebody(reference="A7K3-Q2M9"), None))

    with pytest.raises(UnknownReference, match="followup person find NAME"):
        seen(memory, by_reference, typed)


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(name):
    once = _folded(name)

    assert _folded(once) == once


@given(st.text("aáàâäãåæbcçdðeéèêëfgłnñoóòôöõøœşţuúùûü '’", max_size=40))
def test_capitals_never_hide_anybody(name):
    assert _folded(name.upper()) == _folded(name)
