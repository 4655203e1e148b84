"""A channel from which nothing leaves the machine."""

from datetime import UTC, date, datetime
from uuid import uuid4

from contact.address import ChannelName
from contact.channels.sandbox import Sandbox
from contact.outcome import Accepted, Claimed

NOON = datetime(2025, 10, 6, 12, 0, tzinfo=UTC)


def text(body: str, to: str = "+447700900123") -> Claimed:
    return Claimed(uuid4(), ChannelName.SMS, to, body, NOON)


async def test_everything_is_accepted_under_our_own_id():
    sandbox, message = Sandbox(), text("Hi Amina")

    assert await sandbox.send(message) == Accepted(f"sandbox-{message.message}")
    assert sandbox.texts == ["Hi Amina"]


async def test_a_trace_is_what_this_process_accepted():
    sandbox, message = Sandbox(), text("Hi Amina")
    await sandbox.send(message)
    await sandbox.send(text("Hi Amina", to="+447700900456"))

    [trace] = await sandbox.traces(message, date(2025, 10, 6))

    assert trace.provider_id == f"sandbox-{message.message}"
    assert trace.receipt.state == "accepted"
    assert await sandbox.traces(message, date(2025, 10, 7)) == []
    assert await Sandbox().traces(message, None) == []


async def test_no_more_is_kept_than_was_asked_for():
    sandbox = Sandbox(ChannelName.TELEGRAM, keep=2)
    for n in range(5):
        await sandbox.send(text(str(n)))

    assert sandbox.name is ChannelName.TELEGRAM
    assert sandbox.texts == ["3", "4"]


async def test_it_is_always_well():
    sandbox = Sandbox()

    assert "nothing leaves" in await sandbox.check()
    await sandbox.close()
