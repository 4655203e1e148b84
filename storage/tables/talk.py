"""What was said back, and what it told us."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from contact.destination import Source
from storage.schema import BlindIndex, Day, Sealed, UtcDateTime, metadata, one_of

reply = Table(
    "reply",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("provider_id", String(64), nullable=False),
    Column("endpoint_id", ForeignKey("endpoint.id"), nullable=False, index=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=True),
    Column("case_id", ForeignKey("case.id", ondelete="SET NULL"), nullable=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("text", Sealed, nullable=True),
    Column("digest", BlindIndex, nullable=True),
    Column("question", String(12), nullable=True),
    Column("label", String(40), nullable=True),
    Column("code", String(3), nullable=True),
    Column("confidence", Float, nullable=True),
    Column("reading", Sealed, nullable=True),
    UniqueConstraint("channel", "provider_id"),
    Index("ix_reply_alumnus_id", "alumnus_id"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("endpoint_id", ForeignKey("endpoint.id"), nullable=False),
    Column("case_id", ForeignKey("case.id", ondelete="CASCADE"), nullable=False),
    Column("talk", Sealed, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("nudged_at", UtcDateTime, nullable=True),
    Column("closed_at", UtcDateTime, nullable=True),
    UniqueConstraint("case_id"),
    Index(
        "uq_conversation_open_alumnus",
        "alumnus_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "uq_conversation_open_endpoint",
        "endpoint_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_conversation_endpoint_id", "endpoint_id", "opened_at"),
)

destination = Table(
    "destination",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("code", String(3), nullable=False),
    Column("source", String(12), nullable=False),
    Column("known_since", UtcDateTime, nullable=False),
    Column("case_id", ForeignKey("case.id", ondelete="SET NULL"), nullable=True),
    Column("reply_id", ForeignKey("reply.id", ondelete="SET NULL"), nullable=True),
    Column("details", Sealed, nullable=True),
    Column("ended_on", Day, nullable=True),
    Column("by", String(120), nullable=True),
    Column("urn", String(6), nullable=True),
    Column("ukprn", String(8), nullable=True),
    one_of("source", Source),
    Index("ix_destination_alumnus_id", "alumnus_id", "known_since"),
    # Exactly one "unknown" a case, however often it is closed.
    Index(
        "uq_destination_unknown",
        "case_id",
        unique=True,
        sqlite_where=text("code IN ('810', '820')"),
        postgresql_where=text("code IN ('810', '820')"),
    ),
)
