"""What a gateway's answer does to the message, its attempt and the address."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from contact.address import Address, ChannelName, Standing
from contact.attempt import Attempt
from contact.case import Case
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.hours import deadline
from contact.message import Delivery, Message, MessageKind, may_move
from contact.opening import begin_waiting, fail, heard_from, put_back
from contact.outcome import Accepted, Fault, Outcome, Receipt, Refused, Unsure
from contact.ports import Work
from contact.school import School, Schools
from contact.standing import ChannelStop
from contact.withdrawal import stop_endpoint, withdraw

#: Temporary failures in a row that make an endpoint dead, by fault.
DEAD_AT = {Fault.FAILING: 3, Fault.BLOCKED: 2}
#: How long a channel rests when the fault is ours and staff must mend it.
MEND = timedelta(hours=1)
_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(minutes=30)
#: So many rests in a row and staff are told that the channel is down.
_DOWN_AT = 5


@dataclass(frozen=True, slots=True)
class _Matter:
    """A message with what it belongs to."""

    message: Message
    case: Case | None
    attempt: Attempt | None
    address: Address | None
    school: School | None


def record(work: Work, which: UUID, outcome: Outcome, now: datetime, schools: Schools) -> None:
    """Record what became of a message that was handed over.

    Harmless where somebody settled it meanwhile: a receipt may be faster than
    the gateway's own answer.
    """
    matter = _matter(work, which, schools)
    if matter is None or matter.message.delivery not in (Delivery.SENDING, Delivery.UNSURE):
        return
    if isinstance(outcome, Accepted):
        _accepted(work, matter, outcome.provider_id, Delivery.ACCEPTED, now)
    elif isinstance(outcome, Unsure):
        unsure(work, matter.message, now, outcome.why, schools)
    else:
        _refused(work, matter, outcome, now, schools)


def unsure(work: Work, message: Message, now: datetime, why: str, schools: Schools) -> bool:
    """Nobody can tell whether it left; False where it moved meanwhile."""
    changed = replace(
        message, delivery=Delivery.UNSURE, unsure_since=now, lease_until=None, detail=why
    )
    if message.delivery is not Delivery.SENDING or not work.messages.save(
        changed, message.delivery
    ):
        return False
    matter = _matter(work, message.id, schools)
    if matter is not None and matter.case is not None and matter.attempt is not None:
        begin_waiting(work, matter.case, matter.attempt, changed)
    return True


def settle_receipt(
    work: Work,
    which: UUID | None,
    channel: ChannelName,
    receipt: Receipt,
    now: datetime,
    schools: Schools,
) -> None:
    """Apply a receipt: forward only, so late, repeated and shuffled ones end the same.

    One for a message nobody knows is kept, and changes nothing.
    """
    message = work.messages.get(which) if which else None
    message = message or work.messages.by_provider(channel, receipt.provider_id)
    ours = message.id if message else which
    work.messages.keep_receipt(ours, receipt.provider_id, receipt.status, receipt.code, now)
    if message is None or message.provider_id not in (None, receipt.provider_id):
        return
    state = Delivery(receipt.state)
    matter = _matter(work, message.id, schools)
    if matter is None or not may_move(message.delivery, state):
        return
    if state in (Delivery.ACCEPTED, Delivery.DELIVERED):
        _accepted(work, matter, receipt.provider_id, state, now)
    else:
        named = replace(matter, message=replace(message, provider_id=receipt.provider_id))
        refusal = Refused(receipt.fault or Fault.UNKNOWN, receipt.code or receipt.status)
        _refused(work, named, refusal, now, schools)


def _matter(work: Work, which: UUID, schools: Schools) -> _Matter | None:
    message = work.messages.get(which)
    if message is None:
        return None
    case = work.cases.get(message.case) if message.case is not None else None
    attempt = None
    if case is not None and message.kind is MessageKind.ASK:
        tries = work.attempts.of(case.id)
        attempt = next((each for each in tries if each.number == message.attempt), None)
    address = work.addresses.get(message.address) if message.address else None
    return _Matter(message, case, attempt, address, schools.get(message.school or ""))


def _accepted(
    work: Work, matter: _Matter, provider_id: str, state: Delivery, now: datetime
) -> None:
    message = matter.message
    changed = replace(
        message,
        delivery=state,
        provider_id=provider_id,
        accepted_at=message.accepted_at or now,
        settled_at=now if state is Delivery.DELIVERED else None,
        lease_until=None,
    )
    if not work.messages.save(changed, message.delivery):
        return
    if message.accepted_at is None:
        work.house.resume(message.channel)
        if matter.case is not None and matter.attempt is not None and not matter.attempt.asked_at:
            begin_waiting(work, matter.case, matter.attempt, changed)
        elif matter.case is not None and message.kind is MessageKind.APPOINTMENT:
            heard_from(work, matter.case, now, deadline(now, matter.case.terms.reply_days))
    if state is Delivery.DELIVERED and matter.address and matter.address.usable:
        work.addresses.stands(matter.address.id, Standing.WORKS)


def _refused(
    work: Work, matter: _Matter, refusal: Refused, now: datetime, schools: Schools
) -> None:
    theirs = refusal.fault in _RECIPIENTS
    message = matter.message
    changed = replace(
        message,
        delivery=Delivery.UNDELIVERABLE if theirs else Delivery.FAILED,
        code=refusal.code,
        detail=str(refusal.fault),
        settled_at=now,
        lease_until=None,
    )
    if not work.messages.save(changed, message.delivery):
        return
    settled = replace(matter, message=changed)
    if theirs:
        _RECIPIENTS[refusal.fault](work, settled, refusal, now, schools)
    elif refusal.fault is Fault.UNKNOWN:
        _unknown_code(work, settled, refusal, now)
    else:
        _rest(work, settled, refusal, now)
        _send_again(work, settled, now)


def _dead(work: Work, matter: _Matter, _: Refused, now: datetime, __: Schools) -> None:
    if matter.address is not None:
        work.addresses.endpoint_stands(matter.address.endpoint, Standing.DEAD)
    _count(work, matter, "dead", now)


def _failing(work: Work, matter: _Matter, refusal: Refused, now: datetime, _: Schools) -> None:
    address = matter.address
    if address is not None:
        failures = address.failures + 1
        work.addresses.stands(address.id, Standing.FAILING, failures)
        if failures >= DEAD_AT[refusal.fault]:
            work.addresses.endpoint_stands(address.endpoint, Standing.DEAD)
    _count(work, matter, "failing", now)


def _gone(work: Work, matter: _Matter, _: Refused, now: datetime, __: Schools) -> None:
    message = matter.message
    if matter.address is not None:
        work.addresses.stands(matter.address.id, Standing.OPTED_OUT)
    raise_flag(
        work,
        FlagKind.TELEGRAM_BLOCKED,
        matter.school,
        now,
        alumnus=message.alumnus,
        case=message.case,
        subject=f"telegram_blocked:{message.address}",
    )
    _count(work, matter, "gone", now)


def _opted_out(
    work: Work, matter: _Matter, refusal: Refused, now: datetime, schools: Schools
) -> None:
    message = matter.message
    if matter.address is None or message.alumnus is None or matter.school is None:
        return
    stop_endpoint(
        work,
        matter.address.endpoint,
        message.alumnus,
        schools_of(work, matter.address.endpoint, schools),
        now,
    )
    withdraw(work, message.alumnus, matter.school, now, f"gateway {refusal.code}", "gateway")


def _unknown_code(work: Work, matter: _Matter, refusal: Refused, now: datetime) -> None:
    message = matter.message
    raise_flag(
        work,
        FlagKind.UNKNOWN_CODE,
        matter.school,
        now,
        alumnus=message.alumnus,
        case=message.case,
        subject=f"unknown_code:{message.channel}:{refusal.code}",
        detail=refusal.code,
    )
    if matter.case is not None and matter.attempt is not None and not matter.attempt.asked_at:
        begin_waiting(work, matter.case, matter.attempt, message)


_RECIPIENTS = {
    Fault.DEAD: _dead,
    Fault.FAILING: _failing,
    Fault.BLOCKED: _failing,
    Fault.GONE: _gone,
    Fault.OPTED_OUT: _opted_out,
}


def schools_of(work: Work, endpoint: UUID, schools: Schools) -> dict[UUID, School]:
    """The school of everybody who shares an endpoint."""
    people = (work.alumni.get(who) for who in work.addresses.sharers(endpoint))
    return {each.id: schools[each.school] for each in people if each and each.school in schools}


def _count(work: Work, matter: _Matter, outcome: str, now: datetime) -> None:
    if matter.case is not None and matter.attempt is not None:
        fail(work, matter.case, matter.attempt, outcome, now)


def _rest(work: Work, matter: _Matter, refusal: Refused, now: datetime) -> None:
    """Nothing more by this channel for a while; staff are told once where it lasts."""
    channel = matter.message.channel
    before = work.house.stops().get(channel)
    failures = before.failures + 1 if before else 1
    if refusal.fault is Fault.OURS:
        pause = MEND
    elif refusal.retry_after is not None:
        pause = timedelta(seconds=refusal.retry_after)
    else:
        pause = min(_FIRST_REST * 2 ** (failures - 1), _LONGEST_REST)
    jitter = pause * (matter.message.id.int % 256) / 1024
    work.house.stop(ChannelStop(channel, now, now + pause + jitter, refusal.code, failures))
    if refusal.fault is Fault.OURS or failures >= _DOWN_AT:
        raise_flag(
            work,
            FlagKind.CHANNEL_DOWN,
            None,
            now,
            subject=f"channel_down:{channel}",
            detail=refusal.code,
        )


def _send_again(work: Work, matter: _Matter, now: datetime) -> None:
    """Nothing of it counts: another message takes its place, when the channel goes on."""
    stop = work.house.stops().get(matter.message.channel)
    at = stop.retry_at if stop and stop.retry_at else now
    send_again(work, matter.message, at, now)
    if matter.case is not None and matter.attempt is not None:
        put_back(work, matter.case, matter.attempt, at)


def send_again(work: Work, message: Message, at: datetime, now: datetime) -> bool:
    """Plan the same message once more, as a new one that says what it repeats."""
    return work.messages.plan(
        replace(
            message,
            id=uuid4(),
            delivery=Delivery.PLANNED,
            created_at=now,
            not_before=at,
            in_reply_to=None,
            resend_of=message.id,
            lease_until=None,
            claimed_at=None,
            accepted_at=None,
            unsure_since=None,
            settled_at=None,
            provider_id=None,
            code=None,
            detail=None,
        )
    )
