"""Who they are and where they can be reached."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from contact.address import ChannelName, Standing
from contact.consent import Purpose
from storage.schema import (
    BlindIndex,
    Day,
    Sealed,
    UtcDateTime,
    metadata,
    one_of,
    serial,
)

cohort = Table(
    "cohort",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("school", String(60), nullable=False, index=True),
    Column("key_stage", String(3), nullable=False),
    Column("leaving_year", Integer, nullable=False),
    UniqueConstraint("school", "key_stage", "leaving_year"),
)

alumnus = Table(
    "alumnus",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", String(9), nullable=False, unique=True),
    Column("school", String(60), nullable=False),
    # The alumnus's own key, wrapped by the master key: without it nothing of
    # theirs can be read again, which is what erasing somebody means.
    Column("data_key", Sealed, nullable=True),
    Column("profile", Sealed, nullable=True),
    # Name and date of birth as a keyed hash, to know the same person again.
    Column("match_key", BlindIndex, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("as_of", UtcDateTime, nullable=True),
    Column("held_since", UtcDateTime, nullable=True),
    Index("ix_alumnus_school_match_key", "school", "match_key"),
)

known_as = Table(
    "known_as",
    metadata,
    # The match keys somebody had before staff put their name or date of birth
    # right: the form that had it wrong still finds them.
    Column("match_key", BlindIndex, primary_key=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_known_as_alumnus_id", "alumnus_id"),
)

membership = Table(
    "membership",
    metadata,
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), primary_key=True),
    Column("cohort_id", ForeignKey("cohort.id"), primary_key=True),
    Column("retained", Boolean, nullable=False),
    Index("ix_membership_cohort_id", "cohort_id", "alumnus_id"),
)

consent = Table(
    "consent",
    metadata,
    serial(),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("wording", String(60), nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("how", String(60), nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("until", Day, nullable=False),
    Column("withdrawn_at", UtcDateTime, nullable=True),
    Column("withdrawn_how", String(60), nullable=True),
    one_of("purpose", Purpose),
    Index("ix_consent_alumnus_id", "alumnus_id"),
    # At most one live permission for a purpose; the withdrawn ones stay as history.
    Index(
        "uq_consent_live",
        "alumnus_id",
        "purpose",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

endpoint = Table(
    "endpoint",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("lookup", BlindIndex, nullable=False),
    Column("standing", String(10), nullable=False),
    one_of("channel", ChannelName),
    one_of("standing", Standing),
    UniqueConstraint("channel", "lookup"),
)

address = Table(
    "address",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("endpoint_id", ForeignKey("endpoint.id"), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("value", Sealed, nullable=False),
    Column("position", Integer, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("failures", Integer, nullable=False),
    one_of("channel", ChannelName),
    one_of("standing", Standing),
    UniqueConstraint("alumnus_id", "endpoint_id"),
    Index("ix_address_endpoint_id", "endpoint_id"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token", BlindIndex, primary_key=True),
    Column("alumnus_id", ForeignKey("alumnus.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Column("used_by", BlindIndex, nullable=True),
    Index("ix_invitation_alumnus_id", "alumnus_id"),
)
