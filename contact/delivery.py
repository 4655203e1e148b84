"""Claim, commit, send, record: the one way out of the house."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus
from contact.asking import as_it_opens, open_question, opening_at
from contact.case import Case, CaseState, Disposition
from contact.consent import Purpose
from contact.conversation import Talk
from contact.desk import Desk, handed
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.gate import (
    ALWAYS_SENT,
    RECHECK,
    Answer,
    Situation,
    Verdict,
    may_contact,
    start_of_month,
)
from contact.hours import london_day, start_of_day
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.opening import LIVE, end_case, look_again
from contact.outcome import Claimed
from contact.ports import Work
from contact.school import School
from contact.sending_again import send_again
from contact.standing import ChannelStop
from contact.withdrawal import has_stopped

log = logging.getLogger(__name__)

#: When a message is looked at again whose school is not in the settings.
_NO_SCHOOL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claims:
    """What was claimed, and how many planned messages were looked at."""

    claimed: tuple[Claimed, ...]
    seen: int


def claim_planned(
    work: Work, now: datetime, room: int, desk: Desk, only: Sequence[UUID] | None = None
) -> Claims:
    """Claim at most ``room`` messages (of ``only``) that may leave now; each passes the gate.

    What may not leave is moved on or cancelled, with its reason in the log.
    """
    stops = work.house.stops()
    for stop in stops.values():
        if stop.rests(now):
            # At one stroke: an outage must not cost a look at each message for each rest.
            waiting = work.messages.put_off(stop.channel, now, stop.retry_at or now + RECHECK)
            log.info("gate: %s rests, %s messages wait", stop.channel, waiting)
    planned = work.messages.planned(now, room, only)
    claims = (_consider(work, message, stops, desk, now) for message in planned)
    return Claims(tuple(each for each in claims if each is not None), len(planned))


def still_wanted(work: Work, which: UUID, now: datetime) -> bool:
    """Whether nobody said stop between the claim and now, and the claim still stands."""
    message = work.messages.get(which)
    if message is None or message.delivery is not Delivery.SENDING:
        return False
    in_time = message.lease_until is None or now < message.lease_until
    return in_time and _is_welcome(work, message)


def withhold(work: Work, which: UUID, now: datetime) -> None:
    """A stop came after the claim, or the claim ran out: the message never left.

    What only came too late is said again. Where it was an ask and its case
    goes on, the clock finds it another way.
    """
    work.alumni.lock_recipient(which)
    message = work.messages.get(which)
    if message is None or message.delivery is not Delivery.SENDING:
        return
    welcome = _is_welcome(work, message)
    why = "too_late" if welcome else "stopped"
    gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail=why)
    if not work.messages.save(gone, Delivery.SENDING):
        return
    if message.kind is not MessageKind.ASK:
        if welcome:
            send_again(work, message, now, now)
        return
    case = work.cases.get(message.case) if message.case is not None else None
    if case is not None and case.state is not CaseState.ENDED:
        look_again(work, case, now)


def _is_welcome(work: Work, message: Message) -> bool:
    """Whether nobody has said stop, or that it is not them, since the claim."""
    if message.alumnus is None or message.kind in ALWAYS_SENT:
        return message.alumnus is not None
    address = work.addresses.get(message.address) if message.address else None
    return address is not None and address.usable and not has_stopped(work, message.alumnus)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message as it would leave: who gets it where, for which case; an ask's ``opening``."""

    message: Message
    address: Address | None
    case: Case | None
    person: Alumnus
    school: School
    opening: Talk | None


def _consider(
    work: Work,
    message: Message,
    stops: Mapping[ChannelName, ChannelStop],
    desk: Desk,
    now: datetime,
) -> Claimed | None:
    letter = _addressed(work, message, desk, now)
    if letter is None:
        return None
    facts = _situation(work, letter, stops.get(letter.message.channel), desk, now)
    verdict = may_contact(facts, letter.school, now)
    if verdict.answer is Answer.YES and letter.opening is not None:
        verdict = open_question(work, letter.case, letter.address, letter.opening, now)
    log.info("gate: message %s: %s, %s", message.id, verdict.answer, verdict.reason)
    if verdict.answer is Answer.YES and letter.address is not None:
        return _claim(work, letter.message, letter.address, desk, now)
    _not_now(work, letter, message, verdict, now)
    return None


def _addressed(work: Work, message: Message, desk: Desk, now: datetime) -> _Letter | None:
    """The message ready to leave; None where nobody is there to get it, or to send it."""
    person = work.alumni.get(message.alumnus) if message.alumnus else None
    if person is None:
        _cancel(work, message, "no_recipient", now)
        return None
    work.alumni.lock(person.id)
    school = desk.schools.get(message.school or "")
    if school is None:
        _later(work, message, Verdict(Answer.LATER, "no_school", now + _NO_SCHOOL), now)
        return None
    case = work.cases.get(message.case) if message.case is not None else None
    address = _address(work, message, desk)
    opening = None
    if message.kind is MessageKind.ASK:
        opening = opening_at(work, case, address, desk, now)
        message = as_it_opens(message, opening)
    worded = _worded(message, address, person, school, desk)
    return _Letter(worded, address, case, person, school, opening)


def _address(work: Work, message: Message, desk: Desk) -> Address | None:
    """The planned address, or for an ask another that works now, the ones that fail last."""
    planned = work.addresses.get(message.address) if message.address else None
    if message.kind is not MessageKind.ASK or message.alumnus is None:
        return planned
    known = work.addresses.of(message.alumnus)
    usable = [each for each in known if each.usable and each.channel in desk.channels]
    if planned in usable:
        return planned
    return min(
        usable, key=lambda each: (each.standing is Standing.FAILING, each.position), default=planned
    )


def _worded(
    message: Message, address: Address | None, person: Alumnus, school: School, desk: Desk
) -> Message:
    """The message in the words, and of the length, that its channel asks for."""
    if address is None:
        return message
    text = message.text
    if text is None or address.channel is not message.channel:
        text = desk.words.render(message.line, facts_of(person, school), address.channel)
    return replace(
        message,
        address=address.id,
        channel=address.channel,
        text=text,
        segments=desk.words.segments(text),
    )


def _situation(
    work: Work, letter: _Letter, stop: ChannelStop | None, desk: Desk, now: datetime
) -> Situation:
    message, person, school = letter.message, letter.person, letter.school
    ours = message.kind in WE_START
    consent = work.consents.live(person.id, Purpose.TRACKING) if ours else None
    priced = ours and message.channel is ChannelName.SMS and school.monthly_budget_pence > 0
    spent = work.messages.segments_since(school.id, start_of_month(now)) if priced else 0
    today = start_of_day(london_day(now))
    return Situation(
        message=message,
        address=letter.address,
        case=letter.case,
        consent_until=consent.until if consent else None,
        stopped=not ours and has_stopped(work, person.id),
        held=person.held_since is not None,
        paused=ours and work.flags.pausing(person.id),
        over=_is_over(work, message),
        stop=stop,
        configured=desk.channels,
        asked_today=work.messages.asked_since(school.id, today) if ours else 0,
        spent_pence=spent * school.segment_pence,
        cost_pence=message.segments * school.segment_pence if priced else 0,
        guests=desk.guests,
    )


def _is_over(work: Work, message: Message) -> bool:
    """Whether the try that an ask belongs to has been answered, counted or cancelled."""
    if message.kind is not MessageKind.ASK or message.case is None:
        return False
    tries = work.attempts.of(message.case)
    return all(each.number != message.attempt or each.state not in LIVE for each in tries)


def _claim(
    work: Work, message: Message, address: Address, desk: Desk, now: datetime
) -> Claimed | None:
    claimed = replace(
        message,
        delivery=Delivery.SENDING,
        lease_until=now + desk.lease,
        claimed_at=now,
        detail=None,
    )
    if not work.messages.save(claimed, Delivery.PLANNED):
        return None
    return handed(claimed, address, desk)


def facts_of(person: Alumnus, school: School) -> dict[str, str]:
    """What every wording may use."""
    return {
        "first_name": person.profile.first_name,
        "school": school.short_name,
        "careers_contact": school.careers_contact,
        "safeguarding_contact": school.safeguarding_contact,
    }


def _not_now(
    work: Work, letter: _Letter, message: Message, verdict: Verdict, now: datetime
) -> None:
    if verdict.answer is Answer.LATER:
        _later(work, message, verdict, now)
        if verdict.reason == "budget":
            _say_that_it_is_spent(work, letter.school, now)
        return
    _cancel(work, message, verdict.reason, now)
    if letter.case is None or message.kind is not MessageKind.ASK:
        return
    if verdict.reason in ("no_consent", "consent_ended"):
        end_case(work, letter.case, Disposition.OTHER, "consent_ended", now)
    elif verdict.reason not in ("case_ended", "try_over"):
        look_again(work, letter.case, now)


def _later(work: Work, message: Message, verdict: Verdict, now: datetime) -> None:
    at = verdict.at or now + RECHECK
    work.messages.save(replace(message, not_before=at, detail=verdict.reason), Delivery.PLANNED)


def _say_that_it_is_spent(work: Work, school: School, now: datetime) -> None:
    """Staff learn once a month that the budget holds texts back."""
    month = f"{london_day(now):%Y-%m}"
    subject = f"budget:{school.id}:{month}"
    raise_flag(work, FlagKind.CHANNEL_DOWN, school, now, subject=subject, detail="budget")


def _cancel(work: Work, message: Message, why: str, now: datetime) -> None:
    gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail=why)
    work.messages.save(gone, Delivery.PLANNED)
