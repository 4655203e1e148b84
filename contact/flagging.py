"""How something is put before staff, and what stops until they have looked."""

from datetime import datetime, timedelta
from uuid import UUID

from contact.flag import PAUSING, FlagKind, NewFlag, Severity, severity_of
from contact.hours import days_after, end_of_day, london_day
from contact.pausing import pause
from contact.ports import Work
from contact.school import School

#: How soon each severity must be looked at: two hours, or so many school days.
URGENT_WITHIN = timedelta(hours=2)
_TOLD_AT_ONCE = (FlagKind.WORRY,)
SCHOOL_DAYS = {Severity.SOON: 2, Severity.ROUTINE: 10}


def due_at(severity: Severity, now: datetime, school: School | None) -> datetime:
    """By when a flag must be looked at: in two hours, or at the end of a school day."""
    if severity is Severity.URGENT:
        return now + URGENT_WITHIN
    closed = school.hours.closed if school else (lambda _: False)
    return end_of_day(days_after(london_day(now), SCHOOL_DAYS[severity], closed))


def raise_flag(
    work: Work,
    kind: FlagKind,
    school: School | None,
    now: datetime,
    *,
    alumnus: UUID | None = None,
    case: int | None = None,
    reply: UUID | None = None,
    subject: str | None = None,
    detail: str | None = None,
) -> int | None:
    """Put something before staff; its number, or None where the subject is flagged already.

    A flag of a pausing kind stops asks and nudges to its alumnus until staff
    close it. Of a worry the school is told at once (``contact.notifying``).
    """
    number = work.flags.raise_(
        NewFlag(
            kind=kind,
            school=school.id if school else None,
            opened_at=now,
            due_at=due_at(severity_of(kind), now, school),
            alumnus=alumnus,
            case=case,
            reply=reply,
            subject=subject,
            detail=detail,
        )
    )
    if number is not None and alumnus is not None and kind in PAUSING:
        pause(work, alumnus, now)
    if number is not None and school is not None and kind in _TOLD_AT_ONCE:
        # In this transaction, so that it is never lost; sent outside of it.
        work.notices.add(school.id, number, now)
    return number
