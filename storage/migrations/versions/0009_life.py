"""The name somebody was known by before it was put right, and who was reminded when."""

import sqlalchemy as sa
from alembic import op

from storage.schema import BlindIndex, Day, UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "known_as",
        sa.Column("match_key", BlindIndex, primary_key=True),
        sa.Column(
            "alumnus_id",
            sa.Uuid,
            sa.ForeignKey("alumnus.id", ondelete="CASCADE"),
            primary_key=True,
        ),
    )
    op.create_index("ix_known_as_alumnus_id", "known_as", ["alumnus_id"])
    op.create_table(
        "reminder",
        sa.Column("school", sa.String(60), primary_key=True),
        sa.Column("day", Day, primary_key=True),
        sa.Column("claimed_at", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("again_at", UtcDateTime, nullable=True),
        sa.Column("sent_at", UtcDateTime, nullable=True),
    )
