"""What a rehearsal came to: wave by wave, month by month, week by week."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from contact.alumnus import Cohort
from contact.case import Disposition
from contact.destination import NO_ADDRESS, NOT_KNOWN, REFUSED, UNKNOWN_CODES
from contact.flag import FlagKind
from contact.hours import london_day
from contact.message import MessageKind
from followup.simulation.behaviour import Behaviour
from scheduler.plan import Plan
from scheduler.wave import Wave
from storage import tallies
from storage.work import Work

_ANSWERS: Final = (Disposition.COMPLETE, Disposition.PARTIAL)
_BUDGET: Final = "budget"


@dataclass(slots=True)
class WaveFigures:
    """One wave of one leaving year.

    ``due`` counts the cases that opened, ``contacted`` those in which a
    gateway took an ask, ``tries`` the tries that were made. ``answered_at`` is
    by try, 0 where staff or an unasked text gave the answer. ``unknown`` is by
    code: 810 nobody answered, 820 no working number.
    """

    wave: str
    cohort: str
    opens: date
    until: date
    due: int = 0
    contacted: int = 0
    tries: int = 0
    max_tries: int = 0
    answered_at: Counter[int] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    other: Counter[str] = field(default_factory=Counter)
    segments: int = 0
    staff_minutes: float = 0.0

    @property
    def answered(self) -> int:
        """How many told us what they do, wholly or in part."""
        return sum(self.answered_at.values())

    @property
    def not_known(self) -> int:
        """How many stayed unknown."""
        return sum(self.unknown.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole rehearsal.

    ``waves`` are those that were open between ``starts`` and ``ends``, in the
    order of time. Months are ``YYYY-MM`` and weeks their Monday, both by the London
    calendar; only those in which anything happened are there.
    """

    starts: date
    ends: date
    waves: tuple[WaveFigures, ...]
    messages: Counter[str]
    segments_by_month: dict[str, int]
    replies_by_week: dict[date, int]
    flags_by_week: dict[date, int]
    minutes_by_week: dict[date, float]
    flags: Counter[str]
    budget_spent_in: tuple[str, ...]
    segment_pence: int
    budget_pence: int
    hours_a_week: float

    @property
    def segments(self) -> int:
        """SMS parts sent in all."""
        return sum(self.segments_by_month.values())

    @property
    def staff_hours(self) -> float:
        """Hours of staff in all."""
        return sum(self.minutes_by_week.values()) / 60

    def cost_by_month(self) -> dict[str, int]:
        """Pence a month."""
        return {month: n * self.segment_pence for month, n in self.segments_by_month.items()}


def figures_of(work: Work, plan: Plan, cohorts: Sequence[Cohort], behaviour: Behaviour) -> Figures:
    """Count the ledger of a rehearsal."""
    cases = tallies.cases(work)
    waves = _empty(plan, cohorts)
    for one in cases.values():
        _count_case(waves[one.cohort, one.wave], one)
    messages: Counter[str] = Counter()
    months: Counter[str] = Counter()
    asked: set[int] = set()
    for sent in tallies.sent(work):
        messages[sent.kind] += 1
        months[f"{london_day(sent.at):%Y-%m}"] += sent.segments
        if sent.case is not None:
            one = cases[sent.case]
            wave = waves[one.cohort, one.wave]
            wave.segments += sent.segments
            if sent.kind is MessageKind.ASK and sent.case not in asked:
                asked.add(sent.case)
                wave.contacted += 1
    flags = list(tallies.raised(work))
    return Figures(
        waves=tuple(sorted(waves.values(), key=lambda each: (each.opens, each.until, each.cohort))),
        messages=Counter(dict(sorted(messages.items()))),
        segments_by_month=dict(sorted(months.items())),
        replies_by_week=_by_week(tallies.replied(work)),
        flags_by_week=_by_week(each.at for each in flags),
        minutes_by_week=_minutes(flags, cases, waves, behaviour),
        flags=Counter(dict(sorted(Counter(each.kind for each in flags).items()))),
        budget_spent_in=_spent(flags),
        segment_pence=plan.school.segment_pence,
        budget_pence=plan.school.monthly_budget_pence,
        hours_a_week=behaviour.staff.hours_a_week,
    )


def warnings(figures: Figures) -> list[str]:
    """What a school should know before it begins, in plain sentences."""
    found = [
        f"Staff are flooded in the week of {week.day} {week:%B %Y}: "
        f"{minutes / 60:.1f} hours of flags for {figures.hours_a_week:g} hours of staff."
        for week, minutes in figures.minutes_by_week.items()
        if minutes > figures.hours_a_week * 60
    ]
    for month, pence in figures.cost_by_month().items():
        if 0 < figures.budget_pence <= pence or month in figures.budget_spent_in:
            name = f"{date.fromisoformat(month + '-01'):%B %Y}"
            found.append(f"The budget is spent in {name}: asks wait for the next month.")
    return found


_Waves = Mapping[tuple[str, str], WaveFigures]


def _empty(plan: Plan, cohorts: Sequence[Cohort]) -> dict[tuple[str, str], WaveFigures]:
    return {
        (cohort.id, wave.name): _of(wave, cohort)
        for cohort in cohorts
        for wave in plan.waves(cohort)
    }


def _of(wave: Wave, cohort: Cohort) -> WaveFigures:
    return WaveFigures(wave.name, cohort.id, wave.opens, wave.until)


def _count_case(wave: WaveFigures, one: tallies.CaseTally) -> None:
    if one.detail == "just_answered":
        return  # it was never opened: an earlier wave had its answer just now
    wave.due += 1
    wave.tries += one.tries
    wave.max_tries = max(wave.max_tries, one.tries)
    if one.disposition in _ANSWERS:
        wave.answered_at[one.answered_at or 0] += 1
    elif one.code in UNKNOWN_CODES:
        wave.unknown[one.code or NOT_KNOWN] += 1
    elif one.disposition is Disposition.REFUSAL or one.code == REFUSED:
        wave.refused += 1
    else:
        wave.other[one.detail or "open"] += 1


def _minutes(
    flags: Iterable[tallies.Raised],
    cases: Mapping[int, tallies.CaseTally],
    waves: _Waves,
    behaviour: Behaviour,
) -> dict[date, float]:
    weeks: Counter[date] = Counter()
    total: dict[date, float] = {}
    for flag in flags:
        minutes = behaviour.staff.takes(flag.kind)
        weeks[week := _monday(flag.at)] += 1
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


__all__ = ["NOT_KNOWN", "NO_ADDRESS", "Figures", "WaveFigures", "figures_of", "warnings"]
