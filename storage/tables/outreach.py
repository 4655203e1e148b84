"""Who is asked when, and how it ended."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from contact.attempt import AttemptState
from contact.case import CaseState, Disposition
from storage.schema import Day, UtcDateTime, metadata, one_of, serial

sweep = Table(
    "sweep",
    metadata,
    Column("cohort_id", ForeignKey("cohort.id"), primary_key=True),
    Column("wave", String(60), primary_key=True),
    Column("swept_on", Day, nullable=False),
)

case = Table(
    "case",
    metadata,
    serial(),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("school", String(60), nullable=False),
    Column("cohort_id", ForeignKey("cohort.id"), nullable=False),
    Column("wave", String(60), nullable=False),
    Column("state", String(6), nullable=False),
    # The terms it opened under: a later edit of the procedure does not move them.
    Column("tries", Integer, nullable=False),
    Column("gap_days", Integer, nullable=False),
    Column("reply_days", Integer, nullable=False),
    Column("late_reply_days", Integer, nullable=False),
    Column("until", Day, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("act_at", UtcDateTime, nullable=True),
    Column("paused_since", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    one_of("state", CaseState),
    UniqueConstraint("alumnus_id", "cohort_id", "wave"),
    Index(
        "uq_case_not_ended",
        "alumnus_id",
        unique=True,
        sqlite_where=text("state <> 'ended'"),
        postgresql_where=text("state <> 'ended'"),
    ),
    # What the clock must look at next; a case that waits for nobody is not in it.
    Index(
        "ix_case_act_at",
        "act_at",
        sqlite_where=text("act_at IS NOT NULL"),
        postgresql_where=text("act_at IS NOT NULL"),
    ),
)

ending = Table(
    "ending",
    metadata,
    serial(),
    Column("case_id", ForeignKey("case.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("disposition", String(12), nullable=False),
    Column("detail", String(40), nullable=False),
    Column("code", String(3), nullable=True),
    one_of("disposition", Disposition),
)

attempt = Table(
    "attempt",
    metadata,
    # The promise "three tries" lives here, whatever the scheduler does: a
    # number is used once.
    Column("case_id", ForeignKey("case.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(9), nullable=False),
    Column("planned_for", UtcDateTime, nullable=False),
    Column("channel", String(10), nullable=True),
    Column("address_id", ForeignKey("address.id", ondelete="SET NULL"), nullable=True),
    Column("asked_at", UtcDateTime, nullable=True),
    Column("answer_by", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("outcome", String(40), nullable=True),
    Column("by", String(120), nullable=True),
    one_of("state", AttemptState),
    Index("ix_attempt_address_id", "address_id"),
)
