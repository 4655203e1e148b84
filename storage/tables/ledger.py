"""What was sent, and what became of it."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from contact.address import ChannelName
from contact.message import Delivery, MessageKind
from storage.schema import Sealed, UtcDateTime, metadata, one_of, serial

_IN_FLIGHT = "kind = 'ask' AND delivery IN ('planned', 'sending', 'unsure', 'accepted')"
# How it became known to have left, where that was unsure, stands in the detail.
SILENT = (
    "(detail IS NULL OR detail = 'seen_in_list' OR detail = 'seen_in_receipt'"
    " OR detail = 'replied')"
)
_UNREPORTED = f"delivery = 'accepted' AND {SILENT}"
# In this form SQLite sees that `delivery = 'planned'` is within it; IN it does not look into.
_NOT_SETTLED = "delivery = 'planned' OR delivery = 'sending' OR delivery = 'unsure'"

message = Table(
    "message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school", String(60), nullable=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=True),
    Column("address_id", ForeignKey("address.id", ondelete="SET NULL"), nullable=True),
    Column("channel", String(10), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("line", String(60), nullable=False),
    Column("text", Sealed, nullable=True),
    Column("segments", Integer, nullable=False),
    Column("case_id", ForeignKey("case.id", ondelete="CASCADE"), nullable=True),
    Column("attempt", Integer, nullable=True),
    Column("in_reply_to", ForeignKey("reply.id", ondelete="CASCADE"), nullable=True),
    Column("resend_of", ForeignKey("message.id", ondelete="SET NULL"), nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("delivery", String(13), nullable=False),
    Column("lease_until", UtcDateTime, nullable=True),
    Column("claimed_at", UtcDateTime, nullable=True),
    Column("unsure_since", UtcDateTime, nullable=True),
    Column("accepted_at", UtcDateTime, nullable=True),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("provider_id", String(64), nullable=True),
    Column("code", String(20), nullable=True),
    Column("detail", String(40), nullable=True),
    ForeignKeyConstraint(
        ["case_id", "attempt"], ["attempt.case_id", "attempt.number"], ondelete="CASCADE"
    ),
    one_of("channel", ChannelName),
    one_of("kind", MessageKind),
    one_of("delivery", Delivery),
    UniqueConstraint("channel", "provider_id"),
    # One answer goes out for a reply, whoever is asked to write it twice.
    UniqueConstraint("in_reply_to"),
    Index(
        "uq_message_ask_in_flight",
        "case_id",
        "attempt",
        unique=True,
        sqlite_where=text(_IN_FLIGHT),
        postgresql_where=text(_IN_FLIGHT),
    ),
    Index(
        "ix_message_not_settled",
        "delivery",
        "priority",
        "not_before",
        sqlite_where=text(_NOT_SETTLED),
        postgresql_where=text(_NOT_SETTLED),
    ),
    # What a gateway took and has not reported on yet.
    Index(
        "ix_message_unreported",
        "channel",
        "accepted_at",
        sqlite_where=text(_UNREPORTED),
        postgresql_where=text(_UNREPORTED),
    ),
    # For the daily cap and the month's budget.
    Index("ix_message_school_claimed_at", "school", "claimed_at"),
    Index("ix_message_case_id", "case_id"),
    Index("ix_message_alumnus_id", "alumnus_id"),
    # An address that goes lets go of its messages, without a look at all others.
    Index("ix_message_address_id", "address_id"),
)

receipt = Table(
    "receipt",
    metadata,
    serial(),
    # No foreign key: a receipt for a message we do not know is kept and shown.
    Column("message_id", Uuid, nullable=True, index=True),
    Column("provider_id", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    # Empty where there is none: two NULLs would both be new.
    Column("code", String(20), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("provider_id", "status", "code"),
)
