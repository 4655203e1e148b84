"""Who they are and where they can be reached."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.schema import BlindIndex, Day, UtcDateTime

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _alumnus()
    _cohort()
    _endpoint()
    _address()
    _consent()
    _invitation()
    _membership()


def _alumnus() -> None:
    op.create_table(
        "alumnus",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("school", sa.String(60), nullable=False),
        sa.Column("data_key", sa.LargeBinary),
        sa.Column("profile", sa.LargeBinary),
        sa.Column("match_key", BlindIndex),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("as_of", UtcDateTime),
        sa.Column("held_since", UtcDateTime),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_alumnus_school_match_key", "alumnus", ["school", "match_key"])


def _cohort() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("school", sa.String(60), nullable=False),
        sa.Column("key_stage", sa.String(3), nullable=False),
        sa.Column("leaving_year", sa.Integer, nullable=False),
        sa.UniqueConstraint("school", "key_stage", "leaving_year"),
    )
    op.create_index("ix_cohort_school", "cohort", ["school"])


def _endpoint() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("lookup", BlindIndex, nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        _one_of("channel", ["sms", "telegram", "whatsapp", "email", "phone", "letter", "event"]),
        _one_of("standing", ["untried", "works", "failing", "dead", "not_theirs", "opted_out"]),
        sa.UniqueConstraint("channel", "lookup"),
    )


def _address() -> None:
    op.create_table(
        "address",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoint.id"), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        _one_of("channel", ["sms", "telegram", "whatsapp", "email", "phone", "letter", "event"]),
        _one_of("standing", ["untried", "works", "failing", "dead", "not_theirs", "opted_out"]),
        sa.UniqueConstraint("alumnus_id", "endpoint_id"),
    )
    op.create_index("ix_address_endpoint_id", "address", ["endpoint_id"])


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("wording", sa.String(60), nullable=False),
        sa.Column("granted_at", UtcDateTime, nullable=False),
        sa.Column("how", sa.String(60), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("until", Day, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.Column("withdrawn_how", sa.String(60)),
        _one_of("purpose", ["tracking", "share_authority", "share_providers", "alumni_news"]),
    )
    op.create_index("ix_consent_alumnus_id", "consent", ["alumnus_id"])
    _partial(
        "uq_consent_live", "consent", ["alumnus_id", "purpose"], "withdrawn_at IS NULL", unique=True
    )


def _invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("token", BlindIndex, primary_key=True),
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Column("used_by", BlindIndex),
    )
    op.create_index("ix_invitation_alumnus_id", "invitation", ["alumnus_id"])


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column(
            "alumnus_id", sa.Uuid, sa.ForeignKey("alumnus.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("cohort_id", sa.String(120), sa.ForeignKey("cohort.id"), primary_key=True),
        sa.Column("retained", sa.Boolean, nullable=False),
    )
    op.create_index("ix_membership_cohort_id", "membership", ["cohort_id", "alumnus_id"])


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
