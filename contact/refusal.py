"""What follows when a gateway would not take a message, or could not deliver it."""

from dataclasses import replace
from datetime import datetime

from contact.address import Standing
from contact.attempt import AttemptState
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.matter import Matter
from contact.message import Delivery
from contact.opening import begin_waiting, fail
from contact.outcome import Fault, Refused
from contact.ports import Work
from contact.school import Schools
from contact.sending_again import rest_and_send_again
from contact.withdrawal import schools_of, stop_endpoint, withdraw

#: Temporary failures in a row that make an endpoint dead, by fault.
DEAD_AT = {Fault.FAILING: 3, Fault.BLOCKED: 2}


def refused(work: Work, matter: Matter, refusal: Refused, now: datetime, schools: Schools) -> None:
    """Settle a message that will not arrive, and do what its fault asks for.

    The recipient's fault counts as a failed try and tells us of the address;
    ours, or the gateway's, counts as nothing; a code nobody has classified is
    put before staff, and the try goes on waiting.
    """
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
        rest_and_send_again(work, settled, refusal, now)


def _dead(work: Work, matter: Matter, _: Refused, now: datetime, __: Schools) -> None:
    if matter.address is not None:
        work.addresses.endpoint_stands(matter.address.endpoint, Standing.DEAD)
    _count(work, matter, "dead", matter.message.accepted_at, now)


def _failing(work: Work, matter: Matter, refusal: Refused, now: datetime, _: Schools) -> None:
    address = matter.address
    if address is not None:
        failures = address.failures + 1
        work.addresses.stands(address.id, Standing.FAILING, failures)
        if failures >= DEAD_AT[refusal.fault]:
            work.addresses.endpoint_stands(address.endpoint, Standing.DEAD)
    # The same address is asked again only after the gap, however it was refused.
    asked = matter.message.accepted_at or matter.message.claimed_at
    _count(work, matter, "failing", asked, now)


def _gone(work: Work, matter: Matter, _: Refused, now: datetime, __: Schools) -> None:
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
    _count(work, matter, "gone", message.accepted_at, now)


def _opted_out(
    work: Work, matter: Matter, refusal: Refused, now: datetime, schools: Schools
) -> None:
    """The gateway knows a stop that we lack: it is obeyed as if they had told us."""
    who = matter.message.alumnus
    if matter.address is not None:
        endpoint = matter.address.endpoint
        stop_endpoint(work, endpoint, who, schools_of(work, endpoint, schools), now)
    if who is not None:
        withdraw(work, who, matter.school, now, f"gateway {refusal.code}", "gateway")


def _unknown_code(work: Work, matter: Matter, refusal: Refused, now: datetime) -> None:
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
    attempt = matter.attempt
    if matter.case is not None and attempt and attempt.state is AttemptState.PLANNED:
        begin_waiting(work, matter.case, attempt, message)


_RECIPIENTS = {
    Fault.DEAD: _dead,
    Fault.FAILING: _failing,
    Fault.BLOCKED: _failing,
    Fault.GONE: _gone,
    Fault.OPTED_OUT: _opted_out,
}


def _count(work: Work, matter: Matter, outcome: str, asked: datetime | None, now: datetime) -> None:
    """The try has failed there; ``asked`` is when the gateway took its ask, None."""
    if matter.case is None or matter.attempt is None:
        return
    there = replace(
        matter.attempt,
        channel=str(matter.message.channel),
        address=matter.message.address,
        asked_at=matter.attempt.asked_at or asked,
    )
    if matter.attempt.asked_at is None and asked is not None:
        there = replace(there, planned_for=asked)
    fail(work, matter.case, there, outcome, now)
