"""A school as those who write in its name must know it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contact.hours import Hours

#: The language of the service (ISO 639-1): written where no other is turned on.
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class School:
    """A school's names, people and limits.

    ``sms_sender`` is its own number (``+44…``) or messaging service (``MG…``),
    empty where it texts from the service's. ``max_messages_per_day`` and
    ``monthly_budget_pence`` (0: none) bind what we start ourselves;
    ``segment_pence`` is what one SMS part costs.
    ``languages`` (ISO 639-1) are those turned on beside English.
    """

    id: str
    name: str
    short_name: str
    hours: Hours
    max_messages_per_day: int = 500
    monthly_budget_pence: int = 0
    segment_pence: int = 4
    careers_contact: str = ""
    safeguarding_contact: str = ""
    languages: tuple[str, ...] = ()
    sms_sender: str = ""

    def speaks(self, language: str) -> str:
        """``language`` where it is turned on here, else English."""
        return language if language in self.languages else ENGLISH


Schools = Mapping[str, School]


def reached(schools: Schools, *at: str) -> School | None:
    """The school that is texted ``at`` a number or messaging service of its own, or None."""
    found = (each for each in schools.values() if each.sms_sender and each.sms_sender in at)
    return next(found, None)
