"""The clock of a running service: a few static jobs on APScheduler."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from contact.hours import LONDON


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again.

    ``ref`` is the function as text (``package.module:name``), ``every`` how
    often: an interval of elapsed time, which no change of the clocks can
    repeat or leave out.
    """

    name: str
    ref: str
    every: timedelta
    args: tuple[Any, ...] = ()


def engine(jobs: Sequence[Job]) -> AsyncIOScheduler:
    """A scheduler for ``jobs``, not started yet.

    The database is the memory, so the jobs live in this process only: never
    two at once, never a heap of missed runs, and none dropped for being late
    (the library's own grace of one second would do that).
    """
    made = AsyncIOScheduler(
        timezone=LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        made.add_job(
            job.ref,
            IntervalTrigger(seconds=int(job.every.total_seconds()), timezone=LONDON),
            args=job.args,
            id=job.name,
            name=job.name,
        )
    return made
