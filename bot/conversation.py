"""How the survey goes on: what stands so far and a reading give the next step."""

from dataclasses import replace

from bot.answers import ENDED, Finding, recorded, tells, to_ask
from bot.concerns import ALWAYS, UNLESS_ANSWERED
from bot.last_time import remembered
from bot.questions import answer, picked
from bot.step import Outcome, Say, Step, line_of
from bot.survey import Survey, holds, plain
from bot.when import names_only_a_time
from contact.conversation import Talk
from contact.message import MessageKind
from contact.reply import Label, Reading

__all__ = ["Finding", "Outcome", "Say", "Step", "begin", "resume", "step", "whose"]


def begin(survey: Survey, known: Finding | None = None) -> Talk:
    """The state once the ask has gone out: ``now`` is open.

    With ``known``, what they told us another time, the ask is only whether it
    is them (``who``): not before they say so is a word said of it. Where there
    is nothing in it to say again, the ask is the usual one.
    """
    told = remembered(known, survey) if known else {}
    if not told:
        return Talk(question="now", script=survey.script)
    return Talk(question="who", script=survey.script, said=0, known=told)


def step(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """What follows from the reply ``text``, understood as ``reading``.

    Stop words, worry and a wrong person are always looked for first; then a
    number answers the open question; then what is no answer (abuse, "later",
    a question to us, a refusal); then the words.
    """
    for concern in ALWAYS:
        taken = concern(talk, reading, text, survey)
        if taken is not None:
            return taken
    answers = tells(reading, survey) and not names_only_a_time(text)
    if picked(reading, text) is None and not answers:
        for concern in UNLESS_ANSWERED:
            taken = concern(talk, reading, text, survey)
            if taken is not None:
                return taken
    return answer(talk, reading, text, survey)


def resume(talk: Talk, kind: MessageKind, survey: Survey) -> tuple[Talk, Say] | None:
    """The open question once more, as a nudge or an appointment, where the survey stopped.

    Where none is open (it was parked with staff) it is the next one to ask;
    None when there is nothing to ask, it has ended, or they would rather not say.
    """
    if ENDED in talk.answers or talk.answers.get("now") == Label.REFUSES:
        return None
    question = talk.question or to_ask(talk, survey)
    if question is None:
        return None
    again = replace(talk, question=question, clarified=0)
    return again, Say(kind, f"{kind}.{line_of(again, survey)}", recorded(again))


def whose(text: str, names: tuple[str, ...]) -> int | None:
    """Which of ``names`` the reply to "Is this about Sam or Alex?" picks, counted from 0.

    By number or by first name; None where it picks none, or more than one.
    """
    said = plain(text)
    if said.isdecimal():
        number = int(said[:3])
        return number - 1 if 1 <= number <= len(names) else None
    found = [
        place for place, name in enumerate(names) if plain(name) and holds(said, (plain(name),))
    ]
    return found[0] if len(found) == 1 else None
