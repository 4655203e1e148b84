"""A destination keeps the public numbers of its provider."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("destination", sa.Column("urn", sa.String(6)))
    op.add_column("destination", sa.Column("ukprn", sa.String(8)))
