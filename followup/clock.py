"""The clock of a service in several processes: one leads, the others wait to take over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from contact.dispatch import Channels
from contact.errors import FollowUpError
from contact.reconciling import reconcile
from followup.passes import CLOCK, remind_staff
from followup.wiring import House, now
from scheduler.engine import Job, engine
from scheduler.outreach import move_cases, open_and_plan
from scheduler.upkeep import keep_up
from storage.leader import Leadership
from storage.queue import Queue, hand_out

log = logging.getLogger(__name__)

Deed = Callable[[], Awaitable[object]]

#: How often a clock that does not lead tries to, in seconds.
TRY_EVERY = 1.0


class Timekeeper:
    """One process that would be the clock, and is for as long as the lock is its own."""

    def __init__(self, house: House, channels: Channels, queue: Queue) -> None:
        self._house = house
        self._channels = channels
        self._queue = queue
        self._leadership = Leadership(house.settings.database_url)
        self._asking = asyncio.Lock()
        self._over = asyncio.Event()

    async def keep(
        self, stopping: asyncio.Event, meanwhile: Callable[[asyncio.Event], Deed]
    ) -> None:
        """Lead whenever nobody else does, until ``stopping``.

        ``meanwhile`` is what else only the leader may do: it is handed the
        event that says when to end.
        """
        while not stopping.is_set():
            if await self._leads():
                log.info("this process is the clock now")
                await self._lead(stopping, meanwhile)
            await _rest(stopping)
        await asyncio.to_thread(self._leadership.let_go)

    async def turn(self, deed: Deed) -> None:
        """Do ``deed``, but only while the lock is ours; a fault is left to the next turn."""
        if not await self._leads():
            self._over.set()
            return
        try:
            await deed()
        except FollowUpError as error:
            log.warning("the clock rests: %s", error)

    async def _lead(
        self, stopping: asyncio.Event, meanwhile: Callable[[asyncio.Event], Deed]
    ) -> None:
        self._over.clear()
        jobs = self._jobs()
        works = engine(
            [Job(name, "followup.clock:turn", every, (self, deed)) for name, every, deed in jobs]
        )
        beside = asyncio.ensure_future(meanwhile(self._over)())
        # What fell due while nobody led, once and not as often as it was missed.
        for _, _, deed in jobs:
            await self.turn(deed)
        works.start()
        await _first(stopping, self._over)
        self._over.set()
        works.shutdown(wait=False)
        await beside

    async def _leads(self) -> bool:
        # Jobs overlap, and the lock's connection is for one at a time.
        async with self._asking:
            return await asyncio.to_thread(self._leadership.is_ours)

    def _jobs(self) -> list[tuple[str, timedelta, Deed]]:
        return [
            ("beat", timedelta(seconds=10), self._beat),
            ("keep up", timedelta(minutes=30), self._keep_up),
            ("open", timedelta(minutes=5), self._open),
            ("move", timedelta(seconds=15), self._move),
            ("take over", timedelta(seconds=5), self._take_over),
            ("hand out", timedelta(seconds=1), self._hand_out),
            ("remind", timedelta(minutes=15), self._remind),
            ("reconcile", timedelta(seconds=30), self._look_up),
        ]

    async def _beat(self) -> None:
        await self._house.memory.write(lambda work: work.house.beat(CLOCK, now()))

    async def _open(self) -> None:
        house = self._house
        await open_and_plan(house.memory, house.plans, house.desk, now())

    async def _keep_up(self) -> None:
        await keep_up(self._house.memory, self._house.plans, now())

    async def _remind(self) -> None:
        await remind_staff(self._house, now)

    async def _move(self) -> None:
        await move_cases(self._house.memory, self._house.desk, now())

    async def _take_over(self) -> None:
        await self._queue.take_over(now())

    async def _hand_out(self) -> None:
        await self._house.memory.write(hand_out, now())

    async def _look_up(self) -> None:
        await reconcile(self._house.memory, self._channels, self._house.desk, now)


async def turn(timekeeper: Timekeeper, deed: Deed) -> None:
    """What the engine calls."""
    await timekeeper.turn(deed)


async def _rest(stopping: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), TRY_EVERY)
    except TimeoutError:
        return


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
