"""The same application over a real socket, with the stand-ins on the other side."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import uvicorn
from starlette.types import ASGIApp

from contact.address import ChannelName
from contact.channels.telegram_updates import Arrived, ChatStanding
from contact.channels.twilio_sms import TwilioSms
from contact.outcome import Claimed, Fault, Receipt
from contact.reply import Inbound
from tests.fakes.loopback import post
from tests.fakes.telegram_gateway import TelegramGateway
from tests.fakes.twilio_gateway import SENDER, TwilioGateway

AMINA = "+447700900123"
PUBLIC = "https://followup.example.org"


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of ``app``, served by uvicorn in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def address(app):
    with served(app) as address:
        yield address


async def test_a_text_goes_out_and_its_receipt_comes_back(address, service, clock):
    message = uuid4()
    callback = f"{PUBLIC}/webhooks/twilio/status?message={message}"
    with TwilioGateway() as gateway:
        gateway.app = address
        sms = TwilioSms(**gateway.settings, from_number=SENDER)
        await sms.send(Claimed(message, ChannelName.SMS, AMINA, "Hi", clock, callback=callback))
        await sms.close()

        answers = [
            gateway.receipt(gateway.texts[0], "sent"),
            gateway.receipt(gateway.texts[0], "undelivered", 30005),
            gateway.say(AMINA, "2 💚", PUBLIC),
        ]

    assert answers == [204, 204, 204]
    sid = gateway.texts[0].sid
    sent, failed, said = service.committed
    assert sent == (message, Receipt(sid, "accepted", "sent"))
    assert failed == (message, Receipt(sid, "undeliverable", "undelivered", "30005", Fault.DEAD))
    assert isinstance(said, Inbound)
    assert (said.sender, said.text) == (AMINA, "2 💚")


def test_a_chat_speaks_through_the_webhook(address, service):
    with TelegramGateway() as gateway:
        gateway.app = address
        gateway.webhook = (f"{PUBLIC}/webhooks/telegram", "a-webhook-secret")

        answers = [gateway.say(42, "hello"), gateway.block(42)]
        gateway.webhook = (f"{PUBLIC}/webhooks/telegram", "guessed")
        answers.append(gateway.say(42, "let me in"))

    assert answers == [204, 204, 403]
    hello, standing = service.committed
    assert isinstance(hello, Arrived)
    assert isinstance(hello.what, Inbound)
    assert hello.what.text == "hello"
    assert standing.what == ChatStanding("42", blocked=True)


def test_two_megabytes_are_answered_and_the_next_request_too(address, service):
    assert post(f"{address}/webhooks/twilio/inbound", b"Body=" + b"x" * 2_000_000, {}) == 413
    assert post(f"{address}/webhooks/telegram", b"x" * 2_000_000, {}) == 413
    assert post(f"{address}/webhooks/twilio/inbound", b"Body=x", {}) == 403
    assert service.committed == []


def test_a_body_in_chunks_is_counted_all_the_same(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(b"POST /webhooks/twilio/inbound HTTP/1.1\r\nHost: a\r\n")
        wire.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(40):
            wire.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        wire.sendall(b"0\r\n\r\n")

        answer = wire.recv(100)

    assert answer.startswith(b"HTTP/1.1 413")
