"""How a message that did not count is said once more, as a new one, when its channel goes on."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from contact.address import ChannelName
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
#: How long a message waits, doubled each time, when its gateway is busy; a channel rests so, too.
_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(minutes=30)
#: A gateway that asks for more patience (in seconds) is asked again after that all the same.
_LONGEST_ASKED = 3600.0
#: So many messages in a row that nobody took, and the gateway is taken to be down.
DOWN_AT = 5
#: So many, counted on after each rest, and staff are told.
TOLD_AT = 8
_MOST_DOUBLINGS = 6


def rest_and_send_again(work: Work, matter: Matter, refusal: Refused, now: datetime) -> None:
    """Nothing of it counts: another message takes this one's place, some time later.

    A gateway that is busy now and then is asked again; one that is down, that
    asks for patience or that our own fault keeps from working has its channel
    rest. An ask whose try is over is not repeated: whoever answered meanwhile,
    or was asked elsewhere, is not asked twice.
    """
    message = matter.message
    at = max(_again_at(work, message, now), _rest(work, message, refusal, now))
    if message.kind is MessageKind.ASK:
        if matter.case is None or matter.attempt is None or matter.attempt.state not in LIVE:
            return
        put_back(work, matter.case, matter.attempt, at)
    send_again(work, message, at, now)


def goes_on(work: Work, channel: ChannelName, now: datetime) -> bool:
    """Let a channel go on, with what waits for it; False where nothing was the matter."""
    stop = work.house.stops().get(channel)
    if stop is None or not work.house.resume(channel):
        return False
    if stop.rests(now):
        work.messages.bring_forward(channel, now)
    return True


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


def _again_at(work: Work, message: Message, now: datetime) -> datetime:
    """When a message that met a busy gateway is due again: twice as long each time."""
    times, before = 0, message.resend_of
    while before is not None and times < _MOST_DOUBLINGS:
        times += 1
        earlier = work.messages.get(before)
        before = earlier.resend_of if earlier else None
    return now + _jittered(_doubled(times), message)


def _rest(work: Work, message: Message, refusal: Refused, now: datetime) -> datetime:
    """Note that the channel failed; until when it rests now, or ``now`` where it goes on.

    Messages that were in flight together meet one outage, not several. What
    is accepted wipes the slate.
    """
    before = work.house.stops().get(message.channel)
    resting = before is not None and before.rests(now)
    if before is not None and resting and refusal.fault is not Fault.OURS:
        return before.retry_at or now
    failures = before.failures + (not resting) if before else 1
    until = now + _jittered(_pause(refusal, failures), message)
    work.house.stop(ChannelStop(message.channel, now, until, refusal.code, failures))
    if refusal.fault is Fault.OURS or failures >= TOLD_AT:
        subject = f"channel_down:{message.channel}"
        raise_flag(work, FlagKind.CHANNEL_DOWN, None, now, subject=subject, detail=refusal.code)
    return until


def _pause(refusal: Refused, failures: int) -> timedelta:
    if refusal.fault is Fault.OURS:
        return MEND
    if refusal.retry_after is not None:
        return timedelta(seconds=min(refusal.retry_after, _LONGEST_ASKED))
    return _doubled(failures - DOWN_AT) if failures >= DOWN_AT else timedelta(0)


def _doubled(times: int) -> timedelta:
    doubled: int = 1 << min(times, _MOST_DOUBLINGS)
    return min(_FIRST_REST * doubled, _LONGEST_REST)


def _jittered(pause: timedelta, message: Message) -> timedelta:
    """Up to a quarter longer, so that not everything comes back at one instant."""
    return pause * (1 + message.id.int % 256 / 1024)
