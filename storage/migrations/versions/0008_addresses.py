"""An address that is replaced or erased lets go of its messages and tries by an index."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_message_address_id", "message", ["address_id"])
    op.create_index("ix_attempt_address_id", "attempt", ["address_id"])
