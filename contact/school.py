"""A school as those who write in its name must know it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contact.hours import Hours


@dataclass(frozen=True, slots=True)
class School:
    """A school's names, people and limits.

    ``max_messages_per_day`` and ``monthly_budget_pence`` (0: none) bind what
    we start ourselves; ``segment_pence`` is what one SMS part costs.
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


Schools = Mapping[str, School]
