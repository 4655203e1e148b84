"""How the clock ends a case: its tries are used up, or its wave is over."""

from collections import Counter
from datetime import datetime

from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition
from contact.consent import Purpose
from contact.destination import NOT_KNOWN
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.hours import london_day
from contact.opening import end_case, fail, live_attempt, unknown_code
from contact.ports import Work
from contact.school import School


def give_up(work: Work, case: Case, now: datetime, detail: str) -> Counter[str]:
    """The tries are used up: unknown, with its reason; counts ``closed`` and ``unknown``.

    Whoever said who they are and nothing more has broken off.
    """
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.talk.confirmed and talk.talk.code is None:
        ended = end_case(work, case, Disposition.BREAK_OFF, detail, now, NOT_KNOWN)
        return Counter(closed=int(ended), unknown=int(ended))
    return _no_contact(work, case, now, detail)


def close_window(work: Work, case: Case, school: School | None, now: datetime) -> Counter[str]:
    """The wave is over: whatever happened becomes the ending; counts ``closed`` and ``unknown``."""
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.talk.code is not None:
        ended = end_case(work, case, Disposition.PARTIAL, "window_ended", now, talk.talk.code)
        return Counter(closed=int(ended))
    if case.state is CaseState.PAUSED:
        return _other(work, case, "paused", now)
    if _consent_ended(work, case, now):
        return _other(work, case, "consent_ended", now)
    tried = [each for each in work.attempts.of(case.id) if _counts(each)]
    if not tried:
        return _not_attempted(work, case, school, now)
    detail = f"window_ended:{len(tried)}"
    waiting = live_attempt(tried)
    failed = Counter(failed=int(waiting is not None))
    if waiting is not None:
        fail(work, case, waiting, "window_ended", now)
    return failed + _no_contact(work, case, now, detail)


def _no_contact(work: Work, case: Case, now: datetime, detail: str) -> Counter[str]:
    code = unknown_code(work.messages.of_case(case.id), work.attempts.of(case.id))
    ended = end_case(work, case, Disposition.NON_CONTACT, detail, now, code)
    return Counter(closed=int(ended), unknown=int(ended))


def _counts(attempt: Attempt) -> bool:
    """Whether somebody may have been reached by it, or it failed for good."""
    return attempt.state is AttemptState.FAILED or attempt.asked_at is not None


def _not_attempted(work: Work, case: Case, school: School | None, now: datetime) -> Counter[str]:
    raise_flag(
        work,
        FlagKind.NOT_ATTEMPTED,
        school,
        now,
        alumnus=case.alumnus,
        case=case.id,
        subject=f"not_attempted:{case.id}",
    )
    return _other(work, case, "not_attempted", now)


def _other(work: Work, case: Case, detail: str, now: datetime) -> Counter[str]:
    return Counter(closed=int(end_case(work, case, Disposition.OTHER, detail, now)))


def _consent_ended(work: Work, case: Case, now: datetime) -> bool:
    consent = work.consents.live(case.alumnus, Purpose.TRACKING)
    return consent is None or london_day(now) > consent.until
