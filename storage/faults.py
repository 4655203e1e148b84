"""A database's complaints in our words, and without anybody's data in them.

FollowUpError
  StorageUnavailable  the database is locked, full, read-only or away: nothing was done
DatabaseRefused       a statement would have broken a promise: a defect of ours
"""

import sqlite3

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contact.errors import FollowUpError, StorageUnavailable

_LOCKED = "The database is locked by another process: try again in a moment."
_FULL = "The disk is full: make room, then try again; nothing was half-written."
_READ_ONLY = "The database cannot be written: check the file's and folder's permissions."
_NO_FILE = "The database file cannot be opened: check [storage] url and permissions."
_DAMAGED = "The database file is damaged: restore the latest backup."
_NOT_ONE = "The database file is not a database: check [storage] url."
_FAILING = "The disk does not read or write as it should: check it, then try again."
NO_TABLES = "The database has no tables yet: run `followup db upgrade`."
_COLLIDED = "The database was too busy to finish this: try again in a moment."
_AWAY = "The database does not answer: check that it runs and that [storage] url is right."

#: SQLite's primary result codes (sqlite.org/rescode.html).
_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _NO_FILE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _NOT_ONE,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_NOMEM: _FAILING,
}
#: PostgreSQL's SQLSTATEs, or their classes (its manual, appendix A).
_POSTGRES = {
    "40001": _COLLIDED,
    "40P01": _COLLIDED,
    "55P03": _LOCKED,
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42P01": NO_TABLES,
}


class DatabaseRefused(Exception):
    """The database refused a statement; the text names its reason, never a value."""


def in_our_words(error: BaseException) -> BaseException:
    """``error`` itself, or what it means where it is the database's.

    The original is not kept with it: a driver's own message may show values.
    """
    if isinstance(error, FollowUpError):
        return error
    if isinstance(error, PoolTimeout):
        return StorageUnavailable(_COLLIDED)
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        # A value that its column does not take; it never came to the database.
        return error.orig or error
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _from_sqlite(cause)
    if isinstance(error, DBAPIError):
        return _from_postgres(error)
    return error


def is_the_databases(error: BaseException) -> bool:
    """Whether ``error`` comes from the database or the way to it."""
    return isinstance(error, (sqlite3.Error, SQLAlchemyError))


def _from_sqlite(cause: sqlite3.Error) -> BaseException:
    # The lower byte is the primary code, whatever extends it.
    primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    meaning = _SQLITE.get(primary)
    if meaning is None and "no such table" in str(cause):
        meaning = NO_TABLES
    # SQLite's own messages name tables and columns only.
    return StorageUnavailable(meaning) if meaning else DatabaseRefused(str(cause))


def _from_postgres(error: DBAPIError) -> BaseException:
    state = getattr(error.orig, "sqlstate", None) or ""
    meaning = _POSTGRES.get(state)
    lost = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
    if meaning is None and lost:
        meaning = _AWAY
    if meaning is not None:
        return StorageUnavailable(meaning)
    broken = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    name = type(error.orig).__name__
    return DatabaseRefused(f"{name}: {broken}" if broken else f"{name} {state}".strip())
