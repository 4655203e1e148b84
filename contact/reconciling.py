"""Finding out what became of messages that nobody can answer for."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contact.address import ChannelName
from contact.delivery import handed
from contact.desk import Desk
from contact.dispatch import Channels
from contact.errors import GatewayAway
from contact.hours import london_day
from contact.message import Delivery, Message, MessageKind
from contact.opening import put_back
from contact.outcome import Claimed, Trace
from contact.ports import Clock, Memory, Work
from contact.school import Schools
from contact.settling import send_again, settle_receipt, unsure

#: An unsure SMS that left no trace for so long is sent once more.
NO_TRACE_AFTER = timedelta(minutes=15)
#: An unsure chat message that is no ask is given up after a day; the nudge asks again.
_GIVE_UP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Open:
    """A message to look up: as it stands, and as its gateway knows it."""

    message: Message
    claimed: Claimed


async def reconcile(
    memory: Memory, channels: Channels, desk: Desk, clock: Clock, *, dated: bool = True
) -> Counter[str]:
    """Settle what is unsure; counts ``unsure`` (made so now), ``found`` and ``resent``.

    ``dated`` narrows the gateway's list to the days since the claim; it is
    left out where the clock is not the gateway's.
    """
    tally = Counter(unsure=await memory.write(expire_leases, clock(), desk.schools))
    for open_ in await memory.read(look_ups, desk):
        channel = channels.get(open_.message.channel)
        if channel is None:
            continue
        since = _day_before(open_.claimed) if dated else None
        try:
            traces = await channel.traces(open_.claimed, since)
        except GatewayAway:
            # Without its word nothing is sent again: it may have left.
            continue
        tally[await memory.write(resolve, open_.message, traces, clock(), desk.schools)] += 1
    return tally


def expire_leases(work: Work, now: datetime, schools: Schools) -> int:
    """What a sender claimed and never recorded is unsure once its lease has run out."""
    return sum(
        unsure(work, message, now, "lease_expired", schools)
        for message in work.messages.expired(now)
    )


def look_ups(work: Work, desk: Desk) -> list[Open]:
    """The unsure messages, with what is needed to find them at their gateway."""
    found = []
    for message in work.messages.unsure():
        address = work.addresses.get(message.address) if message.address else None
        if address is not None:
            found.append(Open(message, handed(message, address, desk)))
    return found


def resolve(
    work: Work, message: Message, traces: list[Trace], now: datetime, schools: Schools
) -> str:
    """Settle one unsure message by what the gateway's list shows, or by its silence."""
    for trace in traces:
        if work.messages.by_provider(message.channel, trace.provider_id) is None:
            settle_receipt(work, message.id, message.channel, trace.receipt, now, schools)
            return "found"
    if message.unsure_since is None:
        return "waiting"
    waited = now - message.unsure_since
    if message.channel is ChannelName.SMS and message.resend_of is None:
        return _resend(work, message, now) if waited >= NO_TRACE_AFTER else "waiting"
    if message.kind is not MessageKind.ASK and waited >= _GIVE_UP:
        _no_trace(work, message, now)
        return "given_up"
    return "waiting"


def _resend(work: Work, message: Message, now: datetime) -> str:
    if not _no_trace(work, message, now):
        return "waiting"
    send_again(work, message, now, now)
    case = work.cases.get(message.case) if message.case is not None else None
    if case is not None and message.kind is MessageKind.ASK:
        for attempt in work.attempts.of(case.id):
            if attempt.number == message.attempt:
                put_back(work, case, attempt, now)
    return "resent"


def _no_trace(work: Work, message: Message, now: datetime) -> bool:
    gone = replace(message, delivery=Delivery.FAILED, detail="no_trace", settled_at=now)
    return work.messages.save(gone, Delivery.UNSURE)


def _day_before(claimed: Claimed) -> date:
    return london_day(claimed.claimed_at) - timedelta(days=1)
