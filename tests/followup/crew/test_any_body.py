"""Whatever a gateway passes on, the whole service takes it or refuses it, and commits it whole."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.web import create_app
from tests.cast import examples
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import ask
from tests.journeys.world import meet, open_case

PUBLIC = "https://followup.example.org"
INBOUND, STATUS = "/webhooks/twilio/inbound", "/webhooks/twilio/status"
PEOPLE = [f"+4477009000{number:02}" for number in range(40)]

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
TEXTS = st.one_of(
    ANYTHING,
    st.text(st.characters(categories=["Lo", "Mn", "So", "Cf"]), max_size=60),
    st.sampled_from(["2", "STOP", "START", "HELP", "yes", "7", "", " ", "later", "wrong number"]),
    st.sampled_from(["\u202eSTOP", "שלום", "مرحبا 2", "👩🏽‍🎓" * 40, "\x00", "a\x00b", "\ufeff2"]),
    st.sampled_from(["x" * 1_600, "9" * 5_000, "é" * 20_000, "'; DROP TABLE reply; --", "%s{0}"]),
    st.tuples(ANYTHING, st.sampled_from([" STOP", "\n2", " I want to die", "\t"])).map("".join),
)
SENDERS = st.sampled_from(
    [*PEOPLE, "+447700900999", "60777", "Vodafone UK", "whatsapp:" + PEOPLE[0]]
)
MORE = st.dictionaries(
    st.sampled_from(["NumMedia", "OptOutType", "FromCity", "ErrorCode", "MessageStatus"]),
    st.sampled_from(["", "0", "3", "STOP", "START", "HELP", "delivered", "failed", "30003", "x"]),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request):
    """A service on either database, whose people may all answer its first question."""
    of = {"sqlite": "village", "postgresql": "town"}
    found = request.getfixturevalue(of[request.param])
    now = datetime.now(UTC)
    for phone in PEOPLE:
        found.write(open_case, meet(found, "Amina Yusuf", phone, at=now), now)
    return found


@pytest.fixture
def posts(town):
    """Posts a signed form to the whole service; the status of its answer."""
    app = create_app(town.config)

    async def shut() -> None:
        async with app.router.lifespan_context(app):
            """Only what happens at the end matters."""

    with asyncio.Runner() as runner:

        def post(path, fields):
            body, headers = urlencode(fields).encode(), twilio.signed(f"{PUBLIC}{path}", fields)
            return runner.run(ask(app, "POST", path, body, headers)).status

        yield post
        runner.run(shut())


def kept(town):
    query = "SELECT count(*) FROM reply"
    return town.read(lambda work: work.connection.exec_driver_sql(query).scalar())


@settings(
    max_examples=examples(60, 4_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sender=SENDERS, text=TEXTS, more=MORE)
def test_any_text_is_kept_or_refused_and_never_a_fault_of_ours(town, posts, sender, text, more):
    before = kept(town)
    fields = twilio.inbound_fields(sender, text, MessageSid=f"SM{uuid4().hex}", **more)

    status = posts(INBOUND, fields)

    assert status in {204, 400}
    assert kept(town) == before + (status == 204)


@settings(
    max_examples=examples(40, 2_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(status=st.text("abcdefghijklmnopqrstuvwxyz_-", min_size=1, max_size=20), data=st.data())
def test_any_receipt_is_kept_or_refused_and_never_a_fault_of_ours(town, posts, status, data):
    message = data.draw(st.sampled_from(["", f"?message={uuid4()}", "?message=7", "?x=1"]))
    code = data.draw(st.sampled_from(["", "0", "30003", "21610", "9999999999", "x"]))
    known = st.sampled_from(["delivered", "undelivered", "failed", "sent", status])
    fields = [("MessageSid", f"SM{uuid4().hex}"), ("MessageStatus", data.draw(known))]

    answered = posts(f"{STATUS}{message}", [*fields, ("ErrorCode", code)])

    assert answered == (400 if message == "?message=7" or code == "x" else 204)


def test_a_month_of_texts_costs_no_more_memory_than_a_day(town, posts):
    """What a service keeps of a text it keeps in its database."""
    sizes = Counter({turn: _texts(posts, turn) for turn in range(4)})

    assert sizes[3] - sizes[1] < 6_000, f"KiB: {json.dumps(sizes)}"


def _texts(posts, turn: int) -> int:
    """Some texts of strangers; the memory of the whole process after them, in KiB."""
    for number in range(examples(100, 2_000)):
        text = f"{turn} and {number}, quite another text " + "x" * 1_000
        assert posts(INBOUND, twilio.inbound_fields("+447700900999", text)) == 204
    with open("/proc/self/status") as status:  # noqa: PTH123
        (line,) = [each for each in status if each.startswith("VmRSS")]
    return int(line.split()[1])
