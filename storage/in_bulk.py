"""The statements about many messages at once."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.consent import Purpose
from contact.flag import PAUSING
from contact.message import Delivery
from contact.outbox import Lane
from storage import addresses, cases, consents, conversations, people
from storage.message_rows import COLUMNS
from storage.schema import spelt, spelt_out
from storage.statement import Many, Statement
from storage.tables import (
    address,
    alumnus,
    attempt,
    case,
    consent,
    conversation,
    endpoint,
    flag,
    message,
)

#: What a lane takes: its priorities, each named so that the index leaves out what is for later.
_PRIORITIES: dict[Lane | None, tuple[str, ...]] = {
    None: ("0", "1"),
    Lane.ANSWERS: ("0",),
    Lane.BULK: ("1",),
}


def _due(lane: Lane | None) -> Select[Any]:
    priorities: list[ColumnElement[Any]] = [literal_column(each) for each in _PRIORITIES[lane]]
    which = message.c.priority
    return (
        select(*COLUMNS)
        .where(
            message.c.delivery == spelt(Delivery.PLANNED),
            which == priorities[0] if lane else which.in_(priorities),
            message.c.not_before <= bindparam("now"),
        )
        .order_by(message.c.priority, message.c.not_before)
        .with_for_update(skip_locked=True)
    )


DUE = {lane: Statement(_due(lane).limit(bindparam("most"))) for lane in _PRIORITIES}
DUE_OF = Many(
    select(*COLUMNS)
    .where(message.c.delivery == spelt(Delivery.PLANNED), message.c.not_before <= bindparam("now"))
    .with_for_update(skip_locked=True),
    message.c.id,
)
FREE = Many(select(alumnus.c.id).with_for_update(skip_locked=True), alumnus.c.id)
PEOPLE = Many(select(*people.COLUMNS), alumnus.c.id)
ADDRESSES = Many(addresses.JOINED.order_by(address.c.position, address.c.id), address.c.alumnus_id)
TRACKING = Many(
    select(*consents.COLUMNS)
    .where(consent.c.purpose == spelt(Purpose.TRACKING))
    .order_by(consent.c.id),
    consent.c.alumnus_id,
)
PAUSED = Many(
    select(flag.c.alumnus_id).where(
        flag.c.closed_at.is_(None), flag.c.kind.in_(spelt_out(PAUSING))
    ),
    flag.c.alumnus_id,
)
CASES = Many(select(*cases.COLUMNS), case.c.id)
TRIES = Many(select(*cases.ATTEMPT_COLUMNS).order_by(attempt.c.number), attempt.c.case_id)
TALKS = Many(select(*conversations.COLUMNS), conversation.c.case_id)
BUSY = Many(
    select(conversation.c.endpoint_id, conversation.c.case_id).where(
        conversation.c.closed_at.is_(None)
    ),
    conversation.c.endpoint_id,
)
ANSWERS = Many(
    select(message.c.alumnus_id).where(
        message.c.delivery.in_(spelt_out((Delivery.PLANNED, Delivery.SENDING))),
        message.c.priority == literal_column("0"),
        message.c.not_before <= bindparam("now"),
    ),
    message.c.alumnus_id,
)
LOCK_SCHOOL = Statement(
    # Of two numbers: those of one are another's, the clock's.
    select(func.pg_advisory_xact_lock(literal_column("1"), func.hashtext(bindparam("school"))))
)
OPEN = Statement(insert(conversation).on_conflict_do_nothing())
CLAIM = Statement(
    update(message)
    .where(message.c.id == bindparam("which"), message.c.delivery == spelt(Delivery.PLANNED))
    .values(
        delivery=spelt(Delivery.SENDING),
        address_id=bindparam("where"),
        channel=bindparam("via"),
        line=bindparam("worded"),
        text=bindparam("sealed"),
        segments=bindparam("parts"),
        lease_until=bindparam("lease"),
        claimed_at=bindparam("claimed"),
        detail=None,
    )
)
UNDERWAY = Many(
    select(
        message.c.id,
        message.c.alumnus_id,
        message.c.kind,
        message.c.delivery,
        message.c.lease_until,
        address.c.standing,
        endpoint.c.standing,
    )
    .outerjoin(address, address.c.id == message.c.address_id)
    .outerjoin(endpoint, endpoint.c.id == address.c.endpoint_id),
    message.c.id,
)
WITHDRAWN = Many(
    select(consent.c.alumnus_id, consent.c.withdrawn_at).where(
        consent.c.purpose == spelt(Purpose.TRACKING)
    ),
    consent.c.alumnus_id,
)
HEADS = Many(select(*COLUMNS), message.c.id)
LOCK = Many(
    select(alumnus.c.id)
    .join(message, message.c.alumnus_id == alumnus.c.id)
    .order_by(alumnus.c.id)
    .with_for_update(of=alumnus),
    message.c.id,
)
KNOWN = Many(
    select(message.c.provider_id).where(message.c.channel == bindparam("via")),
    message.c.provider_id,
)
SETTLE = Statement(
    update(message)
    .where(message.c.id == bindparam("which"), message.c.delivery == spelt(Delivery.SENDING))
    .values(
        delivery=bindparam("now_is"),
        lease_until=bindparam("lease"),
        accepted_at=bindparam("accepted"),
        provider_id=bindparam("theirs"),
        detail=bindparam("word"),
    )
)
