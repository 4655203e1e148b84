"""Whatever somebody sends, the service answers 2xx or 4xx and goes on."""

import asyncio
import gc
import json
import random
import tracemalloc
from collections.abc import Iterator
from itertools import accumulate, pairwise
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.outcome import Receipt
from contact.reply import Inbound
from tests.cast import examples
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import ask

PUBLIC = "https://followup.example.org"
TWILIO = ("/webhooks/twilio/inbound", "/webhooks/twilio/status")

#: Of each of the four; in the soak they are 100,000 together.
CASES = examples(300, 25_000)

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


@fuzz
@given(data=st.data())
def test_what_was_signed_and_is_cut_elsewhere_says_nothing_new(app, service, runner, data):
    """The signature holds for whoever puts the boundaries of names and values elsewhere."""
    genuine = sorted(twilio.inbound_fields("+447700900123", "2", FromCity="Wigan"))
    letters = "".join(name + value for name, value in genuine)
    places = st.lists(st.integers(1, len(letters) - 1), min_size=3, max_size=41, unique=True)
    cuts = sorted(data.draw(places | st.just(_cuts(genuine))))
    moved = data.draw(st.integers(-3, 3))
    which = data.draw(st.integers(0, len(cuts) - 1))
    cuts[which] = min(max(cuts[which] + moved, 1), len(letters) - 1)
    parts = [letters[a:b] for a, b in pairwise([0, *sorted(cuts), len(letters)])]
    fields = list(zip(parts[::2], [*parts[1::2], ""], strict=False))
    service.committed.clear()

    signed = twilio.signed(f"{PUBLIC}{TWILIO[0]}", genuine)
    reply = runner.run(ask(app, "POST", TWILIO[0], urlencode(fields).encode(), signed))

    assert reply.status in {204, 400, 403}
    # At most the same text again, from the same phone: that is known by its name.
    name = dict(genuine)["MessageSid"]
    assert {what.provider_id for what in service.committed} <= {name}
    assert {what.sender for what in service.committed} <= {"+447700900123"}


def _cuts(fields: list[tuple[str, str]]) -> list[int]:
    """Where the names and values of ``fields`` are cut."""
    lengths = [len(part) for field in fields for part in field]
    return list(accumulate(lengths))[:-1]


def bodies(how_many: int, seed: int) -> Iterator[bytes]:
    """Bodies of any size up to far too large, each another."""
    chance = random.Random(seed)
    for _ in range(how_many):
        size = chance.choice([0, 10, 300, 5_000, 65_000, 70_000, 200_000, 1_000_000])
        piece = chance.choice(
            [b"Body=", b"%00", b"&From=", b"\xff", "\u202eשלום😀".encode(), b"=&"]
        )
        yield (piece * (size // len(piece) + 1))[:size] + str(chance.random()).encode()


async def flood(app, how_many: int, seed: int) -> set[int]:
    """What so many bodies are answered, on every webhook and in pieces of 64 KiB."""
    seen = set()
    for number, body in enumerate(bodies(how_many, seed)):
        path = (*TWILIO, "/webhooks/telegram")[number % 3]
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        secret = {"X-Telegram-Bot-Api-Secret-Token": "a-webhook-secret", "X-Twilio-Signature": "x"}
        seen.add((await ask(app, "POST", path, pieces, secret)).status)
    return seen


def test_however_much_is_sent_nothing_of_it_stays(app, service, runner):
    runner.run(flood(app, 300, seed=1))
    gc.collect()
    tracemalloc.start()
    try:
        runner.run(flood(app, 100, seed=2))
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        seen = runner.run(flood(app, examples(600, 10_000), seed=3))
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert seen <= {400, 403, 413}
    assert after - before < 200_000, "bytes that stayed"
    # The asker's own megabyte in some copies, and what one request may hold of it.
    assert peak - before < 8_000_000, "bytes at once"
