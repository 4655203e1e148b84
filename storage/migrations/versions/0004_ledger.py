"""What was sent, and what became of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0004"
down_revision = "0003"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _receipt()
    _message()


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("message_id", sa.Uuid),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("provider_id", "status", "code"),
    )
    op.create_index("ix_receipt_message_id", "receipt", ["message_id"])


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("school", sa.String(60)),
        sa.Column("alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE")),
        sa.Column("address_id", sa.Uuid, sa.ForeignKey("address.id", ondelete="SET NULL")),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("line", sa.String(60), nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("segments", sa.Integer, nullable=False),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="CASCADE")),
        sa.Column("attempt", sa.Integer),
        sa.Column("in_reply_to", sa.Uuid, sa.ForeignKey("reply.id", ondelete="CASCADE")),
        sa.Column("resend_of", sa.Uuid, sa.ForeignKey("message.id", ondelete="SET NULL")),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("delivery", sa.String(13), nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("claimed_at", UtcDateTime),
        sa.Column("unsure_since", UtcDateTime),
        sa.Column("accepted_at", UtcDateTime),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("provider_id", sa.String(64)),
        sa.Column("code", sa.String(20)),
        sa.Column("detail", sa.String(40)),
        _one_of("channel", ["sms", "telegram", "whatsapp", "email", "phone", "letter", "event"]),
        _one_of(
            "delivery",
            [
                "planned",
                "sending",
                "unsure",
                "accepted",
                "delivered",
                "undeliverable",
                "failed",
                "cancelled",
            ],
        ),
        _one_of(
            "kind",
            [
                "ask",
                "question",
                "clarify",
                "nudge",
                "appointment",
                "thanks",
                "confirmation",
                "signpost",
            ],
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "attempt"], ["attempt.case_id", "attempt.number"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("channel", "provider_id"),
        sa.UniqueConstraint("in_reply_to"),
    )
    op.create_index("ix_message_alumnus_id", "message", ["alumnus_id"])
    op.create_index("ix_message_case_id", "message", ["case_id"])
    _partial(
        "ix_message_not_settled",
        "message",
        ["delivery", "priority", "not_before"],
        "delivery = 'planned' OR delivery = 'sending' OR delivery = 'unsure'",
    )
    op.create_index("ix_message_school_claimed_at", "message", ["school", "claimed_at"])
    _partial(
        "uq_message_ask_in_flight",
        "message",
        ["case_id", "attempt"],
        "kind = 'ask' AND delivery IN ('planned', 'sending', 'unsure', 'accepted')",
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
