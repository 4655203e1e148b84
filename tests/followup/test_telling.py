"""The pass and the doctor with a mail server: told of a worry, and looked after."""

import asyncio
from datetime import UTC, datetime

import pytest

from contact.address import ChannelName
from contact.errors import Misconfigured
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.ports import Work
from contact.reply import Inbound
from followup.checkup import examine
from followup.config import Settings
from followup.passes import one_pass
from followup.service import Service
from followup.wiring import House, refuse_at
from tests.cast import add
from tests.fakes.mail_server import mail_server
from tests.followup.office import Office, founded, office

__all__ = ["founded", "office"]

LEAD = "lead@school.example.org"


def with_mail(office: Office, port: int, sender: str = "followup@example.org") -> None:
    """Let the settings of ``office`` name a mail server on loopback."""
    (office.config.parent / "secrets" / "followup_key").chmod(0o600)
    office.settings('[email]\nhost = ""', '[email]\nhost = "127.0.0.1"')
    office.settings("port = 587", f"port = {port}")
    office.settings('sender = ""', f'sender = "{sender}"')
    text = office.config.read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("safeguarding_contact")]
    office.config.write_text("\n".join([*lines, f'safeguarding_contact = "{LEAD}"', ""]), "utf-8")


def worry(work: Work, house: House, now: datetime) -> None:
    """Staff must look at somebody at once."""
    who = add(work, "Amina Yusuf")
    raise_flag(work, FlagKind.WORRY, house.schools["cansfield"], now, alumnus=who)


async def test_a_pass_tells_the_school_and_the_next_one_does_not(office: Office) -> None:
    async with mail_server() as server:
        with_mail(office, server.port)
        house = House.at(office.config)
        now = datetime(2025, 9, 10, 9, 30, tzinfo=UTC)
        await house.memory.write(worry, house, now)

        await one_pass(house, now)
        await one_pass(house, now)
        house.close()

    assert server.recipients == [LEAD]


async def test_the_doctor_asks_the_mail_server_and_writes_to_nobody(office: Office) -> None:
    async with mail_server() as server:
        with_mail(office, server.port)
        checks = await examine(office.config)

    assert [each.ok for each in checks if each.name == "email"] == [True]
    assert server.recipients == []


async def test_the_doctor_sees_that_the_mail_server_is_away(office: Office) -> None:
    async with mail_server() as server:
        with_mail(office, server.port)

    checks = {each.name: each for each in await examine(office.config)}
    offline = {each.name for each in await examine(office.config, offline=True)}

    assert not checks["email"].ok
    assert "\n" not in checks["email"].detail
    assert "email" not in offline


def test_a_host_without_a_sender_is_refused(office: Office) -> None:
    with_mail(office, 2525, sender="")

    with pytest.raises(Misconfigured, match="sender"):
        _ = House.at(office.config).post


def test_a_rehearsal_is_refused_where_mail_could_leave(office: Office) -> None:
    with_mail(office, 2525)
    refuse_at(Settings.load(office.config), datetime(2025, 9, 10, tzinfo=UTC))
    office.settings('host = "127.0.0.1"', 'host = "post.example.org"')

    with pytest.raises(Misconfigured):
        refuse_at(Settings.load(office.config), datetime(2025, 9, 10, tzinfo=UTC))


async def test_the_running_service_tells_at_once_and_stops_when_it_should(office: Office) -> None:
    async with mail_server() as server:
        with_mail(office, server.port)
        house, stopping = House.at(office.config), asyncio.Event()
        service = Service(house, house.channels())
        telling = asyncio.create_task(service.keep_telling(stopping))
        worried = Inbound(ChannelName.SMS, "SM1", "+447700900001", "i want to kill myself")

        await service.inbound(worried)
        await asyncio.wait_for(server.arrived.wait(), 5)
        stopping.set()
        await asyncio.wait_for(telling, 5)
        house.close()

    assert server.recipients == [LEAD]
    assert "kill" not in server.taken[0].as_string()
