"""What we say unasked inside a conversation: the one nudge, and what was put off."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from contact.case import Case
from contact.conversation import Conversation
from contact.desk import Desk
from contact.hours import deadline
from contact.message import Delivery, Message, MessageKind
from contact.opening import live_attempt, look_again, window_ends
from contact.ports import Work
from contact.rendering import facts_of
from contact.school import School

#: How long we leave a half-finished conversation alone.
AFTER = timedelta(hours=24)
#: How long "later" is.
PUT_OFF = timedelta(days=3)


def nudge_at(talk: Conversation | None, school: School, before: datetime) -> datetime | None:
    """When to nudge, in open hours; None where it was done, is not called for, or comes too late.

    Only somebody who has answered something is nudged: silence after an ask
    is answered by the next try.
    """
    if talk is None or talk.closed_at is not None or talk.nudged_at is not None:
        return None
    begun = talk.talk.code is not None or bool(talk.talk.answers)
    if not begun or talk.talk.question is None:
        return None
    at = school.hours.next_open(talk.updated_at + AFTER)
    return at if at < before else None


def plan_nudge(work: Work, case: Case, talk: Conversation, desk: Desk, now: datetime) -> bool:
    """Plan the one nudge, with the open question in it; False where nothing can be said."""
    work.conversations.save(replace(talk, nudged_at=now))
    return _plan(work, case, talk, MessageKind.NUDGE, now, desk, now)


def put_off(
    work: Work,
    case: Case,
    talk: Conversation,
    desk: Desk,
    now: datetime,
    wish: datetime | None = None,
) -> datetime | None:
    """They asked for another time: the same attempt goes on then; when, None where it cannot.

    ``wish`` is when they said, else it is in some days; the first open hour
    from then on. The reply time, and their silence, count from it. Nothing is
    put off to after the wave: a later wish becomes the last day that leaves
    the reply time.
    """
    hours = desk.schools[case.school].hours
    at = hours.next_open(wish or now + PUT_OFF)
    if wish is not None and at >= window_ends(case):
        last = window_ends(case) - timedelta(days=case.terms.reply_days + 1)
        at = hours.next_open(max(last, now + PUT_OFF))
    attempt = live_attempt(work.attempts.of(case.id))
    number = attempt.number if attempt else None
    if at >= window_ends(case) or (attempt is None and wish is None):
        return None
    if not _plan(work, case, talk, MessageKind.APPOINTMENT, at, desk, now, number):
        return None
    patience = deadline(at, case.terms.reply_days)
    if attempt is not None:
        work.attempts.save(replace(attempt, answer_by=patience))
    work.conversations.save(replace(_known(work, talk), updated_at=at))
    look_again(work, case, patience)
    return at


def _plan(
    work: Work,
    case: Case,
    talk: Conversation,
    kind: MessageKind,
    at: datetime,
    desk: Desk,
    now: datetime,
    attempt: int | None = None,
) -> bool:
    here = [each for each in work.addresses.of(case.alumnus) if each.endpoint == talk.endpoint]
    person = work.alumni.get(case.alumnus)
    school = desk.schools[case.school]
    spoken = replace(talk.talk, language=school.speaks(talk.talk.language))
    prompt = desk.words.resume(spoken, kind)
    if not here or not here[0].usable or person is None or prompt is None:
        return False
    work.conversations.save(replace(_known(work, talk), talk=prompt.talk))
    facts = {**facts_of(person, school), **prompt.facts}
    return work.messages.plan(
        Message(
            id=uuid4(),
            alumnus=case.alumnus,
            address=here[0].id,
            channel=here[0].channel,
            kind=kind,
            line=prompt.line,
            delivery=Delivery.PLANNED,
            created_at=now,
            not_before=at,
            case=case.id,
            attempt=attempt,
            school=case.school,
            text=desk.words.render(prompt.line, facts, here[0].channel),
        )
    )


def _known(work: Work, talk: Conversation) -> Conversation:
    """The conversation as it is stored now: a nudge may just have been noted on it."""
    return work.conversations.of_case(talk.case) or talk
