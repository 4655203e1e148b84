"""How a school's own roll says who stayed in its sixth form, and who has left it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contact.alumnus import Alumnus, Cohort, KeyStage
from contact.errors import NotAllowed
from contact.ports import Work
from contact.roll import leaves, stays_on


class Registered(StrEnum):
    """What a row of the roll came to."""

    RETAINED = "retained"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    OTHER_YEAR = "other_year"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the roll: who it is about, where they are known, and what it came to."""

    reference: str | None
    came_to: Registered


def register(
    work: Work, pupils: Sequence[str], cohort: Cohort, by: str, now: datetime
) -> list[Entry]:
    """Note who of those who left Year 11 with ``cohort`` is on the roll, row by row.

    ``pupils`` are the rows by what a form is matched by. ``unknown`` are pupils
    whom no form has brought in (they came from another school, or never filled
    one in), ``other_year`` those who left Year 11 another summer.
    """
    return [_registered(work, match_on, cohort, by, now) for match_on in pupils]


def _registered(work: Work, match_on: str, cohort: Cohort, by: str, now: datetime) -> Entry:
    person = work.alumni.matching(cohort.school, match_on)
    if person is None:
        return Entry(None, Registered.UNKNOWN)
    try:
        new = stays_on(work, person, by, now, cohort.leaving_year)
    except NotAllowed:
        return Entry(person.reference, Registered.OTHER_YEAR)
    return Entry(person.reference, Registered.RETAINED if new else Registered.UNCHANGED)


def missing(work: Work, on_it: Iterable[str], cohort: Cohort) -> list[str]:
    """The references of those who are noted as retained and are not ``on_it``, in order.

    Whoever has left at Year 13 since is not missed.
    """
    there = set(on_it)
    people = (work.alumni.get(who) for who in work.cohorts.retained(cohort.id))
    return sorted(
        person.reference
        for person in people
        if person and person.reference not in there and not _left_at_13(work, person)
    )


def strike_off(
    work: Work, references: Iterable[str], cohort: Cohort, by: str, now: datetime
) -> None:
    """Those who are not on the roll any more left early, and are asked like other leavers."""
    for reference in references:
        person = work.alumni.by_reference(reference)
        if person is not None:
            leaves(work, person, by, now, cohort.leaving_year)


def _left_at_13(work: Work, person: Alumnus) -> bool:
    return any(each.cohort.key_stage is KeyStage.KS5 for each in work.cohorts.of(person.id))
