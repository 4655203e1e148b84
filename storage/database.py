"""A database by its URL: SQLite with one writer's settings, or PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from contact.errors import Misconfigured

#: How long a writer waits for another process before it gives up, in seconds;
#: ``?timeout=`` in the URL says otherwise.
PATIENCE = 10.0
#: How long a connection to PostgreSQL may take, in seconds.
_CONNECT_WITHIN = 10
#: Pages in the write-ahead log (4 KiB each) before whoever commits copies them into the file.
#: A reply changes some 16, mostly the same ones; at SQLite's own 1,000 one reply in 60 waits.
_LOG_PAGES = 4000
#: More than all statements there are: each is prepared once a connection.
_PREPARED = 256


def parsed(url: str) -> URL:
    """The database URL; Misconfigured unless it is one of the two we run on."""
    try:
        made = make_url(url)
    except ArgumentError:
        made = None
    if made is None or made.drivername not in ("sqlite", "postgresql+psycopg") or not _named(made):
        raise Misconfigured(
            "[storage] url must be sqlite:///FILE or postgresql+psycopg://…: correct it."
        )
    return made


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    made = parsed(url)
    return Path(str(made.database)) if made.drivername == "sqlite" else None


def connect(url: str, *, read_only: bool = False, connections: int = 1) -> Engine:
    """An engine for ``url``.

    Exceptions never show parameters: they are people's data. On SQLite the
    transactions are ours to begin (``BEGIN IMMEDIATE``), so the driver must
    not begin any by itself.
    """
    made = parsed(url)
    if made.drivername != "sqlite":
        return create_engine(
            made,
            hide_parameters=True,
            pool_size=connections,
            max_overflow=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_WITHIN},
        )
    options: dict[str, Any] = {"check_same_thread": False, "cached_statements": _PREPARED}
    if "timeout" not in made.query:
        options["timeout"] = PATIENCE
    engine = create_engine(
        made,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        connect_args=options,
        # Whoever opens a connection keeps it, and ends its own transactions.
        poolclass=NullPool,
        pool_reset_on_return=None,
    )
    event.listen(engine, "connect", _reader_settings if read_only else _writer_settings)
    return engine


@contextmanager
def connected(url: str, *, read_only: bool = False) -> Iterator[Connection]:
    """One connection to ``url``, for a short errand; nothing of it is left open."""
    engine = connect(url, read_only=read_only)
    try:
        with closing(engine.connect()) as connection:
            yield connection
    finally:
        engine.dispose()


def driver_of(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection under one of SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101  narrows the driver's type
    return driver


def _named(made: URL) -> bool:
    """Whether it leads to a file or a server: a database in memory forgets."""
    if made.drivername != "sqlite":
        return True
    return bool(made.database) and made.database != ":memory:" and "uri" not in made.query


def _writer_settings(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An answered webhook must survive a power cut: FULL syncs at every commit.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten: an erased person must not linger in free pages.
    cursor.execute("PRAGMA secure_delete=ON")
    # What a savepoint keeps to undo itself stays in memory: some 64 KiB of pages, one
    # reply's worth, would otherwise become a file with people's data in it.
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    cursor.close()


def _reader_settings(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()
