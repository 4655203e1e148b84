"""What holds messages back: a school's daily cap, the month's budget, a channel that rests."""

from sqlalchemy import and_, bindparam, func, not_, or_, select, text, update

from contact.address import ChannelName
from contact.message import WE_START, Delivery
from storage.schema import spelt, spelt_out
from storage.statement import Statement
from storage.tables import message
from storage.tables.ledger import SILENT

#: What never left floods nobody and costs nothing; what may have left does.
_NEVER_LEFT = or_(
    message.c.delivery == spelt(Delivery.CANCELLED),
    and_(
        message.c.delivery == spelt(Delivery.FAILED),
        message.c.accepted_at.is_(None),
        func.coalesce(message.c.detail, spelt("")).not_in(spelt_out(("no_trace", "unresolved"))),
    ),
)
#: How many messages we start were claimed for a school since then.
ASKED_SINCE = Statement(
    select(func.count()).where(
        message.c.school == bindparam("school"),
        message.c.kind.in_(spelt_out(WE_START)),
        message.c.claimed_at >= bindparam("since"),
        not_(_NEVER_LEFT),
    )
)
#: For when they are planned, and how many at each instant.
BOOKED = Statement(
    select(message.c.not_before, func.count())
    .where(
        message.c.delivery == spelt(Delivery.PLANNED),
        message.c.school == bindparam("school"),
        message.c.kind.in_(spelt_out(WE_START)),
    )
    .group_by(message.c.not_before)
)
#: How many SMS parts a school has to pay for since then.
SEGMENTS_SINCE = Statement(
    select(func.coalesce(func.sum(message.c.segments), 0)).where(
        message.c.school == bindparam("school"),
        message.c.channel == spelt(ChannelName.SMS),
        message.c.claimed_at >= bindparam("since"),
        not_(_NEVER_LEFT),
    )
)
_OF_A_CHANNEL = (
    message.c.delivery == spelt(Delivery.PLANNED),
    message.c.channel == bindparam("via"),
)
_RESTS = "channel_stopped"
#: All that is due waits for its channel, at one stroke.
PUT_OFF = Statement(
    update(message)
    .where(*_OF_A_CHANNEL, message.c.not_before <= bindparam("now"))
    .values(not_before=bindparam("until"), detail=_RESTS)
)
#: The channel goes on earlier than was thought.
BRING_FORWARD = Statement(
    update(message)
    .where(*_OF_A_CHANNEL, message.c.detail == spelt(_RESTS))
    .values(not_before=bindparam("now"))
)
#: A gateway took it, and nobody heard of it again; how it became known to have left stays beside.
NO_RECEIPT = Statement(
    update(message)
    .where(
        message.c.delivery == spelt(Delivery.ACCEPTED),
        text(SILENT),
        message.c.channel == bindparam("via"),
        message.c.accepted_at <= bindparam("before"),
    )
    .values(
        detail=func.coalesce(message.c.detail.concat(spelt(", ")), spelt("")).concat(
            spelt("no_receipt")
        )
    )
)
