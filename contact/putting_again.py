"""How a question is put once more because staff want an answer to it."""

from dataclasses import replace
from datetime import datetime

from contact.alumnus import Alumnus
from contact.attempt import Attempt, AttemptState
from contact.case import Case
from contact.desk import Desk
from contact.errors import NotAllowed
from contact.hours import deadline
from contact.opening import live_attempt, look_again
from contact.orders import school_of
from contact.ports import Work
from contact.reminding import plan_nudge


def put_again(work: Work, person: Alumnus, desk: Desk, now: datetime) -> str:
    """Ask ``person`` once more; what follows, as a line.

    An ask that is planned goes out anyway. Else the open question goes out
    again in the next open hour, as a message that is not a try, and they get
    ``reply_days`` for it. Else the next try follows. NotAllowed where no case
    runs, or nothing is left to ask with.
    """
    school = school_of(desk.schools, person)
    case = work.cases.current(person.id)
    if case is None:
        raise NotAllowed(f"No case of {person.reference} is open: the next wave asks again.")
    attempts = work.attempts.of(case.id)
    live = live_attempt(attempts)
    talk = work.conversations.of_case(case.id)
    if live is not None and live.state is AttemptState.PLANNED:
        return f"Try {live.number} is planned and asks again."
    if talk is not None and talk.closed_at is None:
        at = school.hours.next_open(now)
        if plan_nudge(work, case, replace(talk, updated_at=now), desk, now):
            _be_patient(work, case, live, at, now)
            return "The open question goes out once more."
    if live is not None or len(attempts) < case.terms.tries:
        look_again(work, case, live.answer_by or now if live else now)
        return "Nothing can be put again there: the next try follows."
    raise NotAllowed(f"Every try of case {case.id} is used up: ring them, or decide otherwise.")


def _be_patient(work: Work, case: Case, live: Attempt | None, at: datetime, now: datetime) -> None:
    """The reply time counts from when the question goes out again."""
    until = deadline(at, case.terms.reply_days)
    if live is not None:
        work.attempts.save(replace(live, answer_by=max(until, live.answer_by or now)))
    look_again(work, case, until)
