"""Handing over what is planned, each message on its own task, as many as have room."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from contact.address import ChannelName
from contact.delivery import Claims, claim_planned
from contact.desk import Desk
from contact.errors import FollowUpError, StorageUnavailable
from contact.gate import RECHECK
from contact.insisting import insist
from contact.message import Delivery
from contact.outcome import Accepted, Claimed, Outcome, Unsure
from contact.ports import Channel, Clock, Memory, Work
from contact.settling import record
from contact.withholding import still_wanted, withhold

log = logging.getLogger(__name__)

Channels = Mapping[ChannelName, Channel]

#: No more is claimed than is about to start.
ROOM = 16
#: What comes back within so many seconds is recorded in one transaction.
TOGETHER = 0.05


async def deliver(
    memory: Memory,
    channels: Channels,
    desk: Desk,
    clock: Clock,
    room: int = ROOM,
    only: Sequence[UUID] | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send all (of ``only``) that may leave now; counts ``sent``, ``unsure`` and ``refused``.

    A claim is committed before its message is sent: a crash after it leaves
    the message unsure, to be looked up and never blindly sent again. Once
    ``enough``, nothing more is claimed.
    """
    tally: Counter[str] = Counter()
    while not enough():
        claims = await _claim(memory, desk, clock, room, only)
        for turn in _turns(claims.claimed):
            tally += await hand_over(turn, memory, channels, desk, clock)
        if not claims.seen:
            break
    return tally


async def _claim(
    memory: Memory, desk: Desk, clock: Clock, room: int, only: Sequence[UUID] | None
) -> Claims:
    """Claim what may leave; one that cannot be, by a defect of ours, keeps no other waiting."""
    why = ""
    for most in (room, 1):
        try:
            return await memory.write(claim_planned, clock(), most, desk, only)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  the others are none the worse for it
            why = type(error).__name__
    which = await memory.write(_put_aside, clock(), only)
    log.error("message %s cannot be claimed: %s", which, why)
    return Claims((), 1)


def _put_aside(work: Work, now: datetime, only: Sequence[UUID] | None) -> UUID | None:
    """Let the message whose turn it is wait; its id."""
    for message in work.outbox.due(now, 1, only):
        later = replace(message, not_before=now + RECHECK, detail="defect")
        work.messages.save(later, Delivery.PLANNED)
        return message.id
    return None


def _turns(claimed: Iterable[Claimed]) -> Iterable[list[Claimed]]:
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
    wanted = await memory.read(still_wanted, [each.message for each in messages], clock())
    tally: Counter[str] = Counter()
    for each in messages:
        if each.message not in wanted:
            await memory.write(withhold, each.message, clock())
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
        await insist(memory, record, outcomes, clock(), desk.schools)
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
