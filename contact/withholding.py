"""The last look before a message is sent, and what follows when it must not be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contact.case import CaseState
from contact.gate import ALWAYS_SENT
from contact.message import Delivery, MessageKind
from contact.opening import look_again
from contact.outbox import Underway
from contact.ports import Work
from contact.sending_again import send_again


def still_wanted(work: Work, which: Sequence[UUID], now: datetime) -> set[UUID]:
    """Those for which nobody said stop between the claim and now, and the claim still stands."""
    found = work.outbox.underway(which)
    return {each.message for each in found if _stands(each, now) and _is_welcome(each)}


def withhold(work: Work, which: UUID, now: datetime) -> None:
    """A stop came after the claim, or the claim ran out: the message never left.

    What only came too late is said again. Where it was an ask and its case
    goes on, the clock finds it another way.
    """
    work.alumni.lock_recipient(which)
    message = work.messages.get(which)
    if message is None or message.delivery is not Delivery.SENDING:
        return
    welcome = any(_is_welcome(each) for each in work.outbox.underway([which]))
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


def _stands(one: Underway, now: datetime) -> bool:
    in_time = one.lease_until is None or now < one.lease_until
    return one.delivery is Delivery.SENDING and in_time


def _is_welcome(one: Underway) -> bool:
    """Whether nobody has said stop, or that it is not them, since the claim."""
    if one.alumnus is None or one.kind in ALWAYS_SENT:
        return one.alumnus is not None
    return one.usable and not one.stopped
