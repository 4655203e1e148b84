"""Whatever somebody sends, the service answers 2xx or 4xx and goes on."""

import asyncio
import json
import os
from collections.abc import Iterator
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.outcome import Receipt
from contact.reply import Inbound
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import ask

PUBLIC = "https://followup.example.org"
TWILIO = ("/webhooks/twilio/inbound", "/webhooks/twilio/status")

#: `make soak` sets it to 100,000.
CASES = int(os.environ.get("FOLLOWUP_FUZZ_CASES", "300"))

fuzz = settings(
    max_examples=CASES,
    deadline=None,
    # The application keeps nothing between two requests but what the test clears.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

NAMES = st.sampled_from(
    ["MessageSid", "From", "To", "Body", "NumMedia", "OptOutType", "MessageStatus", "ErrorCode"]
)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["", "0", "-1", "9" * 5000, "\x00", "SM" + "a" * 32, "+447700900123", "STOP", "30005"]
    ),
    st.sampled_from(
        ["whatsapp:+447700900123", "\u202e\u05e9", "😀" * 50, "x" * 1600, "delivered", "None"]
    ),
)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=12)
GOOD = {"MessageSid": "SM" + "a" * 32, "From": "+447700900123", "MessageStatus": "sent"}
RAW = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from([b"%", b"%ff", b"%00", b"=", b"&", b"+", b"Body", b";"])).map(
        b"".join
    ),
    st.integers(60_000, 70_000).map(lambda size: b"Body=" + b"x" * size),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def is_kept(what: object) -> bool:
    """Whether both databases could store ``what``."""
    if isinstance(what, Inbound):
        texts = [what.provider_id, what.sender, what.text, what.opt_out or ""]
    else:
        assert isinstance(what, tuple)
        texts = [what[1].provider_id, what[1].status, what[1].code or ""]
    # A lone surrogate raises here.
    return all(b"\x00" not in text.encode() for text in texts)


@fuzz
@given(path=st.sampled_from(TWILIO), fields=FIELDS, good=st.booleans())
def test_any_signed_form_is_taken_or_refused(app, service, runner, path, fields, good):
    # Half of them are sound but for what else is in them: these reach the hooks.
    fields = [(name, value) for name, value in fields if not (good and name in GOOD)]
    fields = [*fields, *GOOD.items()] if good else fields
    service.committed.clear()

    body = urlencode(fields).encode()
    reply = runner.run(ask(app, "POST", path, body, twilio.signed(PUBLIC + path, fields)))

    assert reply.status in {204, 400}
    assert len(service.committed) == (reply.status == 204)
    assert all(is_kept(what) for what in service.committed)


@fuzz
@given(path=st.sampled_from(TWILIO), body=RAW, signature=st.text(max_size=30))
def test_any_body_that_nobody_signed_is_refused(app, service, runner, path, body, signature):
    headers = {"X-Twilio-Signature": signature}

    reply = runner.run(ask(app, "POST", path, body, headers))

    assert reply.status in {400, 403, 413}
    assert service.committed == []


@fuzz
@given(query=st.text(st.characters(codec="latin-1", exclude_characters="#\t\r\n"), max_size=40))
def test_any_query_of_a_receipt_is_taken_or_refused(app, service, runner, query):
    fields = list(GOOD.items())
    service.committed.clear()
    target = f"/webhooks/twilio/status?message={quote_plus(query, safe='&=')}"

    headers = twilio.signed(PUBLIC + target, fields)
    reply = runner.run(ask(app, "POST", target, urlencode(fields).encode(), headers))

    assert reply.status in {204, 400}
    assert all(isinstance(receipt, Receipt) for _, receipt in service.committed)


@fuzz
@given(body=st.one_of(RAW, st.text(max_size=200).map(lambda text: json.dumps(text).encode())))
def test_any_update_is_taken_or_refused(app, service, runner, body):
    headers = {"X-Telegram-Bot-Api-Secret-Token": "a-webhook-secret"}

    reply = runner.run(ask(app, "POST", "/webhooks/telegram", body, headers))

    assert reply.status == 400
    assert service.committed == []
