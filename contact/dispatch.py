"""Handing over what is planned, each message on its own task, as many as have room."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from uuid import UUID

from contact.address import ChannelName
from contact.delivery import Claims, claim_planned
from contact.desk import Desk
from contact.errors import FollowUpError, StorageUnavailable
from contact.gate import RECHECK
from contact.insisting import insist
from contact.message import Delivery
from contact.outbox import Lane
from contact.outcome import Accepted, Claimed, Outcome, Unsure
from contact.pace import UNPACED, Pace
from contact.ports import Channel, Clock, Memory, Work
from contact.settling import record
from contact.withholding import still_wanted, withhold

log = logging.getLogger(__name__)

Channels = Mapping[ChannelName, Channel]

#: No more is claimed than is about to start.
ROOM = 25
#: What comes back within so many seconds is recorded in one transaction.
TOGETHER = 0.05


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be sent: ``only`` these (None: all), of one ``lane`` (None: either).

    ``pace`` holds back what a gateway would not take; once ``enough``, nothing
    more is claimed.
    """

    only: Sequence[UUID] | None = None
    lane: Lane | None = None
    pace: Pace = UNPACED
    enough: Callable[[], bool] = lambda: False


#: All there is, at once.
_EVERYTHING = Turn()


async def deliver(
    memory: Memory,
    channels: Channels,
    desk: Desk,
    clock: Clock,
    room: int = ROOM,
    turn: Turn = _EVERYTHING,
) -> Counter[str]:
    """Send what may leave now; counts ``sent``, ``unsure`` and ``refused``.

    A claim is committed before its message is sent: a crash after it leaves
    the message unsure, to be looked up and never blindly sent again.
    """
    tally: Counter[str] = Counter()
    for part in _parts(turn.only, room):
        more = True
        while more and not turn.enough():
            here = replace(turn, only=part)
            claims, spoilt = await _claim(memory, desk, clock, room, here)
            tally += await _send(claims.claimed, memory, channels, desk, clock, turn.pace)
            if claims.held is not None:
                await turn.pace.until(claims.held, turn.lane)
            # Until nothing is left: what was looked at is claimed, put off or cancelled.
            more = claims.held is not None or spoilt or claims.seen > 0
    return tally


def _parts(only: Sequence[UUID] | None, room: int) -> Iterable[Sequence[UUID] | None]:
    if only is None:
        return [None]
    return [only[first : first + room] for first in range(0, len(only), room)]


async def _claim(
    memory: Memory, desk: Desk, clock: Clock, room: int, turn: Turn
) -> tuple[Claims, bool]:
    """Claim what may leave, and whether something spoilt it: the others are looked at again.

    One that cannot be claimed, by a defect of ours, keeps no other waiting.
    """
    permits = turn.pace.take(desk.channels, room, turn.lane)
    left = Counter(permits)
    most = max(min(room, left.total()), 1)
    try:
        claims, spoilt = await _claimed(memory, desk, clock, most, turn, permits)
        left.subtract(each.channel for each in claims.claimed)
    finally:
        turn.pace.give_back(left)
    return claims, spoilt


async def _claimed(
    memory: Memory,
    desk: Desk,
    clock: Clock,
    room: int,
    turn: Turn,
    permits: Mapping[ChannelName, int],
) -> tuple[Claims, bool]:
    trouble: Exception | None = None
    for most in (room, 1):
        try:
            claims = await memory.write(
                claim_planned, clock(), most, desk, turn.only, turn.lane, permits
            )
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  the others are none the worse for it
            trouble = error
        else:
            return claims, trouble is not None
    which = await memory.write(_put_aside, clock(), turn)
    if which is None and trouble is not None:
        # It is no message's fault: whoever sends rests before the next look.
        raise trouble
    log.error("message %s cannot be claimed: %s", which, type(trouble).__name__)
    return Claims((), 1), True


def _put_aside(work: Work, now: datetime, turn: Turn) -> UUID | None:
    """Let the message whose turn it is wait; its id."""
    for message in work.outbox.due(now, 1, turn.only, turn.lane):
        later = replace(message, not_before=now + RECHECK, detail="defect")
        work.messages.save(later, Delivery.PLANNED)
        return message.id
    return None


async def _send(
    claimed: Sequence[Claimed],
    memory: Memory,
    channels: Channels,
    desk: Desk,
    clock: Clock,
    pace: Pace,
) -> Counter[str]:
    """Send what is claimed, no two messages to one phone or chat at once.

    What goes wrong with some is raised when the others have had their turn:
    nothing that is claimed may be left behind unsent.
    """
    tally: Counter[str] = Counter()
    trouble: Exception | None = None
    for place, together in enumerate(_together(claimed)):
        if place:
            await pace.between(each.channel for each in together)
        try:
            tally += await hand_over(together, memory, channels, desk, clock)
        except Exception as error:  # noqa: BLE001  it is raised below
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return tally


def _together(claimed: Iterable[Claimed]) -> Iterable[list[Claimed]]:
    """Who goes together: to one phone or chat one after the other, a welcome before the ask."""
    found: dict[tuple[ChannelName, str], list[Claimed]] = {}
    for each in claimed:
        found.setdefault((each.channel, each.to), []).append(each)
    for turn in zip_longest(*found.values()):
        yield [each for each in turn if each is not None]


async def hand_over(
    messages: Sequence[Claimed], memory: Memory, channels: Channels, desk: Desk, clock: Clock
) -> Counter[str]:
    """Send claimed messages at once and record what became of them, counted in one word each.

    A stop is looked for once more: what was claimed before it must not leave
    after it if we can help it.
    """
    claimed = [each.message for each in messages]
    wanted = await insist(lambda: memory.read(still_wanted, claimed, clock()))
    tally: Counter[str] = Counter()
    for each in messages:
        if each.message not in wanted:
            await insist(partial(memory.write, withhold, each.message, clock()))
            tally["withheld"] += 1
    sends = {
        asyncio.create_task(channels[each.channel].send(each)): each.message
        for each in messages
        if each.message in wanted
    }
    return tally + await _recorded(sends, memory, desk, clock)


async def _recorded(
    sends: dict[asyncio.Task[Outcome], UUID], memory: Memory, desk: Desk, clock: Clock
) -> Counter[str]:
    """Record what comes at about the same time together; who is slow keeps nobody waiting.

    Where one cannot be sent or recorded the others still are, before anybody is told.
    """
    tally: Counter[str] = Counter()
    trouble: list[BaseException] = []
    try:
        while sends:
            done = [(sends.pop(send), send) for send in await _some(sends)]
            trouble += [error for _, send in done if (error := send.exception())]
            outcomes = [(which, send.result()) for which, send in done if not send.exception()]
            trouble += await _record(outcomes, memory, desk, clock)
            tally.update(_word(outcome) for _, outcome in outcomes)
    finally:
        for send in sends:
            send.cancel()
    if trouble:
        raise trouble[0]
    return tally


async def _some(sends: Iterable[asyncio.Task[Outcome]]) -> list[asyncio.Task[Outcome]]:
    """Those that are done soon, at least one."""
    known = list(sends)
    done, _ = await asyncio.wait(known, timeout=TOGETHER)
    if not done:
        done, _ = await asyncio.wait(known, return_when=asyncio.FIRST_COMPLETED)
    return [each for each in known if each in done]


async def _record(
    outcomes: list[tuple[UUID, Outcome]], memory: Memory, desk: Desk, clock: Clock
) -> list[BaseException]:
    """Record all in one transaction, or one by one where one of them spoils it; what went wrong."""
    if not outcomes:
        return []
    try:
        await insist(partial(memory.write, record, outcomes, clock(), desk.schools))
    except FollowUpError as error:
        return [error]
    except Exception as error:  # noqa: BLE001  it is raised when the others are recorded
        if len(outcomes) == 1:
            return [error]
        alone = [await _record([each], memory, desk, clock) for each in outcomes]
        return [each for errors in alone for each in errors]
    return []


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return "sent"
    return "unsure" if isinstance(outcome, Unsure) else "refused"
