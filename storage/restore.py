"""Putting a backup back, without those who were erased since it was made."""

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from contact.errors import NotAllowed, StorageUnavailable, UnreadableFile
from storage.backup import copy_all, in_words
from storage.crypto import Vault
from storage.database import connected, file_of
from storage.erasures import erased_among
from storage.memory import check
from storage.tables import alumnus, keyring
from storage.upgrade import upgrade
from storage.work import Work


def restore(file: Path, url: str, vault: Vault, erasures: Path, now: datetime) -> int:
    """Make the database at ``url`` from the backup ``file``; how many were erased again.

    Everybody on the list ``erasures`` is erased (as of ``now``, an aware
    instant) before the database appears. A backup of an older version is
    brought to the newest; ``file`` itself stays as it is.

    NotAllowed where there is a database already, UnreadableFile where
    ``file`` is no backup, Misconfigured where it was made with another key.
    """
    target = file_of(url)
    if target is None:
        # Through a file beside the backup: what is copied over is already clean.
        return _through(file, file, vault, erasures, now, lambda clean: _into(url, vault, clean))
    if target.exists():
        raise NotAllowed(f"{target} exists already: move it away first; nothing was changed.")
    return _through(file, target, vault, erasures, now, lambda clean: _take_place(clean, target))


def _through(
    file: Path,
    beside: Path,
    vault: Vault,
    erasures: Path,
    now: datetime,
    finish: Callable[[Path], None],
) -> int:
    """Copy ``file``, clean the copy, and hand it to ``finish``; the copy is gone at the end."""
    clean = _private_file(beside.parent)
    try:
        _copy(file, clean)
        url = f"sqlite:///{clean}"
        upgrade(url, vault)
        with in_words():
            again = _erase_again(url, vault, erasures, now)
            finish(clean)
        return again
    finally:
        for suffix in ("", "-wal", "-shm"):
            clean.with_name(clean.name + suffix).unlink(missing_ok=True)


def _private_file(folder: Path) -> Path:
    try:
        handle, name = tempfile.mkstemp(prefix=".restoring-", dir=folder)
    except OSError as error:
        raise StorageUnavailable(f"{folder} cannot be written ({error.strerror}).") from None
    os.close(handle)
    return Path(name)


def _copy(file: Path, clean: Path) -> None:
    if not file.is_file():
        raise UnreadableFile(f"There is no backup {file}.")
    try:
        read_only = f"{file.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(read_only, uri=True)) as source,
            closing(sqlite3.connect(clean)) as target,
        ):
            tables = {row[0] for row in source.execute("SELECT name FROM sqlite_master")}
            sound = source.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            source.backup(target)
    except sqlite3.Error:
        raise UnreadableFile(f"{file} is damaged, or no backup: nothing was changed.") from None
    if not sound or not {alumnus.name, keyring.name} <= tables:
        raise UnreadableFile(f"{file} is damaged, or no backup: nothing was changed.")


def _erase_again(url: str, vault: Vault, erasures: Path, now: datetime) -> int:
    with connected(url) as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        readable = select(alumnus.c.id).where(alumnus.c.data_key.is_not(None))
        again = erased_among(erasures, vault, connection.execute(readable).scalars())
        work = Work(connection, vault)
        for who in again:
            work.alumni.erase(who, now)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    return len(again)


def _take_place(clean: Path, target: Path) -> None:
    try:
        # Unlike a rename, this never replaces a database that came meanwhile.
        os.link(clean, target)
    except FileExistsError:
        raise NotAllowed(f"{target} exists already: nothing was changed.") from None
    except OSError as error:
        raise StorageUnavailable(f"{target} cannot be written ({error.strerror}).") from None


def _into(url: str, vault: Vault, clean: Path) -> None:
    upgrade(url, vault)
    check(url, vault)
    with connected(f"sqlite:///{clean}") as source, connected(url) as target, target.begin():
        _must_be_empty(target)
        target.execute(keyring.delete())
        copy_all(source, target)


def _must_be_empty(target: Connection) -> None:
    if target.execute(select(func.count()).select_from(alumnus)).scalar_one():
        raise NotAllowed("The database has alumni in it already: nothing was changed.")
