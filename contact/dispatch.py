"""Handing over what is planned, each message on its own task, as many as have room."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from contact.address import ChannelName
from contact.delivery import claim_planned, still_wanted, withhold
from contact.desk import Desk
from contact.outcome import Accepted, Claimed, Unsure
from contact.ports import Channel, Clock, Memory
from contact.settling import record

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
        claims = await memory.write(claim_planned, clock(), room, desk, only)
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
    await memory.write(record, message.message, outcome, clock(), desk.schools)
    if isinstance(outcome, Accepted):
        return "sent"
    return "unsure" if isinstance(outcome, Unsure) else "refused"
