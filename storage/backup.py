"""A copy of the whole database in one file, whichever database it is.

The copy is always an SQLite database of our schema, personal data sealed as
in the original, so a backup of PostgreSQL needs no tool of its server's
version and can be restored to either.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, text

from contact.errors import NotAllowed, StorageUnavailable
from storage.crypto import Vault
from storage.database import connected, driver_of, file_of
from storage.faults import in_our_words, is_the_databases
from storage.memory import SCHEMA_VERSION, VERSION_TABLE, check
from storage.schema import metadata
from storage.tables import message

_AT_ONCE = 1000


def backup(url: str, file: Path, vault: Vault) -> None:
    """Copy the database at ``url`` into the new ``file`` (mode 0600) while the service runs.

    The copy is one consistent picture. NotAllowed where ``file`` exists,
    which stays as it is; StorageUnavailable where it cannot be written.
    """
    check(url, vault)
    _reserve(file)
    try:
        with in_words():
            (_copy_file if file_of(url) else _copy_rows)(url, file)
    except BaseException:
        file.unlink()
        raise


def _reserve(file: Path) -> None:
    """Make the empty private ``file``; NotAllowed where it exists."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise NotAllowed(f"{file} exists already: choose another name.") from None
    except OSError as error:
        raise StorageUnavailable(f"{file} cannot be written ({error.strerror}).") from None


@contextmanager
def in_words() -> Iterator[None]:
    """Whatever the databases complain of, in our words."""
    try:
        yield
    except Exception as error:
        if is_the_databases(error):
            raise in_our_words(error) from None
        raise


def copy_all(source: Connection, target: Connection) -> None:
    """Copy the rows of every table into the empty ``target``, those others lean on first."""
    for table in metadata.sorted_tables:
        rows = source.execute(_in_order(table), execution_options={"yield_per": _AT_ONCE})
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])
    if target.dialect.name != "sqlite":
        _set_counters(target)


def _copy_file(url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as target, connected(url, read_only=True) as source:
        # In one step: a picture of one moment, and in WAL mode nobody waits for it.
        driver_of(source).backup(target)
        # One file, not three.
        target.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(url: str, file: Path) -> None:
    with connected(url) as source, connected(f"sqlite:///{file}") as target:
        source.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        target.exec_driver_sql("PRAGMA journal_mode=DELETE")
        target.exec_driver_sql("BEGIN")
        metadata.create_all(target)
        target.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL)"))
        target.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('{SCHEMA_VERSION}')"))  # noqa: S608  constants
        copy_all(source, target)
        target.exec_driver_sql("COMMIT")


def _in_order(table: Table) -> Select[Any]:
    order = list(table.primary_key.columns)
    if table is message:
        # A resend leans on the message it repeats, which is older.
        order.insert(0, table.c.created_at)
    return select(table).order_by(*order)


def _set_counters(target: Connection) -> None:
    """Let PostgreSQL count on from the numbers that were copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            newest = select(func.max(column)).scalar_subquery()
            target.execute(select(func.setval(sequence, func.coalesce(newest, 1))))
