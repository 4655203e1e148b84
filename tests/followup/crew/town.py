"""A school, messages to send, and the processes that send them."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Profile
from contact.dispatch import deliver
from contact.message import Delivery, Message, MessageKind
from contact.reconciling import reconcile
from followup.passes import gateways
from followup.wiring import House
from storage.people import new_reference
from storage.work import Work
from tests.fakes import twilio_gateway as twilio
from tests.fakes.twilio_gateway import TwilioGateway

T = TypeVar("T")

_SETTINGS = """
    [service]
    public_url = "https://followup.example.org"
    listen = "127.0.0.1:0"
    log_level = "error"
    [storage]
    url = "{url}"
    [sms]
    gateway = "twilio"
    account_sid = "{account}"
    from_number = "{sender}"
    api_base = "{api_base}"
    allow_drama_numbers = true
    [[school]]
    id = "cansfield"
    name = "Cansfield High School"
    procedure = "termly"
"""
_PHONES = 900


def furnish(folder: Path, url: str, key: str, gateway: TwilioGateway) -> Path:
    """Write the settings and secrets of a service; where the settings are."""
    secrets = folder / "secrets"
    secrets.mkdir()
    (secrets / "followup_key").write_text(key)
    (secrets / "followup_twilio_auth_token").write_text(twilio.TOKEN)
    config = folder / "config.toml"
    config.write_text(
        _SETTINGS.format(
            url=url, account=twilio.ACCOUNT, sender=twilio.SENDER, api_base=gateway.url
        )
    )
    return config


@dataclass
class Town:
    """A service whose processes come and go; ``members`` are those that run."""

    config: Path
    gateway: TwilioGateway
    lease: float = 3.0
    chance: float = 0.0
    members: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    killed: int = 0
    texts: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.house = House.at(self.config)
        self.deaths = self.config.with_name("deaths")

    def close(self) -> None:
        """End every process that was started, and let go of the database."""
        for _, process in self.members:
            process.kill()
            process.wait(30)
        self.members.clear()
        self.house.close()

    def read(self, query: Callable[..., T], *values: Any) -> T:
        return self.house.memory.read(query, *values).result(60)

    def write(self, use_case: Callable[..., T], *values: Any) -> T:
        return self.house.memory.write(use_case, *values).result(60)

    # Messages.

    def plan(self, how_many: int) -> list[str]:
        """Plan so many more different messages to leave now; the texts of all so far."""
        before = len(self.texts)
        fresh = [f"Thank you, that is number {before + more}." for more in range(how_many)]
        for first in range(0, how_many, 500):
            self.write(_plan, fresh[first : first + 500], before + first, self.addresses)
        self.texts += fresh
        return self.texts

    def deliveries(self) -> Counter[str]:
        """How many messages stand where in the ledger."""
        rows = self.read(_deliveries)
        return Counter({str(state): count for state, count in rows})

    def sent(self) -> Counter[str]:
        """How often each text reached the gateway."""
        return Counter(text.body for text in self.gateway.texts)

    # Processes.

    def start(self, role: str, *, chance: float | str | None = None) -> subprocess.Popen[bytes]:
        """Start a process of the service, which dies as ``tests.followup.crew.member`` says."""
        dies = self.chance if chance is None else chance
        command = [sys.executable, "-m", "tests.followup.crew.member", str(self.config), role]
        process = subprocess.Popen([*command, str(self.lease), str(dies), str(self.deaths)])
        self.members.append((role, process))
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End it as a power cut does."""
        process.kill()
        process.wait(30)
        self.killed += 1
        self.members = [each for each in self.members if each[1] is not process]

    def revive(self) -> None:
        """Start each process again that has died, in the same role."""
        for role, process in list(self.members):
            if process.poll() is not None:
                assert process.returncode == -signal.SIGKILL, "it did not die, it failed"
                self.killed += 1
                self.members.remove((role, process))
                self.start(role)

    def until(self, done: Callable[[], bool], seconds: float) -> float:
        """Wait until ``done``, with the dead revived; how long it took."""
        begun = time.monotonic()
        while not done():
            assert time.monotonic() < begun + seconds, f"not done: {self.deliveries()}"
            self.revive()
            time.sleep(0.1)
        return time.monotonic() - begun

    def settle(self, after: timedelta) -> None:
        """What the clock of a service that lives on would do ``after`` from now."""
        asyncio.run(self._settle(datetime.now(UTC) + after))

    async def _settle(self, when: datetime) -> None:
        house = self.house
        async with gateways(house) as channels:
            await reconcile(house.memory, channels, house.desk, lambda: when, dated=False)
            await deliver(house.memory, channels, house.desk, lambda: when)


def _plan(work: Work, texts: list[str], first: int, addresses: list[Address]) -> None:
    for number, text in enumerate(texts, first):
        if number < _PHONES:
            addresses.append(_join(work, number))
        where = addresses[number % _PHONES]
        now = datetime.now(UTC)
        work.messages.plan(
            Message(
                uuid4(), where.alumnus, where.id, ChannelName.SMS, MessageKind.THANKS, "thanks",
                Delivery.PLANNED, now, now, text=text, segments=1, school="cansfield", priority=0,
            )
        )  # fmt: skip


def _join(work: Work, number: int) -> Address:
    now = datetime.now(UTC)
    person = Alumnus(uuid4(), new_reference(), "cansfield", Profile(f"Amina {number}"), now)
    work.alumni.add(person, person.profile.name)
    phone = f"+447700900{number:03}"
    met = work.addresses.meet(ChannelName.SMS, phone, uuid4())
    where = Address(uuid4(), person.id, met.id, ChannelName.SMS, phone)
    work.addresses.add(where)
    return where


def _deliveries(work: Work) -> list[tuple[str, int]]:
    found = work.connection.exec_driver_sql(
        "SELECT delivery, count(*) FROM message GROUP BY delivery"
    )
    return [(row[0], row[1]) for row in found]
