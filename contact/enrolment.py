"""What a leavers' row would change of somebody we may know already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from contact.address import Address, ChannelName, Standing
from contact.agreement import Agreement
from contact.alumnus import Alumnus, Cohort, Profile
from contact.consent import NO_STOP, Consent, Purpose, Wording
from contact.destination import Destination, Source
from contact.intake import Judged, Leaver
from contact.ports import Work

#: How permissions and withdrawals that came with a form say so.
HOW = "form"
#: Withdrawals that a later form may undo: whoever said STOP is not revived by a file.
_UNDONE_BY_A_FORM = (HOW, *NO_STOP)
#: A form is filled in at most so many years before the summer of leaving.
_EARLY = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """What a newer form changes; nothing of it where it changes nothing.

    ``replaced`` are the addresses whose place ``phone`` and ``email`` take;
    ``stopped`` says that somebody at one of their addresses has said stop.
    ``refused`` is a clear no, ``left_open`` an agreement that is missing or
    unclear where there was a yes before.
    """

    profile: Profile | None = None
    cohort: Cohort | None = None
    phone: str | None = None
    email: str | None = None
    replaced: tuple[Address, ...] = ()
    refused: bool = False
    left_open: bool = False
    consents: tuple[Consent, ...] = ()
    stopped: bool = False
    plan: Destination | None = None


def differences(
    work: Work,
    person: Alumnus,
    judged: Judged,
    school: str,
    wording: Wording | None,
    now: datetime,
) -> Difference:
    """What ``judged`` changes of ``person``; it only reads.

    A form that is not newer changes nothing, but that a clear no which is not
    older either ends the permission.
    """
    leaver = judged.leaver
    assert leaver is not None  # noqa: S101  a rejected row is nobody's
    past = work.consents.of(person.id)
    if not is_newer(leaver, person):
        return Difference(refused=_refused_meanwhile(leaver, person, past))
    addresses = work.addresses.of(person.id)
    phone = _new_value(leaver.phone, ChannelName.SMS, addresses)
    email = _new_value(leaver.email, ChannelName.EMAIL, addresses)
    ends = _ends_permission(leaver, past)
    consents = fresh_consents(leaver, person.id, wording, past, now)
    return Difference(
        profile=_new_profile(leaver.profile, person.profile),
        cohort=_new_cohort(work, person.id, cohort_of(judged, school)),
        phone=phone,
        email=email,
        replaced=(
            *_replaced(phone, ChannelName.SMS, addresses),
            *_replaced(email, ChannelName.EMAIL, addresses),
        ),
        refused=ends and leaver.agreement is Agreement.NO,
        left_open=ends and leaver.agreement is not Agreement.NO,
        consents=consents,
        # Which of their addresses said stop matters to a new permission only.
        stopped=bool(consents) and _has_stopped(addresses),
        plan=intended(leaver, person.id, work.destinations.of(person.id), now),
    )


def is_newer(leaver: Leaver, person: Alumnus) -> bool:
    """Whether a form was filled in after the newest one that is stored; an undated one was not."""
    return leaver.as_of is not None and (person.as_of is None or leaver.as_of > person.as_of)


def cohort_of(judged: Judged, school: str) -> Cohort | None:
    """Whom the leaver of a row left with; None where that is doubtful."""
    leaver = judged.leaver
    if leaver is None or leaver.leaving_year is None or leaver.key_stage is None:
        return None
    if any(each.startswith("leaving_year") for each in judged.reasons + judged.notes):
        return None
    return Cohort(school, leaver.key_stage, leaver.leaving_year)


def fresh_consents(
    leaver: Leaver, who: UUID, wording: Wording | None, past: Sequence[Consent], now: datetime
) -> tuple[Consent, ...]:
    """The permissions a clear yes gives that do not stand already, one for each purpose.

    None where nobody knows the wording, and none that a stop has ended. They
    are dated by the form, or now where its time cannot be read.
    """
    until = _until(leaver)
    if leaver.agreement is not Agreement.YES or wording is None or until is None:
        return ()
    given = leaver.as_of or now
    return tuple(
        Consent(who, purpose, wording.name, given, HOW, "import", until)
        for purpose in wording.purposes
        if _may_be_given(purpose, until, past)
    )


def intended(
    leaver: Leaver, who: UUID, known: Sequence[Destination], now: datetime
) -> Destination | None:
    """What they mean to do, as their form has it; None where that is known or names no plan."""
    said = leaver.intention
    if said.code is None:
        return None
    at_work = said.code.startswith("3")
    plan = Destination(
        id=uuid4(),
        alumnus=who,
        code=said.code,
        source=Source.INTENDED,
        known_since=leaver.as_of or now,
        provider=None if at_work else said.provider or None,
        employer=(said.provider or None) if at_work else None,
        course=said.course or None,
        level=said.level or None,
        start=said.start or None,
        expected=said.duration or None,
    )
    before = [each for each in known if each.source is Source.INTENDED]
    return None if before and _told(before[-1]) == _told(plan) else plan


def _told(plan: Destination) -> tuple[str | None, ...]:
    return (
        plan.code, plan.provider, plan.employer, plan.course, plan.level, plan.start, plan.expected
    )  # fmt: skip


def _until(leaver: Leaver) -> date | None:
    """The last day of a permission; a doubtful leaving year does not make it longer."""
    year = leaver.leaving_year
    if leaver.as_of is not None:
        filled_in = leaver.as_of.year
        year = min(year or filled_in, filled_in + _EARLY)
    return date(year + 3, 8, 31) if year is not None else None


def _may_be_given(purpose: Purpose, until: date, past: Sequence[Consent]) -> bool:
    """Whether nothing stands in the way of a permission, nor one that is as good."""
    before = [each for each in past if each.purpose is purpose]
    if not before:
        return True
    last = before[-1]
    if last.withdrawn_at is None:
        return last.until < until
    return last.withdrawn_how in _UNDONE_BY_A_FORM


def _ends_permission(leaver: Leaver, past: Sequence[Consent]) -> bool:
    """Whether the newest form ends a permission: missing or unclear means no."""
    live = _live_tracking(past)
    if live is None or leaver.agreement is Agreement.YES:
        return False
    return live.how == HOW or leaver.as_of is None or leaver.as_of >= live.granted_at


def _refused_meanwhile(leaver: Leaver, person: Alumnus, past: Sequence[Consent]) -> bool:
    """Whether a form that is not newer says no, and is not older either as far as we know."""
    older = leaver.as_of is not None and person.as_of is not None and leaver.as_of < person.as_of
    return not older and leaver.agreement is Agreement.NO and _ends_permission(leaver, past)


def _live_tracking(past: Sequence[Consent]) -> Consent | None:
    tracking = (each for each in past if each.purpose is Purpose.TRACKING)
    return next((each for each in tracking if each.withdrawn_at is None), None)


def _has_stopped(addresses: Sequence[Address]) -> bool:
    """Whether a number or mailbox of theirs said stop; a blocked chat is no withdrawal."""
    return any(
        each.standing is Standing.OPTED_OUT and each.channel is not ChannelName.TELEGRAM
        for each in addresses
    )


def _new_value(value: str | None, channel: ChannelName, addresses: Sequence[Address]) -> str | None:
    """``value``, where they have not got it yet."""
    had = {each.value for each in addresses if each.channel is channel}
    return None if value in had else value


def _replaced(
    value: str | None, channel: ChannelName, addresses: Sequence[Address]
) -> tuple[Address, ...]:
    """The address that a new one takes the place of: the first, since staff add theirs behind."""
    had = [each for each in addresses if each.channel is channel]
    return tuple(had[:1]) if value is not None else ()


def _new_profile(told: Profile, known: Profile) -> Profile | None:
    """The profile as the newer form has it, where that differs; a sure day of birth stays."""
    merged = Profile(told.name, told.born_on or known.born_on, told.preferred or known.preferred)
    return None if merged == known else merged


def _new_cohort(work: Work, who: UUID, told: Cohort | None) -> Cohort | None:
    """The cohort, where they are not in it yet."""
    if told is None or any(each.cohort == told for each in work.cohorts.of(who)):
        return None
    return told
