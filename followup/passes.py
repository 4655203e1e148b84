"""One pass of every scheduled job, in the order in which they feed each other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from contact.desk import Desk
from contact.dispatch import Channels, Turn, deliver
from contact.notifying import tell_schools
from contact.pace import UNPACED, Pace
from contact.ports import Clock, Memory
from contact.reconciling import reconcile
from followup.wiring import House, now
from scheduler.digest import remind
from scheduler.outreach import move_cases, open_and_plan
from scheduler.plan import Plans
from scheduler.upkeep import keep_up

#: What a pass counts, in the order in which it is told.
COUNTS = ("opened", "planned", "sent", "failed", "unsure", "closed", "unknown")
#: A dead number's next address is asked in the same pass; more rounds than addresses are none.
_ROUNDS = 5
#: The heartbeat that ``readyz`` looks at.
CLOCK = "clock"


class Engine(Protocol):
    """What a pass needs of the house; a rehearsal has less of one."""

    @property
    def memory(self) -> Memory:
        """The database."""

    @property
    def desk(self) -> Desk:
        """What whoever sends must have at hand."""

    @property
    def plans(self) -> Plans:
        """Each school with its procedure."""


async def one_pass(house: House, at: datetime | None = None) -> dict[str, int]:
    """Plan, send, settle, close and reconcile, once, as of ``at`` or now."""
    clock: Clock = (lambda: at) if at is not None else now
    async with gateways(house) as channels:
        # Not in a rehearsal, which follows the leavers of one summer to their end.
        ended = await keep_up(house.memory, house.plans, clock())
        counts = await run_pass(house, channels, clock, dated=at is None, pace=house.pace)
        counts["closed"] += ended["closed"]
    await tell(house, clock)
    await remind_staff(house, clock)
    return counts


async def tell(house: House, clock: Clock) -> int:
    """Tell the schools of worries that they do not know of yet; how many e-mails went."""
    if house.post is None:
        return 0
    return await tell_schools(house.memory, house.post, house.schools, clock)


async def remind_staff(house: House, clock: Clock) -> int:
    """Remind each school's staff of what is due today; how many e-mails went."""
    if house.post is None or not house.reminded:
        return 0
    return await remind(house.memory, house.post, house.plans, house.reminded, clock)


async def run_pass(
    house: Engine,
    channels: Channels,
    clock: Clock,
    *,
    dated: bool = True,
    pace: Pace = UNPACED,
) -> dict[str, int]:
    """A pass over gateways that are open already."""
    memory, desk = house.memory, house.desk
    await memory.write(lambda work: work.house.beat(CLOCK, clock()))
    tally = await reconcile(memory, channels, desk, clock, dated=dated)
    tally += await open_and_plan(memory, house.plans, desk, clock())
    for _ in range(_ROUNDS):
        sent = await deliver(memory, channels, desk, clock, turn=Turn(pace=pace))
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
