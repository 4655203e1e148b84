"""What follows when an address turns out to be somebody else's."""

from dataclasses import replace
from datetime import datetime

from contact.address import Address, Standing
from contact.attempt import AttemptState
from contact.conversation import Talk
from contact.opening import fail
from contact.ports import Work
from contact.reply import Reply, Slots


def disown(work: Work, address: Address, now: datetime) -> None:
    """Nothing more of this alumnus goes to ``address``: a stranger answers there.

    Their talk there closes, and what the stranger said in it is not held to be
    theirs. A try that waits for an answer from there has failed: the clock
    goes on to the next.
    """
    work.addresses.stands(address.id, Standing.NOT_THEIRS)
    talk = work.conversations.on(address.endpoint)
    if talk is not None and talk.alumnus == address.alumnus:
        nothing = Talk(None, talk.talk.script)
        work.conversations.save(replace(talk, talk=nothing, closed_at=now, updated_at=now))
    case = work.cases.current(address.alumnus)
    if case is None:
        return
    for attempt in work.attempts.of(case.id):
        if attempt.state is AttemptState.WAITING and attempt.address == address.id:
            fail(work, case, attempt, "wrong_person", now)


def forget_words(work: Work, reply: Reply) -> None:
    """Delete a stranger's text; that a reply came, and what it was taken for, stays."""
    bare = replace(reply.reading, evidence=(), slots=Slots()) if reply.reading else None
    work.replies.save(replace(reply, text=None, reading=bare))
