"""The clock's pass over the cases: open them, plan their tries, and end them."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from contact.alumnus import Cohort
from contact.candidate import Candidate
from contact.desk import Desk
from contact.errors import StorageUnavailable
from contact.hours import london_day
from contact.ports import Memory, Work
from scheduler.casework import move_on
from scheduler.diary import Diary
from scheduler.due import Reason, ReasonCode
from scheduler.plan import Plan, Plans
from scheduler.wave import Wave

log = logging.getLogger(__name__)

#: So many cases move in one transaction; replies get their turn in between.
BATCH = 200
#: How long a case waits that cannot be moved.
_ASIDE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One alumnus of a cohort on a day: due or not, and why."""

    candidate: Candidate
    cohort: Cohort
    wave: Wave | None
    reason: Reason


async def open_and_plan(memory: Memory, plans: Plans, desk: Desk, now: datetime) -> Counter[str]:
    """Open the waves of today, then move every case whose time has come.

    Counts ``opened``, ``planned``, ``failed``, ``closed`` and ``unknown``.
    Safe to run twice and beside itself.
    """
    tally: Counter[str] = Counter()
    for cohort in await memory.read(lambda work: work.cohorts.all()):
        plan = plans.get(cohort.school)
        if plan is not None and _wave_to_open(plan, cohort, now) is not None:
            tally += await memory.write(open_wave, plan, cohort, now)
    tally += await move_cases(memory, desk, now)
    return tally


async def move_cases(memory: Memory, desk: Desk, now: datetime) -> Counter[str]:
    """Move every case whose time has come, in batches; counts as above.

    A case that cannot be moved, by a defect of ours, is looked at again later:
    it must not keep all others waiting.
    """
    tally: Counter[str] = Counter()
    diary, most = Diary(), BATCH
    while True:
        try:
            moved, diary = await memory.write(_move_batch, desk, diary, most, now)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  the other cases are none the worse for it
            if most == 1:
                which = await memory.write(_put_aside, now)
                log.error("case %s cannot be moved: %s", which, type(error).__name__)  # noqa: TRY400  its words may quote somebody
            most = BATCH if most == 1 else 1
            continue
        tally += moved
        if not moved["seen"]:
            del tally["seen"]
            return tally


def open_wave(work: Work, plan: Plan, cohort: Cohort, now: datetime) -> Counter[str]:
    """Open today's wave for one cohort, unless it was done today and nothing changed since."""
    wave = _wave_to_open(plan, cohort, now)
    today = london_day(now)
    if wave is None or work.cohorts.swept(cohort.id, wave.name, today):
        return Counter()
    window = plan.window(cohort, wave)
    work.due.skip_answered(window, today, now)
    opened = work.due.open(window, today, now)
    work.cohorts.mark_swept(cohort.id, wave.name, today)
    return Counter(opened=opened)


def judge_all(
    work: Work, plans: Plans, day: date, school: str | None = None, only: UUID | None = None
) -> Iterator[Judgement]:
    """Everybody of every cohort (of one school), each with the reason why or why not.

    People who share a number come one after another: of several who are due
    only the first is, and the others wait for them.
    """
    for cohort in work.cohorts.all():
        plan = plans.get(cohort.school)
        if plan is None or school not in (None, cohort.school):
            continue
        wave = plan.wave_on(cohort, day)
        taken: set[UUID] = set()
        shown = wave or _any_wave(plan, cohort)
        if shown is None:
            continue
        for candidate in work.due.candidates(plan.window(cohort, shown), only):
            reason = plan.judge(candidate, wave, day)
            if reason.code is ReasonCode.DUE and candidate.shares:
                reason = _in_turn(work, plan, candidate, wave, day, taken)
            yield Judgement(candidate, cohort, wave, reason)


def _in_turn(
    work: Work, plan: Plan, candidate: Candidate, wave: Wave | None, day: date, taken: set[UUID]
) -> Reason:
    numbers = {each.endpoint for each in work.addresses.of(candidate.alumnus) if each.usable}
    if taken & numbers:
        busy = replace(candidate.facts, number_in_use=True)
        return plan.judge(replace(candidate, facts=busy), wave, day)
    taken |= numbers
    return plan.judge(candidate, wave, day)


def _any_wave(plan: Plan, cohort: Cohort) -> Wave | None:
    waves = plan.waves(cohort)
    return waves[-1] if waves else None


def _wave_to_open(plan: Plan, cohort: Cohort, now: datetime) -> Wave | None:
    today = london_day(now)
    wave = plan.wave_on(cohort, today)
    return wave if wave is not None and wave.takes_cases(today) else None


def _move_batch(
    work: Work, desk: Desk, diary: Diary, most: int, now: datetime
) -> tuple[Counter[str], Diary]:
    # A transaction may run twice: what it books is handed on only with its answer.
    ours = diary.copy()
    tally: Counter[str] = Counter()
    for case in work.cases.to_act(now, most):
        tally["seen"] += 1
        tally += move_on(work, case, desk, now, ours)
    return tally, ours


def _put_aside(work: Work, now: datetime) -> int | None:
    """Let the case whose turn it is wait; its number."""
    for case in work.cases.to_act(now, 1):
        work.alumni.lock(case.alumnus)
        work.cases.save(replace(case, act_at=now + _ASIDE))
        return case.id
    return None
