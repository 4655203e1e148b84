"""Counting the ledger of a rehearsal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from contact.alumnus import Cohort
from contact.case import Disposition
from contact.destination import REFUSED, UNKNOWN_CODES
from contact.flag import FlagKind
from contact.hours import london_day
from contact.message import MessageKind
from followup.simulation.behaviour import Behaviour
from followup.simulation.figures import Figures, WaveFigures
from scheduler.plan import Plan
from scheduler.wave import Wave
from storage import tallies
from storage.work import Work

_ANSWERS: Final = (Disposition.COMPLETE, Disposition.PARTIAL)
_BUDGET: Final = "budget"

_Waves = Mapping[tuple[str, str], WaveFigures]
_Cases = Mapping[int, tallies.CaseTally]


@dataclass(frozen=True, slots=True)
class Period:
    """The days that were rehearsed, both included."""

    starts: date
    ends: date

    def has(self, wave: Wave) -> bool:
        """Whether a wave was open in it."""
        return wave.opens <= self.ends and wave.until >= self.starts


def figures_of(
    work: Work, plan: Plan, cohorts: Sequence[Cohort], period: Period, behaviour: Behaviour
) -> Figures:
    """Everything the ledger says, counted once."""
    cases, waves = tallies.cases(work), _empty(plan, cohorts, period)
    for one in cases.values():
        _count_case(waves[one.cohort, one.wave], one)
    messages, months = _count_messages(work, cases, waves)
    flags = list(tallies.raised(work))
    return Figures(
        starts=period.starts,
        ends=period.ends,
        waves=tuple(sorted(waves.values(), key=lambda each: (each.opens, each.until, each.cohort))),
        messages=messages,
        segments_by_month=months,
        replies_by_week=_by_week(tallies.replied(work)),
        flags_by_week=_by_week(each.at for each in flags),
        minutes_by_week=_minutes(flags, cases, waves, behaviour),
        flags=_sorted(Counter(each.kind for each in flags)),
        budget_spent_in=_spent(flags),
        segment_pence=plan.school.segment_pence,
        budget_pence=plan.school.monthly_budget_pence,
        hours_a_week=behaviour.staff.hours_a_week,
    )


def _empty(
    plan: Plan, cohorts: Sequence[Cohort], period: Period
) -> dict[tuple[str, str], WaveFigures]:
    return {
        (cohort.id, wave.name): WaveFigures(wave.name, cohort.id, wave.opens, wave.until)
        for cohort in cohorts
        for wave in plan.waves(cohort)
        if period.has(wave)
    }


def _count_case(wave: WaveFigures, one: tallies.CaseTally) -> None:
    if one.detail == "just_answered":
        return  # it was never opened: an earlier wave had its answer just now
    wave.due += 1
    wave.tries += one.tries
    wave.max_tries = max(wave.max_tries, one.tries)
    if one.disposition in _ANSWERS:
        wave.answered_at[one.answered_at or 0] += 1
    elif one.code in UNKNOWN_CODES:
        wave.unknown[one.code or ""] += 1
    elif one.disposition is Disposition.REFUSAL or one.code == REFUSED:
        wave.refused += 1
    else:
        wave.other[one.detail or "open"] += 1


def _count_messages(
    work: Work, cases: _Cases, waves: _Waves
) -> tuple[Counter[str], dict[str, int]]:
    """Messages by kind and SMS parts by month; each wave gets its own parts and contacts."""
    kinds: Counter[str] = Counter()
    months: Counter[str] = Counter()
    asked: set[int] = set()
    for sent in tallies.sent(work):
        kinds[sent.kind] += 1
        months[f"{london_day(sent.at):%Y-%m}"] += sent.segments
        if sent.case is None:
            continue
        one = cases[sent.case]
        wave = waves[one.cohort, one.wave]
        wave.segments += sent.segments
        if sent.kind is MessageKind.ASK and sent.case not in asked:
            asked.add(sent.case)
            wave.contacted += 1
    return _sorted(kinds), dict(sorted(months.items()))


def _minutes(
    flags: Iterable[tallies.Raised],
    cases: _Cases,
    waves: _Waves,
    behaviour: Behaviour,
) -> dict[date, float]:
    total: dict[date, float] = {}
    for flag in flags:
        minutes = behaviour.staff.takes(flag.kind)
        week = _monday(flag.at)
        total[week] = total.get(week, 0.0) + minutes
        one = cases.get(flag.case) if flag.case is not None else None
        if one is not None:
            waves[one.cohort, one.wave].staff_minutes += minutes
    return dict(sorted(total.items()))


def _spent(flags: Iterable[tallies.Raised]) -> tuple[str, ...]:
    months = {
        f"{london_day(each.at):%Y-%m}"
        for each in flags
        if each.kind == FlagKind.CHANNEL_DOWN and each.detail == _BUDGET
    }
    return tuple(sorted(months))


def _by_week(instants: Iterable[datetime]) -> dict[date, int]:
    return dict(sorted(Counter(map(_monday, instants)).items()))


def _monday(at: datetime) -> date:
    day = london_day(at)
    return day - timedelta(days=day.weekday())


def _sorted(counts: Counter[str]) -> Counter[str]:
    """In the order of the names, so that the same figures are written alike."""
    return Counter(dict(sorted(counts.items())))
