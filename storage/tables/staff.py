"""What people must look at, and what they did."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from contact.flag import Decision, FlagKind, Severity
from storage.schema import Sealed, UtcDateTime, metadata, one_of, serial

flag = Table(
    "flag",
    metadata,
    serial(),
    Column("kind", String(16), nullable=False),
    Column("severity", String(7), nullable=False),
    Column("school", String(60), nullable=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=True),
    Column("case_id", ForeignKey("case.id", ondelete="SET NULL"), nullable=True),
    Column("reply_id", ForeignKey("reply.id", ondelete="SET NULL"), nullable=True),
    # What it is about; while it is open the same thing is flagged once.
    Column("subject", String(120), nullable=True),
    Column("detail", String(80), nullable=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("taken_by", String(120), nullable=True),
    Column("closed_at", UtcDateTime, nullable=True),
    Column("decision", String(16), nullable=True),
    Column("closed_by", String(120), nullable=True),
    Column("note", Sealed, nullable=True),
    one_of("kind", FlagKind),
    one_of("severity", Severity),
    one_of("decision", Decision),
    Index(
        "uq_flag_open_subject",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("closed_at IS NULL AND subject IS NOT NULL"),
        postgresql_where=text("closed_at IS NULL AND subject IS NOT NULL"),
    ),
    Index(
        "ix_flag_open_alumnus",
        "alumnus_id",
        "kind",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_flag_alumnus_id", "alumnus_id"),
    Index("ix_flag_due_at", "due_at"),
)

audit = Table(
    "audit",
    metadata,
    serial(),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(120), nullable=False),
    Column("action", String(40), nullable=False),
    Column("alumnus_id", Uuid, nullable=True, index=True),
    Column("subject", String(120), nullable=True),
    Column("detail", String(200), nullable=True),
    Column("note", Sealed, nullable=True),
)
