"""The tables of the queue, made by the library that runs it."""

from procrastinate import __version__ as version
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

_KNOWN = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"
#: What an earlier version left behind, found by the prefix that all of it has.
_CLEAR = r"""
DO $$
DECLARE what record;
BEGIN
    FOR what IN SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) AS gone
        FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\_%'
    LOOP EXECUTE what.gone; END LOOP;
    FOR what IN SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) AS gone
        FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        AND proname LIKE 'procrastinate\_%'
    LOOP EXECUTE what.gone; END LOOP;
    FOR what IN SELECT format('DROP TYPE IF EXISTS %I CASCADE', typname) AS gone
        FROM pg_type WHERE typnamespace = current_schema()::regnamespace
        AND typname LIKE 'procrastinate\_%'
    LOOP EXECUTE what.gone; END LOOP;
END $$
"""


def make_queue(connection: Connection) -> bool:
    """Make the queue, or make it anew where another version of the library left one.

    Nothing is lost with it: the ledger knows what is planned. False where it
    was there already. Part of the transaction that ``connection`` is in.
    """
    if is_made(connection):
        return False
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  narrows the pool's type
    # Without parameters the driver takes many statements at once, and a % as it is.
    driver.execute(_CLEAR)
    driver.execute(SchemaManager.get_schema())
    driver.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{version}'")
    return True


def queue_version(connection: Connection) -> str | None:
    """The version of the library that made the queue, or None where there is none."""
    found: str | None = connection.exec_driver_sql(_KNOWN).scalar()
    return found


def is_made(connection: Connection) -> bool:
    """Whether the queue is there, made by the version of the library that runs now."""
    return queue_version(connection) == version
