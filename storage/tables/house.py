"""What the service must remember about itself."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
)

from storage.schema import BlindIndex, UtcDateTime, metadata

channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", String(10), primary_key=True),
    Column("stopped_at", UtcDateTime, nullable=True),
    Column("retry_at", UtcDateTime, nullable=True),
    Column("code", String(20), nullable=True),
    Column("failures", Integer, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

keyring = Table(
    "keyring",
    metadata,
    # A keyed hash of nothing: tells a wrong key before anything is read or written.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("fingerprint", BlindIndex, nullable=False),
)
