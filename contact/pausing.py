"""How everything we start stands still for somebody, and goes on where it stood."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from contact.attempt import Attempt
from contact.case import Case, CaseState
from contact.message import MessageKind
from contact.opening import LIVE, cancel_planned, window_ends
from contact.ports import Work


def pause(work: Work, alumnus: UUID, now: datetime) -> None:
    """Stop asks and nudges to an alumnus; what is due meanwhile waits."""
    case = work.cases.current(alumnus)
    if case is not None and case.state is CaseState.OPEN:
        paused = replace(case, state=CaseState.PAUSED, paused_since=now, act_at=window_ends(case))
        work.cases.save(paused)


def go_on(work: Work, alumnus: UUID, now: datetime) -> bool:
    """End the pause unless a hold or another pausing flag stands; whether it ended.

    The reply time, the gap and their silence move on by as long as everything
    stood still, so what was planned is planned anew.
    """
    case = work.cases.current(alumnus)
    person = work.alumni.get(alumnus)
    if case is None or person is None or case.paused_since is None:
        return False
    if person.held_since is not None or work.flags.pausing(alumnus):
        return False
    _move_the_tries(work, case, case.paused_since, now)
    _move_the_talk(work, case, case.paused_since, now)
    cancel_planned(work, case, (MessageKind.ASK,), now, "paused")
    work.cases.save(replace(case, state=CaseState.OPEN, paused_since=None, act_at=now))
    return True


def _move_the_tries(work: Work, case: Case, since: datetime, now: datetime) -> None:
    attempts = work.attempts.of(case.id)
    asked = [each for each in attempts if each.asked_at is not None]
    last = max(asked, key=lambda each: each.planned_for, default=None)
    for attempt in attempts:
        moved = attempt
        if attempt is last:
            # The gap counts from here.
            stood = _stood(since, attempt.planned_for, now)
            moved = replace(moved, planned_for=attempt.planned_for + stood)
        if attempt.state in LIVE and attempt.answer_by is not None:
            moved = replace(moved, answer_by=_patience(work, attempt, since, now))
        if moved is not attempt:
            work.attempts.save(moved)


def _patience(work: Work, attempt: Attempt, since: datetime, now: datetime) -> datetime | None:
    """The reply time of a live try; what they wrote during the pause has moved it already."""
    talk = work.conversations.of_case(attempt.case)
    known = [each for each in (attempt.asked_at, talk.updated_at if talk else None) if each]
    stood = _stood(since, max(known, default=since), now)
    return attempt.answer_by + stood if attempt.answer_by else None


def _move_the_talk(work: Work, case: Case, since: datetime, now: datetime) -> None:
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.closed_at is None:
        stood = _stood(since, talk.updated_at, now)
        work.conversations.save(replace(talk, updated_at=talk.updated_at + stood))


def _stood(paused: datetime, began: datetime, now: datetime) -> timedelta:
    """For how long something that began at ``began`` stood still."""
    return now - max(paused, began)
