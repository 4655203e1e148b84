"""What counts against a school's limits: its daily cap and the month's budget."""

from sqlalchemy import bindparam, func, select

from contact.address import ChannelName
from contact.message import WE_START, Delivery
from storage.schema import spelt, spelt_out
from storage.statement import Statement
from storage.tables import message

#: How many messages we start were claimed for a school since then.
ASKED_SINCE = Statement(
    select(func.count()).where(
        message.c.school == bindparam("school"),
        message.c.kind.in_(spelt_out(WE_START)),
        message.c.claimed_at >= bindparam("since"),
        # What never left floods nobody.
        message.c.delivery.not_in(spelt_out((Delivery.CANCELLED, Delivery.FAILED))),
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
        message.c.delivery != spelt(Delivery.CANCELLED),
    )
)
