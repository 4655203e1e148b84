"""A former student, and the cohorts they left with."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class KeyStage(StrEnum):
    """Which leaving: KS4 is the end of Year 11, KS5 the end of Year 13."""

    KS4 = "KS4"
    KS5 = "KS5"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody who left one school at one key stage in one summer."""

    school: str
    key_stage: KeyStage
    leaving_year: int

    @property
    def id(self) -> str:
        """Its name in commands and tables: ``cansfield-KS4-2025``."""
        return f"{self.school}-{self.key_stage}-{self.leaving_year}"

    @classmethod
    def from_id(cls, text: str) -> "Cohort":
        """The cohort named ``text``; ValueError where it is not a cohort's name."""
        school, key_stage, year = text.rsplit("-", 2)
        return cls(school, KeyStage(key_stage), int(year))

    @property
    def consent_ends(self) -> date:
        """The last day of tracking: 31 August of the third year after leaving."""
        return date(self.leaving_year + 3, 8, 31)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is: kept encrypted, never logged."""

    name: str
    born_on: date | None = None
    preferred: str | None = None

    @property
    def first_name(self) -> str:
        """What to call them: the preferred name, else the first word of the name."""
        return self.preferred or (self.name.split() or [""])[0]


@dataclass(frozen=True, slots=True)
class Alumnus:
    """A former student being followed up.

    ``as_of`` is when the newest form about them was filled in: an older row
    changes nothing. ``held_since`` is when staff stopped all automation.
    """

    id: UUID
    reference: str
    school: str
    profile: Profile
    created_at: datetime
    as_of: datetime | None = None
    held_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """An alumnus in a cohort; ``retained`` when they stayed in the school's own sixth form."""

    alumnus: UUID
    cohort: Cohort
    retained: bool = False
