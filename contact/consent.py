"""Permission for one purpose, with its evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

#: How permissions end though nobody said stop: a newer form left the question
#: open, somebody moved to a school they had not given theirs to, or a longer
#: permission took the place of this one.
LEFT_OPEN, MOVED, RENEWED = "form_left_open", "moved_school", "renewed"
NO_STOP = (LEFT_OPEN, MOVED, RENEWED)


class Purpose(StrEnum):
    """What a permission is for; one never implies another."""

    TRACKING = "tracking"
    SHARE_AUTHORITY = "share_authority"
    SHARE_PROVIDERS = "share_providers"
    ALUMNI_NEWS = "alumni_news"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words somebody agreed to, and what they promise.

    ``question`` is the heading the words stand under on the form; ``cadence``
    says how often the wording allows contact: ``any`` or ``annual_summer``.
    """

    name: str
    question: str
    purposes: tuple[Purpose, ...]
    cadence: str = "any"


@dataclass(frozen=True, slots=True)
class Consent:
    """One permission, given under one wording. Missing or unclear means there is none.

    ``until`` is the last London day it is good for. A withdrawal closes the
    row; a new permission is a new row, so the history stays.
    """

    alumnus: UUID
    purpose: Purpose
    wording: str
    granted_at: datetime
    how: str
    recorded_by: str
    until: date
    withdrawn_at: datetime | None = None
    withdrawn_how: str | None = None
    id: int | None = None

    def live_on(self, day: date) -> bool:
        """Whether it stands on the London day ``day``."""
        return self.withdrawn_at is None and day <= self.until
