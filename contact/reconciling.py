"""Finding out what became of messages that nobody can answer for."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from contact.address import ChannelName
from contact.attempt import AttemptState
from contact.desk import Desk, handed
from contact.dispatch import ROOM, Channels
from contact.errors import FollowUpError
from contact.hours import london_day
from contact.matter import Matter, matter_of
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.opening import put_back
from contact.outcome import Claimed, Trace
from contact.ports import Clock, Memory, Work
from contact.school import Schools
from contact.sending_again import send_again
from contact.settling import SEEN_IN_LIST, settle_receipt, unsure

#: An unsure SMS that left no trace for so long is sent once more.
NO_TRACE_AFTER = timedelta(minutes=15)
#: An unsure chat message that is no ask is given up after a day; the nudge asks again.
_GIVE_UP = timedelta(days=1)
_NO_TRACE = "no_trace"
#: Channels whose gateway reports what became of a message, and how long we wait for that.
WITH_RECEIPTS = (ChannelName.SMS,)
NO_RECEIPT_AFTER = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Open:
    """A message to look up: as it stands, and as its gateway knows it, where its address stands."""

    message: Message
    claimed: Claimed | None


async def reconcile(
    memory: Memory, channels: Channels, desk: Desk, clock: Clock, *, dated: bool = True
) -> Counter[str]:
    """Settle what is unsure; counts ``unsure`` (made so now), ``found`` and ``resent``.

    ``dated`` narrows the gateway's list to the days since the claim; it is
    left out where the clock is not the gateway's.
    """
    tally = Counter(unsure=await memory.write(_run_out, clock(), desk.schools))
    trouble: list[BaseException] = []
    after = UUID(int=0)
    while opened := await memory.read(look_ups, desk, after):
        after = opened[-1].message.id
        for first in range(0, len(opened), ROOM):
            together = opened[first : first + ROOM]
            words = await asyncio.gather(
                *(_look_up(each, memory, channels, desk, clock, dated=dated) for each in together),
                return_exceptions=True,
            )
            tally.update(word for word in words if isinstance(word, str))
            trouble += [word for word in words if isinstance(word, BaseException)]
    if trouble:
        # One that cannot be settled keeps no other waiting.
        raise trouble[0]
    return tally


async def _look_up(
    opened: Open, memory: Memory, channels: Channels, desk: Desk, clock: Clock, *, dated: bool
) -> str:
    channel = channels.get(opened.message.channel)
    if channel is None:
        return "waiting"
    if opened.claimed is None:
        # Its address is gone, so there is nothing to look for.
        return await memory.write(resolve, opened.message.id, [], clock(), desk.schools)
    since = _day_before(opened.claimed) if dated else None
    try:
        traces = await channel.traces(opened.claimed, since)
    except FollowUpError:
        # Without the gateway's word nothing is sent again: it may have left.
        return "waiting"
    return await memory.write(resolve, opened.message.id, traces, clock(), desk.schools)


def _run_out(work: Work, now: datetime, schools: Schools) -> int:
    """Note for what the time is over; how many claims ran out."""
    note_silence(work, now)
    return expire_leases(work, now, schools)


def expire_leases(work: Work, now: datetime, schools: Schools) -> int:
    """What a sender claimed and never recorded is unsure once its lease has run out."""
    return sum(
        unsure(work, message, now, "lease_expired", schools)
        for message in work.messages.expired(now)
    )


def note_silence(work: Work, now: datetime) -> int:
    """Mark what a gateway took and never reported on for 72 hours: it stays accepted; how many."""
    return work.messages.note_silence(WITH_RECEIPTS, now - NO_RECEIPT_AFTER)


def look_ups(work: Work, desk: Desk, after: UUID) -> list[Open]:
    """The next unsure messages by id, with what is needed to find them at their gateway."""
    found = []
    for message in work.messages.unsure(after):
        address = work.addresses.get(message.address) if message.address else None
        claimed = handed(message, address, desk) if address is not None else None
        found.append(Open(message, claimed))
    return found


def resolve(work: Work, which: UUID, traces: list[Trace], now: datetime, schools: Schools) -> str:
    """Settle one unsure message by what the gateway's list shows, or by its silence, in a word."""
    matter = matter_of(work, which, schools)
    if matter is None or matter.message.delivery is not Delivery.UNSURE:
        return "settled"
    message = matter.message
    for trace in traces:
        if work.messages.by_provider(message.channel, trace.provider_id) is None:
            settle_receipt(work, which, message.channel, trace.receipt, now, schools, SEEN_IN_LIST)
            return "found"
    return _without_trace(work, matter, now - (message.unsure_since or now), now)


def _without_trace(work: Work, matter: Matter, waited: timedelta, now: datetime) -> str:
    message = matter.message
    if _may_be_resent(work, matter, now) and waited >= NO_TRACE_AFTER:
        return _resend(work, matter, now)
    if not _is_awaited(matter) and waited >= _GIVE_UP:
        _no_trace(work, message, now)
        return "given_up"
    return "waiting"


def _is_awaited(matter: Matter) -> bool:
    """Whether it is an ask whose try still waits: then the end of its reply time decides."""
    return matter.attempt is not None and matter.attempt.state is AttemptState.WAITING


def _may_be_resent(work: Work, matter: Matter, now: datetime) -> bool:
    """Whether a text without a trace may go out once more, and could leave now.

    Until it could, its trace may still show up.
    """
    message = matter.message
    if message.channel is not ChannelName.SMS or _was_resent(work, message):
        return False
    if message.kind is MessageKind.ASK and not _is_awaited(matter):
        return False
    opens = matter.school is not None and matter.school.hours.is_open(now)
    return opens or message.kind not in WE_START


def _was_resent(work: Work, message: Message | None) -> bool:
    """Whether it stands, perhaps over other failures, for one that left no trace."""
    while message is not None and message.resend_of is not None:
        message = work.messages.get(message.resend_of)
        if message is not None and message.detail == _NO_TRACE:
            return True
    return False


def _resend(work: Work, matter: Matter, now: datetime) -> str:
    if not _no_trace(work, matter.message, now):
        return "settled"
    send_again(work, matter.message, now, now)
    if matter.case is not None and matter.attempt is not None:
        put_back(work, matter.case, matter.attempt, now)
    return "resent"


def _no_trace(work: Work, message: Message, now: datetime) -> bool:
    gone = replace(message, delivery=Delivery.FAILED, detail=_NO_TRACE, settled_at=now)
    return work.messages.save(gone, Delivery.UNSURE)


def _day_before(claimed: Claimed) -> date:
    return london_day(claimed.claimed_at) - timedelta(days=1)
