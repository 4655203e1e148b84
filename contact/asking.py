"""How a question stands open before its text leaves, so that no answer can overtake it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from contact.address import Address
from contact.case import Case
from contact.conversation import Conversation, Talk
from contact.desk import Desk
from contact.gate import Answer, Verdict
from contact.message import Message
from contact.outbox import Letter
from contact.ports import Work
from contact.recalling import to_say_again
from contact.speaking import in_language, spoken_with

#: How long an ask waits for another conversation on the same phone.
BUSY_NUMBER = timedelta(hours=1)


def as_it_opens(message: Message, opening: Talk) -> Message:
    """An ask under the name of the wording it opens with (``ask.1``, ``pl:ask.who.1``).

    Its text is written anew where that is another than it was planned or last
    sent with.
    """
    number = message.line.rpartition(".")[2]
    ask = "ask.who" if opening.question == "who" else "ask"
    line = in_language(f"{ask}.{number}", opening.language)
    return message if line == message.line else replace(message, line=line, text=None)


def opening_at(
    work: Work, letter: Letter, address: Address | None, desk: Desk, now: datetime
) -> Talk:
    """The state an ask at ``address`` opens with, and the language it is put in.

    Where something they told us may be said again there, the ask is only who
    they are; not where they have said in this case that it changed. Little is
    read for it one by one: what they told us where the address works, and what
    was spoken where the school has turned languages on.
    """
    case, begun = letter.case, letter.talk
    changed = begun is not None and (begun.talk.code or "confirm" in begun.talk.answers)
    known = to_say_again(work, address, now) if case is not None and not changed else None
    school = desk.schools.get(case.school) if case is not None else None
    return replace(desk.words.opening(known), language=spoken_with(work, case, school))


def first_question(
    case: Case, begun: Conversation | None, address: Address, opening: Talk, now: datetime
) -> Conversation:
    """The conversation of ``case`` with its first question, ``opening``, open at ``address``.

    ``begun`` is that conversation as it stood, None for a new one. What they
    told us there before stays known; only the question is put anew. Elsewhere
    it may be somebody else who answers: there all begins anew.
    """
    if begun is None:
        return Conversation(uuid4(), case.alumnus, address.endpoint, case.id, opening, now, now)
    told = begun.talk if begun.endpoint == address.endpoint or begun.talk.code else opening
    asked = replace(
        told,
        question=opening.question,
        clarified=0,
        said=opening.said,
        known=opening.known,
        language=opening.language,
        # These are about the case, wherever they were said.
        confirmed=begun.talk.confirmed,
        appointments=begun.talk.appointments,
    )
    return replace(begun, endpoint=address.endpoint, talk=asked, updated_at=now, closed_at=None)


def number_in_use(now: datetime) -> Verdict:
    """Somebody else talks on that phone: later."""
    return Verdict(Answer.LATER, "number_in_use", now + BUSY_NUMBER)
