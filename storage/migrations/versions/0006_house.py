"""What the service must remember about itself."""

import sqlalchemy as sa
from alembic import op

from storage.schema import BlindIndex, UtcDateTime

revision = "0006"
down_revision = "0005"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _channel_state()
    _heartbeat()
    _keyring()


def _channel_state() -> None:
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(10), primary_key=True),
        sa.Column("stopped_at", UtcDateTime),
        sa.Column("retry_at", UtcDateTime),
        sa.Column("code", sa.String(20)),
        sa.Column("failures", sa.Integer, nullable=False),
    )


def _heartbeat() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _keyring() -> None:
    op.create_table(
        "keyring",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("fingerprint", BlindIndex, nullable=False),
    )
