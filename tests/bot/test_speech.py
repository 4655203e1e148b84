"""How the house speaks: in which language, and what it listens for in it."""

from dataclasses import replace

import pytest

from bot.speech import Speech
from contact.address import ChannelName
from contact.conversation import Talk
from contact.message import MessageKind
from contact.school import School
from tests.cast import SCHOOL, speech

SMS = ChannelName.SMS
TALK = Talk("now", "destinations-1")
POLISH = replace(TALK, language="pl")


@pytest.fixture
def school() -> School:
    """A school that has turned two languages on."""
    return replace(SCHOOL, languages=("pl", "ar"))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param("2", TALK, "en", id="English until they say otherwise"),
        pytest.param("2", POLISH, "pl", id="a number changes nothing"),
        pytest.param("Tesco", POLISH, "pl", id="nor a name"),
        pytest.param("po polsku?", TALK, "pl", id="for the asking"),
        pytest.param("nie mam pracy, szukam", TALK, "pl", id="as they write"),
        pytest.param("أنا أدرس في الجامعة", POLISH, "ar", id="another one"),
        pytest.param("no im still at college", POLISH, "en", id="back to English"),
        pytest.param("english please", POLISH, "en", id="back to English for the asking"),
        pytest.param("lucrez la un depozit acum", TALK, "en", id="one that is not turned on"),
        pytest.param("2", replace(TALK, language="cy"), "en", id="one that was turned off"),
        pytest.param("nie mam pracy, szukam", None, "pl", id="where nothing was said before"),
    ],
)
def test_the_language_we_go_on_in(
    school: School, text: str, before: Talk | None, after: str
) -> None:
    assert speech().language_of(text, before, school) == after


@pytest.mark.parametrize("text", ["po polsku?", "nie mam pracy, szukam", "2"])
def test_where_nothing_is_turned_on_all_is_english(text: str) -> None:
    assert speech().language_of(text, POLISH, SCHOOL) == "en"
    assert speech().asks_for(text, TALK, SCHOOL) is None


def test_a_course_may_be_called_like_a_language(school: School) -> None:
    asked = replace(TALK, question="what")

    assert speech().asks_for("polski", TALK, school) == "pl"
    assert speech().asks_for("polski", asked, school) is None
    assert speech().asks_for("po polsku", asked, school) == "pl"


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("question.start.work", "When did you start"),
        ("pl:question.start.work", "Od kiedy"),
        ("cy:question.start.work", "Pryd ddechreuaist"),
        ("xx:question.start.work", "When did you start"),
    ],
)
def test_a_line_is_said_in_the_language_it_names(line: str, begins: str) -> None:
    assert speech().render(line, {}, SMS).startswith(begins)


def test_buttons_are_in_the_language_of_their_line() -> None:
    assert speech().choices("pl:question.help") == (("1", "Tak, poproszę"), ("2", "Nie, dzięki"))
    assert speech().choices("question.help")[0] == ("1", "Yes please")
    assert speech().choices("pl:nudge.question.now")[3][0] == "4"


def test_a_nudge_and_an_appointment_keep_the_language() -> None:
    for kind in (MessageKind.NUDGE, MessageKind.APPOINTMENT):
        prompt = speech().resume(POLISH, kind)
        assert prompt is not None
        assert prompt.line == f"pl:{kind}.question.now"
        assert prompt.talk.language == "pl"


def test_small_words_are_listened_for_in_the_language_we_write() -> None:
    english, polish = speech().survey_in("en"), speech().survey_in("pl")

    assert polish.is_just("yes", "Tak, proszę!")
    assert polish.is_just("yes", "yes please")
    assert not english.is_just("yes", "Tak, proszę!")
    assert polish.is_just("wrong", "blad")
    topic = polish.topic("skad macie moj numer??")
    assert topic is not None
    assert topic.code == "number"
    assert polish.script == english.script


def test_a_language_that_was_not_loaded_is_english() -> None:
    bare = Speech(speech().words, speech().survey, speech().understand)

    assert bare.render("pl:later.last", {}, SMS) == speech().render("later.last", {}, SMS)
    assert bare.survey_in("pl") is bare.survey
    school = replace(SCHOOL, languages=("pl",))
    assert bare.asks_for("po polsku", TALK, school) is None
