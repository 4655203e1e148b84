"""What people must do and by when: the staff's side of a school's procedure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.plan import Plan
from scheduler.procedure import Agreement, Duty, Reach
from scheduler.term import working_day_before

#: From the year they leave in to the third year after it.
_LEAVERS_OF = 4
#: What is longer overdue than this is history: a school that begins with the
#: service does not owe it the work of former years.
LOOKED_BACK = timedelta(days=90)
#: What is due within this many days is told with what is overdue.
_SOON = timedelta(days=14)
#: No action lasts longer.
_A_YEAR = timedelta(days=366)
#: A name has so many letters at most, as in a procedure.
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to do; ``due`` is the last day for it, ``begins`` the first where there is one.

    ``leaving_year`` is the summer in which those left whom it is about, None
    where it is about the school, and ``year`` the year after it, 0 the one they
    leave in. ``by`` are the ways people use, ``reach`` whom they reach,
    ``groups`` whom it supports, ``escalate_to`` who helps when it is late.
    """

    school: str
    leaving_year: int | None
    name: str
    text: str
    who: str
    due: date
    is_return: bool = False
    year: int = 0
    begins: date | None = None
    by: tuple[str, ...] = ()
    reach: Reach | None = None
    groups: tuple[str, ...] = ()
    escalate_to: str | None = None

    @property
    def key(self) -> str:
        """What it is called for good: ``cansfield/2025/y1/ask_providers``."""
        leavers = f"{self.leaving_year}/y{self.year}" if self.leaving_year else f"{self.due:%Y/%m}"
        return f"{self.school}/{leavers}/{self.name}"

    @property
    def work_by(self) -> date:
        """The last working day for it: a deadline may fall on Easter or a weekend."""
        return working_day_before(self.due)

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due < today


@dataclass(frozen=True, slots=True)
class Standing:
    """How a school's work stands on a day: what is late, due soon, and begun, by its last day."""

    overdue: tuple[Entry, ...]
    soon: tuple[Entry, ...]
    begun: tuple[Entry, ...]


def agenda(plan: Plan, first: date, last: date) -> list[Entry]:
    """What a school's people must do from ``first`` to ``last``, both included, by its last day."""
    found = (*_duties(plan, first, last), *_renewals(plan), *_term_dates(plan, first, last))
    due = (each for each in found if first <= each.due <= last)
    return sorted(due, key=lambda each: (each.due, each.name, each.leaving_year or 0))


def standing(plan: Plan, today: date, done: Collection[str] = ()) -> Standing:
    """What is overdue, due soon or begun on the London day ``today``, for one school.

    ``done`` are the keys of what was ticked off
    (:func:`scheduler.ticking_off.ticked_off`). Overdue goes back 90 days,
    soon reaches 14 days ahead, today included; begun is what is due later
    and may be worked on already.
    """
    entries = agenda(plan, today - LOOKED_BACK, today + _A_YEAR)
    left = [each for each in entries if each.key not in done]
    late = tuple(each for each in left if each.is_overdue(today))
    soon = tuple(each for each in left if today <= each.due <= today + _SOON)
    begun = tuple(
        each for each in left if each.begins and each.begins <= today and each.due > today + _SOON
    )
    return Standing(late, soon, begun)


def _duties(plan: Plan, first: date, last: date) -> Iterator[Entry]:
    for leaving_year in range(first.year - _LEAVERS_OF, last.year + 2):
        for duty in plan.procedure.duties:
            yield _entry(plan, duty, leaving_year)


def _entry(plan: Plan, duty: Duty, leaving_year: int) -> Entry:
    procedure = plan.procedure
    return Entry(
        school=plan.school.id,
        leaving_year=leaving_year,
        name=duty.name,
        text=duty.text,
        who=duty.who,
        due=duty.due_on(leaving_year, plan.terms_of),
        is_return=duty.is_return,
        year=duty.year,
        begins=duty.begins_on(leaving_year, plan.terms_of),
        by=duty.by,
        reach=duty.reach,
        groups=procedure.support_groups if duty.support else (),
        escalate_to=procedure.escalate_to,
    )


def _renewals(plan: Plan) -> Iterator[Entry]:
    """A data-sharing agreement is renewed by its last day."""
    for agreement in plan.procedure.sharing_agreements:
        if agreement.until is not None:
            yield _renewal(plan, agreement, agreement.until)


def _renewal(plan: Plan, agreement: Agreement, until: date) -> Entry:
    return Entry(
        school=plan.school.id,
        leaving_year=None,
        name=re.sub(r"[^a-z0-9]+", "_", f"renew {agreement.provider.casefold()}")[:_LONGEST_NAME],
        text=f"Renew the data-sharing agreement with {agreement.provider}",
        who="careers leader",
        due=until,
        escalate_to=plan.procedure.escalate_to,
    )


def _term_dates(plan: Plan, first: date, last: date) -> Iterator[Entry]:
    """A school that did not give all dates of a year is asked for them before it begins."""
    for year in range(first.year, last.year + 1):
        if not all(term.own for term in plan.terms_of(year)):
            yield Entry(
                school=plan.school.id,
                leaving_year=None,
                name="term_dates",
                text=f"Put the term dates of {year}/{(year + 1) % 100:02} into the settings; "
                "until then the usual ones stand in",
                who="whoever keeps the settings",
                due=date(year, 6, 30),
                escalate_to=plan.procedure.escalate_to,
            )
