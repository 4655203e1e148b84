"""Claim, commit, send, record: the one way out of the house."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contact.address import ChannelName
from contact.asking import first_question, number_in_use
from contact.case import Disposition
from contact.conversation import Conversation
from contact.desk import Desk, handed
from contact.errors import StorageUnavailable
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.gate import RECHECK, Answer, Situation, Verdict, may_contact
from contact.hours import london_day
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.opening import LIVE, end_case, look_again
from contact.outbox import Lane, Letter
from contact.outcome import Claimed
from contact.ports import Work
from contact.rendering import Ready, ready_to_leave
from contact.school import School
from contact.spending import Spent, spent_by
from contact.standing import ChannelStop

log = logging.getLogger(__name__)

#: When a message is looked at again whose school is not in the settings.
_NO_SCHOOL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claims:
    """What was claimed, and how many planned messages were looked at.

    ``held`` is a channel that would have had more to send, but not at its rate.
    """

    claimed: tuple[Claimed, ...]
    seen: int
    held: ChannelName | None = None


def claim_planned(
    work: Work,
    now: datetime,
    room: int,
    desk: Desk,
    only: Sequence[UUID] | None = None,
    lane: Lane | None = None,
    permits: Mapping[ChannelName, int] | None = None,
) -> Claims:
    """Claim at most ``room`` messages (of ``only``, of a ``lane``) that may leave now.

    Each passes the gate; what may not leave is moved on or cancelled, with its
    reason in the log. ``permits`` is how many may leave by each channel (None:
    as many as there are); what they do not reach for stays as it is.
    """
    stops = _stops(work, now)
    letters = work.outbox.letters(work.outbox.due(now, room, only, lane))
    if lane is Lane.BULK:
        letters = _unanswered(work, letters, now)
    found = [_addressed(work, each, desk, now) for each in letters]
    ready = [one for one in found if one is not None]
    judged, held = _judged(work, ready, stops, desk, now, permits)
    for one, verdict in judged:
        log.info("gate: message %s: %s, %s", one.message.id, verdict.answer, verdict.reason)
    claimed = _claim(work, [one for one, each in judged if each.answer is Answer.YES], desk, now)
    # Only now: what is cancelled with a case must not be among the claimed.
    for one, verdict in judged:
        if verdict.answer is not Answer.YES:
            _not_now(work, one, verdict, now)
    return Claims(claimed, len(letters) - len(ready) + len(judged), held)


def _unanswered(work: Work, letters: list[Letter], now: datetime) -> list[Letter]:
    """Without those to people who are owed an answer: it goes before what we start."""
    whom = [each.person.id for each in letters if each.person is not None]
    owed = work.outbox.answered_first(whom, now)
    return [each for each in letters if each.person is None or each.person.id not in owed]


def _stops(work: Work, now: datetime) -> Mapping[ChannelName, ChannelStop]:
    """The channels that rest; what is due by them waits with them."""
    stops = work.house.stops()
    for stop in stops.values():
        if stop.rests(now):
            # At one stroke: an outage must not cost a look at each message for each rest.
            waiting = work.messages.put_off(stop.channel, now, stop.retry_at or now + RECHECK)
            log.info("gate: %s rests, %s messages wait", stop.channel, waiting)
    return stops


def _judged(
    work: Work,
    ready: Sequence[Ready],
    stops: Mapping[ChannelName, ChannelStop],
    desk: Desk,
    now: datetime,
    permits: Mapping[ChannelName, int] | None,
) -> tuple[list[tuple[Ready, Verdict]], ChannelName | None]:
    """What the gate says to each; the questions of those that may leave stand open."""
    spent = spent_by(work, [one.school for one in ready if one.message.kind in WE_START], now)
    phones = work.outbox.busy(one.address.endpoint for one in _asks(ready) if one.address)
    left = dict(permits or {})
    judged, talks, held = [], {}, None
    for one in ready:
        if not left.get(one.message.channel, 1):
            held = one.message.channel
            continue
        facts = _situation(one, stops.get(one.message.channel), spent.get(one.school.id), desk)
        verdict = may_contact(facts, one.school, now)
        if verdict.answer is Answer.YES and one.message.kind is MessageKind.ASK:
            talk = _question(one, phones, now)
            verdict = verdict if talk else number_in_use(now)
            if talk:
                talks[one.message.id] = talk
        if verdict.answer is Answer.YES:
            _count(one, spent, left)
        judged.append((one, verdict))
    lost = _open(work, talks, {one.message.id for one in ready if one.letter.talk is None})
    return [
        (one, number_in_use(now) if one.message.id in lost else each) for one, each in judged
    ], held


def _count(one: Ready, spent: Mapping[str, Spent], left: dict[ChannelName, int]) -> None:
    """One more leaves: for the school's cap and budget, and at the channel's rate."""
    if one.school.id in spent:
        spent[one.school.id].add(one.message)
    if one.message.channel in left:
        left[one.message.channel] -= 1


def _asks(ready: Sequence[Ready]) -> list[Ready]:
    return [one for one in ready if one.message.kind is MessageKind.ASK]


def _question(one: Ready, phones: dict[UUID, int], now: datetime) -> Conversation | None:
    """The conversation with its question open; None while somebody else talks on that phone."""
    case, address = one.letter.case, one.address
    if case is None or address is None or one.opening is None:
        return None
    if phones.setdefault(address.endpoint, case.id) != case.id:
        return None
    return first_question(case, one.letter.talk, address, one.opening, now)


def _open(work: Work, talks: Mapping[UUID, Conversation], fresh: set[UUID]) -> set[UUID]:
    """Open the ``talks`` of asks; those for whom somebody else was faster just now."""
    opened = work.outbox.open([talk for ask, talk in talks.items() if ask in fresh])
    work.outbox.resume([talk for ask, talk in talks.items() if ask not in fresh])
    return {ask for ask, talk in talks.items() if ask in fresh and talk.id not in opened}


def _addressed(work: Work, letter: Letter, desk: Desk, now: datetime) -> Ready | None:
    """The message ready to leave; None where nobody is there to get it, or to send it."""
    message, person = letter.message, letter.person
    if person is None:
        _cancel(work, message, "no_recipient", now)
        return None
    school = desk.schools.get(message.school or "")
    if school is None:
        _later(work, message, Verdict(Answer.LATER, "no_school", now + _NO_SCHOOL), now)
        return None
    return ready_to_leave(work, letter, person, school, desk, now)


def _situation(one: Ready, stop: ChannelStop | None, spent: Spent | None, desk: Desk) -> Situation:
    message, letter, school = one.message, one.letter, one.school
    ours = message.kind in WE_START
    live = next((each for each in letter.tracking if each.withdrawn_at is None), None)
    priced = ours and message.channel is ChannelName.SMS and school.monthly_budget_pence > 0
    return Situation(
        message=message,
        address=one.address,
        case=letter.case,
        consent_until=live.until if live else None,
        stopped=not ours and bool(letter.tracking) and live is None,
        held=letter.person is not None and letter.person.held_since is not None,
        paused=letter.paused,
        over=_is_over(letter),
        stop=stop,
        configured=desk.channels,
        asked_today=spent.asked if spent else 0,
        spent_pence=spent.segments * school.segment_pence if spent else 0,
        cost_pence=message.segments * school.segment_pence if priced else 0,
        guests=desk.guests,
    )


def _is_over(letter: Letter) -> bool:
    """Whether the try that an ask belongs to has been answered, counted or cancelled."""
    message = letter.message
    if message.kind is not MessageKind.ASK or message.case is None:
        return False
    return all(each.number != message.attempt or each.state not in LIVE for each in letter.tries)


def _claim(work: Work, leaving: Sequence[Ready], desk: Desk, now: datetime) -> tuple[Claimed, ...]:
    """Note that the messages are being sent; StorageUnavailable where one moved meanwhile."""
    found = []
    for one in leaving:
        claimed = replace(
            one.message,
            delivery=Delivery.SENDING,
            lease_until=now + desk.lease,
            claimed_at=now,
            detail=None,
        )
        if one.address is not None:
            found.append((claimed, one.address))
    if not work.outbox.claim([claimed for claimed, _ in found]):
        raise StorageUnavailable("A message moved while it was claimed: it is looked at again.")
    return tuple(handed(claimed, address, desk) for claimed, address in found)


def _not_now(work: Work, one: Ready, verdict: Verdict, now: datetime) -> None:
    message, case = one.letter.message, one.letter.case
    if verdict.answer is Answer.LATER:
        _later(work, message, verdict, now)
        if verdict.reason == "budget":
            _say_that_it_is_spent(work, one.school, now)
        return
    _cancel(work, message, verdict.reason, now)
    if case is None or message.kind is not MessageKind.ASK:
        return
    if verdict.reason in ("no_consent", "consent_ended"):
        end_case(work, case, Disposition.OTHER, "consent_ended", now)
    elif verdict.reason not in ("case_ended", "try_over"):
        look_again(work, case, now)


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
