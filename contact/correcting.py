"""How staff put right what is wrong about somebody."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus, Profile
from contact.attempt import AttemptState
from contact.audit import Deed
from contact.case import CaseState
from contact.disowning import disown
from contact.errors import NotAllowed
from contact.hours import london_day
from contact.mailbox import read_mailbox
from contact.names import match_key_material, read_name
from contact.opening import live_attempt, look_again
from contact.phone import PhoneProblem, mobile
from contact.ports import Work

_WHY_NOT = {
    PhoneProblem.LANDLINE: "is a landline, which cannot be texted",
    PhoneProblem.NOT_MOBILE: "is not a mobile",
    PhoneProblem.FOREIGN: "is not a UK number",
    PhoneProblem.DIGITS_LOST: "has lost digits in a spreadsheet",
    PhoneProblem.LETTER_O: "has the letter O in it",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right; None is left as it is, and an empty ``preferred`` takes it away."""

    name: str | None = None
    preferred: str | None = None
    born_on: date | None = None
    phone: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return "Correction(…)"


def correct(
    work: Work, person: Alumnus, right: Correction, by: str, now: datetime, *, allow_drama: bool
) -> list[str]:
    """Put it right; the names of what changed.

    A new number or mailbox comes first, and the old ones of its kind are no
    longer theirs. A form finds them by what is right now, and the row that they
    came from still does, so an import brings nobody in twice. NotAllowed where
    nothing would change, or where it cannot be right. The audit says what
    changed, never from what to what.
    """
    work.alumni.lock(person.id)
    changed = _profile(work, person, right, now)
    if right.phone is not None:
        changed += _number(work, person, right.phone, now, allow_drama=allow_drama)
    if right.email is not None:
        changed += _mailbox(work, person, right.email, now)
    if not changed:
        raise NotAllowed(f"Nothing of that differs from what is stored of {person.reference}.")
    work.audit.write(Deed(now, by, "correct", person.id, detail=", ".join(changed)))
    work.cohorts.touch(person.id)
    _look_at_case(work, person, now)
    return changed


def _profile(work: Work, person: Alumnus, right: Correction, now: datetime) -> list[str]:
    old = person.profile
    new = old
    if right.name is not None:
        new = replace(new, name=_name(right.name))
    if right.preferred is not None:
        new = replace(new, preferred=_name(right.preferred) if right.preferred.strip() else None)
    if right.born_on is not None:
        if not date(1900, 1, 1) < right.born_on < london_day(now):
            raise NotAllowed(f"{right.born_on} is no day of birth of a leaver.")
        new = replace(new, born_on=right.born_on)
    if new == old:
        return []
    work.alumni.correct(replace(person, profile=new), _match_on(work, person, new))
    fields = ("name", "preferred", "born_on")
    return [field for field in fields if getattr(old, field) != getattr(new, field)]


def _match_on(work: Work, person: Alumnus, new: Profile) -> str | None:
    """What a form is matched by from now on; None where that stays as it was.

    NotAllowed where somebody of the school is matched by it already.
    """
    changed = (new.name, new.born_on) != (person.profile.name, person.profile.born_on)
    if not changed or new.born_on is None:
        return None
    key = match_key_material(new)
    twin = work.alumni.matching(person.school, key)
    if twin is not None and twin.id != person.id:
        raise NotAllowed(
            f"{twin.reference} has that name and date of birth: "
            f"look at both, and erase one of them before {person.reference} is corrected."
        )
    return key


def _name(text: str) -> str:
    read = read_name(text)
    if not read.name or read.problem == "name_too_long":
        raise NotAllowed("That is no name: it is empty, or longer than any name.")
    return read.name


def _number(
    work: Work, person: Alumnus, typed: str, now: datetime, *, allow_drama: bool
) -> list[str]:
    phone = mobile(typed, allow_drama=allow_drama)
    if phone.value is None:
        why = _WHY_NOT.get(phone.problem or PhoneProblem.INVALID, "is not a phone number")
        raise NotAllowed(f"What was typed {why}: write a UK mobile, such as 07123 456789.")
    return _put_first(work, person, ChannelName.SMS, phone.value, "phone", now)


def _mailbox(work: Work, person: Alumnus, typed: str, now: datetime) -> list[str]:
    mailbox, _ = read_mailbox(typed)
    if mailbox is None:
        raise NotAllowed("What was typed is not an e-mail address.")
    return _put_first(work, person, ChannelName.EMAIL, mailbox, "email", now)


def _put_first(
    work: Work, person: Alumnus, channel: ChannelName, value: str, field: str, now: datetime
) -> list[str]:
    """Make ``value`` the address that is tried first; the others of its kind are given up."""
    everything = work.addresses.of(person.id)
    endpoint = work.addresses.meet(channel, value, uuid4())
    same = next((each for each in everything if each.endpoint == endpoint.id), None)
    theirs = [
        each
        for each in everything
        if each.channel is channel and each.standing is not Standing.NOT_THEIRS
    ]
    if theirs == [same]:
        return []
    for old in theirs:
        if old != same:
            disown(work, old, now)
    if same is not None:
        if same not in theirs:
            work.addresses.stands(same.id, Standing.UNTRIED)
        return [field]
    first = min((each.position for each in everything), default=1) - 1
    work.addresses.add(Address(uuid4(), person.id, endpoint.id, channel, value, first))
    return [field]


def _look_at_case(work: Work, person: Alumnus, now: datetime) -> None:
    """A case that waited for an address goes on at the next tick."""
    case = work.cases.current(person.id)
    if case is None or case.state is not CaseState.OPEN:
        return
    live = live_attempt(work.attempts.of(case.id))
    if live is None or live.state is AttemptState.PLANNED:
        look_again(work, case, now)
