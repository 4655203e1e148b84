"""One text, delivered a hundred times at one instant: one reply, and one answer."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from followup.web import create_app
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import ask
from tests.journeys.world import meet, open_case

PUBLIC = "https://followup.example.org"
INBOUND = "/webhooks/twilio/inbound"
AMINA = "+447700900901"


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request):
    """A service on either database; Amina may answer its first question."""
    of = {"sqlite": "village", "postgresql": "town"}
    found = request.getfixturevalue(of[request.param])
    now = datetime.now(UTC)
    found.write(open_case, meet(found, "Amina Yusuf", AMINA, at=now), now)
    return found


async def delivered(town, *posts):
    """What each of ``posts`` (fields) is answered, all at once, by two services on one house."""
    apps = [create_app(town.config) for _ in range(2)]
    requests = [
        ask(
            apps[place % 2],
            "POST",
            INBOUND,
            urlencode(fields).encode(),
            twilio.signed(f"{PUBLIC}{INBOUND}", fields),
        )
        for place, fields in enumerate(posts)
    ]
    answers = await asyncio.gather(*requests)
    for app in apps:
        async with app.router.lifespan_context(app):
            """Only what happens at the end matters."""
    return Counter(answer.status for answer in answers)


def replies(town):
    query = "SELECT count(*) FROM reply"
    return town.read(lambda work: work.connection.exec_driver_sql(query).scalar())


async def test_a_text_that_comes_a_hundred_times_at_once_is_one_reply_and_one_answer(town):
    fields = twilio.inbound_fields(AMINA, "2")

    assert await delivered(town, *[fields] * 100) == {204: 100}

    assert replies(town) == 1
    await asyncio.to_thread(town.settle, timedelta(0))
    (answer,) = town.gateway.bodies(AMINA)
    assert "Which school, college" in answer


async def test_a_stop_that_comes_a_hundred_times_at_once_is_confirmed_once(town):
    fields = twilio.inbound_fields(AMINA, "STOP")

    assert await delivered(town, *[fields] * 100) == {204: 100}

    assert replies(town) == 1
    await asyncio.to_thread(town.settle, timedelta(0))
    assert len(town.gateway.bodies(AMINA)) == 1


async def test_a_stranger_s_text_that_comes_a_hundred_times_at_once_is_put_before_staff_once(town):
    fields = twilio.inbound_fields("+447700900999", "who is this?")

    assert await delivered(town, *[fields] * 100) == {204: 100}

    assert replies(town) == 1
    flags = town.read(lambda work: work.flags.list())
    assert [str(each.kind) for each in flags] == ["unknown_sender"]


async def test_a_start_that_is_replayed_after_a_stop_brings_nobody_back(town):
    start, stop = (twilio.inbound_fields(AMINA, text) for text in ("START", "STOP"))
    await delivered(town, start)
    await delivered(town, stop)

    assert await delivered(town, *[start] * 10) == {204: 10}

    (amina,) = town.read(lambda work: list(work.alumni.everybody()))
    consents = town.read(lambda work: work.consents.of(amina.id))
    assert consents
    assert all(each.withdrawn_at is not None for each in consents)
    assert replies(town) == 2
