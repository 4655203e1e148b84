"""The queue that carries messages to the workers: Procrastinate, in the ledger's own database.

A job holds the ids of about fifty messages and nothing else. The ledger stays
the truth: a job that is lost is made again for what is still planned, and one
that comes twice finds nothing left to claim.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from contact.errors import StorageUnavailable
from contact.message import Message
from storage.database import parsed
from storage.work import Work

log = logging.getLogger(__name__)

Send = Callable[[list[UUID]], Awaitable[object]]

#: So many messages are one job: a job each costs more than the sending.
BATCH = 50
_QUEUE = "messages"
_TASK = "send"
#: How many jobs a worker has in hand at once.
_JOBS_AT_ONCE = 2
#: A worker says so often that it is alive, in seconds …
_BEAT_EVERY = 2.0
#: … and is dead when it has been silent for so long.
_DEAD_AFTER = 6.0
#: How long a worker rests when the database is away, in seconds.
_REST = 1.0

# Deferring happens on a connection that is handed over, so this one is never opened.
_deferring = App(connector=SyncPsycopgConnector())

_WITHOUT_A_JOB = text("""
    SELECT id, priority FROM message
    WHERE delivery = 'planned' AND not_before <= :now
      AND id::text NOT IN (
        SELECT jsonb_array_elements_text(args -> 'messages') FROM procrastinate_jobs
        WHERE status IN ('todo', 'doing')
      )
    ORDER BY priority, not_before
    LIMIT :most
""")


def enqueue_fresh(work: Work) -> None:
    """Make jobs for what this transaction planned to be sent at once, in the transaction itself.

    What is planned for later gets its job from :func:`hand_out` when it is time.
    """
    ready = [each for each in work.messages.fresh if _is_ready(each)]
    _defer(work, [(each.id, each.priority) for each in ready])


def hand_out(work: Work, now: datetime, most: int = 10_000) -> int:
    """Make jobs for every message that may be sent by ``now`` and is in none; how many messages.

    This is also what makes up for a job that was lost.
    """
    found = work.connection.execute(_WITHOUT_A_JOB, {"now": now, "most": most})
    waiting = [(row[0], row[1]) for row in found]
    _defer(work, waiting)
    return len(waiting)


class Queue:
    """One process's way to the jobs."""

    def __init__(self, url: str) -> None:
        address = parsed(url).set(drivername="postgresql")
        self._address = address.render_as_string(hide_password=False)

    async def work(self, send: Send, stopping: asyncio.Event) -> None:
        """Run jobs with ``send`` until ``stopping``; what is being run then is finished first.

        Where the database goes away it is waited for.
        """
        while not stopping.is_set():
            try:
                await self._work(send, stopping)
            except (ConnectorException, OSError) as error:
                log.warning("the worker rests: %s", type(error).__name__)
            if not stopping.is_set():
                await asyncio.sleep(_REST)

    async def take_over(self, now: datetime) -> int:
        """Put the jobs of workers that have died back into the queue; how many they were."""
        app = self._app()
        try:
            async with app.open_async():
                jobs = app.job_manager
                dead = await jobs.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER)
                taken = [each for each in dead if each.id is not None]
                for each in taken:
                    await jobs.retry_job(each, retry_at=now)
        except ConnectorException:
            # Somebody else did it, or the database is away: it is looked at again soon.
            return 0
        return len(taken)

    async def _work(self, send: Send, stopping: asyncio.Event) -> None:
        app = self._app()

        @app.task(name=_TASK, queue=_QUEUE)
        async def _run(messages: list[str]) -> None:
            await send([UUID(each) for each in messages])

        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[_QUEUE],
                    concurrency=_JOBS_AT_ONCE,
                    install_signal_handlers=False,
                    # Nothing is learnt from a job that is over: the ledger tells it all.
                    delete_jobs="always",
                    update_heartbeat_interval=_BEAT_EVERY,
                    stalled_worker_timeout=_DEAD_AFTER,
                )
            )
            stop = asyncio.create_task(stopping.wait())
            await asyncio.wait((worker, stop), return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._address, min_size=1, max_size=_JOBS_AT_ONCE + 2, timeout=10.0
        )
        return App(connector=connector)


def _is_ready(message: Message) -> bool:
    return message.not_before <= message.created_at


def _defer(work: Work, waiting: Sequence[tuple[UUID, int]]) -> None:
    connection = work.connection.connection.driver_connection
    ordered = sorted(waiting, key=lambda each: each[1])
    for priority, group in groupby(ordered, key=lambda each: each[1]):
        ids = [str(which) for which, _ in group]
        batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
        # Ours counts up, theirs down: answers to a reply go first.
        job = _deferring.configure_task(
            _TASK, queue=_QUEUE, priority=-priority, connection=connection
        )
        try:
            jobs: list[dict[str, Any]] = [{"messages": batch} for batch in batches]
            job.batch_defer(*jobs)
        except ConnectorException as error:
            raise StorageUnavailable(
                "The queue cannot be written: run `followup db upgrade`, then try again."
            ) from error
