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

from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from contact.errors import StorageUnavailable
from contact.message import Message
from contact.outbox import Lane
from storage.database import parsed
from storage.work import Work

log = logging.getLogger(__name__)

#: Sends the messages of a job; which lane it is of.
Send = Callable[[list[UUID], Lane], Awaitable[object]]

#: So many messages are one job: a job each costs more than the sending.
BATCH = 50
_TASK = "send"
#: Each lane has a queue, and a process works on each: what we start fills its
#: own places only, so that an answer finds one free.
_QUEUES = {Lane.ANSWERS: "answers", Lane.BULK: "messages"}
#: How many jobs of each a process has in hand at once.
_JOBS_AT_ONCE = {Lane.ANSWERS: 1, Lane.BULK: 2}
#: One more each listens for new jobs, and one reports.
_CONNECTIONS = sum(_JOBS_AT_ONCE.values()) + len(_QUEUES) + 1
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

_ALIVE = text("""
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => :within)
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


def processes(work: Work) -> int:
    """How many processes send now: those that worked on a queue a few seconds ago."""
    found: int = work.connection.execute(_ALIVE, {"within": _DEAD_AFTER}).scalar_one()
    return -(-found // len(_QUEUES))


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

        @app.task(name=_TASK, pass_context=True)
        async def _run(context: JobContext, messages: list[str]) -> None:
            answers = context.job.queue == _QUEUES[Lane.ANSWERS]
            lane = Lane.ANSWERS if answers else Lane.BULK
            await send([UUID(each) for each in messages], lane)

        async with app.open_async():
            workers = [asyncio.create_task(_worker(app, lane)) for lane in Lane]
            stop = asyncio.create_task(stopping.wait())
            await asyncio.wait((*workers, stop), return_when=asyncio.FIRST_COMPLETED)
            for each in (stop, *workers):
                each.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._address, min_size=1, max_size=_CONNECTIONS, timeout=10.0
        )
        return App(connector=connector)


async def _worker(app: App, lane: Lane) -> None:
    await app.run_worker_async(
        queues=[_QUEUES[lane]],
        concurrency=_JOBS_AT_ONCE[lane],
        install_signal_handlers=False,
        # Nothing is learnt from a job that is over: the ledger tells it all.
        delete_jobs="always",
        update_heartbeat_interval=_BEAT_EVERY,
        stalled_worker_timeout=_DEAD_AFTER,
    )


def _is_ready(message: Message) -> bool:
    return message.not_before <= message.created_at


def _defer(work: Work, waiting: Sequence[tuple[UUID, int]]) -> None:
    connection = work.connection.connection.driver_connection
    ordered = sorted(waiting, key=lambda each: each[1])
    for priority, group in groupby(ordered, key=lambda each: each[1]):
        ids = [str(which) for which, _ in group]
        batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
        queue = _QUEUES[Lane.BULK if priority else Lane.ANSWERS]
        # Ours counts up, theirs down: answers to a reply go first.
        job = _deferring.configure_task(
            _TASK, queue=queue, priority=-priority, connection=connection
        )
        try:
            jobs: list[dict[str, Any]] = [{"messages": batch} for batch in batches]
            job.batch_defer(*jobs)
        except ConnectorException as error:
            raise StorageUnavailable(
                "The queue cannot be written: run `followup db upgrade`, then try again."
            ) from error
