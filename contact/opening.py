"""How a case moves: its tries begin, fail, are answered, and it ends."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from contact.address import Address
from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition, Ending
from contact.destination import NO_ADDRESS, NOT_KNOWN, REFUSED, UNKNOWN_CODES, Destination, Source
from contact.hours import deadline, end_of_day
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.ports import Work

#: An attempt that may still lead to an answer.
LIVE = (AttemptState.PLANNED, AttemptState.WAITING)
#: What is planned for a case and has no meaning once it has ended.
_OF_THE_CASE = (*WE_START, MessageKind.QUESTION, MessageKind.CLARIFY)


def window_ends(case: Case) -> datetime:
    """The instant the wave of ``case`` is over, in UTC."""
    return end_of_day(case.terms.until).astimezone(UTC)


def live_attempt(attempts: list[Attempt]) -> Attempt | None:
    """The attempt that is planned or waits for an answer, or None."""
    return next((each for each in reversed(attempts) if each.state in LIVE), None)


def look_again(work: Work, case: Case, at: datetime) -> Case:
    """Let the clock look at ``case`` at ``at``, or when its wave is over if that is sooner."""
    moved = _looked_at(case, at)
    work.cases.save(moved)
    return moved


def _looked_at(case: Case, at: datetime) -> Case:
    return replace(case, act_at=min(at, window_ends(case)))


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
    waits = waiting(case, attempt, message)
    if waits is not None:
        work.outbox.move([waits[0]], [waits[1]])


def waiting(case: Case, attempt: Attempt, message: Message) -> tuple[Attempt, Case] | None:
    """The try and its case once a gateway took the ask, or may have; None where that is over."""
    asked = message.accepted_at or message.claimed_at
    if asked is None or attempt.state not in LIVE:
        return None
    answer_by = deadline(asked, case.terms.reply_days)
    waits = replace(
        attempt,
        state=AttemptState.WAITING,
        channel=str(message.channel),
        address=message.address,
        asked_at=asked,
        # From here the gap to the next ask counts; a pause moves it on.
        planned_for=asked,
        answer_by=answer_by,
    )
    return waits, _looked_at(case, answer_by)


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


def ask_once_more(work: Work, case: Case, attempt: Attempt, now: datetime) -> None:
    """Nobody will ever know whether its ask arrived: the same attempt is asked again.

    When it was asked stays, because the gap counts from there all the same.
    """
    if attempt.state is AttemptState.WAITING:
        work.attempts.save(replace(attempt, state=AttemptState.PLANNED))
        look_again(work, case, now)


def heard_from(
    work: Work, case: Case, now: datetime, look_at: datetime, *, coded: bool = False
) -> None:
    """They wrote: whoever answers at all gets ``reply_days`` from then for the rest.

    What is planned would only cut in: an ask waits until that time is over,
    and a nudge or an appointment has had its answer. Where it is ``coded``
    the live attempt is answered as well (see :func:`answer`).
    """
    _arrived(work, case, now, "answered" if coded else "they_wrote")
    attempts = work.attempts.of(case.id)
    if coded:
        attempts = _answered(work, attempts, now)
    patience = deadline(now, case.terms.reply_days)
    live = live_attempt(attempts)
    if live is not None:
        work.attempts.save(replace(live, answer_by=patience))
    elif not attempts and not _is_coded(work, case):
        # They were faster than our first ask: it follows if they fall silent.
        fresh = Attempt(case.id, 1, AttemptState.PLANNED, patience, answer_by=patience)
        work.attempts.plan(fresh)
    look_again(work, case, look_at)


def be_patient(work: Work, case: Case, since: datetime) -> None:
    """An appointment was kept: the reply time, and their silence, count from ``since``."""
    attempt = live_attempt(work.attempts.of(case.id))
    talk = work.conversations.of_case(case.id)
    if talk is not None:
        work.conversations.save(replace(talk, updated_at=max(talk.updated_at, since)))
    if attempt is not None:
        patience = deadline(since, case.terms.reply_days)
        work.attempts.save(replace(attempt, answer_by=patience))
        look_again(work, case, patience)


def answer(work: Work, case: Case, now: datetime) -> None:
    """A usable answer came: the live attempt is answered, and no ask follows."""
    _arrived(work, case, now, "answered")
    _answered(work, work.attempts.of(case.id), now)


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


def unknown_code(messages: list[Message], attempts: list[Attempt]) -> str:
    """Which unknown it is: 820 where every ask was undeliverable, else 810 (NCCIS).

    A message that did not count is judged by the one that took its place; a
    try made by staff reached a door, a letter box or a voice mail.
    """
    replaced = {each.resend_of for each in messages}
    asks = [
        each
        for each in messages
        if each.kind is MessageKind.ASK
        and each.claimed_at is not None
        and each.delivery is not Delivery.CANCELLED
        and each.id not in replaced
    ]
    undeliverable = all(each.delivery is Delivery.UNDELIVERABLE for each in asks)
    by_staff = any(each.by is not None for each in attempts)
    return NO_ADDRESS if asks and undeliverable and not by_staff else NOT_KNOWN


def cancel_planned(
    work: Work, case: Case, kinds: tuple[MessageKind, ...], now: datetime, why: str
) -> None:
    """Cancel what is planned for ``case`` and not yet claimed."""
    for message in work.messages.of_case(case.id):
        if message.delivery is Delivery.PLANNED and message.kind in kinds:
            _cancel(work, message, now, why)


def _cancel(work: Work, message: Message, now: datetime, why: str) -> None:
    gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail=why)
    work.messages.save(gone, Delivery.PLANNED)


def _cancel_attempts(work: Work, case: Case, now: datetime, why: str) -> None:
    for attempt in work.attempts.of(case.id):
        if attempt.state in LIVE:
            ended = replace(attempt, state=AttemptState.CANCELLED, ended_at=now, outcome=why)
            work.attempts.save(ended)


def _close_conversation(work: Work, case: Case, now: datetime) -> None:
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.closed_at is None:
        work.conversations.save(replace(talk, closed_at=now, updated_at=now))


def _is_coded(work: Work, case: Case) -> bool:
    talk = work.conversations.of_case(case.id)
    return talk is not None and talk.talk.code is not None


def _answered(work: Work, attempts: list[Attempt], now: datetime) -> list[Attempt]:
    """``attempts`` once the live one is answered."""
    live = live_attempt(attempts)
    if live is None:
        return attempts
    done = replace(live, state=AttemptState.ANSWERED, ended_at=now, outcome="answered")
    work.attempts.save(done)
    return [done if each is live else each for each in attempts]


def _arrived(work: Work, case: Case, now: datetime, why: str) -> None:
    """Whoever answers has our ask: one that was unsure is so no longer, and never sent again.

    What we meant to start is cancelled.
    """
    for message in work.messages.of_case(case.id):
        if message.delivery is Delivery.PLANNED and message.kind in WE_START:
            _cancel(work, message, now, why)
        elif message.kind is MessageKind.ASK and message.delivery is Delivery.UNSURE:
            known = replace(
                message,
                delivery=Delivery.ACCEPTED,
                accepted_at=message.claimed_at or now,
                detail="replied",
            )
            work.messages.save(known, Delivery.UNSURE)
