"""What people must do and by when: the staff's side of a school's procedure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scheduler.plan import Plan
from scheduler.procedure import Duty

#: From the year they leave in to the third year after it.
_LEAVERS_OF = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty for the leavers of one summer; ``due`` is the last day for it."""

    school: str
    leaving_year: int
    name: str
    text: str
    who: str
    due: date
    is_return: bool

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due < today


def agenda(plan: Plan, first: date, last: date) -> list[Entry]:
    """The duties of a school's procedure that are due from ``first`` to ``last``, both included."""
    return sorted(_between(plan, first, last), key=lambda each: (each.due, each.name))


def _between(plan: Plan, first: date, last: date) -> Iterator[Entry]:
    for leaving_year in range(first.year - _LEAVERS_OF, last.year + 2):
        for duty in plan.procedure.duties:
            due = duty.due_on(leaving_year, plan.terms_of)
            if first <= due <= last:
                yield _entry(plan, duty, leaving_year, due)


def _entry(plan: Plan, duty: Duty, leaving_year: int, due: date) -> Entry:
    return Entry(
        school=plan.school.id,
        leaving_year=leaving_year,
        name=duty.name,
        text=duty.text,
        who=duty.who,
        due=due,
        is_return=duty.is_return,
    )
