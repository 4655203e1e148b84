"""Asks through the whole way out (gate, decrypt, claim, send, record), against Celery and Redis.

python -m benchmarks.outbound

The gateway is a stand-in on loopback in another process, the same for all.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.peer import ROOT, NotHere, gateway, program, python_with, run
from benchmarks.table import Row, median, skipped
from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.consent import Consent, Purpose
from contact.dispatch import deliver
from contact.ports import Work
from followup.founding import found
from followup.passes import gateways
from followup.wiring import House, key_file
from scheduler.outreach import open_and_plan
from storage.crypto import Vault
from storage.people import new_reference
from storage.upgrade import upgrade
from tests.postgres import Server, running

_THEN = datetime(2025, 9, 10, 10, 0, tzinfo=UTC)
PEOPLE = 900
_ROUNDS = 3
_SETTINGS = """
[service]
public_url = "https://followup.example.org"
[storage]
url = "{url}"
[contact]
max_messages_per_day = 5000
[sms]
gateway = "twilio"
account_sid = "AC55555555555555555555555555555555"
from_number = "+447700900999"
api_base = "{api_base}"
allow_drama_numbers = true
[[school]]
id = "example"
name = "Example School"
procedure = "termly"
"""


def measure() -> list[Row]:
    """Each round: ours on either database, Celery on either, and the SDK's own client."""
    with gateway() as api_base, running() as server:
        rounds = [_round(api_base, server) for _ in range(_ROUNDS)]
    figures = {name: [each[name] for each in rounds if name in each] for name in rounds[0]}
    return list(_rows(figures))


def _rows(figures: dict[str, list[float]]) -> Iterator[Row]:
    for name in ("SQLite", "PostgreSQL"):
        ours, peers = figures[name], figures.get(f"Celery on {name}")
        beside = f"ours {PEOPLE / median(ours):.0f}/s"
        if not peers:
            skipped(f"outbound against Celery on {name}", f"Celery was not there; {beside}")
            continue
        beside += f", Celery {PEOPLE / median(peers):.0f}/s"
        ratio = median([peer / own for own, peer in zip(ours, peers, strict=True)])
        yield Row(f"outbound on {name} (rate of Celery + Redis)", ratio, 2, 5, beside, more=True)
    ours, theirs = figures["ours, processor"], figures["SDK, processor"]
    ratio = median([own / sdk for own, sdk in zip(ours, theirs, strict=True)])
    beside = f"ours {median(ours):.2f} ms, the SDK's client {median(theirs):.2f} ms a message"
    yield Row("processor time a message (of the SDK's client)", ratio, 1.3, 0.6, beside)


def _round(api_base: str, server: Server) -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, _database(server) as url:
        sqlite = house_at(Path(folder) / "one", "sqlite:///followup.db", api_base)
        begun = time.process_time()
        figures["SQLite"] = asyncio.run(send_all(sqlite))
        figures["ours, processor"] = (time.process_time() - begun) / PEOPLE * 1000
        sqlite.close()
        postgres = house_at(Path(folder) / "two", url, api_base)
        figures["PostgreSQL"] = _queued(postgres, Path(folder) / "two" / "config.toml")
        postgres.close()
        figures["SDK, processor"] = _sdk(api_base)
        with suppress(NotHere):
            figures["Celery on SQLite"] = _celery(api_base, f"sqlite:///{folder}/peer.db")
        with suppress(NotHere), _database(server) as other:
            figures["Celery on PostgreSQL"] = _celery(api_base, other)
    return figures


@contextmanager
def _database(server: Server) -> Iterator[str]:
    name = f"bench_{uuid4().hex}"
    yield server.create_database(name)
    server.drop_database(name)


def house_at(folder: Path, url: str, api_base: str) -> House:
    """A school whose leavers are all due, their asks planned."""
    home = found(folder)
    home.config.write_text(_SETTINGS.format(url=url, api_base=api_base))
    (home.key_file.parent / "followup_twilio_auth_token").write_text("a-token-nobody-uses")
    house = House.at(home.config)
    upgrade(house.settings.database_url, Vault(key_file(house.settings).read_text()))
    house.memory.write(_people).result()
    asyncio.run(_plan(house))
    return house


async def _plan(house: House) -> None:
    await open_and_plan(house.memory, house.plans, house.desk, _THEN)


def _people(work: Work) -> None:
    cohort = Cohort("example", KeyStage.KS4, 2025)
    for number in range(PEOPLE):
        who = Profile(f"Somebody {number}")
        person = Alumnus(uuid4(), new_reference(), "example", who, _THEN)
        work.alumni.add(person, person.profile.name)
        work.cohorts.join(Membership(person.id, cohort))
        until = date(2028, 8, 31)
        given = Consent(person.id, Purpose.TRACKING, "form_a", _THEN, "form", "import", until)
        work.consents.grant(given)
        phone = f"+447700900{number:03}"
        met = work.addresses.meet(ChannelName.SMS, phone, uuid4())
        work.addresses.add(Address(uuid4(), person.id, met.id, ChannelName.SMS, phone))


async def send_all(house: House) -> float:
    """How many seconds it takes to send all that is planned, in this process."""
    async with gateways(house) as channels:
        begun = time.perf_counter()
        sent = await deliver(house.memory, channels, house.desk, lambda: _THEN)
        took = time.perf_counter() - begun
    assert sent["sent"] == PEOPLE, sent
    return took


def _queued(house: House, config: Path) -> float:
    """From the jobs being handed out until the last message is settled, a worker a processor."""
    from storage.queue import hand_out

    command = [sys.executable, "-m", "benchmarks.worker", str(config), _THEN.isoformat()]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(os.cpu_count() or 1)]
    try:
        _until(house, "SELECT count(*) FROM procrastinate_workers", 2 * len(workers))
        begun = time.perf_counter()
        house.memory.write(hand_out, _THEN).result()
        _until(house, "SELECT count(*) FROM message WHERE delivery = 'accepted'", PEOPLE)
        return time.perf_counter() - begun
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(30)


def _until(house: House, count: str, wanted: int) -> None:
    deadline = time.monotonic() + 120
    while _count(house, count) < wanted:
        assert time.monotonic() < deadline, count
        time.sleep(0.02)


def _count(house: House, query: str) -> int:
    return house.memory.read(lambda work: work.connection.exec_driver_sql(query).scalar()).result()


def _sdk(api_base: str) -> float:
    """Processor milliseconds a message of the official SDK's synchronous client."""
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    client = Client("AC" + "5" * 32, "token", http_client=TwilioHttpClient(timeout=10))
    client.api.base_url = api_base
    said = "Hi Somebody, this is Example School. What are you doing now? Reply with a number."
    back = f"https://followup.example.org/webhooks/twilio/status?message={uuid4()}"
    begun = time.process_time()
    for number in range(PEOPLE):
        client.messages.create(
            to=f"+447700900{number:03}", from_="+447700900999", body=said, status_callback=back
        )
    return (time.process_time() - begun) / PEOPLE * 1000


def _celery(api_base: str, database: str) -> float:
    program("redis-server")
    modules = ["celery", "redis", "sqlalchemy", "twilio"]
    python = python_with(*modules, *(["psycopg"] if database.startswith("postgres") else []))
    told = run(python, "benchmarks.peers.celery_send", api_base, database, str(PEOPLE))
    return float(json.loads(told)["seconds"])


if __name__ == "__main__":
    from benchmarks.table import show

    show(measure())
