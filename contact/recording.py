"""What staff know of a destination, put on record."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.case import Case, Disposition
from contact.destination import REFUSED, Destination, Source
from contact.errors import NotAllowed
from contact.nccis import for_a_leaver
from contact.opening import answer, end_case
from contact.ports import Work

#: Who knows better than three texts would: a code from them ends a running case.
KNOW_BETTER = (Source.STAFF, Source.RESULTS_DAY, Source.PROVIDER)
#: How an ending says that a member of staff gave the answer its code.
BY_STAFF = "coded_by_staff"
_LEVELS = tuple("12345678")
_START = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A destination as staff tell it.

    ``code`` is an NCCIS activity code; ``level`` is ``"1"`` … ``"8"``
    (England's qualification levels); ``start`` is ``YYYY``, ``YYYY-MM`` or
    ``YYYY-MM-DD``, as precise as it is known; ``urn`` and ``ukprn`` are the provider's.
    """

    code: str
    provider: str | None = None
    employer: str | None = None
    course: str | None = None
    level: str | None = None
    start: str | None = None
    urn: str | None = None
    ukprn: str | None = None

    def __repr__(self) -> str:
        return f"Known({self.code})"


def check(known: Known) -> None:
    """NotAllowed, in one line, where a code, level or date cannot be one."""
    for_a_leaver(known.code)
    if known.level is not None and known.level not in _LEVELS:
        raise NotAllowed(f"{known.level[:20]!r} is no level: write a number from 1 to 8.")
    if known.start is not None and not _is_day(known.start):
        raise NotAllowed(f"{known.start[:20]!r} is no date: write 2025-09-01 or 2025-09.")
    said = (known.provider, known.employer, known.course)
    if any(each is not None and len(each) > _LONGEST for each in said):
        raise NotAllowed(f"A provider, employer or course has at most {_LONGEST} characters.")


def record_destination(
    work: Work, person: Alumnus, known: Known, source: Source, by: str, now: datetime
) -> int | None:
    """Store what ``source`` says of somebody; the number of the case that this ended, if any.

    What staff, results day or a provider say ends a running case ``other:
    known_elsewhere``: nobody is asked for what is known. NotAllowed for a code
    that is none, or that says nobody knows.
    """
    check(known)
    if known.code == REFUSED:
        raise NotAllowed(
            "830 is not a destination: log the refusal "
            "(`followup attempts log … --outcome refused`)."
        )
    work.alumni.lock(person.id)
    add(work, person.id, known, source, by, now)
    detail = f"{source} {known.code}"
    work.audit.write(Deed(now, by, "record_destination", person.id, detail=detail))
    case = work.cases.current(person.id)
    if case is None or source not in KNOW_BETTER:
        return None
    ended = end_case(work, case, Disposition.OTHER, "known_elsewhere", now, known.code)
    return case.id if ended else None


def add(
    work: Work,
    who: UUID,
    known: Known,
    source: Source,
    by: str,
    now: datetime,
    *,
    case: int | None = None,
    reply: UUID | None = None,
) -> None:
    """Store the spell; what was known before stays."""
    work.destinations.add(
        Destination(
            id=uuid4(),
            alumnus=who,
            code=known.code,
            source=source,
            known_since=now,
            case=case,
            reply=reply,
            provider=known.provider,
            employer=known.employer,
            course=known.course,
            level=known.level,
            start=known.start,
            by=by,
            urn=known.urn,
            ukprn=known.ukprn,
        )
    )


def finish(
    work: Work, case: Case, known: Known, by: str, now: datetime, reply: UUID | None
) -> None:
    """The answer to a running case came through staff: it ends ``complete``, or ``refusal`` 830."""
    answer(work, case, now)
    if known.code == REFUSED:
        # Its ending stores 830 as what is known.
        end_case(work, case, Disposition.REFUSAL, "prefer_not_to_say", now, REFUSED)
        return
    add(work, case.alumnus, known, Source.STAFF, by, now, case=case.id, reply=reply)
    end_case(work, case, Disposition.COMPLETE, BY_STAFF, now, known.code)


def _is_day(text: str) -> bool:
    if not _START.fullmatch(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
