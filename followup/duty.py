"""Who is due on a day and who is not, with the reason: nobody is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contact.alumnus import Alumnus
from contact.errors import UnknownReference
from contact.flag import Flag, FlagKind
from contact.ports import Work
from scheduler.due import Reason, ReasonCode
from scheduler.outreach import judge_all
from scheduler.plan import Plans

_IN_REVIEW = Reason(
    ReasonCode.IN_REVIEW,
    "Their row of the import waits for somebody to check it; until then nobody knows their cohort.",
)
_NO_COHORT = Reason(
    ReasonCode.NOT_IN_COHORT_YEARS, "They are in no cohort: nobody knows when they left."
)
_NO_WAVES = Reason(
    ReasonCode.NOT_IN_COHORT_YEARS, "No procedure of the settings asks their cohort."
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One alumnus of a cohort on a day; ``cohort`` and ``wave`` are None where there is none."""

    alumnus: str
    cohort: str | None
    wave: str | None
    reason: Reason

    @property
    def due(self) -> bool:
        """Whether a case would be opened that day."""
        return self.reason.code is ReasonCode.DUE


def named(work: Work, reference: str) -> Alumnus:
    """The alumnus called ``reference``; UnknownReference where there is none."""
    person = work.alumni.by_reference(reference)
    if person is None:
        raise UnknownReference(
            f"There is no alumnus {reference.strip()!r}: look for them with `followup person find`."
        )
    return person


def everybody(
    work: Work, plans: Plans, day: date, school: str | None = None, only: UUID | None = None
) -> Iterator[Duty]:
    """Everybody (of one school, or one person), first by cohort, then those without one."""
    told = False
    for each in judge_all(work, plans, day, school, only):
        told = True
        wave = each.wave.name if each.wave else None
        yield Duty(each.candidate.reference, each.cohort.id, wave, each.reason)
    if only is None:
        yield from _without_cohort(work, school)
    elif not told:
        yield from _unasked(work, only, school)


def _without_cohort(work: Work, school: str | None) -> Iterator[Duty]:
    """Those whose row was so doubtful that it named no cohort: each has, or had, a flag."""
    told: set[UUID] = set()
    for flag in work.flags.list(closed_too=True):
        if not _is_of_import(flag, school) or flag.alumnus is None or flag.alumnus in told:
            continue
        told.add(flag.alumnus)
        if not work.cohorts.of(flag.alumnus):
            yield from _unasked(work, flag.alumnus, school)


def _is_of_import(flag: Flag, school: str | None) -> bool:
    return flag.kind is FlagKind.IMPORT_REVIEW and school in (None, flag.school)


def _unasked(work: Work, who: UUID, school: str | None) -> Iterator[Duty]:
    """Somebody whom no wave can ask."""
    person = work.alumni.get(who)
    if person is None or school not in (None, person.school):
        return
    cohorts = work.cohorts.of(who)
    if cohorts:
        for each in cohorts:
            yield Duty(person.reference, each.cohort.id, None, _NO_WAVES)
        return
    waits = any(
        each.kind is FlagKind.IMPORT_REVIEW and each.closed_at is None
        for each in work.flags.of(who)
    )
    yield Duty(person.reference, None, None, _IN_REVIEW if waits else _NO_COHORT)
