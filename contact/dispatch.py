"""Handing over what is planned, each message on its own task, as many as have room."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contact.address import ChannelName
from contact.delivery import Claims, claim_planned, still_wanted, withhold
from contact.desk import Desk
from contact.errors import StorageUnavailable
from contact.gate import RECHECK
from contact.insisting import insist
from contact.message import Delivery
from contact.outcome import Accepted, Claimed, Unsure
from contact.ports import Channel, Clock, Memory, Work
from contact.settling import record

log = logging.getLogger(__name__)

Channels = Mapping[ChannelName, Channel]

#: No more is claimed than is about to start.
ROOM = 16


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
        handed = (
            _one_after_another(each, memory, channels, desk, clock)
            for each in _by_recipient(claims.claimed)
        )
        # Where one cannot be recorded the others still are, before anybody is told.
        outcomes = await asyncio.gather(*handed, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            tally.update(outcome)
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
    for message in work.messages.planned(now, 1, only):
        later = replace(message, not_before=now + RECHECK, detail="defect")
        work.messages.save(later, Delivery.PLANNED)
        return message.id
    return None


def _by_recipient(claimed: Iterable[Claimed]) -> Iterable[list[Claimed]]:
    """What goes to one phone or chat, together and in order: a welcome comes before the ask."""
    found: dict[tuple[ChannelName, str], list[Claimed]] = {}
    for each in claimed:
        found.setdefault((each.channel, each.to), []).append(each)
    return found.values()


async def _one_after_another(
    messages: list[Claimed], memory: Memory, channels: Channels, desk: Desk, clock: Clock
) -> list[str]:
    return [await hand_over(each, memory, channels, desk, clock) for each in messages]


async def hand_over(
    message: Claimed, memory: Memory, channels: Channels, desk: Desk, clock: Clock
) -> str:
    """Send one claimed message and record what became of it, in one word.

    A stop is looked for once more: what was claimed before it must not leave
    after it if we can help it.
    """
    if not await memory.read(still_wanted, message.message, clock()):
        await memory.write(withhold, message.message, clock())
        return "withheld"
    outcome = await channels[message.channel].send(message)
    await insist(memory, record, message.message, outcome, clock(), desk.schools)
    if isinstance(outcome, Accepted):
        return "sent"
    return "unsure" if isinstance(outcome, Unsure) else "refused"
