"""Handing over what is planned, each message on its own task, as many as have room."""

import asyncio
from collections import Counter
from collections.abc import Mapping

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
    memory: Memory, channels: Channels, desk: Desk, clock: Clock, room: int = ROOM
) -> Counter[str]:
    """Send all that may leave now; counts ``sent``, ``unsure`` and ``refused``.

    A claim is committed before its message is sent: a crash after it leaves
    the message unsure, to be looked up and never blindly sent again.
    """
    tally: Counter[str] = Counter()
    while True:
        claims = await memory.write(claim_planned, clock(), room, desk)
        outcomes = await asyncio.gather(
            *(hand_over(each, memory, channels, desk, clock) for each in claims.claimed)
        )
        tally.update(outcomes)
        if not claims.seen:
            return tally


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
