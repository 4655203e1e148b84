"""What they told us another time: said again only to themselves, then confirmed or changed."""

from dataclasses import replace

import pytest

from bot.conversation import Finding, Outcome, Step, begin, resume, step
from bot.segments import count
from bot.survey import Survey
from bot.understanding import understand
from bot.wording import Words
from contact.address import ChannelName
from contact.conversation import Talk
from contact.flag import FlagKind
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots

KNOWN = Finding("230", "fe_college", Slots("Wirral Met", None, "plumbing", "2", "2025-09"))
NOTHING_READ = Reading(Label.AMBIGUOUS)
JOB = Reading(Label.EMPLOYMENT_WITHOUT_TRAINING, "330", 0.97)
ONE, TWO = Reading(Label.AMBIGUOUS, choice=1), Reading(Label.AMBIGUOUS, choice=2)


def says(talk: Talk, text: str, survey: Survey) -> Step:
    """The step that ``text`` leads to, understood as the product does."""
    context = Label(talk.label or talk.known.get("label", "ambiguous"))
    return step(talk, understand(text, talk.question, context=context), text, survey)


def confirming(survey: Survey, known: Finding = KNOWN) -> Talk:
    """Where the survey stands once they have said that it is them."""
    return step(begin(survey, known), ONE, "1", survey).talk


def line(taken: Step) -> str | None:
    """The line that goes out."""
    return taken.say.line if taken.say else None


@pytest.mark.parametrize(
    "text", ["1", "yes", "yeah its me", "yep", "it's me", "this is me :)", "me"]
)
def test_only_who_says_that_it_is_them_hears_of_last_time(survey: Survey, text: str) -> None:
    taken = says(begin(survey, KNOWN), text, survey)

    assert line(taken) == "question.confirm"
    assert taken.say is not None
    assert taken.say.facts == {"where": "Wirral Met", "what": "plumbing"}
    assert (taken.talk.confirmed, taken.talk.code, taken.destination) == (True, None, None)


@pytest.mark.parametrize("text", ["2", "no", "nope", "nah its not", "this is me mums phone now"])
def test_who_says_that_it_is_not_them_hears_nothing_and_is_left_alone(
    survey: Survey, text: str
) -> None:
    taken = says(begin(survey, KNOWN), text, survey)

    assert (taken.outcome, line(taken)) == (Outcome.WRONG_PERSON, "wrong_person")
    assert taken.flags == (FlagKind.WRONG_PERSON,)
    assert (taken.talk.known, taken.talk.question) == ({}, None)


@pytest.mark.parametrize("text", ["hmm", "7", "lol", "what"])
def test_whoever_does_not_say_who_they_are_is_asked_once_more_then_staff_look(
    survey: Survey, text: str
) -> None:
    once = says(begin(survey, KNOWN), text, survey)
    twice = says(once.talk, text, survey)

    assert (line(once), once.talk.question) == ("clarify.who", "who")
    assert (twice.outcome, twice.flags) == (Outcome.PASSED_TO_STAFF, (FlagKind.UNCLEAR,))


@pytest.mark.parametrize(
    "text", ["im at asda now full time", "yes im working at asda full time", "working at asda"]
)
def test_who_tells_what_they_do_now_is_not_asked_who_they_are(survey: Survey, text: str) -> None:
    taken = says(begin(survey, KNOWN), text, survey)

    assert taken.destination is not None
    assert (taken.destination.code, taken.destination.slots.employer) == ("330", "Asda")
    assert taken.talk.known == {}


@pytest.mark.parametrize(
    "text", ["1", "yeah still there", "yes", "still right", "yep same", "no change"]
)
def test_what_they_told_last_time_is_told_anew_when_it_is_confirmed(
    survey: Survey, text: str
) -> None:
    taken = says(confirming(survey), text, survey)

    assert taken.destination == KNOWN
    assert (taken.talk.question, taken.talk.answers["confirm"]) == ("help", "1")
    assert taken.talk.known == {}


def test_only_what_was_missing_is_asked_after_a_yes(survey: Survey) -> None:
    known = replace(KNOWN, slots=Slots("Wirral Met"))

    taken = says(confirming(survey, known), "1", survey)

    assert line(taken) == "question.what.course"


@pytest.mark.parametrize(
    ("text", "reading", "says_next"),
    [
        pytest.param("2", TWO, "question.now", id="2"),
        pytest.param("no i left", NOTHING_READ, "question.now", id="in words"),
        pytest.param("WRONG", NOTHING_READ, "question.now", id="as the thanks invite"),
        pytest.param("working at greggs now", JOB, "question.where.work", id="with the news"),
        pytest.param("eh", NOTHING_READ, "clarify.confirm", id="unclear"),
    ],
)
def test_what_they_told_last_time_may_have_changed(
    survey: Survey, text: str, reading: Reading, says_next: str
) -> None:
    taken = step(confirming(survey), reading, text, survey)

    assert line(taken) == says_next


@pytest.mark.parametrize(
    "text", ["no im at asda now", "nah working at asda full time", "im at asda full time now"]
)
def test_a_change_that_says_what_it_is_now_is_taken_straight(survey: Survey, text: str) -> None:
    taken = says(confirming(survey), text, survey)

    assert taken.destination is not None
    assert (taken.destination.code, taken.destination.slots.employer) == ("330", "Asda")
    assert taken.talk.answers.get("where") == "Asda"


def test_the_same_place_in_their_own_words_is_a_yes_and_what_is_new_is_taken_in(
    survey: Survey,
) -> None:
    taken = says(confirming(survey), "still at wirral met, doing plumbing level 3 now", survey)

    assert taken.destination is not None
    slots = taken.destination.slots
    assert (taken.destination.code, slots.level) == ("230", "3")
    assert (slots.provider or "").startswith("Wirral Met")
    assert slots.start == KNOWN.slots.start


def test_another_college_is_a_change(survey: Survey) -> None:
    taken = says(confirming(survey), "im at hugh baird college now doing health level 3", survey)

    assert taken.destination is not None
    assert taken.destination.slots.provider != "Wirral Met"
    assert taken.destination.slots.start is None


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        pytest.param(Reading(Label.DISTRESS), "cant cope", id="worry"),
        pytest.param(Reading(Label.STOP), "stop", id="stop"),
        pytest.param(Reading(Label.WRONG_PERSON), "this is his mum", id="a stranger"),
        pytest.param(Reading(Label.REFUSES), "not saying", id="a refusal"),
        pytest.param(Reading(Label.QUESTION), "who is this", id="a question"),
        pytest.param(Reading(Label.OUT_OF_SCOPE, later=True), "later", id="another time"),
    ],
)
@pytest.mark.parametrize("asked", ["who", "confirm"])
def test_what_is_not_confirmed_is_not_known(
    survey: Survey, asked: str, reading: Reading, text: str
) -> None:
    talk = begin(survey, KNOWN) if asked == "who" else confirming(survey)

    taken = step(talk, reading, text, survey)

    assert (taken.talk.code, taken.talk.label) == (None, None)
    assert taken.destination is None or taken.destination.code == "830"
    # Where the survey is over there, nothing is remembered in it either.
    assert (taken.talk.question is not None) or taken.talk.known == {}


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(Finding("619", None, Slots()), id="looking for work"),
        pytest.param(Finding("710", None, Slots("A prison")), id="custody"),
        pytest.param(Finding("610", None, Slots()), id="not looking"),
        pytest.param(Finding("230", None, Slots()), id="a college without a name"),
        pytest.param(Finding("999", None, Slots("Somewhere")), id="a code of no activity"),
    ],
)
def test_where_nothing_can_be_said_again_the_usual_question_is_asked(
    survey: Survey, known: Finding
) -> None:
    assert begin(survey, known) == begin(survey)


@pytest.mark.parametrize(
    ("code", "slots", "where"),
    [
        pytest.param("220", Slots("Carmel College", None, "A levels"), "Carmel College", id="220"),
        pytest.param("310", Slots("Wirral Met", "Cammell Laird"), "Cammell Laird", id="310"),
        pytest.param("320", Slots(None, "Asda"), "Asda", id="320"),
    ],
)
def test_a_code_that_staff_or_results_day_recorded_finds_its_way_back(
    survey: Survey, code: str, slots: Slots, where: str
) -> None:
    talk = confirming(survey, Finding(code, None, slots))
    taken = says(talk, "1", survey)

    assert talk.known["where"] == where
    assert taken.destination is not None
    assert (taken.destination.code, taken.destination.slots) == (code, slots)


def test_a_nudge_puts_the_same_question_and_what_it_is_about_once_more(survey: Survey) -> None:
    again = resume(confirming(survey), MessageKind.NUDGE, survey)

    assert again is not None
    assert again[1].line == "nudge.question.confirm"
    assert again[1].facts == {"where": "Wirral Met", "what": "plumbing"}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        pytest.param(
            {"where": "Carmel College", "what": "A levels"}, "Carmel College, A levels", id="both"
        ),
        pytest.param({"label": "self_employed", "what": "gardening"}, "self-employed", id="none"),
        pytest.param({"where": "St " * 80, "what": "Business " * 40}, "St St", id="very long"),
    ],
)
def test_last_time_is_said_in_two_parts_whatever_the_names(
    words: Words, facts: dict[str, str], said: str
) -> None:
    usual = {"first_name": "Maximiliana-Alexandrina", "school": "S" * 60}
    for sent in ("question.confirm", "nudge.question.confirm", "appointment.question.confirm"):
        text = words.render(sent, {**usual, **facts}, ChannelName.SMS)

        assert said in text
        assert count(text) <= 2


@pytest.mark.parametrize("asked", ["ask.who.1", "ask.who.2", "ask.who.3", "ask.who.last"])
def test_an_ask_that_asks_who_they_are_holds_first_name_and_school_only(
    words: Words, asked: str
) -> None:
    facts = {"first_name": "Amina", "school": "Cansfield High", "where": "Carmel", "what": "maths"}

    text = words.render(asked, {**facts, "recorded": "Carmel, maths"}, ChannelName.SMS)

    assert "Is this still Amina?" in text
    assert "Cansfield High" in text
    assert "Carmel" not in text
    assert "maths" not in text
    assert words.choices(asked) == (("1", "That's me"), ("2", "Not me"))


def test_even_a_change_that_is_hard_to_get_takes_six_messages_after_the_ask_who_they_are(
    survey: Survey,
) -> None:
    talk, kinds = begin(survey, KNOWN), [MessageKind.ASK]
    for text, reading in [
        ("1", ONE),
        ("eh", NOTHING_READ),
        ("2", TWO),
        ("eh", NOTHING_READ),
        ("6", NOTHING_READ),
        ("2", TWO),
    ]:
        taken = step(talk, reading, text, survey)
        talk = taken.talk
        assert taken.say is not None
        kinds.append(taken.say.kind)

    assert taken.outcome is Outcome.COMPLETE
    assert kinds[-1] is MessageKind.THANKS
    assert len(kinds) == survey.max_messages + 1
