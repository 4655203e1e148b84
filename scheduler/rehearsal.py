"""The virtual clock: it stands still while there is work, and jumps to where there is more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from contact.hours import LONDON, london_day
from contact.ports import Work
from scheduler.plan import Plans

#: Nothing is planned further ahead than a wave lasts.
_HORIZON = timedelta(days=400)
#: A pass that leaves something due behind is repeated after this.
_STEP = timedelta(minutes=1)
#: When the clock looks at every cohort: somebody may have become due overnight.
_SWEEP_AT = time(6)


class VirtualClock:
    """An instant that moves only when it is told to; calling it gives the time."""

    def __init__(self, starts: datetime) -> None:
        self._now = _aware(starts)

    def __call__(self) -> datetime:
        """The virtual present, in UTC."""
        return self._now

    def jump(self, to: datetime) -> None:
        """Let it be ``to``; ValueError where that is in the past."""
        if _aware(to) < self._now:
            raise ValueError("time runs forward only")
        self._now = to.astimezone(UTC)


def next_instant(work: Work, plans: Plans, after: datetime) -> datetime:
    """The first instant after the aware ``after`` at which the engine has something to do.

    That is where a case must be looked at, a planned message may leave, a lease
    is over, or, at six in the morning, a wave takes cases that day.
    """
    instants = (*_of_cases(work, after), *_of_messages(work, after), *_of_waves(work, plans, after))
    soonest = min(instants, default=after + _HORIZON)
    return max(soonest, after + _STEP).astimezone(UTC)


def _of_cases(work: Work, after: datetime) -> Iterator[datetime]:
    """They come in the order of time, so the first will do."""
    for case in work.cases.to_act(after + _HORIZON, 1):
        if case.act_at is not None:
            yield case.act_at


def _of_messages(work: Work, after: datetime) -> Iterator[datetime]:
    planned = work.messages.next_planned()
    if planned is not None:
        yield planned
    for each in work.messages.expired(after + _HORIZON):
        if each.lease_until is not None:
            yield each.lease_until


def _of_waves(work: Work, plans: Plans, after: datetime) -> Iterator[datetime]:
    today = london_day(after)
    for cohort in work.cohorts.all():
        plan = plans.get(cohort.school)
        for wave in plan.waves(cohort) if plan else ():
            day = max(wave.opens, today)
            at = _sweep(day)
            if at <= after:
                at = _sweep(day + timedelta(days=1))
            if wave.takes_cases(london_day(at)):
                yield at


def _sweep(day: date) -> datetime:
    return datetime.combine(day, _SWEEP_AT, LONDON).astimezone(UTC)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at.astimezone(UTC)
