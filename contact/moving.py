"""How an alumnus moves to another school of the trust, and what goes with them."""

from datetime import datetime

from contact.alumnus import Alumnus, Cohort, Membership
from contact.audit import Deed
from contact.case import Disposition
from contact.consent import MOVED, Purpose
from contact.decided import already
from contact.errors import NotAllowed
from contact.opening import end_case
from contact.ports import Work
from contact.school import School


def move(
    work: Work,
    person: Alumnus,
    to: School,
    by: str,
    now: datetime,
    *,
    covers: str | None = None,
) -> str | None:
    """Let ``person`` be an alumnus of ``to``, with their cohorts, flags and history.

    A permission names the school it was given to: it ends, and the new
    school's own form gives another, unless ``covers`` says why theirs covers
    the whole trust (kept with the audit). Their running case ends, and nothing
    more goes out in the old school's name. A line about what is missing then,
    where something is. NotAllowed where the school is theirs already, or knows
    the same person.
    """
    work.alumni.lock(person.id)
    if person.school == to.id:
        raise already(f"{person.reference} is of {to.id}", None, None)
    if not work.alumni.move(person.id, to.id):
        raise NotAllowed(
            f"{to.id} has somebody of that name and date of birth: "
            f"look at both, and erase one of them before {person.reference} moves."
        )
    case = work.cases.current(person.id)
    if case is not None:
        end_case(work, case, Disposition.OTHER, MOVED, now)
    _take_cohorts_along(work, person, to)
    work.flags.hand_over(person.id, to.id)
    ended = [] if covers else work.consents.withdraw(person.id, Purpose, now, MOVED)
    detail = f"{person.school} to {to.id}"
    work.audit.write(Deed(now, by, "move", person.id, detail=detail, note=covers))
    work.cohorts.touch(person.id)
    if not ended:
        return None
    return f"Their permission was for {person.school}: they are asked once {to.id} has its own."


def _take_cohorts_along(work: Work, person: Alumnus, to: School) -> None:
    # The old ones are looked at again as well: somebody is missing from them.
    work.cohorts.touch(person.id)
    for member in work.cohorts.of(person.id):
        if member.cohort.school == person.school:
            old = member.cohort
            work.cohorts.leave(person.id, old.id)
            new = Cohort(to.id, old.key_stage, old.leaving_year)
            work.cohorts.join(Membership(person.id, new, member.retained))
