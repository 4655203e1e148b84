"""What a gateway's answer, or its receipt, does to the message, its try and the address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.errors import StorageUnavailable
from contact.matter import Matter, matter_of
from contact.message import Delivery, Message, MessageKind, may_move
from contact.opening import be_patient, begin_waiting, waiting
from contact.outbox import Handed
from contact.outcome import Accepted, Fault, Outcome, Receipt, Refused, Unsure
from contact.ports import Work
from contact.refusal import refused
from contact.school import Schools
from contact.sending_again import goes_on

#: How a message that was unsure became known to have left.
SEEN_IN_RECEIPT = "seen_in_receipt"
SEEN_IN_LIST = "seen_in_list"


def record(
    work: Work, outcomes: Sequence[tuple[UUID, Outcome]], now: datetime, schools: Schools
) -> None:
    """Record what became of messages that were handed over, in this order.

    Harmless where somebody settled one meanwhile: a receipt may be faster than
    the gateway's own answer. What was accepted is recorded in one go.
    """
    for taken, group in groupby(outcomes, key=lambda each: isinstance(each[1], Accepted)):
        if taken:
            _taken(work, dict(group), now, schools)
            continue
        for which, outcome in group:
            _settle(work, which, outcome, now, schools)


def _settle(work: Work, which: UUID, outcome: Outcome, now: datetime, schools: Schools) -> None:
    """Record what became of one message."""
    matter = matter_of(work, which, schools)
    if matter is None or matter.message.delivery not in (Delivery.SENDING, Delivery.UNSURE):
        return
    if isinstance(outcome, Accepted):
        _accepted(work, matter, outcome.provider_id, Delivery.ACCEPTED, now, None)
    elif isinstance(outcome, Unsure):
        unsure(work, matter.message, now, outcome.why, schools)
    else:
        refused(work, matter, outcome, now, schools)


def _taken(work: Work, outcomes: Mapping[UUID, Outcome], now: datetime, schools: Schools) -> None:
    """Record many that a gateway took; those of which more is to be said, one by one."""
    theirs = {
        which: outcome.provider_id
        for which, outcome in outcomes.items()
        if isinstance(outcome, Accepted)
    }
    found = work.outbox.handed(list(theirs))
    usual = [each for each in found if _is_usual(each.message)]
    names = _names(work, [each.message for each in usual], theirs)
    gone = [replace(each, message=_gone(each.message, names, now)) for each in usual]
    if not work.outbox.settle([each.message for each in gone]):
        raise StorageUnavailable("A message moved while it was recorded: it is looked up again.")
    for channel in {each.message.channel for each in gone}:
        goes_on(work, channel, now)
    _await_answers(work, gone)
    for each in found:
        if not _is_usual(each.message):
            which = each.message.id
            _settle(work, which, outcomes[which], now, schools)


def _is_usual(message: Message) -> bool:
    """Whether all that follows its being taken is that its try waits."""
    return message.delivery is Delivery.SENDING and message.kind is not MessageKind.APPOINTMENT


def _names(
    work: Work, messages: Sequence[Message], theirs: Mapping[UUID, str]
) -> dict[UUID, str | None]:
    """The gateway's id of each message; None where another goes by it already."""
    used: dict[ChannelName, set[str]] = {}
    for channel in {each.channel for each in messages}:
        asked = [theirs[each.id] for each in messages if each.channel is channel]
        used[channel] = work.outbox.known(channel, asked)
    names: dict[UUID, str | None] = {}
    for each in messages:
        name = theirs[each.id]
        names[each.id] = None if name in used[each.channel] else name
        used[each.channel].add(name)
    return names


def _gone(message: Message, names: Mapping[UUID, str | None], now: datetime) -> Message:
    return replace(
        message,
        delivery=Delivery.ACCEPTED,
        provider_id=names[message.id],
        accepted_at=now,
        lease_until=None,
        detail=None,
    )


def _await_answers(work: Work, gone: Sequence[Handed]) -> None:
    """The tries of asks that left wait from now on."""
    moves = [
        waiting(each.case, each.attempt, each.message)
        for each in gone
        if each.case and each.attempt and each.attempt.state is AttemptState.PLANNED
    ]
    waits = [each for each in moves if each is not None]
    work.outbox.move([attempt for attempt, _ in waits], [case for _, case in waits])


def unsure(work: Work, message: Message, now: datetime, why: str, schools: Schools) -> bool:
    """Nobody can tell whether it left; False where it moved meanwhile."""
    matter = matter_of(work, message.id, schools)
    if matter is None or matter.message.delivery is not Delivery.SENDING:
        return False
    changed = replace(
        matter.message, delivery=Delivery.UNSURE, unsure_since=now, lease_until=None, detail=why
    )
    if not work.messages.save(changed, Delivery.SENDING):
        return False
    _await_answer(work, matter, changed)
    return True


def settle_receipt(
    work: Work,
    which: UUID | None,
    channel: ChannelName,
    receipt: Receipt,
    now: datetime,
    schools: Schools,
    evidence: str = SEEN_IN_RECEIPT,
) -> None:
    """Apply a receipt: forward only, so late, repeated and shuffled ones end the same.

    One for a message nobody knows is kept, and changes nothing. ``evidence``
    is kept with a message that was unsure until now.
    """
    message = work.messages.get(which) if which else None
    message = message or work.messages.by_provider(channel, receipt.provider_id)
    ours = message.id if message else which
    work.messages.keep_receipt(ours, receipt.provider_id, receipt.status, receipt.code, now)
    matter = matter_of(work, message.id, schools) if message else None
    if matter is None or matter.message.provider_id not in (None, receipt.provider_id):
        return
    message, state = matter.message, Delivery(receipt.state)
    if not may_move(message.delivery, state):
        return
    if state in (Delivery.ACCEPTED, Delivery.DELIVERED):
        _accepted(work, matter, receipt.provider_id, state, now, evidence)
        return
    # A receipt, even a bad one, proves that the gateway had taken the message.
    taken = replace(
        message,
        provider_id=_their_id(work, message, receipt.provider_id),
        accepted_at=message.accepted_at or now,
    )
    refusal = Refused(receipt.fault or Fault.UNKNOWN, receipt.code or receipt.status)
    refused(work, replace(matter, message=taken), refusal, now, schools)


def _accepted(
    work: Work,
    matter: Matter,
    provider_id: str,
    state: Delivery,
    now: datetime,
    evidence: str | None,
) -> None:
    message = matter.message
    changed = replace(
        message,
        delivery=state,
        provider_id=_their_id(work, message, provider_id),
        accepted_at=message.accepted_at or now,
        settled_at=now if state is Delivery.DELIVERED else None,
        lease_until=None,
        detail=evidence if message.delivery is Delivery.UNSURE else None,
    )
    if not work.messages.save(changed, message.delivery):
        return
    if message.accepted_at is None:
        goes_on(work, message.channel, now)
        _await_answer(work, matter, changed)
    if state is Delivery.DELIVERED and matter.address and matter.address.usable:
        work.addresses.stands(matter.address.id, Standing.WORKS)


def _await_answer(work: Work, matter: Matter, message: Message) -> None:
    """It left, or may have: from then on an ask waits, and an appointment is waited for."""
    if matter.case is None:
        return
    if matter.attempt is not None:
        if matter.attempt.state is AttemptState.PLANNED:
            begin_waiting(work, matter.case, matter.attempt, message)
    elif message.kind is MessageKind.APPOINTMENT:
        said = message.accepted_at or message.claimed_at or message.created_at
        be_patient(work, matter.case, said)


def _their_id(work: Work, message: Message, provider_id: str) -> str | None:
    """The gateway's id for a message; None where another message was taken for that one.

    Two texts alike to one number may be mistaken for each other in the
    gateway's list: each arrived, whichever name it goes by.
    """
    other = work.messages.by_provider(message.channel, provider_id)
    return provider_id if other is None or other.id == message.id else None
