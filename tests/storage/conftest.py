"""Every claim about the memory is tested on both databases."""

from collections.abc import Iterator

import pytest

from storage.crypto import Vault
from storage.memory import open_memory
from storage.postgres_memory import PostgresMemory
from storage.sqlite_memory import SqliteMemory
from tests.storage.cast import add, open_case, seen, somebody, written

_URLS = {"sqlite": "sqlite_url", "postgresql": "furnished_postgres_url"}


@pytest.fixture(params=list(_URLS))
def url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database that has its tables."""
    found: str = request.getfixturevalue(_URLS[request.param])
    return found


@pytest.fixture
def memory(url: str, vault: Vault) -> Iterator[SqliteMemory | PostgresMemory]:
    """A memory on either database."""
    opened = open_memory(url, vault)
    yield opened
    opened.close()


@pytest.fixture
def amina(memory):
    """Amina, stored."""
    return written(memory, add, somebody())


@pytest.fixture
def case(memory, amina):
    """Amina's case."""
    return written(memory, open_case, amina)


@pytest.fixture
def home(memory, amina):
    """The endpoint Amina writes from."""
    return seen(memory, lambda work: work.addresses.of(amina)[0].endpoint)
