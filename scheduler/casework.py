"""What one case needs now: its next try, a nudge, more patience, or its end."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition
from contact.consent import Purpose
from contact.conversation import Conversation
from contact.desk import Desk
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.hours import deadline, london_day, start_of_day
from contact.message import Delivery, Message, MessageKind
from contact.opening import (
    ask_once_more,
    end_case,
    fail,
    live_attempt,
    look_again,
    plan_ask,
    window_ends,
)
from contact.ports import Work
from contact.reminding import nudge_at, plan_nudge
from contact.school import School
from scheduler.diary import Diary
from scheduler.ending import close_window, give_up
from scheduler.next_try import ask_line, next_address, next_time

#: A case of a school that is no longer configured is looked at again so much later.
_UNCONFIGURED = timedelta(days=1)
_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)
#: What may still reach somebody, or may have.
_IN_FLIGHT = (Delivery.PLANNED, Delivery.SENDING, Delivery.UNSURE)


def move_on(
    work: Work, case: Case, desk: Desk, now: datetime, diary: Diary | None = None
) -> Counter[str]:
    """Do what the case's time has come for.

    Counts ``planned``, ``failed``, ``closed`` and ``unknown``. ``diary`` says
    which days have room for an ask; without one it is read anew.
    """
    school = desk.schools.get(case.school)
    work.alumni.lock(case.alumnus)
    fresh = work.cases.get(case.id)
    if fresh is None or fresh.act_at is None or fresh.act_at > now:
        return Counter()
    if now >= window_ends(fresh):
        return close_window(work, fresh, school, now)
    if school is None:
        work.cases.save(replace(fresh, act_at=now + _UNCONFIGURED))
        return Counter()
    if fresh.state is CaseState.PAUSED:
        look_again(work, fresh, window_ends(fresh))
        return Counter()
    return _next(work, fresh, school, desk, diary or Diary(), now)


def _next(
    work: Work, case: Case, school: School, desk: Desk, diary: Diary, now: datetime
) -> Counter[str]:
    attempts = work.attempts.of(case.id)
    live = live_attempt(attempts)
    talk = work.conversations.of_case(case.id)
    if live is None and talk is not None and talk.talk.code is not None:
        return _after_the_code(work, case, talk, desk, now)
    if live is not None and live.answer_by is not None and now < live.answer_by:
        return _be_patient(work, case, talk, desk, live.answer_by, now)
    if live is not None and live.state is AttemptState.WAITING:
        return _time_is_over(work, case, live, now)
    return _plan(work, case, attempts, school, desk, diary, now)


def _be_patient(
    work: Work,
    case: Case,
    talk: Conversation | None,
    desk: Desk,
    until: datetime,
    now: datetime,
) -> Counter[str]:
    """An ask is out, or they are talking: nudge a half-finished talk, once."""
    nudge = nudge_at(talk, desk.schools[case.school], until)
    if _is_still_to_be_said(work, case, MessageKind.APPOINTMENT):
        nudge = None  # until then they are left alone
    if talk is not None and nudge is not None and nudge <= now:
        if _is_still_to_be_said(work, case, MessageKind.QUESTION, MessageKind.CLARIFY):
            look_again(work, case, min(now + _AN_HOUR, until))
            return Counter()
        plan_nudge(work, case, talk, desk, now)
        nudge = None
    look_again(work, case, nudge or until)
    return Counter()


def _time_is_over(work: Work, case: Case, attempt: Attempt, now: datetime) -> Counter[str]:
    """The reply time is over: the try counts, unless nobody knows whether they were asked."""
    unsure = [each for each in _asks_of(work, attempt) if each.delivery is Delivery.UNSURE]
    for ask in unsure:
        gone = replace(ask, delivery=Delivery.FAILED, detail="unresolved", settled_at=now)
        work.messages.save(gone, Delivery.UNSURE)
    if unsure:
        ask_once_more(work, case, attempt, now)
        return Counter()
    fail(work, case, attempt, "no_answer", now)
    return Counter(failed=1)


def _after_the_code(
    work: Work, case: Case, talk: Conversation, desk: Desk, now: datetime
) -> Counter[str]:
    """They told us what they do and then fell silent: one nudge, then the case is partial."""
    over = deadline(talk.updated_at, case.terms.reply_days)
    if now >= over:
        ended = end_case(work, case, Disposition.PARTIAL, "silent_after_code", now, talk.talk.code)
        return Counter(closed=int(ended))
    return _be_patient(work, case, talk, desk, over, now)


def _plan(
    work: Work,
    case: Case,
    attempts: list[Attempt],
    school: School,
    desk: Desk,
    diary: Diary,
    now: datetime,
) -> Counter[str]:
    """Plan the next try, or end the case when they are used up."""
    live = live_attempt(attempts)
    consent = work.consents.live(case.alumnus, Purpose.TRACKING)
    if consent is None or london_day(now) > consent.until:
        ended = end_case(work, case, Disposition.OTHER, "consent_ended", now)
        return Counter(closed=int(ended))
    # Only a receipt, a reply, staff or the end of the wave moves it from here.
    look_again(work, case, window_ends(case))
    if live is not None and any(each.delivery in _IN_FLIGHT for each in _asks_of(work, live)):
        return Counter()
    number = live.number if live else len(attempts) + 1
    if number > case.terms.tries:
        return give_up(work, case, now, "tries_used")
    address = next_address(work.addresses.of(case.alumnus), attempts, desk.channels)
    if address is None:
        _nowhere_to_write(work, case, school, now)
        return Counter()
    at = next_time(case, attempts, address, number, school.hours, now)
    if at >= window_ends(case):
        return Counter()
    at = diary.book(work, school, at, number, now)
    if at >= window_ends(case):
        # No day has room for it now; whoever answers makes some.
        look_again(work, case, start_of_day(london_day(now) + _A_DAY))
        return Counter()
    if live is None:
        work.attempts.plan(Attempt(case.id, number, AttemptState.PLANNED, at))
    line = ask_line(number, case.terms.tries, _asked_before(work, case, number))
    return Counter(planned=int(plan_ask(work, case, number, address, line, at, now)))


def _asked_before(work: Work, case: Case, number: int) -> int:
    """How often this very attempt has already gone out or may have."""
    return sum(
        each.kind is MessageKind.ASK and each.attempt == number and each.detail == "unresolved"
        for each in work.messages.of_case(case.id)
    )


def _nowhere_to_write(work: Work, case: Case, school: School, now: datetime) -> None:
    raise_flag(
        work,
        FlagKind.NO_ADDRESS,
        school,
        now,
        alumnus=case.alumnus,
        case=case.id,
        subject=f"no_address:{case.id}",
    )


def _is_still_to_be_said(work: Work, case: Case, *kinds: MessageKind) -> bool:
    """Whether something of these kinds has not left yet: nobody is nudged before they got it."""
    return any(
        each.kind in kinds and each.delivery in _IN_FLIGHT
        for each in work.messages.of_case(case.id)
    )


def _asks_of(work: Work, attempt: Attempt) -> list[Message]:
    return [
        each
        for each in work.messages.of_case(attempt.case)
        if each.kind is MessageKind.ASK and each.attempt == attempt.number
    ]
