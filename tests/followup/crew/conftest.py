"""Towns on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.twilio_gateway import TwilioGateway
from tests.followup.crew.town import Town, furnish


@pytest.fixture
def gateway() -> Iterator[TwilioGateway]:
    """A stand-in for Twilio."""
    with TwilioGateway() as gateway:
        yield gateway


@pytest.fixture
def town(
    tmp_path: Path, furnished_postgres_url: str, master_key: str, gateway: TwilioGateway
) -> Iterator[Town]:
    """A service on PostgreSQL, none of its processes started yet."""
    folder = tmp_path / "home"
    folder.mkdir()
    town = Town(furnish(folder, furnished_postgres_url, master_key, gateway), gateway)
    yield town
    town.close()


@pytest.fixture
def village(
    tmp_path: Path, sqlite_url: str, master_key: str, gateway: TwilioGateway
) -> Iterator[Town]:
    """The same on one SQLite file, on which another process is waited for as usual."""
    folder = tmp_path / "home"
    folder.mkdir()
    url = sqlite_url.removesuffix("?timeout=1")
    town = Town(furnish(folder, url, master_key, gateway), gateway)
    yield town
    town.close()
