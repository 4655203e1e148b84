"""A survey and its wording are read whole from TOML, or refused with what is wrong in them."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.survey import FOLLOW_UPS, Survey, holds, plain
from bot.survey_file import (
    languages,
    load_survey,
    load_words,
    read_survey,
    read_words,
    surveys,
)
from contact.errors import Misconfigured
from contact.reply import Label

SHIPPED = (files("bot") / "surveys" / "destinations.toml").read_text("utf-8")
ENGLISH = (files("bot") / "wordings" / "en.toml").read_text("utf-8")


@pytest.mark.parametrize("name", surveys())
def test_every_survey_that_ships_is_in_order(name):
    assert load_survey(name).name == name


@pytest.mark.parametrize("language", languages())
def test_every_wording_that_ships_is_in_order(language):
    assert load_words(language).language == language


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../wordings/en", id="a way out of the folder"),
        pytest.param("/etc/hostname", id="a path"),
        pytest.param("destinations.toml", id="a file's whole name"),
        pytest.param("", id="nothing"),
        pytest.param("a b", id="two words"),
        pytest.param("nobody", id="one that is not there"),
        pytest.param("x" * 300, id="a name no file can have"),
    ],
)
def test_a_name_never_leads_to_another_file(name):
    with pytest.raises(Misconfigured, match=r"surveys: "):
        load_survey(name)
    with pytest.raises(Misconfigured, match=r"wordings: "):
        load_words(name)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param('name = "destinations"', "", "name is missing", id="no name"),
        pytest.param("version = 1", "", "version is missing", id="no version"),
        pytest.param("version = 1", 'version = "new"', "invalid literal", id="a wordy version"),
        pytest.param("max_messages = 6", "", "max_messages is missing", id="no end to it"),
        pytest.param("[codes]", "[kodes]", "codes is missing", id="no codes"),
        pytest.param("[refines]", "[refine]", "refines is missing", id="no finer codes"),
        pytest.param(
            'label = "sixth_form"', 'label = "sixt_form"', "not a valid Label", id="misspelt"
        ),
        pytest.param("number = 1", "", "number is missing", id="a choice without its number"),
        pytest.param(
            'asks = ["where", "what", "level", "start", "help"]',
            'asks = ["what", "where", "level", "start", "help"]',
            "in the order they go",
            id="questions out of order",
        ),
        pytest.param(
            'asks = ["where", "what", "level", "start", "help"]',
            'asks = ["where", "wages", "help"]',
            "known questions only",
            id="a question nobody knows",
        ),
        pytest.param(
            'where = "provider"', 'where = "school"', "not provider or employer", id="a third place"
        ),
        pytest.param("[codes]", "[codes", "at line", id="no TOML"),
    ],
)
def test_what_is_wrong_with_a_survey_is_said(old, new, why):
    assert old in SHIPPED

    with pytest.raises(Misconfigured, match=why) as refused:
        read_survey(SHIPPED.replace(old, new, 1), "mine")

    assert str(refused.value).startswith("survey mine: ")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param("[lines]", "[line]", "lines is missing", id="no lines"),
        pytest.param("[labels]", "[label]", "labels is missing", id="no labels"),
        pytest.param("[stand_ins]", "[standins]", "stand_ins is missing", id="no stand-ins"),
        pytest.param("months = ", "month = ", "months is missing", id="no months"),
        pytest.param("[lines]", "[[lines]]", "no attribute", id="lines that are a list"),
        pytest.param("[labels]", "[labels", "at line", id="no TOML"),
    ],
)
def test_what_is_wrong_with_a_wording_is_said(old, new, why):
    assert old in ENGLISH

    with pytest.raises(Misconfigured, match=why) as refused:
        read_words(ENGLISH.replace(old, new, 1), "en")

    assert str(refused.value).startswith("wording en: ")


def test_the_script_names_survey_and_version(survey: Survey):
    later = read_survey(SHIPPED.replace("version = 1", "version = 12", 1), "destinations")

    assert (survey.script, later.script) == ("destinations-1", "destinations-12")


def test_each_label_leads_to_one_path_at_most(survey: Survey):
    for label in Label:
        on = [path for path in survey.paths if label in path.labels]
        assert len(on) <= 1
        assert survey.path(label) is (on[0] if on else None)


def test_before_anything_is_known_there_is_no_path(survey: Survey):
    assert survey.path(None) is None
    assert survey.path("not_a_label") is None


def test_every_path_asks_in_the_one_order(survey: Survey):
    for path in survey.paths:
        places = [FOLLOW_UPS.index(code) for code in path.asks]
        assert places == sorted(set(places))


@pytest.mark.parametrize("number", [-1, 0, 9, 10, 99])
def test_a_number_that_is_not_offered_is_no_choice(survey: Survey, number):
    assert survey.choice(number) is None


@pytest.mark.parametrize(
    ("label", "number"),
    [
        (Label.SIXTH_FORM, 1),
        (Label.FE_COLLEGE, 2),
        (Label.HIGHER_EDUCATION, 3),
        (Label.APPRENTICESHIP, 4),
        (Label.EMPLOYMENT_WITH_TRAINING, 5),
        (Label.EMPLOYMENT_WITHOUT_TRAINING, 6),
        (Label.LOOKING_FOR_WORK, 7),
        (Label.GAP_YEAR, 8),
        (Label.CUSTODY, 8),
    ],
)
def test_the_number_that_stands_for_an_activity(survey: Survey, label, number):
    assert survey.number_of(label) == number


def test_a_finer_code_is_never_coarser_again(survey: Survey):
    """Two codes that refine each other would swap with every reply."""
    for code, finer in survey.refines.items():
        assert code not in finer
        assert all(code not in survey.refines.get(each, ()) for each in finer)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("Don’t know!", "dont know", id="a curly apostrophe"),
        pytest.param("DON'T   KNOW", "dont know", id="capitals and spaces"),
        pytest.param("Level-2, plumbing.", "level 2 plumbing", id="stops"),
        pytest.param("", "", id="nothing"),
        pytest.param("!?…", "", id="stops alone"),
        pytest.param("Straße", "strasse", id="a sharp s"),
    ],
)
def test_phrases_are_compared_without_case_and_stops(text, same):
    assert plain(text) == same


@pytest.mark.parametrize(
    ("text", "phrase", "held"),
    [
        ("please call me", "call me", True),
        ("call me", "call me", True),
        ("recall me", "call me", False),
        ("call mean people", "call me", False),
        ("Call... me!", "call me", True),
        ("call", "call me", False),
        ("", "call me", False),
    ],
)
def test_a_phrase_is_heard_as_whole_words(text, phrase, held):
    assert holds(text, (phrase,)) is held


@given(st.text(max_size=80))
def test_plain_again_is_as_plain(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=40), st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), max_size=3))
def test_no_words_are_heard_in_nothing_and_every_text_hears_itself(text, phrases):
    assert not holds(text, ())
    if plain(text):
        assert holds(text, (*phrases, plain(text)))
