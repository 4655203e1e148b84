"""Claim, commit, send, record: the one way out of the house."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from contact.address import Address, Standing
from contact.alumnus import Alumnus
from contact.case import Case, Disposition
from contact.consent import Purpose
from contact.conversation import Conversation
from contact.desk import Desk
from contact.gate import Answer, Situation, Verdict, may_contact, start_of_month
from contact.hours import london_day, start_of_day
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.opening import end_case, look_again
from contact.outcome import Claimed
from contact.ports import Work
from contact.school import School
from contact.standing import ChannelStop

log = logging.getLogger(__name__)

#: How long a message waits for another conversation on the same phone.
_BUSY_NUMBER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claims:
    """What was claimed, and how many planned messages were looked at."""

    claimed: tuple[Claimed, ...]
    seen: int


def claim_planned(work: Work, now: datetime, room: int, desk: Desk) -> Claims:
    """Claim at most ``room`` messages that may leave at ``now``; each passes the gate.

    What may not leave is moved on or cancelled, with its reason in the log.
    """
    stops = work.house.stops()
    planned = work.messages.planned(now, room)
    claims = (
        _consider(work, message, stops.get(message.channel), desk, now) for message in planned
    )
    return Claims(tuple(each for each in claims if each is not None), len(planned))


def still_wanted(work: Work, which: UUID, now: datetime) -> bool:
    """Whether nobody said stop between the claim and now, and the claim still stands."""
    message = work.messages.get(which)
    if message is None or message.delivery is not Delivery.SENDING or message.alumnus is None:
        return False
    if message.lease_until is not None and now >= message.lease_until:
        return False
    if message.kind in (MessageKind.CONFIRMATION, MessageKind.SIGNPOST):
        return True
    address = work.addresses.get(message.address) if message.address else None
    stopped = address is None or address.standing is Standing.OPTED_OUT
    tracked = work.consents.live(message.alumnus, Purpose.TRACKING) is not None
    return not stopped and tracked


def withhold(work: Work, which: UUID, now: datetime) -> None:
    """A stop came after the claim: the message never left."""
    message = work.messages.get(which)
    if message is not None and message.delivery is Delivery.SENDING:
        gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail="stopped")
        work.messages.save(gone, Delivery.SENDING)


def _consider(
    work: Work, message: Message, stop: ChannelStop | None, desk: Desk, now: datetime
) -> Claimed | None:
    school = desk.schools.get(message.school or "")
    person = work.alumni.get(message.alumnus) if message.alumnus else None
    if school is None or person is None:
        _cancel(work, message, "no_recipient", now)
        return None
    work.alumni.lock(person.id)
    case = work.cases.get(message.case) if message.case is not None else None
    address = _address(work, message, desk)
    verdict = may_contact(
        _situation(work, message, address, case, person, stop, school, desk, now), school, now
    )
    if verdict.answer is Answer.YES and message.kind is MessageKind.ASK:
        verdict = _open_talk(work, case, address, desk, now)
    log.info("gate: message %s: %s, %s", message.id, verdict.answer, verdict.reason)
    if verdict.answer is Answer.YES and address is not None:
        return _claim(work, message, address, person, school, desk, now)
    _not_now(work, message, case, verdict, now)
    return None


def _address(work: Work, message: Message, desk: Desk) -> Address | None:
    """The planned address, or for an ask another that works now; asked least goes first."""
    planned = work.addresses.get(message.address) if message.address else None
    if message.kind is not MessageKind.ASK or (planned and planned.usable):
        return planned
    usable = usable_addresses(work, message.alumnus, desk.channels)
    return usable[0] if usable else planned


def usable_addresses(
    work: Work, who: UUID | None, channels: frozenset[str] | frozenset[object]
) -> list[Address]:
    """The addresses the service may send to by ``channels``, the ones that fail last."""
    if who is None:
        return []
    found = [each for each in work.addresses.of(who) if each.usable and each.channel in channels]
    return sorted(found, key=lambda each: (each.standing is Standing.FAILING, each.position))


def _situation(
    work: Work,
    message: Message,
    address: Address | None,
    case: Case | None,
    person: Alumnus,
    stop: ChannelStop | None,
    school: School,
    desk: Desk,
    now: datetime,
) -> Situation:
    ours = message.kind in WE_START
    consent = work.consents.live(person.id, Purpose.TRACKING) if ours else None
    spent = 0
    if ours and school.monthly_budget_pence:
        segments = work.messages.segments_since(school.id, start_of_month(now))
        spent = segments * school.segment_pence
    return Situation(
        message=message,
        address=address,
        case=case,
        consent_until=consent.until if consent else None,
        held=person.held_since is not None,
        paused=ours and work.flags.pausing(person.id),
        stop=stop,
        asked_today=work.messages.asked_since(school.id, start_of_day(london_day(now)))
        if ours
        else 0,
        spent_pence=spent,
        guests=desk.guests,
    )


def _open_talk(
    work: Work, case: Case | None, address: Address | None, desk: Desk, now: datetime
) -> Verdict:
    """The question is open before the text leaves, so that no answer can overtake it."""
    if case is None or address is None:
        return Verdict(Answer.NEVER, "case_ended")
    busy = work.conversations.on(address.endpoint)
    if busy is not None and busy.case != case.id:
        return Verdict(Answer.LATER, "number_in_use", now + _BUSY_NUMBER)
    begun = work.conversations.of_case(case.id)
    if begun is None:
        fresh = Conversation(
            uuid4(), case.alumnus, address.endpoint, case.id, desk.words.opening(), now, now
        )
        opened = work.conversations.open(fresh)
        return (
            Verdict(Answer.YES)
            if opened
            else Verdict(Answer.LATER, "number_in_use", now + _BUSY_NUMBER)
        )
    asked = replace(begun.talk, question=desk.words.opening().question, clarified=0, said=1)
    work.conversations.save(
        replace(begun, endpoint=address.endpoint, talk=asked, updated_at=now, closed_at=None)
    )
    return Verdict(Answer.YES)


def _claim(
    work: Work,
    message: Message,
    address: Address,
    person: Alumnus,
    school: School,
    desk: Desk,
    now: datetime,
) -> Claimed | None:
    text = message.text or desk.words.render(
        message.line, facts_of(person, school), address.channel
    )
    claimed = replace(
        message,
        delivery=Delivery.SENDING,
        address=address.id,
        channel=address.channel,
        text=text,
        segments=desk.words.segments(text),
        lease_until=now + desk.lease,
        claimed_at=now,
    )
    if not work.messages.save(claimed, Delivery.PLANNED):
        return None
    return handed(claimed, address, desk)


def handed(message: Message, address: Address, desk: Desk) -> Claimed:
    """A claimed message as its gateway needs it."""
    return Claimed(
        message=message.id,
        channel=message.channel,
        to=address.value,
        text=message.text or "",
        claimed_at=message.claimed_at or message.created_at,
        callback=desk.callback(message.id),
        choices=desk.words.choices(message.line),
    )


def facts_of(person: Alumnus, school: School) -> dict[str, str]:
    """What every wording may use."""
    return {
        "first_name": person.profile.first_name,
        "school": school.short_name,
        "careers_contact": school.careers_contact,
        "safeguarding_contact": school.safeguarding_contact,
    }


def _not_now(
    work: Work, message: Message, case: Case | None, verdict: Verdict, now: datetime
) -> None:
    if verdict.answer is Answer.LATER:
        later = replace(message, not_before=verdict.at or now + _BUSY_NUMBER, detail=verdict.reason)
        work.messages.save(later, Delivery.PLANNED)
        return
    _cancel(work, message, verdict.reason, now)
    if case is None or message.kind is not MessageKind.ASK:
        return
    if verdict.reason in ("no_consent", "consent_ended"):
        end_case(work, case, Disposition.OTHER, "consent_ended", now)
    else:
        look_again(work, case, now)


def _cancel(work: Work, message: Message, why: str, now: datetime) -> None:
    gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail=why)
    work.messages.save(gone, Delivery.PLANNED)
