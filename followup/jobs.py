"""What the clock of one process does, and how often."""

import logging
from collections.abc import Awaitable
from datetime import timedelta

from contact.dispatch import Channels
from contact.errors import FollowUpError
from contact.reconciling import reconcile
from followup.passes import CLOCK, remind_staff
from followup.service import Service
from followup.wiring import House, now
from scheduler.engine import Job
from scheduler.outreach import move_cases, open_and_plan
from scheduler.upkeep import keep_up

log = logging.getLogger(__name__)


def jobs_of(house: House, channels: Channels, service: Service) -> list[Job]:
    """The jobs, for a clock that is not wound yet."""
    args = (house, channels, service)
    return [
        Job("beat", "followup.jobs:beat", timedelta(seconds=10), args),
        Job("open", "followup.jobs:open_waves", timedelta(minutes=5), args),
        Job("move", "followup.jobs:move", timedelta(seconds=15), args),
        Job("keep up", "followup.jobs:look_after_people", timedelta(minutes=30), args),
        Job("remind", "followup.jobs:remind_them", timedelta(minutes=15), args),
        Job("reconcile", "followup.jobs:look_up", timedelta(seconds=30), args),
    ]


async def beat(house: House, channels: Channels, service: Service) -> None:
    """The clock is alive."""
    await _calmly("the heartbeat", house.memory.write(lambda work: work.house.beat(CLOCK, now())))


async def open_waves(house: House, channels: Channels, service: Service) -> None:
    """Open the waves of today."""
    with service.working():
        opening = open_and_plan(house.memory, house.plans, house.desk, now())
        await _calmly("opening waves", opening)
    service.wake()


async def move(house: House, channels: Channels, service: Service) -> None:
    """Move the cases whose time has come."""
    with service.working():
        await _calmly("moving cases", move_cases(house.memory, house.desk, now()))
    service.wake()


async def look_after_people(house: House, channels: Channels, service: Service) -> None:
    """Roll the years over and end what a permission no longer covers, once a day."""
    with service.working():
        await _calmly("the daily upkeep", keep_up(house.memory, house.plans, now()))


async def remind_them(house: House, channels: Channels, service: Service) -> None:
    """Remind each school's staff of what is due, once a working day."""
    await _calmly("reminding", remind_staff(house, now))


async def look_up(house: House, channels: Channels, service: Service) -> None:
    """Find out what became of unsure messages."""
    with service.working():
        await _calmly("looking up", reconcile(house.memory, channels, house.desk, now))
    service.wake()


async def catch_up(house: House, channels: Channels, service: Service) -> None:
    """What fell due while nobody was there is planned; the dispatcher sends it."""
    await beat(house, channels, service)
    await look_after_people(house, channels, service)
    await open_waves(house, channels, service)


async def _calmly(what: str, doing: Awaitable[object]) -> None:
    """A database that is locked for a while is no reason to stop; the next time is soon."""
    try:
        await doing
    except FollowUpError as error:
        log.warning("%s did not finish: %s", what, error)
