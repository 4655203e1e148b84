"""The door to the database: opened only where schema and key are the right ones."""

import sqlite3

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contact.errors import Misconfigured
from storage.crypto import Vault
from storage.database import connected, file_of
from storage.faults import NO_TABLES, in_our_words
from storage.postgres_memory import PostgresMemory
from storage.sqlite_memory import SqliteMemory

#: The newest migration; Alembic is not loaded to know it.
SCHEMA_VERSION = "0011"
#: The table in which Alembic keeps the version.
VERSION_TABLE = "schema_version"

_LOOK = text(
    f"SELECT (SELECT version_num FROM {VERSION_TABLE}), (SELECT fingerprint FROM keyring)"  # noqa: S608  a constant
)
_NONE = "The database has not been set up: run `followup db upgrade`."
_OLDER = "The database is of an older version: run `followup db upgrade`."
_NEWER = (
    "The database is of a newer version than this program: install the newer program "
    "(`followup db upgrade` goes forward only)."
)


def open_memory(url: str, vault: Vault) -> SqliteMemory | PostgresMemory:
    """The memory at ``url``.

    Misconfigured where it was not set up, is of another version or was made
    with another key; StorageUnavailable where it cannot be reached.
    """
    check(url, vault)
    return SqliteMemory(url, vault) if file_of(url) else PostgresMemory(url, vault)


def check(url: str, vault: Vault) -> None:
    """Raise what :func:`open_memory` would; nothing is changed."""
    file = file_of(url)
    if file is not None and not file.exists():
        raise Misconfigured(_NONE)
    version, fingerprint = _look(url)
    if version != SCHEMA_VERSION:
        raise Misconfigured(_NEWER if version > SCHEMA_VERSION else _OLDER)
    if fingerprint is None:
        raise Misconfigured(_NONE)
    vault.check(fingerprint)


def _look(url: str) -> tuple[str, bytes | None]:
    try:
        with connected(url, read_only=True) as connection:
            row = connection.execute(_LOOK).one()
    except (SQLAlchemyError, sqlite3.Error) as error:
        meant = in_our_words(error)
        raise Misconfigured(_NONE) if str(meant) == NO_TABLES else meant from None
    return row[0] or "", row[1]
