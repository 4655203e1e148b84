"""How Alembic comes to the database: on the connection that ``storage.upgrade`` hands it."""

from alembic import context

from storage.memory import VERSION_TABLE
from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
