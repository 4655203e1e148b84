"""Conversations through a Telegram bot, against a stand-in on loopback."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.channels.telegram_chat import TelegramChat
from contact.channels.telegram_updates import ChatStanding
from contact.errors import GatewayAway, Misconfigured
from contact.outcome import Accepted, Claimed, Fault, Refused, Unsure
from contact.reply import Inbound
from tests.fakes import telegram_gateway as fake

BEN = 700900456
NOON = datetime(2025, 10, 6, 12, 0, tzinfo=UTC)
CHOICES = (("1", "School or college"), ("2", "A job"))


@pytest.fixture
def gateway():
    with fake.TelegramGateway() as gateway:
        yield gateway


@pytest.fixture
async def chat(gateway):
    chat = TelegramChat(**gateway.settings, timeout=2.0)
    yield chat
    await chat.close()


def text(
    body: str = "Hi Ben", to: str = str(BEN), choices: tuple[tuple[str, str], ...] = ()
) -> Claimed:
    return Claimed(uuid4(), ChannelName.TELEGRAM, to, body, NOON, choices=choices)


async def test_an_accepted_message_is_named_by_its_number_and_ours_never_by_the_chat(chat, gateway):
    message = text("Hi Ben, it’s 😀 us")

    outcome = await chat.send(message)

    assert outcome == Accepted(f"{gateway.texts[0].number}:{message.message.hex}")
    assert gateway.bodies(BEN) == ["Hi Ben, it’s 😀 us"]


async def test_choices_are_buttons_that_carry_their_number(chat, gateway):
    said = text(choices=CHOICES)
    await chat.send(said)

    (first, second) = gateway.texts[0].buttons
    assert (first[0], second[0]) == ("1. School or college", "2. A job")
    assert first[1] == f"c:1:{said.message.hex}"
    assert second[1] == f"c:2:{said.message.hex}"


async def test_a_message_of_the_most_characters_is_sent(chat, gateway):
    assert isinstance(await chat.send(text("x" * 4096)), Accepted)


@pytest.mark.parametrize("body", ["x" * 4097, "😀" * 2049])
async def test_a_message_that_telegram_would_not_take_is_not_sent(chat, gateway, body):
    assert await chat.send(text(body)) == Refused(Fault.OURS, "too_long")
    assert gateway.texts == []


async def test_an_address_that_is_no_chat_is_dead(chat, gateway):
    assert await chat.send(text(to="ben")) == Refused(Fault.DEAD, "not_a_chat")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(
            fake.error(403, "Forbidden: bot was blocked by the user"),
            Refused(Fault.GONE, "403 blocked"),
            id="blocked",
        ),
        pytest.param(
            fake.error(403, "Forbidden: user is deactivated"),
            Refused(Fault.GONE, "403 deactivated"),
            id="deactivated",
        ),
        pytest.param(
            fake.error(403, "Forbidden: bot can't initiate conversation with a user"),
            Refused(Fault.GONE, "403 not_started"),
            id="never started",
        ),
        pytest.param(
            fake.error(403, "Forbidden: whatever comes next year"),
            Refused(Fault.GONE, "403 forbidden"),
            id="another 403",
        ),
        pytest.param(fake.busy(7), Refused(Fault.BUSY, "429", 7.0), id="429 names its seconds"),
        pytest.param(
            fake.error(429, "Too Many Requests"), Refused(Fault.BUSY, "429"), id="429 without"
        ),
        pytest.param(
            fake.error(400, "Bad Request: chat not found"),
            Refused(Fault.DEAD, "400"),
            id="no such chat",
        ),
        pytest.param(
            fake.error(400, "Bad Request: message text is empty"),
            Refused(Fault.OURS, "400"),
            id="our wording",
        ),
        pytest.param(
            fake.error(400, "Bad Request: nobody has heard of this"),
            Refused(Fault.UNKNOWN, "400"),
            id="another 400",
        ),
        pytest.param(fake.error(401, "Unauthorized"), Refused(Fault.OURS, "401"), id="token"),
        *(
            pytest.param(fake.error(status, "No"), Refused(Fault.BUSY, str(status)), id=str(status))
            for status in (500, 502, 503)
        ),
        pytest.param(fake.error(504, "No"), Unsure("status 504"), id="a gateway's time-out"),
    ],
)
async def test_an_answer_that_is_no_success(chat, gateway, answer, outcome):
    gateway.script.append(answer)

    assert await chat.send(text()) == outcome
    assert gateway.texts == []


async def test_a_person_who_blocked_the_bot_is_gone(chat, gateway):
    gateway.block(BEN)

    assert await chat.send(text()) == Refused(Fault.GONE, "403 blocked")


@pytest.mark.parametrize("taken", [True, False])
async def test_no_answer_in_time_is_unsure(chat, gateway, taken):
    gateway.script.append(fake.hang(taken=taken))

    assert await chat.send(text()) == Unsure("no answer in time")
    assert len(gateway.texts) == taken


@pytest.mark.parametrize("taken", [True, False])
async def test_a_lost_connection_is_unsure_and_not_sent_again(chat, gateway, taken):
    gateway.script.append(fake.lose(taken=taken))

    assert await chat.send(text()) == Unsure("connection lost")
    assert len(gateway.texts) == taken


async def test_a_refused_connection_left_nothing_behind(chat, gateway):
    with gateway.refusing():
        assert await chat.send(text()) == Refused(Fault.BUSY, "refused")


async def test_waiting_too_long_for_a_free_connection_left_nothing_behind(gateway):
    gateway.script.append(fake.Answer(wait=0.5))
    chat = TelegramChat(**gateway.settings, connections=1, timeout=0.6)

    outcomes = await asyncio.gather(chat.send(text("first")), chat.send(text("second")))
    await chat.close()

    assert [type(outcomes[0]), outcomes[1]] == [Accepted, Refused(Fault.BUSY, "no_connection")]
    assert gateway.bodies(BEN) == ["first"]


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"ok":true,"result":{}}'])
async def test_an_unreadable_success_is_unsure(answer):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        chat = TelegramChat("1:token", api_base=base)
        outcome = await chat.send(text())
        await chat.close()

    assert outcome == Unsure("unreadable answer")


async def test_a_bot_cannot_look_up_what_it_sent(chat, gateway):
    await chat.send(text())

    assert await chat.traces(text(), None) == []


async def test_what_people_write_arrives_in_order(chat, gateway):
    gateway.say(BEN, "/start abc-DEF_123")
    gateway.say(BEN, "hello")

    first, second = await chat.poll(None, 0)

    assert first.what == Inbound(
        ChannelName.TELEGRAM, f"tg:{first.update}", str(BEN), "/start abc-DEF_123"
    )
    assert second.what == Inbound(ChannelName.TELEGRAM, f"tg:{second.update}", str(BEN), "hello")


async def test_an_update_comes_again_until_the_offset_is_beyond_it(chat, gateway):
    gateway.say(BEN, "hello")

    [first] = await chat.poll(None, 0)
    [again] = await chat.poll(first.update, 0)
    later = await chat.poll(first.update + 1, 0)

    assert (again, later) == (first, [])


async def test_an_update_that_cannot_be_read_hides_no_other(chat, gateway):
    gateway.update(message={"message_id": 1})
    odd = gateway.pending[-1]["update_id"]
    gateway.say(BEN, "hello")

    skipped, heard = await chat.poll(None, 0)

    assert (skipped.update, skipped.what) == (odd, None)
    assert heard.what.text == "hello"
    assert await chat.poll(heard.update + 1, 0) == []


async def test_a_poll_waits_for_the_first_to_come(chat, gateway):
    waiting = asyncio.create_task(chat.poll(None, 5))
    await asyncio.sleep(0.1)

    gateway.say(BEN, "hello")

    [arrived] = await asyncio.wait_for(waiting, 2)
    assert isinstance(arrived.what, Inbound)


async def test_a_poll_does_not_keep_a_message_waiting(chat, gateway):
    waiting = asyncio.create_task(chat.poll(None, 5))
    await asyncio.sleep(0.05)

    assert isinstance(await chat.send(text()), Accepted)
    assert not waiting.done()
    waiting.cancel()


async def test_a_pressed_button_is_its_number_typed(chat, gateway):
    said = text(choices=CHOICES)
    await chat.send(said)
    gateway.press(BEN, "A job")

    [arrived] = await chat.poll(None, 0)
    await chat.acknowledge(arrived.button)

    typed = Inbound(ChannelName.TELEGRAM, f"cb:{arrived.button}", str(BEN), "2")
    assert arrived.what == replace(typed, pressed=said.message)
    assert gateway.acknowledged == [arrived.button]


async def test_a_button_that_cannot_be_acknowledged_harms_nobody(chat, gateway):
    await chat.acknowledge(None)
    with gateway.refusing():
        await chat.acknowledge("1")

    assert gateway.acknowledged == []


async def test_blocking_and_letting_in_again_are_told(chat, gateway):
    gateway.block(BEN)
    gateway.unblock(BEN)

    told = [arrived.what for arrived in await chat.poll(None, 0)]

    assert told == [ChatStanding(str(BEN), blocked=True), ChatStanding(str(BEN), blocked=False)]


async def test_a_group_is_passed_over_but_counted(chat, gateway):
    gateway.send(-100, kind="group", text="hello all")

    [arrived] = await chat.poll(None, 0)

    assert arrived.what is None
    assert await chat.poll(arrived.update + 1, 0) == []


async def test_polling_survives_a_gateway_that_goes_away(chat, gateway):
    with gateway.refusing(), pytest.raises(GatewayAway):
        await chat.poll(None, 0)
    gateway.say(BEN, "still there?")

    assert len(await chat.poll(None, 0)) == 1


async def test_polling_beside_a_webhook_is_said_plainly(chat, gateway):
    await chat.use_webhook("https://followup.example.org/webhooks/telegram", "a-secret")
    assert gateway.webhook == ("https://followup.example.org/webhooks/telegram", "a-secret")

    with pytest.raises(GatewayAway, match="webhook"):
        await chat.poll(None, 0)

    await chat.use_polling()
    assert await chat.poll(None, 0) == []


async def test_a_webhook_needs_a_secret(chat):
    with pytest.raises(Misconfigured, match="FOLLOWUP_TELEGRAM_SECRET"):
        await chat.use_webhook("https://followup.example.org/webhooks/telegram", "")


async def test_the_token_is_proved_without_a_message(chat, gateway):
    assert await chat.check() == "Telegram bot @followup_bot"
    assert gateway.texts == []


async def test_a_wrong_token_is_said_plainly(gateway):
    chat = TelegramChat("1:wrong", api_base=gateway.url)

    with pytest.raises(Misconfigured, match="FOLLOWUP_TELEGRAM_TOKEN"):
        await chat.check()
    with pytest.raises(Misconfigured, match="FOLLOWUP_TELEGRAM_TOKEN"):
        await chat.poll(None, 0)
    await chat.close()


async def test_a_gateway_that_is_away_cannot_be_checked(chat, gateway):
    with gateway.refusing(), pytest.raises(GatewayAway, match="api_base"):
        await chat.check()


def test_a_missing_token_is_refused_at_the_start():
    with pytest.raises(Misconfigured):
        TelegramChat("")


async def test_neither_log_nor_outcome_tells_the_token_or_the_words(chat, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    said = []
    for answer in (fake.ACCEPT, fake.error(400, "a secret text"), fake.lose(), fake.hang()):
        gateway.script.append(answer)
        said.append(repr(await chat.send(text("a secret text"))))
    gateway.say(BEN, "a secret text")
    await chat.poll(None, 0)
    with gateway.refusing(), pytest.raises(GatewayAway) as away:
        await chat.poll(None, 0)

    told = " ".join([*said, repr(away.value), caplog.text])
    assert fake.TOKEN not in told
    assert "secret" not in told
