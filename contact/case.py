"""One alumnus in one wave: an obligation that must end."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class CaseState(StrEnum):
    """``paused`` while a hold or a pausing flag stops asks and nudges."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


class Disposition(StrEnum):
    """How a case ended, in AAPOR's terms."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSAL = "refusal"
    BREAK_OFF = "break_off"
    NON_CONTACT = "non_contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Terms:
    """The promises a case opened under; a later edit of the procedure does not move them.

    ``gap_days`` and ``reply_days`` are London calendar days; ``until`` is the
    wave's last day.
    """

    tries: int
    gap_days: int
    reply_days: int
    late_reply_days: int
    until: date


@dataclass(frozen=True, slots=True)
class Case:
    """One alumnus in one wave.

    ``act_at`` is when the clock must next look at it, None when only a
    receipt, a reply or staff can move it. ``paused_since`` is set while paused.
    """

    id: int
    alumnus: UUID
    school: str
    cohort: str
    wave: str
    state: CaseState
    terms: Terms
    opened_at: datetime
    act_at: datetime | None = None
    paused_since: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case ended. Append-only; a later ending of the same case supersedes.

    ``code`` is the NCCIS activity code it ended with, where there is one:
    810 or 820 for unknown, 830 for refused.
    """

    case: int
    at: datetime
    disposition: Disposition
    detail: str
    code: str | None = None
