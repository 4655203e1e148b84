"""What the ledger comes to, counted by the database: no text is opened for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from contact.address import ChannelName
from contact.attempt import AttemptState
from contact.case import Disposition
from contact.message import Delivery, MessageKind
from storage.statement import Statement
from storage.tables import attempt, case, ending, flag, message, reply
from storage.work import Work

#: What a gateway took, or may have taken.
_LEFT = (Delivery.ACCEPTED, Delivery.DELIVERED, Delivery.UNDELIVERABLE, Delivery.UNSURE)
_MADE = (AttemptState.WAITING, AttemptState.ANSWERED, AttemptState.FAILED)
_AT_ONCE = 2_000

_CASES = Statement(select(case.c.id, case.c.cohort_id, case.c.wave).order_by(case.c.id))
_ENDINGS = Statement(
    select(ending.c.case_id, ending.c.disposition, ending.c.detail, ending.c.code).order_by(
        ending.c.id
    )
)
_ATTEMPTS = Statement(
    select(attempt.c.case_id, attempt.c.number, attempt.c.state).order_by(
        attempt.c.case_id, attempt.c.number
    )
)
_SENT = Statement(
    select(
        message.c.case_id,
        message.c.kind,
        message.c.channel,
        message.c.segments,
        func.coalesce(message.c.accepted_at, message.c.claimed_at),
        message.c.delivery,
        message.c.accepted_at,
    )
    .where(message.c.claimed_at.is_not(None))
    .order_by(message.c.claimed_at, message.c.case_id)
)
_REPLIES = Statement(select(reply.c.received_at).order_by(reply.c.received_at))
_FLAGS = Statement(
    select(flag.c.kind, flag.c.opened_at, flag.c.case_id, flag.c.detail).order_by(flag.c.id)
)


@dataclass(slots=True)
class CaseTally:
    """One case in figures: tries made, which was answered, how it ended (None: it has not)."""

    cohort: str
    wave: str
    tries: int = 0
    answered_at: int | None = None
    disposition: Disposition | None = None
    detail: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a gateway took or may have taken; ``segments`` are SMS parts, 0 in a chat."""

    case: int | None
    kind: MessageKind
    channel: ChannelName
    segments: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag: what about, when, and for which case."""

    kind: str
    at: datetime
    case: int | None
    detail: str


def cases(work: Work) -> dict[int, CaseTally]:
    """Every case by its number, with the ending that stands."""
    rows = _CASES.stream(work.connection, {}, _AT_ONCE)
    found = {number: CaseTally(cohort, wave) for number, cohort, wave in rows}
    for number, how, detail, code in _ENDINGS.stream(work.connection, {}, _AT_ONCE):
        one = found[number]
        one.disposition, one.detail, one.code = Disposition(how), detail, code
    for number, which, state in _ATTEMPTS.stream(work.connection, {}, _AT_ONCE):
        if state in _MADE:
            found[number].tries += 1
        if state == AttemptState.ANSWERED:
            found[number].answered_at = which
    return found


def sent(work: Work) -> Iterator[Sent]:
    """What left the house, in the order in which it did."""
    for number, kind, channel, parts, at, delivery, accepted in _SENT.stream(
        work.connection, {}, _AT_ONCE
    ):
        # A refusal at once costs nothing; what was taken and then lost does.
        if delivery in _LEFT and (accepted is not None or delivery == Delivery.UNSURE):
            texted = parts if channel == ChannelName.SMS else 0
            yield Sent(number, MessageKind(kind), ChannelName(channel), texted, at)


def replied(work: Work) -> Iterator[datetime]:
    """When each reply came."""
    for (at,) in _REPLIES.stream(work.connection, {}, _AT_ONCE):
        yield at


def raised(work: Work) -> Iterator[Raised]:
    """Every flag, oldest first."""
    for kind, at, number, detail in _FLAGS.stream(work.connection, {}, _AT_ONCE):
        yield Raised(kind, at, number, detail or "")
