"""Texts through Twilio, against a stand-in that speaks its protocol."""

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contact.address import ChannelName
from contact.channels.twilio_sms import TRIAL_PREFIX, TwilioSms
from contact.errors import GatewayAway, Misconfigured
from contact.outcome import Accepted, Claimed, Fault, Refused, Unsure
from tests.fakes import twilio_gateway as fake

AMINA = "+447700900123"
BEN = "+447700900456"
NOON = datetime(2025, 10, 6, 12, 0, tzinfo=UTC)
CALLBACK = "https://followup.example.org/webhooks/twilio/status?message="


class Clock:
    """The stand-in's clock, moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def gateway(clock):
    with fake.TwilioGateway(clock) as gateway:
        yield gateway


@pytest.fixture
async def sms(gateway):
    sms = TwilioSms(**gateway.settings, from_number=fake.SENDER, timeout=2.0)
    yield sms
    await sms.close()


def text(body: str = "Hi Amina", to: str = AMINA, message: UUID | None = None) -> Claimed:
    message = message or uuid4()
    return Claimed(message, ChannelName.SMS, to, body, NOON, callback=f"{CALLBACK}{message}")


async def test_an_accepted_text_has_the_gateways_sid(sms, gateway):
    outcome = await sms.send(text("Hi Amina, it’s 😀 us"))

    assert outcome == Accepted(gateway.texts[0].sid)
    assert gateway.bodies(AMINA) == ["Hi Amina, it’s 😀 us"]


async def test_a_text_names_our_message_in_its_callback(sms, gateway):
    message = uuid4()

    await sms.send(text(message=message))

    assert gateway.texts[0].callback == f"{CALLBACK}{message}"
    assert gateway.texts[0].fields["From"] == fake.SENDER


async def test_a_messaging_service_is_preferred_to_a_number(gateway):
    sms = TwilioSms(
        **gateway.settings, messaging_service_sid="MG1", from_number=fake.SENDER, validity=3600
    )

    await sms.send(text())
    await sms.close()

    sent = gateway.texts[0].fields
    assert (sent["MessagingServiceSid"], sent["ValidityPeriod"]) == ("MG1", "3600")
    assert "From" not in sent


@pytest.mark.parametrize(
    ("sender", "field"),
    [
        pytest.param("+447700900901", "From", id="a school's number"),
        pytest.param("MG" + "a" * 32, "MessagingServiceSid", id="a school's messaging service"),
    ],
)
async def test_a_text_that_names_its_sender_is_from_there(sms, gateway, sender, field):
    await sms.send(replace(text(), sender=sender))

    sent = gateway.texts[0].fields
    assert sent[field] == sender
    assert len({"From", "MessagingServiceSid"} & set(sent)) == 1


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        *((code, Fault.DEAD) for code in (21211, 21614, 21635, 30005, 30006)),
        *((code, Fault.FAILING) for code in (30003, 30008)),
        (30004, Fault.BLOCKED),
        (21610, Fault.OPTED_OUT),
        *((code, Fault.OURS) for code in (20003, 21408, 21606, 21608, 21612, 30002, 30007)),
        *((code, Fault.BUSY) for code in (20429, 30001)),
        (39999, Fault.UNKNOWN),
    ],
)
async def test_a_code_says_whose_fault_it_is(sms, gateway, code, fault):
    gateway.script.next.append(fake.error(code))

    assert await sms.send(text()) == Refused(fault, str(code))
    assert gateway.texts == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(fake.busy(7), Refused(Fault.BUSY, "20429", 7.0), id="429 names its seconds"),
        pytest.param(fake.busy(), Refused(Fault.BUSY, "20429"), id="429 without seconds"),
        *(
            pytest.param(fake.unwell(status), Refused(Fault.BUSY, str(status)), id=str(status))
            for status in (500, 502, 503)
        ),
        pytest.param(fake.unwell(504), Unsure("status 504"), id="a gateway's time-out"),
        pytest.param(fake.unwell(408), Unsure("status 408"), id="a request's time-out"),
        pytest.param(fake.unwell(520), Unsure("status 520"), id="an odd one"),
        pytest.param(fake.unwell(401), Refused(Fault.OURS, "401"), id="without a code, 401"),
        pytest.param(fake.unwell(302), Refused(Fault.UNKNOWN, "302"), id="a redirect"),
        pytest.param(fake.unwell(418), Refused(Fault.UNKNOWN, "418"), id="a status nobody knows"),
    ],
)
async def test_a_status_that_is_no_success(sms, gateway, answer, outcome):
    gateway.script.next.append(answer)

    assert await sms.send(text()) == outcome


@pytest.mark.parametrize("taken", [True, False])
async def test_no_answer_in_time_is_unsure_whether_it_was_taken_or_not(sms, gateway, taken):
    gateway.script.next.append(fake.hang(taken=taken))

    assert await sms.send(text()) == Unsure("no answer in time")
    assert len(gateway.texts) == taken


@pytest.mark.parametrize("taken", [True, False])
async def test_a_lost_connection_is_unsure_and_not_sent_again(sms, gateway, taken):
    gateway.script.next.append(fake.lose(taken=taken))

    assert await sms.send(text()) == Unsure("connection lost")
    assert gateway.requests == 1


async def test_a_refused_connection_left_nothing_behind(sms, gateway):
    await sms.send(text())
    with gateway.refusing():
        await asyncio.sleep(0.01)  # our side learns that the old connection is cut
        outcome = await sms.send(text())

    assert outcome == Refused(Fault.BUSY, "refused")
    assert await sms.send(text("again")) == Accepted(gateway.texts[1].sid)


async def test_a_connection_that_never_comes_about_left_nothing_behind():
    # A socket whose queue is full does not answer the next who knocks.
    with socket.socket() as deaf, socket.socket() as first:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        first.setblocking(False)
        first.connect_ex(deaf.getsockname())
        base = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        sms = TwilioSms("AC1", "token", from_number="+44", api_base=base, timeout=1.2)

        outcome = await sms.send(text())
        await sms.close()

    assert outcome == Refused(Fault.BUSY, "no_connection")


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b"null", b'"sid"', b"\xff"])
async def test_an_unreadable_success_is_unsure(answer):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(answer)
        writer.write(head + answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sms = TwilioSms("AC1", "token", from_number="+44", api_base=base)
        outcome = await sms.send(text())
        await sms.close()

    assert outcome == Unsure("unreadable answer")


async def test_a_hundred_at_once_go_over_a_bounded_number_of_connections(gateway):
    sms = TwilioSms(**gateway.settings, from_number=fake.SENDER, connections=4)

    outcomes = await asyncio.gather(*(sms.send(text(f"{n}")) for n in range(100)))
    await sms.close()

    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert sorted(gateway.bodies(AMINA), key=int) == [str(n) for n in range(100)]


async def test_waiting_too_long_for_a_free_connection_left_nothing_behind(gateway):
    gateway.script.next.append(fake.slow(0.5))
    sms = TwilioSms(**gateway.settings, from_number=fake.SENDER, connections=1, timeout=0.6)

    first, second = await asyncio.gather(sms.send(text("first")), sms.send(text("second")))
    await sms.close()

    assert first == Accepted(gateway.texts[0].sid)
    assert second == Refused(Fault.BUSY, "no_connection")
    assert gateway.bodies(AMINA) == ["first"]


async def test_a_trace_is_found_by_number_and_text(sms, gateway):
    gateway.script.next.append(fake.hang())
    lost = text("Where are you now?")
    await sms.send(lost)
    await sms.send(text("Something else"))
    await sms.send(text("Where are you now?", to=BEN))

    [trace] = await sms.traces(lost, NOON.date() - timedelta(days=1))

    assert trace.provider_id == gateway.texts[0].sid
    assert trace.created_at == NOON
    assert (trace.receipt.state, trace.receipt.status) == ("accepted", "queued")


async def test_a_trace_says_what_became_of_the_text(sms, gateway):
    await sms.send(text())
    gateway.texts[0].status, gateway.texts[0].error_code = "undelivered", 30005

    [trace] = await sms.traces(text(), None)

    receipt = trace.receipt
    assert (receipt.state, receipt.code, receipt.fault) == ("undeliverable", "30005", Fault.DEAD)


async def test_a_trial_accounts_prefix_does_not_hide_a_trace(sms, gateway):
    await sms.send(text("Hi Amina"))
    gateway.texts[0].body = f"{TRIAL_PREFIX}Hi Amina"

    assert len(await sms.traces(text("Hi Amina"), None)) == 1


@pytest.mark.parametrize(
    ("since", "found"),
    [(date(2025, 10, 5), 1), (date(2025, 10, 6), 1), (date(2025, 10, 7), 0), (None, 1)],
)
async def test_traces_are_looked_for_from_a_day_on(sms, since, found):
    await sms.send(text())

    assert len(await sms.traces(text(), since)) == found


async def test_a_list_that_lags_shows_nothing_yet(sms, gateway, clock):
    gateway.lag = 60.0
    await sms.send(text())
    before = await sms.traces(text(), None)

    clock.at += timedelta(seconds=60)

    assert before == []
    assert len(await sms.traces(text(), None)) == 1


async def test_traces_are_found_beyond_the_first_page(sms, gateway):
    await sms.send(text("the one"))
    for n in range(250):
        gateway._take({"To": AMINA, "Body": f"noise {n}"})

    assert len(await sms.traces(text("the one"), None)) == 1


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_list_that_cannot_be_had_is_no_empty_list(status):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d No\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sms = TwilioSms("AC1", "token", from_number="+44", api_base=base)
        with pytest.raises(GatewayAway, match=f"status {status}") as away:
            await sms.traces(text(), None)
        await sms.close()

    assert away.value.retry_after == 9.0


async def test_a_gateway_that_is_away_has_no_list(sms, gateway):
    with gateway.refusing(), pytest.raises(GatewayAway):
        await sms.traces(text(), None)


async def test_the_credentials_are_proved_without_a_text(sms, gateway):
    assert await sms.check() == "Twilio account active"
    assert gateway.texts == []


async def test_a_wrong_token_is_said_plainly(gateway):
    sms = TwilioSms(**{**gateway.settings, "auth_token": "wrong"}, from_number=fake.SENDER)

    with pytest.raises(Misconfigured, match="FOLLOWUP_TWILIO_AUTH_TOKEN"):
        await sms.check()
    assert await sms.send(text()) == Refused(Fault.OURS, "20003")
    await sms.close()


async def test_a_suspended_account_is_said_plainly(sms, gateway):
    gateway.account_status = "suspended"

    with pytest.raises(Misconfigured, match="suspended"):
        await sms.check()


async def test_a_gateway_that_is_away_cannot_be_checked(sms, gateway):
    with gateway.refusing(), pytest.raises(GatewayAway, match="api_base"):
        await sms.check()


@pytest.mark.parametrize(
    "settings",
    [
        {"account_sid": "", "auth_token": "token", "from_number": "+44"},
        {"account_sid": "AC1", "auth_token": "", "from_number": "+44"},
        {"account_sid": "AC1", "auth_token": "token"},
    ],
)
def test_a_missing_setting_is_refused_at_the_start(settings):
    with pytest.raises(Misconfigured):
        TwilioSms(**settings)


async def test_neither_log_nor_outcome_tells_whom_we_wrote_to(sms, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    said = []
    for answer in (fake.ACCEPT, fake.error(21211), fake.unwell(), fake.lose(), fake.hang()):
        gateway.script.next.append(answer)
        said.append(repr(await sms.send(text("a secret text"))))
    with gateway.refusing():
        said.append(repr(await sms.send(text("a secret text"))))
        with pytest.raises(GatewayAway) as away:
            await sms.traces(text("a secret text"), None)

    told = " ".join([*said, repr(away.value), caplog.text])
    assert "7700900" not in told
    assert "secret" not in told


def test_the_environment_does_not_steer_the_gateway(monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")

    sms = TwilioSms("AC1", "token", from_number="+44")

    assert (sms._client.edge, sms._client.region) == (None, None)
