"""What staff order for one alumnus: hold, release, withdraw, erase, invite."""

from datetime import datetime, timedelta

from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.consent import Purpose
from contact.decided import already
from contact.errors import NotAllowed, UnknownReference
from contact.pausing import go_on, pause
from contact.ports import Work
from contact.school import School, Schools
from contact.withdrawal import withdraw

#: How long an invitation to the chat may be used.
INVITED_FOR = timedelta(days=28)


def school_of(schools: Schools, person: Alumnus) -> School:
    """The school of ``person``; UnknownReference where the settings no longer have it."""
    found = schools.get(person.school)
    if found is None:
        raise UnknownReference(
            f"The school {person.school!r} of {person.reference} is not in the settings: add it."
        )
    return found


def hold(work: Work, person: Alumnus, by: str, now: datetime) -> None:
    """Stop all automation for somebody until it is released; AlreadyDecided where it stands."""
    work.alumni.lock(person.id)
    if not work.alumni.hold(person.id, now):
        held = [deed for deed in work.audit.of(person.id) if deed.action == "hold"]
        by_whom = held[-1].by if held else None
        raise already(f"{person.reference} is held", by_whom, person.held_since)
    pause(work, person.id, now)
    work.audit.write(Deed(now, by, "hold", person.id))


def release(work: Work, person: Alumnus, by: str, now: datetime) -> bool:
    """End a hold; whether their case goes on (a pausing flag may still stop it).

    NotAllowed where nothing is held.
    """
    work.alumni.lock(person.id)
    if not work.alumni.release(person.id):
        raise NotAllowed(f"{person.reference} is not held: nothing was changed.")
    work.audit.write(Deed(now, by, "release", person.id))
    work.cohorts.touch(person.id)
    return go_on(work, person.id, now)


def withdraw_for(
    work: Work, person: Alumnus, schools: Schools, how: str, by: str, now: datetime
) -> None:
    """Somebody told staff to stop; ``how`` says in a word or two in which way.

    AlreadyDecided where nothing stood that could be withdrawn.
    """
    work.alumni.lock(person.id)
    if withdraw(work, person.id, school_of(schools, person), now, how, by):
        return
    past = [each for each in work.consents.of(person.id) if each.withdrawn_at is not None]
    if not past:
        raise NotAllowed(f"{person.reference} never agreed to anything: nobody writes to them.")
    how_before = past[-1].withdrawn_how or ""
    raise already(f"{person.reference} had withdrawn", None, past[-1].withdrawn_at, how_before)


def erase(work: Work, person: Alumnus, by: str, now: datetime) -> None:
    """Make somebody unreadable for good; what only counts stays, and who did it."""
    work.alumni.lock(person.id)
    work.alumni.erase(person.id, now)
    work.audit.write(Deed(now, by, "erase", person.id))


def invite(work: Work, person: Alumnus, token: str, by: str, now: datetime) -> datetime:
    """Remember an invitation to the chat; until when ``token`` is good, for one use.

    NotAllowed without a live permission: nobody would be asked there.
    """
    if work.consents.live(person.id, Purpose.TRACKING) is None:
        raise NotAllowed(f"{person.reference} has no live permission: they cannot be invited.")
    until = now + INVITED_FOR
    work.house.invite(token, person.id, now, until)
    work.audit.write(Deed(now, by, "invite", person.id, detail="telegram"))
    return until
