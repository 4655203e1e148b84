"""What a rehearsal came to: wave by wave, month by month, week by week."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date


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


def warnings(figures: Figures) -> list[str]:
    """What a school should know before it begins, in plain sentences."""
    found = [
        f"Staff are flooded in the week of {week.day} {week:%B %Y}: "
        f"{minutes / 60:.1f} hours of flags for {figures.hours_a_week:g} of staff."
        for week, minutes in figures.minutes_by_week.items()
        if minutes > figures.hours_a_week * 60
    ]
    for month, pence in figures.cost_by_month().items():
        if 0 < figures.budget_pence <= pence or month in figures.budget_spent_in:
            name = f"{date.fromisoformat(month + '-01'):%B %Y}"
            found.append(f"The budget is spent in {name}: asks wait for the next month.")
    return found
