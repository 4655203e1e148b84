"""What became of an alumnus, as a dated spell."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

#: Codes that say we do not know (NCCIS): not known, no current address, refused.
NOT_KNOWN = "810"
NO_ADDRESS = "820"
REFUSED = "830"
UNKNOWN_CODES = (NOT_KNOWN, NO_ADDRESS)


class Source(StrEnum):
    """Who says so. ``intended`` is the form's own plan, ``service`` our three tries in vain."""

    STAFF = "staff"
    RESULTS_DAY = "results_day"
    PROVIDER = "provider"
    ALUMNUS = "alumnus"
    AUTHORITY = "authority"
    UCAS = "ucas"
    DFE = "dfe"
    PARENT = "parent"
    INTENDED = "intended"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Destination:
    """A spell: what somebody did, from when to when, who says so and since when we know.

    ``code`` is an NCCIS activity code. ``start`` is as precise as it was said
    (``YYYY-MM-DD`` or ``YYYY-MM``). Provider, employer, course, level, start
    and ``expected`` (how long it should last, as typed) are encrypted at rest.
    ``urn`` (GIAS, 6 digits) and ``ukprn`` (UKRLP, 8 digits) are the provider's, in
    clear so that places can be counted; erasing somebody takes them away too.
    """

    id: UUID
    alumnus: UUID
    code: str
    source: Source
    known_since: datetime
    case: int | None = None
    reply: UUID | None = None
    provider: str | None = None
    employer: str | None = None
    course: str | None = None
    level: str | None = None
    start: str | None = None
    expected: str | None = None
    ended_on: date | None = None
    by: str | None = None
    urn: str | None = None
    ukprn: str | None = None
