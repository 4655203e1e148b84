"""The database is locked, full, read-only or away: the service says so, waits, and goes on."""

import json
import resource
import sqlite3
import time
from collections import Counter
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from storage.upgrade import upgrade
from tests.fakes import twilio_gateway as twilio
from tests.fakes.loopback import free_port, post
from tests.followup.crew.town import Town, furnish
from tests.journeys.world import meet, open_case
from tests.postgres import running

PUBLIC = "https://followup.example.org"
INBOUND = "/webhooks/twilio/inbound"
#: Seconds that anything may take on a machine with much else to do.
PATIENCE = 240.0
SETTLED = timedelta(minutes=20)
#: What goes out while the database is in trouble, slowly enough to be met by it.
MESSAGES = 60
AMINA = "+447700900900"


class Door:
    """The service as it is met from outside."""

    def __init__(self, town: Town, *roles: str) -> None:
        self.town = town
        port = free_port()
        settings = town.config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}")
        town.config.write_text(settings)
        self.url = f"http://127.0.0.1:{port}"
        for role in roles:
            town.start(role)
        self.becomes(200)

    def readiness(self) -> tuple[int, str]:
        """The status of ``/readyz``, and what it says of the database; 0 without an answer."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=30) as answer:  # noqa: S310  loopback
                return answer.status, _of_database(answer.read())
        except HTTPError as error:
            with error:
                return error.code, _of_database(error.read())
        except (OSError, HTTPException):
            return 0, ""

    def becomes(self, status: int) -> str:
        """Wait until ``/readyz`` answers with ``status``; what it says of the database."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert all(process.poll() is None for _, process in self.town.members), "it ended"
            found, said = self.readiness()
            if found == status:
                return said
            time.sleep(0.1)
        raise AssertionError(f"readyz never became {status}")

    def hears(self, number: int) -> int:
        """Have Amina answer; the status of the webhook."""
        fields = twilio.inbound_fields(AMINA, "2", MessageSid=f"SM{number:032x}")
        headers = twilio.signed(f"{PUBLIC}{INBOUND}", fields)
        return post(f"{self.url}{INBOUND}", urlencode(fields).encode(), headers)


def _of_database(body: bytes) -> str:
    checks = json.loads(body)["checks"]
    return next((each["detail"] for each in checks if each["name"] == "database"), "")


def busy(town: Town) -> None:
    """Amina may answer, there is much to send, and after ten the gateway takes its time."""
    now = datetime.now(UTC)
    town.write(open_case, meet(town, "Amina Yusuf", AMINA, at=now), now)
    town.plan(MESSAGES)
    sent = town.gateway.texts
    town.gateway.script.otherwise = lambda _: twilio.slow(2.0) if len(sent) > 9 else twilio.ACCEPT


def amid_the_sending(town: Town) -> None:
    """Wait until some messages have gone out, and others have not."""
    _until(lambda: len(town.gateway.texts) >= 10)
    assert len(town.gateway.texts) < MESSAGES


def _until(done) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def all_is_well(town: Town, door: Door) -> None:
    """Ready again; every message went out once, and a reply is answered."""
    door.becomes(200)
    town.gateway.script.otherwise = lambda _: twilio.ACCEPT
    _until(lambda: town.deliveries()["planned"] == 0)
    assert _insists(door) == 204
    _until(lambda: AMINA in {text.to for text in town.gateway.texts})
    for role, process in list(town.members):
        process.terminate()
        assert process.wait(PATIENCE) == 0, role
    town.members.clear()
    town.settle(timedelta(minutes=5))
    town.settle(SETTLED)
    sent = Counter(text.body for text in town.gateway.texts if text.to != AMINA)
    assert sent == dict.fromkeys(town.texts, 1)
    left = town.deliveries()
    assert left["planned"] == left["sending"] == left["unsure"] == 0


def _insists(door: Door) -> int:
    """Send the reply that was refused again, as Twilio does, until it is taken."""
    _until(lambda: door.hears(1) == 204)
    return door.hears(1)


# SQLite.


@pytest.fixture
def hamlet(tmp_path, sqlite_url, master_key, gateway):
    """A service on SQLite, which waits for a second only when another has the file."""
    folder = tmp_path / "home"
    folder.mkdir()
    town = Town(furnish(folder, sqlite_url, master_key, gateway), gateway)
    yield town
    town.close()


def file_of(town: Town) -> str:
    return str(town.config.parents[1] / "followup.db")


def is_sound(town: Town) -> bool:
    with closing(sqlite3.connect(file_of(town))) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"


def is_locked_for(town: Town, seconds: float) -> None:
    busy(town)
    door = Door(town, "all")
    amid_the_sending(town)
    with closing(sqlite3.connect(file_of(town), isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert "locked" in door.becomes(503)
        assert door.hears(1) == 503
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        other.execute("ROLLBACK")

    all_is_well(town, door)
    assert is_sound(town)


def test_a_database_that_is_locked_for_a_while_loses_and_repeats_nothing(hamlet):
    is_locked_for(hamlet, 4)


@pytest.mark.soak
def test_a_database_that_is_locked_for_thirty_seconds_loses_and_repeats_nothing(hamlet):
    is_locked_for(hamlet, 30)


@contextmanager
def no_room(process):
    """A disk that takes no more: no file of ``process`` may grow."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    yield
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


def test_a_disk_that_takes_no_more_turns_it_red_until_it_does(hamlet):
    busy(hamlet)
    door = Door(hamlet, "all")
    amid_the_sending(hamlet)
    ((_, process),) = hamlet.members
    with no_room(process):
        assert door.becomes(503)
        assert door.hears(1) == 503

    all_is_well(hamlet, door)
    assert is_sound(hamlet)


# PostgreSQL.


@pytest.fixture
def borough(tmp_path, vault, master_key, gateway):
    """A service on a PostgreSQL of its own, that comes and goes."""
    with running() as server:
        url = server.create_database("house")
        upgrade(url, vault)
        folder = tmp_path / "home"
        folder.mkdir()
        town = Town(furnish(folder, url, master_key, gateway), gateway)
        yield town, server
        town.close()


@pytest.mark.parametrize("crashes", [True, False], ids=["crashed", "stopped"])
def test_a_postgresql_that_is_restarted_amid_a_batch_loses_and_repeats_nothing(borough, crashes):
    town, server = borough
    busy(town)
    door = Door(town, "web", "clock", "worker", "worker")
    amid_the_sending(town)
    (server.crash if crashes else server.stop)()
    assert "does not answer" in door.becomes(503)
    assert door.hears(1) == 503
    server.start()

    all_is_well(town, door)


def test_a_postgresql_that_only_reads_turns_it_red_until_it_writes(borough):
    town, server = borough
    busy(town)
    door = Door(town, "web", "clock", "worker")
    amid_the_sending(town)
    _may_only_read(server, "on")
    assert "cannot be written" in door.becomes(503)
    assert door.hears(1) == 503
    _may_only_read(server, "off")

    all_is_well(town, door)


def _may_only_read(server, whether: str) -> None:
    """Let nobody write from now on, as a server does that has become a standby."""
    with server._connect() as connection:
        connection.execute(f"ALTER DATABASE house SET default_transaction_read_only = {whether}")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'house'"
        )
