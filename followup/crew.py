"""The service in several processes on one PostgreSQL: each plays its part, in any number."""

import asyncio
import signal
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from enum import StrEnum
from typing import Any
from uuid import UUID

from contact.dispatch import Channels
from contact.errors import FollowUpError, Misconfigured
from contact.outbox import Lane
from followup.clock import Deed, Timekeeper
from followup.passes import gateways
from followup.service import Service
from followup.serving import take_updates, web_server
from followup.wiring import House
from storage.postgres_memory import PostgresMemory
from storage.queue import Queue, enqueue_fresh, processes
from storage.queue_tables import is_made

#: How often a worker looks how many others there are, in seconds.
_SHARED_EVERY = 2.0


class Role(StrEnum):
    """What a process does; ``all`` does everything."""

    ALL = "all"
    WEB = "web"
    CLOCK = "clock"
    WORKER = "worker"


async def serve_as(house: House, role: Role) -> None:
    """Play ``role`` until SIGTERM or SIGINT, then finish what is being done, and return.

    Misconfigured where the database is none that several processes share, or
    has no queue.
    """
    memory = house.memory
    if not isinstance(memory, PostgresMemory):
        raise Misconfigured(
            f"On SQLite the service is one process, and --role {role} is a part of it: "
            "leave --role out, or set [storage] url to a PostgreSQL."
        )
    if not await memory.read(lambda work: is_made(work.connection)):
        raise Misconfigured("The database has no queue for the workers: run `followup db upgrade`.")
    # Whatever is planned from here on gets its job in the same transaction.
    memory.finish = enqueue_fresh
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    async with gateways(house) as channels:
        await _together(_parts(house, channels, role, stopping), stopping)


async def _together(parts: list[Coroutine[Any, Any, None]], stopping: asyncio.Event) -> None:
    """Run all parts; when one ends, or it is time, all of them end."""
    tasks = [asyncio.create_task(part) for part in parts]
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((stop, *tasks), return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    await stop
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended


def _parts(
    house: House, channels: Channels, role: Role, stopping: asyncio.Event
) -> list[Coroutine[Any, Any, None]]:
    service = Service(house, channels)
    queue = Queue(house.settings.database_url)
    # Any of them tells the schools: whoever commits a worry is there to do it.
    parts: list[Coroutine[Any, Any, None]] = [service.keep_telling(stopping)]
    if role in (Role.ALL, Role.WEB):
        parts.append(_answer(house, channels, service, stopping))
        parts.append(service.keep_listening(stopping))
    if role in (Role.ALL, Role.CLOCK):
        parts.append(_keep_time(house, channels, service, queue, stopping))
    if role in (Role.ALL, Role.WORKER):
        parts.append(_work(house, service, queue, stopping))
    return parts


async def _work(house: House, service: Service, queue: Queue, stopping: asyncio.Event) -> None:
    """Send what the jobs name; a job that is not done when it is time is handed out again."""

    async def send(only: list[UUID], lane: Lane) -> None:
        await service.send(only, lane, stopping.is_set)

    sharing = asyncio.create_task(_share(house, stopping))
    await queue.work(send, stopping)
    await sharing


async def _share(house: House, stopping: asyncio.Event) -> None:
    """Keep to this process's part of what all of them may send a second."""
    while not stopping.is_set():
        with suppress(FollowUpError):
            house.pace.share(await house.memory.read(processes))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _SHARED_EVERY)


async def _answer(
    house: House, channels: Channels, service: Service, stopping: asyncio.Event
) -> None:
    server = web_server(house, service)
    serving = asyncio.create_task(server.serve())
    others: list[asyncio.Task[Any]] = [asyncio.create_task(stopping.wait())]
    if house.settings.telegram.mode == "webhook":
        others.append(asyncio.create_task(take_updates(house, channels, service, stopping)))
    await asyncio.wait((serving, *others), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stopping.set()
    await asyncio.gather(*others)


async def _keep_time(
    house: House, channels: Channels, service: Service, queue: Queue, stopping: asyncio.Event
) -> None:
    """Telegram lets one process poll at a time, and that is the clock."""
    polls = house.settings.telegram.mode == "polling"

    def meanwhile(over: asyncio.Event) -> Deed:
        def poll() -> Awaitable[object]:
            return take_updates(house, channels, service, over) if polls else over.wait()

        return poll

    await Timekeeper(house, channels, queue).keep(stopping, meanwhile)
