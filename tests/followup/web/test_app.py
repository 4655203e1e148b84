"""The routes: what is asked over HTTP, and what it is answered."""

import json
import logging
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from contact.address import ChannelName
from contact.channels.telegram_updates import Arrived
from contact.errors import Misconfigured, StorageUnavailable
from contact.outcome import Receipt
from contact.reply import Inbound
from followup.web.app import LONGEST_FORM, LONGEST_UPDATE, build
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import Reply, ask

AMINA = "+447700900123"
PUBLIC = "https://followup.example.org"
INBOUND = "/webhooks/twilio/inbound"
STATUS = "/webhooks/twilio/status"
SID = "SM" + "a" * 32
SECRET = {"X-Telegram-Bot-Api-Secret-Token": "a-webhook-secret"}
UPDATE = {"update_id": 7, "message": {"chat": {"id": 42, "type": "private"}, "text": "2"}}


async def text(app, *, signed_for: str = PUBLIC + INBOUND, **more: str) -> Reply:
    fields = twilio.inbound_fields(AMINA, "2", MessageSid=SID, **more)
    headers = twilio.signed(signed_for, fields)
    return await ask(app, "POST", INBOUND, urlencode(fields).encode(), headers)


async def status(app, query: str, **more: str) -> Reply:
    fields = list({"MessageSid": SID, "MessageStatus": "delivered", **more}.items())
    headers = twilio.signed(f"{PUBLIC}{STATUS}{query}", fields)
    return await ask(app, "POST", f"{STATUS}{query}", urlencode(fields).encode(), headers)


async def update(app, body: bytes, headers: dict[str, str] = SECRET) -> Reply:
    return await ask(app, "POST", "/webhooks/telegram", body, headers)


async def test_a_signed_text_is_committed_and_then_answered_with_nothing(app, service):
    reply = await text(app)

    assert (reply.status, reply.body) == (204, b"")
    assert service.committed == [
        Inbound(ChannelName.SMS, SID, AMINA, "2", reached=("+447700900001",))
    ]


async def test_a_receipt_names_our_message(app, service):
    message = uuid4()

    assert (await status(app, f"?message={message}")).status == 204
    assert service.committed == [(message, Receipt(SID, "delivered", "delivered"))]


async def test_a_receipt_that_names_none_of_ours_is_taken_all_the_same(app, service):
    assert (await status(app, "")).status == 204
    assert service.committed == [(None, Receipt(SID, "delivered", "delivered"))]


@pytest.mark.parametrize(
    "query", ["?message=7", "?message=x%00", f"?message={UUID(int=7)}&message=1"]
)
async def test_a_receipt_with_a_garbled_id_is_malformed(app, service, query):
    assert (await status(app, query)).status == 400
    assert service.committed == []


async def test_the_query_is_part_of_what_is_signed(app, service):
    fields = [("MessageSid", SID), ("MessageStatus", "delivered")]
    headers = twilio.signed(f"{PUBLIC}{STATUS}?message={uuid4()}", fields)

    reply = await ask(
        app, "POST", f"{STATUS}?message={uuid4()}", urlencode(fields).encode(), headers
    )

    assert reply.status == 403


@pytest.mark.parametrize(
    "url",
    [
        f"http://followup.example.org{INBOUND}",
        f"https://evil.example{INBOUND}",
        f"{PUBLIC}{STATUS}",
        f"http://127.0.0.1{INBOUND}",
    ],
)
async def test_a_text_signed_for_another_address_is_forged(app, service, url):
    assert (await text(app, signed_for=url)).status == 403
    assert service.committed == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"X-Forwarded-For": "10.0.0.1", "Forwarded": "host=evil.example"},
    ],
)
async def test_what_a_request_says_of_its_host_makes_no_difference(app, service, headers):
    fields = twilio.inbound_fields(AMINA, "2")
    body = urlencode(fields).encode()
    forged = {**twilio.signed(f"https://evil.example{INBOUND}", fields), **headers}
    genuine = {**twilio.signed(f"{PUBLIC}{INBOUND}", fields), **headers}

    assert (await ask(app, "POST", INBOUND, body, forged)).status == 403
    assert (await ask(app, "POST", INBOUND, body, genuine)).status == 204


@pytest.mark.parametrize("signature", [None, "", "é", "AAAA"])
async def test_a_text_without_a_good_signature_is_forged(app, service, signature):
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    body = urlencode(twilio.inbound_fields(AMINA, "2")).encode()

    assert (await ask(app, "POST", INBOUND, body, headers)).status == 403
    assert service.committed == []


async def test_a_repeated_field_that_was_not_signed_is_forged(app):
    fields = twilio.inbound_fields(AMINA, "2")
    body = urlencode([*fields, ("Body", "STOP")]).encode()

    reply = await ask(app, "POST", INBOUND, body, twilio.signed(PUBLIC + INBOUND, fields))

    assert reply.status == 403


async def test_a_field_whose_boundary_was_shifted_is_refused(app, service):
    fields = dict(twilio.inbound_fields(AMINA, "2"))
    shifted = [(name, value) for name, value in fields.items() if name != "MessageSid"]
    # The same letters in the same order, so that the signature still holds.
    shifted.append(("MessageSidSM", fields["MessageSid"].removeprefix("SM")))

    reply = await ask(
        app,
        "POST",
        INBOUND,
        urlencode(shifted).encode(),
        twilio.signed(PUBLIC + INBOUND, fields.items()),
    )

    assert reply.status == 400
    assert service.committed == []


@pytest.mark.parametrize(
    "more", [{"From": ""}, {"NumMedia": "many"}, {"MessageStatus": "x", "From": "\x00"}]
)
async def test_a_signed_but_malformed_text_is_refused(app, service, more):
    assert (await text(app, **more)).status == 400
    assert service.committed == []


@pytest.mark.parametrize(
    ("path", "limit"), [(INBOUND, LONGEST_FORM), ("/webhooks/telegram", LONGEST_UPDATE)]
)
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_beyond_the_limit_is_too_large(app, service, path, limit, declared):
    body = b"x" * (limit + 1)
    headers = {"Content-Length": str(len(body))} if declared else {}

    assert (await ask(app, "POST", path, body, headers)).status == 413
    assert (await ask(app, "POST", path, [body[:9], body[9:]], headers)).status == 413
    assert (await ask(app, "POST", path, b"x" * limit, headers)).status == 403


async def test_an_absurd_length_is_refused_unread(app):
    headers = {"Content-Length": "9" * 50}

    assert (await ask(app, "POST", INBOUND, b"", headers)).status == 413


async def test_two_megabytes_in_pieces_are_too_large(app):
    assert (await ask(app, "POST", INBOUND, [b"x" * 65536] * 32)).status == 413


async def test_who_hangs_up_before_the_end_is_not_answered_and_nothing_is_done(app, service):
    reply = await ask(app, "POST", INBOUND, [b"Body="], hangs_up=True)

    assert reply.status == 0
    assert service.committed == []


async def test_while_the_database_is_away_nobody_is_told_that_it_went_well(app, service):
    service.trouble = StorageUnavailable("locked")

    answers = [
        await text(app),
        await status(app, ""),
        await update(app, json.dumps(UPDATE).encode()),
        await ask(app, "GET", "/readyz"),
    ]

    assert [reply.status for reply in answers] == [503] * 4


async def test_a_defect_of_ours_ends_neither_the_service_nor_in_the_log(app, service, caplog):
    caplog.set_level(logging.DEBUG)
    service.trouble = KeyError("+447700900123")

    assert (await text(app)).status == 500
    assert "KeyError" in caplog.text
    assert "in commit" in caplog.text
    assert "7700900" not in caplog.text


async def test_an_update_with_the_secret_is_handed_on(app, service):
    assert (await update(app, json.dumps(UPDATE).encode())).status == 204
    assert service.committed == [Arrived(7, Inbound(ChannelName.TELEGRAM, "tg:7", "42", "2"))]


@pytest.mark.parametrize("secret", [None, "", "wrong", "a-webhook-secre", "a-webhook-secret ", "é"])
async def test_an_update_without_the_secret_is_forged(app, service, secret):
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}

    assert (await update(app, json.dumps(UPDATE).encode(), headers)).status == 403
    assert service.committed == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"{}", b'{"update_id":"7"}', b"\xff", b"[" * 50_000, b"1" * 5_000],
)
async def test_what_is_no_update_is_malformed(app, service, body):
    assert (await update(app, body)).status == 400
    assert service.committed == []


async def test_alive_and_counted(app):
    assert (await ask(app, "GET", "/healthz")).status == 200
    metrics = await ask(app, "GET", "/metrics")
    assert metrics.body == b"followup_messages_total 3\n"
    assert (b"content-type", b"text/plain; version=0.0.4; charset=utf-8") in metrics.headers


@pytest.mark.parametrize(("well", "status"), [(True, 200), (False, 503)])
async def test_ready_says_what_is_wrong(app, service, well, status):
    service.checks = [("database", True, ""), ("clock", well, "last tick 3 s ago")]

    reply = await ask(app, "GET", "/readyz")

    assert reply.status == status
    assert json.loads(reply.body) == {
        "ready": well,
        "checks": [
            {"name": "database", "ok": True, "detail": ""},
            {"name": "clock", "ok": well, "detail": "last tick 3 s ago"},
        ],
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", INBOUND, 405),
        ("PUT", STATUS, 405),
        ("GET", "/webhooks/telegram", 405),
        ("GET", "/s/a-token", 404),
        ("POST", "/s/a-token", 404),
        ("GET", "/", 404),
    ],
)
async def test_anything_else_is_not_there(app, method, path, status):
    assert (await ask(app, method, path)).status == status


@pytest.mark.parametrize("path", [INBOUND, STATUS, "/webhooks/telegram"])
async def test_without_its_secret_a_webhook_is_not_there(service, path):
    assert (await ask(build(service.hooks), "POST", path)).status == 404


@pytest.mark.parametrize("secret", ["", "  "])
def test_an_empty_telegram_secret_is_refused(service, secret):
    with pytest.raises(Misconfigured, match="FOLLOWUP_TELEGRAM_SECRET"):
        build(service.hooks, telegram_secret=secret)
