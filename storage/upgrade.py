"""Bringing a database to the newest schema: the only place that loads Alembic."""

import os

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, insert, select

from contact.errors import Misconfigured
from storage.crypto import Vault
from storage.database import connected, file_of
from storage.faults import in_our_words, is_the_databases
from storage.memory import SCHEMA_VERSION
from storage.queue_tables import make_queue
from storage.tables import keyring

#: Any number, the same for all who upgrade: on PostgreSQL one goes after another.
_TURN = 0x616C756D


def upgrade(url: str, vault: Vault) -> None:
    """Make the database at ``url`` where there is none, and bring it to the newest schema.

    All of it is one transaction. Misconfigured where it was made with another
    key or by a newer program; StorageUnavailable where it cannot be reached.
    """
    file = file_of(url)
    if file is not None and not file.exists():
        _make_private(str(file))
    try:
        with connected(url) as connection:
            _upgrade(connection, vault)
    except CommandError:
        raise Misconfigured(
            "The database is of a newer version than this program: install the newer program."
        ) from None
    except Exception as error:
        if is_the_databases(error):
            raise in_our_words(error) from None
        raise


def script() -> Config:
    """Where the migrations are, whether we run from a checkout or an installed wheel."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config


def _upgrade(connection: Connection, vault: Vault) -> None:
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if sqlite else f"SELECT pg_advisory_xact_lock({_TURN})"
    )
    # A wrong key fails before anything is changed.
    if connection.dialect.has_table(connection, keyring.name):
        _check(connection, vault)
    config = script()
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA_VERSION)
    if not sqlite:
        make_queue(connection)
    if _check(connection, vault) is None:
        connection.execute(insert(keyring), {"id": 1, "fingerprint": vault.fingerprint()})
    if sqlite:
        connection.exec_driver_sql("COMMIT")
    connection.commit()


def _check(connection: Connection, vault: Vault) -> bytes | None:
    fingerprint: bytes | None = connection.execute(select(keyring.c.fingerprint)).scalar()
    if fingerprint is not None:
        vault.check(fingerprint)
    return fingerprint


def _make_private(file: str) -> None:
    """An empty file that only its owner may read; its companions inherit that."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Misconfigured(
            f"The database {file} cannot be made ({error.strerror}): check [storage] url."
        ) from None
