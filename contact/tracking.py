"""How following somebody up ends: the last day of their permission, and what is erased after it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.case import Case, Disposition
from contact.consent import Purpose
from contact.flag import Flag
from contact.hours import london_day
from contact.opening import answer, end_case
from contact.ports import Work

#: How a case ends when the permission is over: never as unknown.
CONSENT_ENDED = "consent_ended"
#: Who does what the clock does, for the audit.
THE_CLOCK = "service"
#: So many cases in one transaction; replies get their turn in between.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Leftover:
    """Somebody who is not followed up any more, and is still stored in full.

    ``ended`` is the last day of their tracking; from ``erase_from`` on they
    are to be erased, unless ``kept_for`` says what stands against it:
    ``held`` or ``flag_open``.
    """

    alumnus: Alumnus
    cohort: str | None
    ended: date
    erase_from: date
    kept_for: str | None = None

    def is_due(self, today: date) -> bool:
        """Whether they are to be erased by now."""
        return self.kept_for is None and self.erase_from <= today


def end_tracking(work: Work, now: datetime, most: int = BATCH) -> Counter[str]:
    """End the cases whose permission is over; counts ``closed``.

    Their planned asks are cancelled. An answer to what was asked before is
    still taken, as one that came late.
    """
    tally: Counter[str] = Counter()
    for case in work.cases.past_permission(london_day(now), most):
        work.alumni.lock(case.alumnus)
        if _end(work, case, now):
            tally["closed"] += 1
            deed = Deed(now, THE_CLOCK, CONSENT_ENDED, case.alumnus, subject=f"case:{case.id}")
            work.audit.write(deed)
    return tally


def _end(work: Work, case: Case, now: datetime) -> bool:
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.talk.code is not None:
        answer(work, case, now)
        return end_case(work, case, Disposition.PARTIAL, CONSENT_ENDED, now, talk.talk.code)
    return end_case(work, case, Disposition.OTHER, CONSENT_ENDED, now)


def leftovers(work: Work, school: str, today: date, keep_days: int) -> Iterator[Leftover]:
    """Those of a school whose tracking is over, with the day from which they are to be erased."""
    for person in work.alumni.no_longer_tracked(school, today - timedelta(days=1)):
        yield leftover_of(work, person, keep_days)


def leftover_of(work: Work, person: Alumnus, keep_days: int) -> Leftover:
    """When the tracking of ``person`` ends or ended, and from when they are to be erased."""
    cohorts = [each.cohort for each in work.cohorts.of(person.id)]
    newest = max(cohorts, key=lambda each: each.leaving_year, default=None)
    ended = _ended(work, person, newest.consent_ends if newest else None)
    return Leftover(
        person,
        newest.id if newest else None,
        ended,
        ended + timedelta(days=keep_days),
        _kept_for(person, work.flags.of(person.id)),
    )


def _ended(work: Work, person: Alumnus, cohort_ends: date | None) -> date:
    """The last day somebody could have been asked on, whatever came first to an end."""
    consents = (each for each in work.consents.of(person.id) if each.withdrawn_at is None)
    days = [each.until for each in consents if each.purpose is Purpose.TRACKING]
    days += [cohort_ends] if cohort_ends else []
    return max(days, default=london_day(person.created_at) + timedelta(days=3 * 365))


def _kept_for(person: Alumnus, flags: list[Flag]) -> str | None:
    if person.held_since is not None:
        return "held"
    return "flag_open" if any(each.closed_at is None for each in flags) else None
