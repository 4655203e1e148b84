"""An outbound text, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contact.address import ChannelName


class MessageKind(StrEnum):
    """Why it is said; an ``ask`` belongs to an attempt."""

    ASK = "ask"
    QUESTION = "question"
    CLARIFY = "clarify"
    NUDGE = "nudge"
    APPOINTMENT = "appointment"
    THANKS = "thanks"
    CONFIRMATION = "confirmation"
    SIGNPOST = "signpost"


#: What we start ourselves: bound by hours, holidays, the daily cap, holds and pauses.
WE_START = (MessageKind.ASK, MessageKind.NUDGE, MessageKind.APPOINTMENT)


class Delivery(StrEnum):
    """``undeliverable`` is the recipient's fault, ``failed`` any other."""

    PLANNED = "planned"
    SENDING = "sending"
    UNSURE = "unsure"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: The legal moves of a delivery: forward only.
MOVES: dict[Delivery, frozenset[Delivery]] = {
    Delivery.PLANNED: frozenset({Delivery.SENDING, Delivery.CANCELLED}),
    Delivery.SENDING: frozenset(
        {
            Delivery.ACCEPTED,
            Delivery.DELIVERED,
            Delivery.UNSURE,
            Delivery.UNDELIVERABLE,
            Delivery.FAILED,
            Delivery.CANCELLED,  # a stop came between the claim and the send: it never left
        }
    ),
    Delivery.UNSURE: frozenset(
        {Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.UNDELIVERABLE, Delivery.FAILED}
    ),
    Delivery.ACCEPTED: frozenset({Delivery.DELIVERED, Delivery.UNDELIVERABLE, Delivery.FAILED}),
    Delivery.DELIVERED: frozenset(),
    Delivery.UNDELIVERABLE: frozenset(),
    Delivery.FAILED: frozenset(),
    Delivery.CANCELLED: frozenset(),
}


def may_move(old: Delivery, new: Delivery) -> bool:
    """Whether a delivery may go from ``old`` to ``new``."""
    return new in MOVES[old]


@dataclass(frozen=True, slots=True)
class Message:
    """Any outbound text.

    ``line`` names the wording, so that an ask is rendered at claim; ``text``
    is what was really sent (encrypted at rest, None until it is rendered).
    ``not_before`` is the earliest instant to claim it. ``code`` is the
    gateway's error code, ``detail`` the word for what happened (``no_trace``,
    ``no_receipt``, ``stopped`` …). ``segments`` counts SMS parts. ``priority``
    0 goes before 1: answers to a reply before what we start.
    """

    id: UUID
    alumnus: UUID | None
    address: UUID | None
    channel: ChannelName
    kind: MessageKind
    line: str
    delivery: Delivery
    created_at: datetime
    not_before: datetime
    case: int | None = None
    attempt: int | None = None
    in_reply_to: UUID | None = None
    text: str | None = None
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    accepted_at: datetime | None = None
    unsure_since: datetime | None = None
    settled_at: datetime | None = None
    provider_id: str | None = None
    code: str | None = None
    detail: str | None = None
    segments: int = 0
    resend_of: UUID | None = None
    school: str | None = None
    priority: int = 1
