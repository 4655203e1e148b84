"""What another language changes in a turn: the question put anew in it, and a note of it."""

from dataclasses import replace

from bot.answers import recorded
from bot.step import Outcome, Say, Step, line_of
from bot.survey import Survey
from contact.conversation import Talk
from contact.message import MessageKind
from contact.school import ENGLISH


def put_anew(talk: Talk, survey: Survey) -> Step:
    """What follows from a reply that asks for another language: the open question in it.

    It stands where it stood, and staff need not look. Where none is open the
    wish is remembered and nothing is said.
    """
    if talk.question is None:
        return Step(talk, Outcome.NOTHING)
    say = Say(MessageKind.QUESTION, line_of(talk, survey), recorded(talk))
    return Step(talk, Outcome.ASKING, say)


def noted(before: Talk, after: Talk, language: str) -> Talk:
    """``after``, with ``language`` for each answer that is new since ``before``.

    Nothing is noted while all of it is in English.
    """
    if language == ENGLISH and not before.locales:
        return after
    fresh = [code for code, said in after.answers.items() if before.answers.get(code) != said]
    return replace(after, locales={**before.locales, **dict.fromkeys(fresh, language)})
