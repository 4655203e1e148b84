"""Databases for the tests: each test has one of its own, made by the real migrations."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.crypto import Vault, new_master_key
from storage.memory import open_memory
from storage.postgres_memory import PostgresMemory
from storage.sqlite_memory import SqliteMemory
from storage.upgrade import upgrade
from tests.postgres import Server


@pytest.fixture(scope="session")
def master_key() -> str:
    """The text of a key file."""
    return new_master_key()


@pytest.fixture(scope="session")
def vault(master_key: str) -> Vault:
    """The vault of every test's database."""
    return Vault(master_key)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    """A database as `followup db upgrade` makes it; copied, never opened."""
    file = tmp_path_factory.mktemp("template") / "followup.db"
    upgrade(f"sqlite:///{file}", vault)
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database; another process is waited for 1 second only."""
    file = tmp_path / "followup.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}?timeout=1"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server, vault: Vault) -> str:
    """The name of a PostgreSQL database as `followup db upgrade` makes it."""
    name = "template_followup"
    upgrade(postgres_server.create_database(name), vault)
    return name


@pytest.fixture
def furnished_postgres_url(
    postgres_server: Server, postgres_template: str, tmp_path: Path
) -> Iterator[str]:
    """The address of a fresh PostgreSQL database that has its tables."""
    name = f"house_{abs(hash(tmp_path)):x}"
    yield postgres_server.create_database(name, template=postgres_template)
    postgres_server.drop_database(name)


@pytest.fixture
def memory(sqlite_url: str, vault: Vault) -> Iterator[SqliteMemory | PostgresMemory]:
    """A memory on SQLite; the storage tests run on both databases."""
    opened = open_memory(sqlite_url, vault)
    yield opened
    opened.close()
