"""How a case moves: its tries begin, fail, are answered; it pauses, goes on, and ends."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from contact.address import Address
from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition, Ending
from contact.destination import NO_ADDRESS, NOT_KNOWN, REFUSED, UNKNOWN_CODES, Destination, Source
from contact.hours import deadline, end_of_day
from contact.message import Delivery, Message, MessageKind
from contact.ports import Work

#: An attempt that may still lead to an answer.
LIVE = (AttemptState.PLANNED, AttemptState.WAITING)
#: What is planned for a case and has no meaning once it has ended.
_OF_THE_CASE = (
    MessageKind.ASK,
    MessageKind.QUESTION,
    MessageKind.CLARIFY,
    MessageKind.NUDGE,
    MessageKind.APPOINTMENT,
)


def window_ends(case: Case) -> datetime:
    """The instant the wave of ``case`` is over, in UTC."""
    return end_of_day(case.terms.until).astimezone(UTC)


def live_attempt(attempts: list[Attempt]) -> Attempt | None:
    """The attempt that is planned or waits for an answer, or None."""
    return next((each for each in reversed(attempts) if each.state in LIVE), None)


def look_again(work: Work, case: Case, at: datetime) -> Case:
    """Let the clock look at ``case`` at ``at``, or when its wave is over if that is sooner."""
    moved = replace(case, act_at=min(at, window_ends(case)))
    work.cases.save(moved)
    return moved


def plan_ask(
    work: Work, case: Case, number: int, address: Address, line: str, at: datetime, now: datetime
) -> bool:
    """Plan the ask of attempt ``number``; False where it has one in flight already."""
    return work.messages.plan(
        Message(
            id=uuid4(),
            alumnus=case.alumnus,
            address=address.id,
            channel=address.channel,
            kind=MessageKind.ASK,
            line=line,
            delivery=Delivery.PLANNED,
            created_at=now,
            not_before=at,
            case=case.id,
            attempt=number,
            school=case.school,
        )
    )


def begin_waiting(work: Work, case: Case, attempt: Attempt, message: Message) -> None:
    """A gateway took the ask, or may have: from then on we wait for an answer."""
    asked = message.accepted_at or message.claimed_at
    if asked is None or attempt.state not in LIVE:
        return
    answer_by = deadline(asked, case.terms.reply_days)
    work.attempts.save(
        replace(
            attempt,
            state=AttemptState.WAITING,
            channel=str(message.channel),
            address=message.address,
            asked_at=asked,
            # From here the gap to the next ask counts; a pause moves it on.
            planned_for=asked,
            answer_by=answer_by,
        )
    )
    look_again(work, case, answer_by)


def fail(work: Work, case: Case, attempt: Attempt, outcome: str, now: datetime) -> None:
    """The attempt counts as failed; the clock looks at the case at once."""
    if attempt.state not in LIVE:
        return
    ended = replace(attempt, state=AttemptState.FAILED, ended_at=now, outcome=outcome)
    work.attempts.save(ended)
    look_again(work, case, now)


def put_back(work: Work, case: Case, attempt: Attempt, at: datetime) -> None:
    """What happened does not count: the attempt keeps its number and is planned again."""
    if attempt.state not in LIVE:
        return
    back = replace(
        attempt, state=AttemptState.PLANNED, planned_for=at, asked_at=None, answer_by=None
    )
    work.attempts.save(back)
    look_again(work, case, at)


def heard_from(work: Work, case: Case, now: datetime, look_at: datetime) -> None:
    """They wrote: whoever answers at all gets ``reply_days`` from then for the rest."""
    attempt = live_attempt(work.attempts.of(case.id))
    if attempt is not None and attempt.state is AttemptState.WAITING:
        work.attempts.save(replace(attempt, answer_by=deadline(now, case.terms.reply_days)))
    look_again(work, case, look_at)


def answer(work: Work, case: Case, now: datetime) -> None:
    """A usable answer came: the live attempt is answered, and no ask follows."""
    attempt = live_attempt(work.attempts.of(case.id))
    if attempt is not None:
        work.attempts.save(
            replace(attempt, state=AttemptState.ANSWERED, ended_at=now, outcome="answered")
        )
    cancel_planned(work, case, (MessageKind.ASK, MessageKind.APPOINTMENT), now, "answered")


def end_case(
    work: Work,
    case: Case,
    disposition: Disposition,
    detail: str,
    now: datetime,
    code: str | None = None,
) -> bool:
    """End ``case``; False where it has ended already, and then nothing changes.

    Planned messages of the case are cancelled, its conversation closes, and
    "unknown" (810, 820) or "refused" (830) becomes a destination with its
    reason. It never replaces an earlier one that is known.
    """
    if not work.cases.save(replace(case, state=CaseState.ENDED, act_at=None, ended_at=now)):
        return False
    work.cases.end(Ending(case.id, now, disposition, detail, code))
    _cancel_attempts(work, case, now, detail)
    cancel_planned(work, case, _OF_THE_CASE, now, detail)
    _close_conversation(work, case, now)
    if code in (*UNKNOWN_CODES, REFUSED):
        work.destinations.add(
            Destination(uuid4(), case.alumnus, code, Source.SERVICE, now, case.id)
        )
    return True


def unknown_code(messages: list[Message]) -> str:
    """Which unknown it is: 820 where every ask was undeliverable, else 810 (NCCIS)."""
    asks = [each for each in messages if each.kind is MessageKind.ASK and each.claimed_at]
    settled = [each for each in asks if each.delivery is not Delivery.CANCELLED]
    undeliverable = all(each.delivery is Delivery.UNDELIVERABLE for each in settled)
    return NO_ADDRESS if settled and undeliverable else NOT_KNOWN


def cancel_planned(
    work: Work, case: Case, kinds: tuple[MessageKind, ...], now: datetime, why: str
) -> None:
    """Cancel what is planned for ``case`` and not yet claimed."""
    for message in work.messages.of_case(case.id):
        if message.delivery is Delivery.PLANNED and message.kind in kinds:
            gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail=why)
            work.messages.save(gone, Delivery.PLANNED)


def pause(work: Work, alumnus: UUID, now: datetime) -> None:
    """Stop asks and nudges to an alumnus; what is due meanwhile waits."""
    case = work.cases.current(alumnus)
    if case is not None and case.state is CaseState.OPEN:
        paused = replace(case, state=CaseState.PAUSED, paused_since=now, act_at=window_ends(case))
        work.cases.save(paused)


def go_on(work: Work, alumnus: UUID, now: datetime) -> bool:
    """End the pause unless a hold or another pausing flag stands; whether it ended.

    The reply time and the gap move on by as long as everything stood still.
    """
    case = work.cases.current(alumnus)
    person = work.alumni.get(alumnus)
    if case is None or person is None or case.paused_since is None:
        return False
    if person.held_since is not None or work.flags.pausing(alumnus):
        return False
    stopped = now - case.paused_since
    for attempt in work.attempts.of(case.id):
        if attempt.state is AttemptState.WAITING and attempt.answer_by is not None:
            later = attempt.answer_by + stopped
            moved = replace(attempt, answer_by=later, planned_for=attempt.planned_for + stopped)
            work.attempts.save(moved)
    work.cases.save(replace(case, state=CaseState.OPEN, paused_since=None, act_at=now))
    return True


def _cancel_attempts(work: Work, case: Case, now: datetime, why: str) -> None:
    for attempt in work.attempts.of(case.id):
        if attempt.state in LIVE:
            ended = replace(attempt, state=AttemptState.CANCELLED, ended_at=now, outcome=why)
            work.attempts.save(ended)


def _close_conversation(work: Work, case: Case, now: datetime) -> None:
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.closed_at is None:
        work.conversations.save(replace(talk, closed_at=now, updated_at=now))
