"""A reply is answered with 2xx once it is kept, and never before, whoever dies over it."""

import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.parse import urlencode

import pytest

from tests.fakes import twilio_gateway as twilio
from tests.fakes.loopback import free_port, post
from tests.journeys.world import meet, open_case

PUBLIC = "https://followup.example.org"
INBOUND = "/webhooks/twilio/inbound"
#: Longer than any text may be unsure.
SETTLED = timedelta(minutes=20)
#: Seconds in which a service that died is up again, on a machine with much to do.
PATIENCE = 240.0


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request):
    """A service on either database, and the roles it takes; none of its processes runs."""
    if request.param == "sqlite":
        return request.getfixturevalue("village"), ["all"]
    return request.getfixturevalue("town"), ["web", "clock", "worker"]


def addressed(town):
    """Give the service a port of its own; where its webhook will be."""
    port = free_port()
    town.config.write_text(town.config.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
    return f"http://127.0.0.1:{port}{INBOUND}"


def phone(number):
    return f"+447700900{number:03}"


def name(number):
    return f"SM{number:032x}"


def answer(number):
    """The signed answer of one person, the same however often it is sent."""
    fields = twilio.inbound_fields(phone(number), "2", MessageSid=name(number))
    return urlencode(fields).encode(), twilio.signed(f"{PUBLIC}{INBOUND}", fields)


def insists(town, url, body, headers, seen):
    """Send it until it is taken, as Twilio does; ``seen`` counts the answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        town.revive()
        try:
            status = post(url, body, headers)
        except (OSError, HTTPException):
            status = 0
        seen[status] += 1
        if status == 204:
            return
        time.sleep(0.2)
    raise AssertionError(f"never taken: {seen}")


def kept(town):
    """How often a reply of each name is kept."""
    query = "SELECT provider_id, count(*) FROM reply GROUP BY provider_id"
    rows = town.read(lambda work: list(work.connection.exec_driver_sql(query)))
    return {row[0]: row[1] for row in rows}


def die_over_replies(service, how_many):
    town, roles = service
    for number in range(how_many):
        now = datetime.now(UTC)
        town.write(open_case, meet(town, "Amina Yusuf", phone(number), at=now), now)
    town.chance = 1 / 20
    url = addressed(town)
    for role in roles:
        town.start(role)
    seen: Counter[int] = Counter()
    for number in range(how_many):
        body, headers = answer(number)
        insists(town, url, body, headers, seen)
        # Whoever was told so finds it kept, and by another process.
        assert kept(town)[name(number)] == 1
    insists(town, url, body, headers, seen)
    town.until(lambda: town.deliveries()["planned"] == 0, PATIENCE)
    town.chance = 0.0
    for _, process in list(town.members):
        town.kill(process)
    # Leases run out, and what may have left is looked up; what did not goes out again.
    town.settle(timedelta(minutes=5))
    for _ in range(how_many // 100 + 3):
        town.settle(SETTLED)

    points = Counter(town.deaths.read_text().split("\n")[:-1])
    assert set(kept(town).values()) == {1}
    answers = Counter(text.to for text in town.gateway.texts)
    assert answers == {phone(number): 1 for number in range(how_many)}
    assert set(seen) <= {0, 204, 503}
    assert town.killed
    # Wherever they died of it, some did over the reply itself.
    over = sum(count for point, count in points.items() if "receive" in point)
    assert over >= 3
    return f"{how_many} replies, {town.killed} deaths at {len(points)} points, {over} over a reply"


@pytest.mark.parametrize(
    ("point", "is_kept"),
    [("before receive", 0), ("before the commit of receive", 0), ("after receive", 1)],
)
def test_who_dies_over_a_reply_has_not_said_that_it_was_kept(service, point, is_kept):
    town, roles = service
    now = datetime.now(UTC)
    town.write(open_case, meet(town, "Amina Yusuf", phone(0), at=now), now)
    url = addressed(town)
    web = town.start(roles[0], chance=point)
    body, headers = answer(0)

    assert not_taken(web, url, body, headers)
    assert sum(kept(town).values()) == is_kept
    town.members.clear()
    town.start(roles[0])
    insists(town, url, body, headers, Counter())

    assert kept(town) == {name(0): 1}
    # On SQLite it sends by itself, and may have it in hand just now.
    town.settle(timedelta(0))
    town.until(lambda: town.deliveries()["accepted"] == 1, PATIENCE)
    assert town.sent().total() == 1


def not_taken(web, url, body, headers):
    """Whether the process died of the request, and without an answer."""
    until = time.monotonic() + PATIENCE
    while web.poll() is None and time.monotonic() < until:
        with suppress(OSError, HTTPException):
            post(url, body, headers)
            return False
        time.sleep(0.1)
    return web.wait(PATIENCE) == -signal.SIGKILL


@pytest.mark.soak
def test_of_many_replies_none_is_lost_or_answered_twice_whoever_dies_over_them(service, told):
    told(die_over_replies(service, 80))
