"""How a message that did not count is said once more, as a new one, when its channel goes on."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.matter import Matter
from contact.message import Delivery, Message, MessageKind
from contact.opening import LIVE, put_back
from contact.outcome import Fault, Refused
from contact.ports import Work
from contact.standing import ChannelStop

#: How long a channel rests when the fault is ours and staff must mend it.
MEND = timedelta(hours=1)
_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(minutes=30)
#: So many rests in a row and staff are told that the channel is down.
DOWN_AT = 5


def rest_and_send_again(work: Work, matter: Matter, refusal: Refused, now: datetime) -> None:
    """Nothing of it counts: the channel rests, and another message takes this one's place.

    An ask whose try is over is not repeated: whoever answered meanwhile, or
    was asked elsewhere, is not asked twice.
    """
    at = _rest(work, matter.message, refusal, now)
    if matter.message.kind is MessageKind.ASK:
        if matter.case is None or matter.attempt is None or matter.attempt.state not in LIVE:
            return
        put_back(work, matter.case, matter.attempt, at)
    send_again(work, matter.message, at, now)


def send_again(work: Work, message: Message, at: datetime, now: datetime) -> bool:
    """Plan the same message once more, as a new one that says what it repeats."""
    return work.messages.plan(
        replace(
            message,
            id=uuid4(),
            delivery=Delivery.PLANNED,
            created_at=now,
            not_before=at,
            in_reply_to=None,
            resend_of=message.id,
            lease_until=None,
            claimed_at=None,
            accepted_at=None,
            unsure_since=None,
            settled_at=None,
            provider_id=None,
            code=None,
            detail=None,
        )
    )


def _rest(work: Work, message: Message, refusal: Refused, now: datetime) -> datetime:
    """Nothing more by this channel for a while; staff are told once where it lasts.

    Messages that were in flight together meet one outage, not several.
    """
    channel = message.channel
    before = work.house.stops().get(channel)
    resting = before is not None and before.rests(now)
    failures = before.failures + (not resting) if before else 1
    pause = _pause(refusal, failures)
    until = now + pause + pause * (message.id.int % 256) / 1024
    if before is not None and resting:
        if before.retry_at is None:
            return until
        until = max(until, before.retry_at)
    work.house.stop(ChannelStop(channel, now, until, refusal.code, failures))
    if refusal.fault is Fault.OURS or failures >= DOWN_AT:
        subject = f"channel_down:{channel}"
        raise_flag(work, FlagKind.CHANNEL_DOWN, None, now, subject=subject, detail=refusal.code)
    return until


def _pause(refusal: Refused, failures: int) -> timedelta:
    if refusal.fault is Fault.OURS:
        return MEND
    if refusal.retry_after is not None:
        return timedelta(seconds=refusal.retry_after)
    # The exponent is bounded, so that a week of failures is no overflow.
    doubled: int = 1 << min(failures - 1, 16)
    return min(_FIRST_REST * doubled, _LONGEST_REST)
