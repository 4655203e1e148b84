"""What one case needs now: its next try, a nudge, more patience, or its end."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from contact.address import SENDABLE, Address, Standing
from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition
from contact.consent import Purpose
from contact.conversation import Conversation
from contact.desk import Desk
from contact.destination import NOT_KNOWN
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.hours import deadline, london_day, next_ask_at
from contact.message import Delivery, Message, MessageKind
from contact.opening import (
    end_case,
    fail,
    live_attempt,
    look_again,
    plan_ask,
    put_back,
    unknown_code,
    window_ends,
)
from contact.ports import Work
from contact.reminding import nudge_at, plan_nudge
from contact.school import School

#: Outcomes after which nobody can have read the ask: the gap does not apply.
_UNREAD = ("dead",)
#: Outcomes after which another address is asked at once, the same one after the gap.
_TRY_ELSEWHERE = ("failing", "gone")
#: A case of a school that is no longer configured is looked at again so much later.
_UNCONFIGURED = timedelta(days=1)


def move_on(work: Work, case: Case, desk: Desk, now: datetime) -> Counter[str]:
    """Do what the case's time has come for; counts ``planned``, ``failed``, ``closed``, ``unknown``."""
    school = desk.schools.get(case.school)
    work.alumni.lock(case.alumnus)
    fresh = work.cases.get(case.id)
    if fresh is None or fresh.act_at is None or fresh.act_at > now:
        return Counter()
    if school is None:
        work.cases.save(replace(fresh, act_at=now + _UNCONFIGURED))
        return Counter()
    if now >= window_ends(fresh):
        return _close_window(work, fresh, school, now)
    if fresh.state is CaseState.PAUSED:
        look_again(work, fresh, window_ends(fresh))
        return Counter()
    return _next(work, fresh, desk, now)


def _next(work: Work, case: Case, desk: Desk, now: datetime) -> Counter[str]:
    attempts = work.attempts.of(case.id)
    live = live_attempt(attempts)
    talk = work.conversations.of_case(case.id)
    if live is not None and live.state is AttemptState.WAITING:
        return _wait(work, case, live, talk, desk, now)
    if live is None and talk is not None and talk.talk.code is not None:
        return _after_the_code(work, case, talk, desk, now)
    return _plan(work, case, attempts, live, desk.schools[case.school], now)


def _wait(
    work: Work,
    case: Case,
    attempt: Attempt,
    talk: Conversation | None,
    desk: Desk,
    now: datetime,
) -> Counter[str]:
    """An ask is out: nudge a half-finished talk, and count the try once its time is over."""
    if attempt.answer_by is not None and now < attempt.answer_by:
        nudge = nudge_at(talk, desk.schools[case.school], attempt.answer_by)
        if talk is not None and nudge is not None and nudge <= now:
            plan_nudge(work, case, talk, desk, now)
            nudge = None
        look_again(work, case, nudge or attempt.answer_by)
        return Counter()
    ask = _ask_of(work, attempt)
    if ask is not None and ask.delivery is Delivery.UNSURE:
        gone = replace(ask, delivery=Delivery.FAILED, detail="unresolved", settled_at=now)
        work.messages.save(gone, Delivery.UNSURE)
        put_back(work, case, attempt, now)
        return Counter()
    fail(work, case, attempt, "no_answer", now)
    return Counter(failed=1)


def _after_the_code(
    work: Work, case: Case, talk: Conversation, desk: Desk, now: datetime
) -> Counter[str]:
    """They told us what they do and then fell silent: one nudge, then the case is partial."""
    over = deadline(talk.updated_at, case.terms.reply_days)
    nudge = nudge_at(talk, desk.schools[case.school], over)
    if now >= over:
        ended = end_case(work, case, Disposition.PARTIAL, "silent_after_code", now, talk.talk.code)
        return Counter(closed=int(ended))
    if nudge is not None and nudge <= now:
        plan_nudge(work, case, talk, desk, now)
        nudge = None
    look_again(work, case, nudge or over)
    return Counter()


def _plan(
    work: Work,
    case: Case,
    attempts: list[Attempt],
    live: Attempt | None,
    school: School,
    now: datetime,
) -> Counter[str]:
    """Plan the next try, or end the case when they are used up."""
    consent = work.consents.live(case.alumnus, Purpose.TRACKING)
    if consent is None or london_day(now) > consent.until:
        ended = end_case(work, case, Disposition.OTHER, "consent_ended", now)
        return Counter(closed=int(ended))
    if live is not None and _in_flight(work, live):
        look_again(work, case, window_ends(case))
        return Counter()
    number = live.number if live else len(attempts) + 1
    if number > case.terms.tries:
        return _give_up(work, case, now, "tries_used")
    address = _next_address(work, case, attempts)
    if address is None:
        return _nowhere_to_write(work, case, school, now)
    at = _next_time(case, attempts, address, number, school, now)
    if at >= window_ends(case):
        look_again(work, case, window_ends(case))
        return Counter()
    if live is None:
        work.attempts.plan(Attempt(case.id, number, AttemptState.PLANNED, at))
    line = ask_line(number, case.terms.tries, _asked_before(work, case, number))
    planned = plan_ask(work, case, number, address, line, at, now)
    look_again(work, case, window_ends(case))
    return Counter(planned=int(planned))


def ask_line(number: int, tries: int, again: int = 0) -> str:
    """The wording of an ask: another for each try, and the last says that it is the last."""
    if number >= tries:
        return "ask.last"
    return f"ask.{number + again}"


def _asked_before(work: Work, case: Case, number: int) -> int:
    """How often this very attempt has already gone out or may have."""
    return sum(
        each.kind is MessageKind.ASK and each.attempt == number and each.detail == "unresolved"
        for each in work.messages.of_case(case.id)
    )


def _next_time(
    case: Case,
    attempts: list[Attempt],
    address: Address,
    number: int,
    school: School,
    now: datetime,
) -> datetime:
    hours = school.hours
    asked = [each for each in attempts if each.asked_at and each.outcome not in _UNREAD]
    previous = attempts[-1] if attempts else None
    elsewhere = previous is not None and previous.address != address.id
    at_once = previous is not None and (
        previous.outcome in _UNREAD or (elsewhere and previous.outcome in _TRY_ELSEWHERE)
    )
    if not asked or at_once:
        return hours.next_open(now)
    last = asked[-1]
    reply_until = last.answer_by or last.planned_for
    at = next_ask_at(last.planned_for, case.terms.gap_days, reply_until, hours, number)
    return hours.next_open(max(at, now))


def _next_address(work: Work, case: Case, attempts: list[Attempt]) -> Address | None:
    """Where to ask: what works before what fails, then where this case asked least."""
    usable = [
        each for each in work.addresses.of(case.alumnus) if each.usable and each.channel in SENDABLE
    ]
    last = attempts[-1] if attempts else None

    def rank(each: Address) -> tuple[bool, bool, int, int]:
        asked = sum(tried.address == each.id for tried in attempts)
        just_failed = (
            last is not None and last.outcome in _TRY_ELSEWHERE and last.address == each.id
        )
        return (just_failed, each.standing is Standing.FAILING, asked, each.position)

    return min(usable, key=rank, default=None)


def _nowhere_to_write(work: Work, case: Case, school: School, now: datetime) -> Counter[str]:
    raise_flag(
        work,
        FlagKind.NO_ADDRESS,
        school,
        now,
        alumnus=case.alumnus,
        case=case.id,
        subject=f"no_address:{case.id}",
    )
    look_again(work, case, window_ends(case))
    return Counter()


def _close_window(work: Work, case: Case, school: School, now: datetime) -> Counter[str]:
    """The wave is over: whatever happened becomes the ending."""
    if case.state is CaseState.PAUSED:
        ended = end_case(work, case, Disposition.OTHER, "paused", now)
        return Counter(closed=int(ended))
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.talk.code is not None:
        ended = end_case(work, case, Disposition.PARTIAL, "window_ended", now, talk.talk.code)
        return Counter(closed=int(ended))
    tried = [
        each
        for each in work.attempts.of(case.id)
        if each.state is AttemptState.FAILED or each.asked_at is not None
    ]
    if tried:
        return _give_up(work, case, now, f"window_ended:{len(tried)}")
    raise_flag(
        work,
        FlagKind.NOT_ATTEMPTED,
        school,
        now,
        alumnus=case.alumnus,
        case=case.id,
        subject=f"not_attempted:{case.id}",
    )
    ended = end_case(work, case, Disposition.OTHER, "not_attempted", now)
    return Counter(closed=int(ended))


def _give_up(work: Work, case: Case, now: datetime, detail: str) -> Counter[str]:
    """The tries are used up: unknown, with its reason."""
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.talk.confirmed and talk.talk.code is None:
        ended = end_case(work, case, Disposition.BREAK_OFF, detail, now, NOT_KNOWN)
    else:
        code = unknown_code(work.messages.of_case(case.id))
        ended = end_case(work, case, Disposition.NON_CONTACT, detail, now, code)
    return Counter(closed=int(ended), unknown=int(ended))


def _ask_of(work: Work, attempt: Attempt) -> Message | None:
    asks = [
        each
        for each in work.messages.of_case(attempt.case)
        if each.kind is MessageKind.ASK and each.attempt == attempt.number
    ]
    return asks[-1] if asks else None


def _in_flight(work: Work, attempt: Attempt) -> bool:
    ask = _ask_of(work, attempt)
    return ask is not None and ask.delivery in (
        Delivery.PLANNED,
        Delivery.SENDING,
        Delivery.UNSURE,
    )
