"""What another language changes in a turn."""

from dataclasses import replace

from bot.step import Outcome, Step
from bot.survey import Survey
from bot.tongue import noted, put_anew
from contact.conversation import Talk
from contact.message import MessageKind

TALK = Talk("where", "destinations-1", {"now": "fe_college"}, code="230", label="fe_college")


def test_the_open_question_is_put_anew_and_stands_where_it_stood(survey: Survey) -> None:
    taken = put_anew(TALK, survey)

    assert taken.say is not None
    assert (taken.say.kind, taken.say.line) == (MessageKind.QUESTION, "question.where.study")
    assert (taken.talk, taken.outcome, taken.flags) == (TALK, Outcome.ASKING, ())


def test_where_nothing_is_open_nothing_is_said(survey: Survey) -> None:
    closed = replace(TALK, question=None)

    assert put_anew(closed, survey) == Step(closed, Outcome.NOTHING)


def test_nothing_is_noted_while_all_is_in_english() -> None:
    after = replace(TALK, answers={"now": "fe_college", "where": "Wirral Met"})

    assert noted(TALK, after, "en").locales == {}


def test_each_new_answer_is_noted_with_the_language_of_its_question() -> None:
    second = replace(TALK, answers={**TALK.answers, "where": "Wirral Met"})
    third = replace(second, answers={**second.answers, "what": "plumbing"})

    in_polish = noted(TALK, second, "pl")
    mixed = noted(in_polish, replace(third, locales=in_polish.locales), "en")

    assert in_polish.locales == {"where": "pl"}
    assert mixed.locales == {"where": "pl", "what": "en"}


def test_an_answer_that_is_put_right_belongs_to_the_later_question() -> None:
    before = replace(TALK, locales={"now": "pl"})
    after = replace(before, answers={"now": "voluntary"})

    assert noted(before, after, "cy").locales == {"now": "cy"}
