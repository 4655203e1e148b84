"""What they say beside the point: a time, a wish to be rung, a thank you."""

from dataclasses import replace

import pytest

from bot.conversation import Outcome, Step, begin, step
from bot.survey import Survey
from bot.understanding import understand
from contact.conversation import Talk
from contact.flag import FlagKind
from contact.reply import Label, Reading

LATER = Reading(Label.OUT_OF_SCOPE, confidence=0.97, later=True)
JOB = Reading(Label.EMPLOYMENT_WITHOUT_TRAINING, "330", 0.97)


def at(survey: Survey, question: str | None) -> Talk:
    """A talk about a job with that question open."""
    if question == "now":
        return begin(survey)
    told = {"now": "employment_without_training", "where": "Greggs", "what": "baker"}
    told = {name: said for name, said in told.items() if name != question}
    if question in ("help", None):
        told["start"] = "2025-06"
    if question is None:
        told["help"] = "2"
    return replace(
        begin(survey), question=question, code="330", label=told["now"], answers=told, said=2
    )


def says(talk: Talk, text: str, survey: Survey) -> Step:
    """The step that ``text`` leads to, understood as the product does."""
    context = Label(talk.label) if talk.label else None
    return step(talk, understand(text, talk.question, context=context), text, survey)


@pytest.mark.parametrize("question", ["now", "where", "what", "start"])
def test_who_would_rather_be_rung_keeps_the_question_open(survey: Survey, question: str) -> None:
    taken = step(at(survey, question), LATER, "ring me tuesday", survey)

    assert (taken.outcome, taken.flags) == (Outcome.CALL_BACK, (FlagKind.CALL_BACK,))
    assert taken.talk.question == question


def test_who_would_rather_be_rung_where_help_is_offered_says_yes(survey: Survey) -> None:
    taken = step(at(survey, "help"), LATER, "ring me tuesday", survey)

    assert (taken.outcome, taken.flags) == (Outcome.COMPLETE, (FlagKind.CALL_BACK,))
    assert (taken.detail, taken.talk.answers["help"]) == ("wants_help", "1")


@pytest.mark.parametrize("question", ["now", "where", "what"])
@pytest.mark.parametrize("text", ["tuesday", "not til half term", "text me tmrw", "after 5"])
def test_a_time_puts_it_off(survey: Survey, question: str, text: str) -> None:
    assert says(at(survey, question), text, survey).outcome is Outcome.LATER


def test_a_time_alone_is_no_job_whatever_was_read_in_it(survey: Survey) -> None:
    taken = step(begin(survey), JOB, "next month", survey)

    assert (taken.outcome, taken.destination) == (Outcome.LATER, None)


@pytest.mark.parametrize("text", ["last september", "in september", "after my gcses", "tuesday"])
def test_a_time_answers_since_when(survey: Survey, text: str) -> None:
    taken = says(at(survey, "start"), text, survey)

    assert (taken.outcome, taken.talk.question) == (Outcome.ASKING, "help")
    assert taken.talk.answers["start"] == text


@pytest.mark.parametrize("text", ["yh go on", "u what", "lol", "why"])
def test_what_is_no_time_does_not_answer_since_when(survey: Survey, text: str) -> None:
    taken = says(at(survey, "start"), text, survey)

    assert "start" not in taken.talk.answers
    assert taken.talk.question == "start"


@pytest.mark.parametrize("text", ["september 2025", "2 months ago", "last summer", "ages ago"])
def test_a_start_is_kept_as_it_was_typed_where_it_is_no_date(survey: Survey, text: str) -> None:
    assert says(at(survey, "start"), text, survey).talk.answers["start"]


@pytest.mark.parametrize("text", ["thanks", "ok bye x", "Cheers!", "ta", "👍", "lol"])
def test_a_thank_you_at_the_end_is_nobodys_work(survey: Survey, text: str) -> None:
    taken = says(at(survey, None), text, survey)

    assert (taken.outcome, taken.flags, taken.say) == (Outcome.NOTHING, (), None)


def test_a_story_with_a_time_in_it_is_no_appointment(survey: Survey) -> None:
    story = "the other day tuesday it was we all went down the beach with the dog and got soaked"
    away = Reading(Label.OUT_OF_SCOPE, confidence=0.95)

    assert step(begin(survey), away, story, survey).outcome is Outcome.ASKING
