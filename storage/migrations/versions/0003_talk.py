"""What was said back, and what it told us."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.schema import BlindIndex, Day, UtcDateTime

revision = "0003"
down_revision = "0002"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _conversation()
    _reply()
    _destination()


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoint.id"), nullable=False),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="CASCADE"), nullable=False),
        sa.Column("talk", sa.LargeBinary, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("nudged_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.UniqueConstraint("case_id"),
    )
    op.create_index("ix_conversation_endpoint_id", "conversation", ["endpoint_id", "opened_at"])
    _partial(
        "uq_conversation_open_alumnus",
        "conversation",
        ["alumnus_id"],
        "closed_at IS NULL",
        unique=True,
    )
    _partial(
        "uq_conversation_open_endpoint",
        "conversation",
        ["endpoint_id"],
        "closed_at IS NULL",
        unique=True,
    )


def _reply() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoint.id"), nullable=False),
        sa.Column("alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE")),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="SET NULL")),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("digest", BlindIndex),
        sa.Column("question", sa.String(12)),
        sa.Column("label", sa.String(40)),
        sa.Column("code", sa.String(3)),
        sa.Column("confidence", sa.Float),
        sa.Column("reading", sa.LargeBinary),
        sa.UniqueConstraint("channel", "provider_id"),
    )
    op.create_index("ix_reply_alumnus_id", "reply", ["alumnus_id"])
    op.create_index("ix_reply_endpoint_id", "reply", ["endpoint_id"])


def _destination() -> None:
    op.create_table(
        "destination",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("code", sa.String(3), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("known_since", UtcDateTime, nullable=False),
        sa.Column("case_id", _SERIAL, sa.ForeignKey("case.id", ondelete="SET NULL")),
        sa.Column("reply_id", sa.Uuid, sa.ForeignKey("reply.id", ondelete="SET NULL")),
        sa.Column("details", sa.LargeBinary),
        sa.Column("ended_on", Day),
        sa.Column("by", sa.String(120)),
        _one_of(
            "source",
            [
                "staff",
                "results_day",
                "provider",
                "alumnus",
                "authority",
                "ucas",
                "dfe",
                "parent",
                "intended",
                "service",
            ],
        ),
    )
    op.create_index("ix_destination_alumnus_id", "destination", ["alumnus_id", "known_since"])
    _partial(
        "uq_destination_unknown", "destination", ["case_id"], "code IN ('810', '820')", unique=True
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
