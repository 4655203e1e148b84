"""How a question stands open before its text leaves, so that no answer can overtake it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from contact.address import Address
from contact.case import Case
from contact.conversation import Conversation
from contact.gate import Answer, Verdict
from contact.ports import Words, Work

#: How long an ask waits for another conversation on the same phone.
BUSY_NUMBER = timedelta(hours=1)


def open_question(
    work: Work, case: Case | None, address: Address | None, words: Words, now: datetime
) -> Verdict:
    """Open the first question of ``case`` at ``address``; later while somebody else talks.

    What they told us before stays known; only the question is put anew.
    """
    if case is None or address is None:
        return Verdict(Answer.NEVER, "case_ended")
    busy = work.conversations.on(address.endpoint)
    if busy is not None and busy.case != case.id:
        return _busy(now)
    begun = work.conversations.of_case(case.id)
    opening = words.opening()
    if begun is None:
        fresh = Conversation(uuid4(), case.alumnus, address.endpoint, case.id, opening, now, now)
        return Verdict(Answer.YES) if work.conversations.open(fresh) else _busy(now)
    asked = replace(begun.talk, question=opening.question, clarified=0, said=opening.said)
    work.conversations.save(
        replace(begun, endpoint=address.endpoint, talk=asked, updated_at=now, closed_at=None)
    )
    return Verdict(Answer.YES)


def _busy(now: datetime) -> Verdict:
    return Verdict(Answer.LATER, "number_in_use", now + BUSY_NUMBER)
