"""How one judged row of a leavers' file is stored: once, and never over a newer answer.

A person is known again by school, name and day of birth, never by a phone
alone. The newest form decides; one that is not newer than what is stored
changes nothing, but that a clear no counts unless it is older. What the newest
form leaves blank stays as it was, the agreement excepted: anything but a clear
yes ends the permission. A new number takes the place of the one that an
earlier form gave, which is forgotten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from contact.address import Address, ChannelName, Standing
from contact.agreement import Agreement
from contact.alumnus import Alumnus, Cohort, Membership
from contact.audit import Deed
from contact.consent import LEFT_OPEN, RENEWED, Consent, Wording
from contact.enrolment import (
    HOW,
    Difference,
    cohort_of,
    differences,
    fresh_consents,
    intended,
    is_newer,
)
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.intake import Action, Judged, Leaver
from contact.ports import Work
from contact.roll import join_cohort
from contact.school import School
from contact.withdrawal import lapse, withdraw

#: Where a form's number and mailbox stand among somebody's addresses.
_PHONE_POSITION, _EMAIL_POSITION = 0, 1
_LONGEST_DETAIL = 80


class Change(StrEnum):
    """What a row changed in what we know of its person."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What holds for every row of a file.

    ``wording`` is what its consent question asked, None where nobody knows.
    ``draw`` gives a random reference, ``fresh`` a new id; ``by`` is who
    imports, for the audit.
    """

    school: School
    wording: Wording | None
    draw: Callable[[], str]
    by: str = "import"
    fresh: Callable[[], UUID] = uuid4


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of a row: its person, and whether they are new or changed."""

    change: Change
    alumnus: UUID
    reference: str


def enrol_all(
    work: Work, rows: Sequence[Judged], terms: Enrolment, now: datetime
) -> list[Enrolled | None]:
    """Store ``rows`` in their order; None for a rejected one.

    Whoever may have become due is looked at again by the next sweep.
    """
    enrolled: list[Enrolled | None] = []
    changed: dict[Cohort | UUID, UUID] = {}
    for judged in rows:
        one = enrol(work, judged, terms, now)
        enrolled.append(one)
        if one and judged.leaver and one.change is not Change.UNCHANGED:
            created = one.change is Change.CREATED
            cohort = cohort_of(judged, terms.school.id) if created else None
            changed[cohort or one.alumnus] = one.alumnus
    for who in changed.values():
        work.cohorts.touch(who)
    return enrolled


def enrol(work: Work, judged: Judged, terms: Enrolment, now: datetime) -> Enrolled | None:
    """Store one row; None for a rejected one. Twice is once."""
    leaver = judged.leaver
    if leaver is None:
        return None
    person = work.alumni.matching(terms.school.id, leaver.match_key)
    if person is None:
        return _create(work, judged, leaver, terms, now)
    work.alumni.lock(person.id)
    difference = differences(work, person, judged, terms.school.id, terms.wording, now)
    if is_newer(leaver, person):
        profile = difference.profile or person.profile
        saved = replace(person, profile=profile, as_of=leaver.as_of)
        work.alumni.save(saved, leaver.match_key)
        _flag_doubts(work, judged, person.id, terms, now)
    elif leaver.as_of is None and leaver.agreement is Agreement.NO:
        work.alumni.save(replace(person, as_of=_said_at(leaver, now)), leaver.match_key)
    if difference == Difference():
        return Enrolled(Change.UNCHANGED, person.id, person.reference)
    _apply(work, person, difference, terms, now)
    work.audit.write(Deed(now, terms.by, "import", person.id, detail=Change.UPDATED))
    return Enrolled(Change.UPDATED, person.id, person.reference)


def weigh(work: Work, judged: Judged, terms: Enrolment, now: datetime) -> Enrolled | None:
    """What :func:`enrol` would do, from what is stored now; None for somebody new.

    It only reads.
    """
    assert judged.leaver is not None  # noqa: S101  rejected rows are nobody's
    person = work.alumni.matching(terms.school.id, judged.leaver.match_key)
    if person is None:
        return None
    difference = differences(work, person, judged, terms.school.id, terms.wording, now)
    change = Change.UNCHANGED if difference == Difference() else Change.UPDATED
    return Enrolled(change, person.id, person.reference)


def _create(
    work: Work, judged: Judged, leaver: Leaver, terms: Enrolment, now: datetime
) -> Enrolled:
    """Somebody we did not know."""
    reference = _free_reference(work, terms.draw)
    said = _said_at(leaver, now)
    person = Alumnus(terms.fresh(), reference, terms.school.id, leaver.profile, now, said)
    work.alumni.add(person, leaver.match_key)
    cohort = cohort_of(judged, terms.school.id)
    if cohort is not None:
        work.cohorts.join(Membership(person.id, cohort))
    stopped = _give_addresses(work, person.id, leaver.phone, leaver.email, terms, now)
    agreed = fresh_consents(leaver, person.id, terms.wording, [], now)
    _grant(work, agreed, terms, now, stopped=stopped)
    plan = intended(leaver, person.id, [], now)
    if plan is not None:
        work.destinations.add(replace(plan, id=terms.fresh()))
    _flag_doubts(work, judged, person.id, terms, now)
    work.audit.write(Deed(now, terms.by, "import", person.id, detail=Change.CREATED))
    return Enrolled(Change.CREATED, person.id, reference)


def _said_at(leaver: Leaver, now: datetime) -> datetime | None:
    """When a form was filled in; a clear no without a readable time counts from now.

    Else the same file, taken in again, would end what it gave the first time.
    """
    return leaver.as_of or (now if leaver.agreement is Agreement.NO else None)


def _apply(
    work: Work, person: Alumnus, difference: Difference, terms: Enrolment, now: datetime
) -> None:
    """Write what a newer form changed of somebody we know."""
    if difference.cohort is not None:
        join_cohort(work, person.id, difference.cohort, now)
    for replaced in difference.replaced:
        work.addresses.remove(replaced.id)
    stopped = _give_addresses(work, person.id, difference.phone, difference.email, terms, now)
    if difference.refused:
        withdraw(work, person.id, terms.school, now, HOW, terms.by)
    if difference.left_open:
        lapse(work, person.id, now, LEFT_OPEN, terms.by)
    stopped = stopped or difference.stopped
    if not stopped:
        # One at a time for each purpose: the longer one takes the place of the shorter.
        renewed = [each.purpose for each in difference.consents]
        work.consents.withdraw(person.id, renewed, now, RENEWED)
    _grant(work, difference.consents, terms, now, stopped=stopped)
    if difference.plan is not None:
        work.destinations.add(difference.plan)


def _grant(
    work: Work, agreed: Sequence[Consent], terms: Enrolment, now: datetime, *, stopped: bool
) -> None:
    """Record what was agreed to; not where the number or mailbox once said stop.

    Nobody can tell from a form whether it is the same person who said so (an
    erased one has no name any more): staff are shown it.
    """
    if not agreed:
        return
    who = agreed[0].alumnus
    if stopped:
        subject = f"shared_stop:{who}"
        raise_flag(
            work, FlagKind.SHARED_STOP, terms.school, now,
            alumnus=who, subject=subject, detail="stopped_before_import",
        )  # fmt: skip
        return
    for consent in agreed:
        work.consents.grant(consent)


def _give_addresses(
    work: Work,
    who: UUID,
    phone: str | None,
    email: str | None,
    terms: Enrolment,
    now: datetime,
) -> bool:
    """Store the number and the mailbox; whether somebody at one of them has said stop."""
    stopped = False
    if phone is not None:
        endpoint = work.addresses.meet(ChannelName.SMS, phone, terms.fresh())
        stopped = endpoint.standing is Standing.OPTED_OUT
        new = Address(terms.fresh(), who, endpoint.id, ChannelName.SMS, phone, _PHONE_POSITION)
        work.addresses.add(new)
        _flag_shared(work, endpoint.id, who, terms, now)
    if email is not None:
        endpoint = work.addresses.meet(ChannelName.EMAIL, email, terms.fresh())
        stopped = stopped or endpoint.standing is Standing.OPTED_OUT
        new = Address(terms.fresh(), who, endpoint.id, ChannelName.EMAIL, email, _EMAIL_POSITION)
        work.addresses.add(new)
    return stopped


def _flag_shared(work: Work, endpoint: UUID, who: UUID, terms: Enrolment, now: datetime) -> None:
    """Tell staff, once, that replies from this number need somebody to say whose they are."""
    # Once: with the third of a family it was shared before.
    if len(work.addresses.sharers(endpoint)) == 2:  # noqa: PLR2004
        subject = f"shared_number:{endpoint}"
        raise_flag(
            work, FlagKind.SHARED_NUMBER, terms.school, now, alumnus=who, subject=subject
        )  # fmt: skip


def _flag_doubts(work: Work, judged: Judged, who: UUID, terms: Enrolment, now: datetime) -> None:
    """Put a doubtful row before staff; nobody is contacted until they have decided."""
    if judged.alone is Action.REVIEW:
        doubts = [each for each in judged.reasons if each != "same_person_again"]
        raise_flag(
            work, FlagKind.IMPORT_REVIEW, terms.school, now,
            alumnus=who, subject=f"import_review:{who}",
            detail=", ".join(doubts)[:_LONGEST_DETAIL],
        )  # fmt: skip


def _free_reference(work: Work, draw: Callable[[], str]) -> str:
    """A reference that nobody has."""
    reference = draw()
    while work.alumni.by_reference(reference) is not None:
        reference = draw()
    return reference
