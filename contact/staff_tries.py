"""The tries that staff make themselves: a call, a letter, an e-mail, a word at an event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus
from contact.attempt import Attempt, AttemptState
from contact.audit import Deed
from contact.case import Case
from contact.desk import Desk
from contact.disowning import disown
from contact.errors import NotAllowed
from contact.message import Delivery, MessageKind
from contact.opening import cancel_planned, live_attempt, look_again
from contact.orders import school_of
from contact.ports import Work
from contact.recording import Known, check, finish
from contact.taking_back import take_back
from contact.withdrawal import schools_of, stop_endpoint, withdraw

#: What staff can try by, and which of our addresses that reaches.
REACHES: dict[ChannelName, tuple[ChannelName, ...]] = {
    ChannelName.PHONE: (ChannelName.PHONE, ChannelName.SMS, ChannelName.WHATSAPP),
    ChannelName.LETTER: (ChannelName.LETTER,),
    ChannelName.EMAIL: (ChannelName.EMAIL,),
    ChannelName.EVENT: (),
}


class TryOutcome(StrEnum):
    """How a try made by staff ended; a letter that was sent is ``no_answer`` until one comes."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    WRONG_PERSON = "wrong_person"


@dataclass(frozen=True, slots=True)
class StaffTry:
    """A try as staff tell it: ``at`` is when it was made, ``known`` what was answered."""

    channel: ChannelName
    outcome: TryOutcome
    at: datetime
    by: str
    known: Known | None = None
    note: str | None = None

    def __repr__(self) -> str:
        return f"StaffTry({self.channel}, {self.outcome})"


@dataclass(frozen=True, slots=True)
class Logged:
    """What became of it: the case and, where the try took a number, which."""

    case: int
    number: int | None


def log_try(work: Work, person: Alumnus, made: StaffTry, desk: Desk, now: datetime) -> Logged:
    """Count a try made by staff, and do what its outcome asks for.

    It takes the number of a planned try, whose message is then not sent, else
    the next. An answer ends the case; a refusal ends it and all contact; the
    last try in vain leaves it to the clock to end it, once no other try waits
    for an answer. NotAllowed where no case is open or no number is left.
    """
    work.alumni.lock(person.id)
    case = work.cases.current(person.id)
    if case is None:
        raise NotAllowed(f"No case of {person.reference} is open: there is no try to log.")
    _check(made, case, now)
    attempt = _take_number(work, case, made, now)
    _OUTCOMES[made.outcome](work, person, case, made, desk, now)
    detail = f"{made.channel}: {made.outcome}"
    subject = f"case:{case.id}"
    deed = Deed(now, made.by, "log_try", person.id, subject, detail, made.note)
    work.audit.write(deed)
    return Logged(case.id, attempt.number if attempt else None)


def _check(made: StaffTry, case: Case, now: datetime) -> None:
    answered = made.outcome is TryOutcome.ANSWERED
    if made.channel not in REACHES:
        raise NotAllowed(
            f"{made.channel} is the service's own: staff try by phone, letter, email or event."
        )
    if answered and made.known is None:
        raise NotAllowed("An answer needs its activity code: add --code, such as --code 230.")
    if not answered and made.known is not None:
        raise NotAllowed(
            f"An activity code goes with the outcome answered, not with {made.outcome}."
        )
    if made.known is not None:
        check(made.known)
    if made.at > now:
        raise NotAllowed("That is in the future: log a try once it was made.")
    if made.at < case.opened_at:
        raise NotAllowed(f"That was before case {case.id} opened: a try counts for its own case.")


def _take_number(work: Work, case: Case, made: StaffTry, now: datetime) -> Attempt | None:
    """Store the try under its number; None where all are taken and it changes none of them."""
    attempts = work.attempts.of(case.id)
    planned = next((each for each in attempts if _may_be_taken(work, each)), None)
    number = planned.number if planned else len(attempts) + 1
    if number > case.terms.tries:
        if made.outcome in (TryOutcome.NO_ANSWER, TryOutcome.WRONG_PERSON):
            raise NotAllowed(f"All {case.terms.tries} tries of case {case.id} are taken already.")
        return None
    cancel_planned(work, case, (MessageKind.ASK, MessageKind.NUDGE), now, "staff_try")
    counted = Attempt(
        case=case.id,
        number=number,
        state=_STATES[made.outcome],
        planned_for=made.at,
        channel=str(made.channel),
        asked_at=made.at,
        ended_at=now,
        outcome=str(made.outcome),
        by=made.by,
    )
    (work.attempts.save if planned else work.attempts.plan)(counted)
    return counted


def _may_be_taken(work: Work, attempt: Attempt) -> bool:
    """Whether a try is planned and its ask is still in our hands."""
    return attempt.state is AttemptState.PLANNED and not any(
        each.kind is MessageKind.ASK
        and each.attempt == attempt.number
        and each.delivery in (Delivery.SENDING, Delivery.UNSURE)
        for each in work.messages.of_case(attempt.case)
    )


def _answered(
    work: Work, person: Alumnus, case: Case, made: StaffTry, desk: Desk, now: datetime
) -> None:
    assert made.known is not None  # noqa: S101  it has been checked
    finish(work, case, made.known, made.by, now, None)


def _no_answer(
    work: Work, person: Alumnus, case: Case, made: StaffTry, desk: Desk, now: datetime
) -> None:
    """The clock looks at once, unless another try still waits for its answer."""
    waiting = live_attempt(work.attempts.of(case.id))
    if waiting is None:
        look_again(work, case, now)


def _refused(
    work: Work, person: Alumnus, case: Case, made: StaffTry, desk: Desk, now: datetime
) -> None:
    """They want no more of it: what was used is closed, and all contact ends."""
    for address in _reached(work, person, made.channel):
        sharing = schools_of(work, address.endpoint, desk.schools)
        stop_endpoint(work, address.endpoint, person.id, sharing, now)
    withdraw(
        work,
        person.id,
        school_of(desk.schools, person),
        now,
        f"told staff by {made.channel}",
        made.by,
    )


def _wrong_person(
    work: Work, person: Alumnus, case: Case, made: StaffTry, desk: Desk, now: datetime
) -> None:
    """A stranger answered: the address that was used first is not theirs."""
    for address in _reached(work, person, made.channel)[:1]:
        disown(work, address, now)
        take_back(work, address, case, now)
    _no_answer(work, person, case, made, desk, now)


def _reached(work: Work, person: Alumnus, channel: ChannelName) -> list[Address]:
    """The addresses a try by ``channel`` may have reached, in the order of use."""
    known = work.addresses.of(person.id)
    gone = (Standing.NOT_THEIRS, Standing.DEAD)
    return [
        each for each in known if each.channel in REACHES[channel] and each.standing not in gone
    ]


_STATES = {
    TryOutcome.ANSWERED: AttemptState.ANSWERED,
    TryOutcome.NO_ANSWER: AttemptState.FAILED,
    TryOutcome.REFUSED: AttemptState.CANCELLED,
    TryOutcome.WRONG_PERSON: AttemptState.FAILED,
}
_OUTCOMES = {
    TryOutcome.ANSWERED: _answered,
    TryOutcome.NO_ANSWER: _no_answer,
    TryOutcome.REFUSED: _refused,
    TryOutcome.WRONG_PERSON: _wrong_person,
}
