"""What the service looks things up in, and whom it must still tell."""

import sqlalchemy as sa
from alembic import op

from storage.schema import UtcDateTime

revision = "0007"
down_revision = "0006"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _provider()
    _notice()


def _provider() -> None:
    op.create_table(
        "provider",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("urn", sa.String(6)),
        sa.Column("ukprn", sa.String(8)),
        sa.Column("town", sa.String(80)),
        sa.Column("postcode", sa.String(8)),
        sa.Column("other_names", sa.Text),
        sa.Column("after_16", sa.Boolean, nullable=False),
        sa.Column("source", sa.String(200)),
    )
    op.create_index("ix_provider_urn", "provider", ["urn"])


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("school", sa.String(60), nullable=False),
        sa.Column(
            "flag_id",
            _SERIAL,
            sa.ForeignKey("flag.id", ondelete="CASCADE"),
            nullable=False,
            unique=True,
        ),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent_at", UtcDateTime),
    )
    op.create_index(
        "ix_notice_to_send",
        "notice",
        ["not_before"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
