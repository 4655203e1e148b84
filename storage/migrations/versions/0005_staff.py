"""What people must look at, and what they did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0005"
down_revision = "0004"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _audit()
    _flag()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("alumnus_id", sa.Uuid),
        sa.Column("subject", sa.String(120)),
        sa.Column("detail", sa.String(200)),
        sa.Column("note", sa.LargeBinary),
    )
    op.create_index("ix_audit_alumnus_id", "audit", ["alumnus_id"])


def _flag() -> None:
    op.create_table(
        "flag",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(7), nullable=False),
        sa.Column("school", sa.String(60)),
        sa.Column("alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE")),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="SET NULL")),
        sa.Column("reply_id", sa.Uuid, sa.ForeignKey("reply.id", ondelete="SET NULL")),
        sa.Column("subject", sa.String(120)),
        sa.Column("detail", sa.String(80)),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("taken_by", sa.String(120)),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("decision", sa.String(16)),
        sa.Column("closed_by", sa.String(120)),
        sa.Column("note", sa.LargeBinary),
        _one_of(
            "decision",
            [
                "code",
                "no_answer_needed",
                "ask_again",
                "withdraw",
                "wrong_person",
                "call_made",
                "accept",
                "discard",
            ],
        ),
        _one_of(
            "kind",
            [
                "unclear",
                "worry",
                "wrong_person",
                "call_back",
                "question",
                "abuse",
                "no_address",
                "telegram_blocked",
                "shared_stop",
                "late_reply",
                "import_review",
                "conflict",
                "unknown_code",
                "channel_down",
                "token_reuse",
                "share_kept",
                "not_attempted",
                "unknown_sender",
                "shared_number",
            ],
        ),
        _one_of("severity", ["urgent", "soon", "routine"]),
    )
    op.create_index("ix_flag_alumnus_id", "flag", ["alumnus_id"])
    op.create_index("ix_flag_due_at", "flag", ["due_at"])
    _partial("ix_flag_open_alumnus", "flag", ["alumnus_id", "kind"], "closed_at IS NULL")
    _partial(
        "uq_flag_open_subject",
        "flag",
        ["kind", "subject"],
        "closed_at IS NULL AND subject IS NOT NULL",
        unique=True,
    )


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
