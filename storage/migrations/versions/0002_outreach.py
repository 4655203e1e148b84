"""Who is asked when, and how it ended."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.schema import Day, UtcDateTime

revision = "0002"
down_revision = "0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _case()
    _sweep()
    _attempt()
    _ending()


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("school", sa.String(60), nullable=False),
        sa.Column("cohort_id", sa.String(120), sa.ForeignKey("cohort.id"), nullable=False),
        sa.Column("wave", sa.String(60), nullable=False),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("gap_days", sa.Integer, nullable=False),
        sa.Column("reply_days", sa.Integer, nullable=False),
        sa.Column("late_reply_days", sa.Integer, nullable=False),
        sa.Column("until", Day, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("act_at", UtcDateTime),
        sa.Column("paused_since", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        _one_of("state", ["open", "paused", "ended"]),
        sa.UniqueConstraint("alumnus_id", "cohort_id", "wave"),
    )
    _partial("ix_case_act_at", "case", ["act_at"], "act_at IS NOT NULL")
    _partial("uq_case_not_ended", "case", ["alumnus_id"], "state <> 'ended'", unique=True)


def _sweep() -> None:
    op.create_table(
        "sweep",
        sa.Column("cohort_id", sa.String(120), sa.ForeignKey("cohort.id"), primary_key=True),
        sa.Column("wave", sa.String(60), primary_key=True),
        sa.Column("swept_on", Day, nullable=False),
    )


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column(
            "case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("planned_for", UtcDateTime, nullable=False),
        sa.Column("channel", sa.String(10)),
        sa.Column("address_id", sa.Uuid, sa.ForeignKey("address.id", ondelete="SET NULL")),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("answer_by", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.String(40)),
        sa.Column("by", sa.String(120)),
        _one_of("state", ["planned", "waiting", "answered", "failed", "cancelled"]),
    )


def _ending() -> None:
    op.create_table(
        "ending",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("disposition", sa.String(12), nullable=False),
        sa.Column("detail", sa.String(40), nullable=False),
        sa.Column("code", sa.String(3)),
        _one_of(
            "disposition", ["complete", "partial", "refusal", "break_off", "non_contact", "other"]
        ),
    )
    op.create_index("ix_ending_case_id", "ending", ["case_id"])


def _one_of(column: str, values: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )
