"""What the service looks things up in, and whom it must still tell."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.schema import Day, UtcDateTime, metadata, serial

provider = Table(
    "provider",
    metadata,
    serial(),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("urn", String(6), nullable=True),
    Column("ukprn", String(8), nullable=True),
    Column("town", String(80), nullable=True),
    Column("postcode", String(8), nullable=True),
    # Other names as a JSON list.
    Column("other_names", Text, nullable=True),
    Column("after_16", Boolean(create_constraint=False), nullable=False),
    Column("source", String(200), nullable=True),
    Index("ix_provider_urn", "urn"),
)

notice = Table(
    "notice",
    metadata,
    serial(),
    Column("school", String(60), nullable=False),
    # A school is told of a flag once.
    Column("flag_id", ForeignKey("flag.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", UtcDateTime, nullable=True),
    Index(
        "ix_notice_to_send",
        "not_before",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
)

reminder = Table(
    "reminder",
    metadata,
    # A school is reminded once a day.
    Column("school", String(60), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    # Only where the mail did not take it: whoever died with it sends it no second time.
    Column("again_at", UtcDateTime, nullable=True),
    Column("sent_at", UtcDateTime, nullable=True),
)
