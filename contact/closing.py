"""How staff close a case by hand."""

import re
from datetime import datetime

from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.case import Case, CaseState, Disposition
from contact.decided import already
from contact.errors import NotAllowed, UnknownReference
from contact.opening import end_case
from contact.ports import Work

#: How the ending of a case that staff closed begins.
STAFF_CLOSED = "staff_closed"
_LONGEST = 200
_ROOM = 40
_NUMBER = re.compile(r"(?:\d\W?){5,}|\S@\S")


def case_of(work: Work, number: int) -> Case:
    """The case with that number; UnknownReference where there is none."""
    found = work.cases.get(number)
    if found is None:
        raise UnknownReference(f"There is no case {number}: `followup person show REF` lists them.")
    return found


def close_case(work: Work, number: int, reason: str, by: str, now: datetime) -> None:
    """End a case ``other: staff_closed``, with the reason in words.

    AlreadyDecided where it has ended. NotAllowed where the reason is empty or
    names somebody: it is kept in clear, and stays when they are erased.
    """
    case = case_of(work, number)
    work.alumni.lock(case.alumnus)
    if case.state is CaseState.ENDED:
        raise _ended(work, case)
    words = " ".join(reason.split())
    _check(words, work.alumni.get(case.alumnus))
    detail = f"{STAFF_CLOSED}: {words}"[:_ROOM].rstrip()
    if not end_case(work, case, Disposition.OTHER, detail, now):
        raise _ended(work, case_of(work, number))
    work.audit.write(
        Deed(now, by, "close_case", case.alumnus, subject=f"case:{number}", detail=words)
    )


def _ended(work: Work, case: Case) -> Exception:
    last = work.cases.endings(case.id)[-1:]
    how = f"{last[0].disposition}: {last[0].detail}" if last else ""
    deeds = [each for each in work.audit.of(case.alumnus) if each.subject == f"case:{case.id}"]
    return already(f"Case {case.id} was ended", deeds[-1].by if deeds else None, case.ended_at, how)


def _check(reason: str, person: Alumnus | None) -> None:
    if not reason:
        raise NotAllowed("A reason is needed: say in a few words why the case is closed.")
    if len(reason) > _LONGEST:
        raise NotAllowed(f"The reason has {len(reason)} characters; {_LONGEST} are enough.")
    names = person.profile.name.casefold().split() if person else []
    words = re.findall(r"\w+", reason.casefold())
    if _NUMBER.search(reason) or any(len(name) > 2 and name in words for name in names):  # noqa: PLR2004
        raise NotAllowed("The reason is kept in clear: leave names, numbers and addresses out.")
