"""What a gateway took and never reported on is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_UNREPORTED = (
    "delivery = 'accepted' AND (detail IS NULL OR detail = 'seen_in_list'"
    " OR detail = 'seen_in_receipt' OR detail = 'replied')"
)


def upgrade() -> None:
    op.create_index(
        "ix_message_unreported",
        "message",
        ["channel", "accepted_at"],
        sqlite_where=sa.text(_UNREPORTED),
        postgresql_where=sa.text(_UNREPORTED),
    )
