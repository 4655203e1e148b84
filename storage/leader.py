"""The one process of many that is the clock: whoever holds a lock in the database.

The lock lives as long as the connection it was taken on, so a process that
dies gives it up, and another takes over. It keeps two clocks from doing the
same work; that nothing is done twice is the unique keys' promise, not its.
"""

import contextlib

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage.database import parsed

#: Any number, the same for all who would be the clock.
_LOCK = 0x636C6F636B
#: How the server learns that the leader's machine is gone without a word, in seconds and times.
_WATCH = "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
#: How long the leader waits for an answer before it gives up the connection, in milliseconds.
_PATIENCE = 3_000


class Leadership:
    """The lock of one process that would be the clock; not for two threads at once."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(
            parsed(url),
            hide_parameters=True,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": 2,
                "options": _WATCH,
                "tcp_user_timeout": _PATIENCE,
                "application_name": "followup clock",
            },
        )
        self._connection: Connection | None = None

    def is_ours(self) -> bool:
        """Take the lock, or make sure that it is still held; False where another has it.

        A database that does not answer is no lock.
        """
        try:
            if self._connection is not None:
                self._connection.exec_driver_sql("SELECT 1")
                return True
            return self._take()
        except DBAPIError:
            self.let_go()
            return False

    def let_go(self) -> None:
        """Give the lock up, so that another takes over at once."""
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None

    def _take(self) -> bool:
        connection = self._engine.connect()
        taken = False
        try:
            ask = f"SELECT pg_try_advisory_lock({_LOCK})"
            taken = bool(connection.exec_driver_sql(ask).scalar())
        finally:
            if not taken:
                connection.close()
        self._connection = connection if taken else None
        return taken
