"""One pass of every scheduled job, in the order in which they feed each other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from contact.dispatch import Channels, deliver
from contact.ports import Clock
from contact.reconciling import reconcile
from followup.wiring import House, now
from scheduler.outreach import move_cases, open_and_plan

#: What a pass counts, in the order in which it is told.
COUNTS = ("opened", "planned", "sent", "failed", "unsure", "closed", "unknown")
#: A dead number's next address is asked in the same pass; more rounds than addresses are none.
_ROUNDS = 5
#: The heartbeat that ``readyz`` looks at.
CLOCK = "clock"


async def one_pass(house: House, at: datetime | None = None) -> dict[str, int]:
    """Plan, send, settle, close and reconcile, once, as of ``at`` or now."""
    clock: Clock = (lambda: at) if at is not None else now
    async with gateways(house) as channels:
        return await run_pass(house, channels, clock, dated=at is None)


async def run_pass(
    house: House, channels: Channels, clock: Clock, *, dated: bool = True
) -> dict[str, int]:
    """A pass over gateways that are open already."""
    memory, desk = house.memory, house.desk
    await memory.write(lambda work: work.house.beat(CLOCK, clock()))
    tally = await reconcile(memory, channels, desk, clock, dated=dated)
    tally += await open_and_plan(memory, house.plans, desk, clock())
    for _ in range(_ROUNDS):
        sent = await deliver(memory, channels, desk, clock)
        moved = await move_cases(memory, desk, clock())
        tally += sent
        tally += moved
        if not moved:
            break
    return {name: tally[name] for name in COUNTS}


@asynccontextmanager
async def gateways(house: House) -> AsyncIterator[Channels]:
    """The configured gateways, closed at the end."""
    channels = house.channels()
    try:
        yield channels
    finally:
        for channel in channels.values():
            await channel.close()
