"""How staff accept a doubtful row of an import, and give it what it lacks."""

from dataclasses import dataclass
from datetime import date, datetime

from contact.address import Standing
from contact.alumnus import Alumnus, Cohort
from contact.audit import Deed
from contact.consent import Consent, Purpose, Wording
from contact.errors import NotAllowed
from contact.hours import london_day
from contact.ports import Work
from contact.roll import join_cohort

#: How a permission says that staff recorded it.
HOW = "staff"


@dataclass(frozen=True, slots=True)
class Mending:
    """What a row lacked: the ``cohort``, and the permission they gave under ``wording``.

    ``evidence`` says where their yes can be seen; it is kept with the audit,
    encrypted at rest.
    """

    cohort: Cohort | None = None
    wording: Wording | None = None
    evidence: str | None = None

    def __repr__(self) -> str:
        return "Mending(…)"


def mend(work: Work, person: Alumnus, mending: Mending, by: str, now: datetime) -> None:
    """Store what the row lacked; NotAllowed where it cannot be so, and nothing is changed."""
    _check(work, person, mending, now)
    if mending.cohort is not None:
        join_cohort(work, person.id, mending.cohort, now)
        detail = mending.cohort.id
        work.audit.write(Deed(now, by, "set_cohort", person.id, detail=detail))
    if mending.evidence is not None:
        _grant(work, person, mending, by, now)


def lacking(work: Work, person: Alumnus) -> list[str]:
    """What still keeps somebody from being asked, in words for staff."""
    lacks = []
    if work.consents.live(person.id, Purpose.TRACKING) is None:
        lacks.append("no live permission")
    if not work.cohorts.of(person.id):
        lacks.append("no leaving year")
    addresses = work.addresses.of(person.id)
    if addresses and all(each.standing is Standing.OPTED_OUT for each in addresses):
        lacks.append("no address that has not said stop")
    return lacks


def _check(work: Work, person: Alumnus, mending: Mending, now: datetime) -> None:
    cohort = mending.cohort
    if cohort is not None and cohort.school != person.school:
        raise NotAllowed(f"{person.reference} is of {person.school}, not of {cohort.school}.")
    if mending.evidence is None:
        return
    if not mending.evidence.strip():
        raise NotAllowed("A permission needs its evidence: say where their yes can be seen.")
    if mending.wording is None:
        raise NotAllowed("Nobody knows what they agreed to: name it with --wording.")
    if _left_last(work, person, cohort) is None:
        raise NotAllowed(
            f"{person.reference} has no leaving year, so nobody knows how long the permission "
            "lasts: add --cohort."
        )
    if _until(work, person, cohort) < london_day(now):
        raise NotAllowed(f"Tracking of {person.reference} is over: nothing can be asked any more.")


def _grant(work: Work, person: Alumnus, mending: Mending, by: str, now: datetime) -> None:
    """Every permission of the wording that does not stand already."""
    assert mending.wording is not None  # noqa: S101  it has been checked
    until = _until(work, person, mending.cohort)
    for purpose in mending.wording.purposes:
        if work.consents.live(person.id, purpose) is None:
            name = mending.wording.name
            work.consents.grant(Consent(person.id, purpose, name, now, HOW, by, until))
    deed = Deed(now, by, "consent", person.id, detail=mending.wording.name, note=mending.evidence)
    work.audit.write(deed)
    work.cohorts.touch(person.id)


def _until(work: Work, person: Alumnus, cohort: Cohort | None) -> date:
    left = _left_last(work, person, cohort)
    assert left is not None  # noqa: S101  it has been checked
    return left.consent_ends


def _left_last(work: Work, person: Alumnus, cohort: Cohort | None) -> Cohort | None:
    """The cohort that says how long a permission lasts: the one given now, else their last."""
    known = [each.cohort for each in work.cohorts.of(person.id)]
    return cohort or max(known, key=lambda each: each.leaving_year, default=None)
