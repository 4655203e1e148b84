"""`followup serve` as others meet it: a process with a port, a clock of its own, and signals."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.alumnus import Alumnus
from contact.message import Delivery, Message, MessageKind
from tests.fakes import twilio_gateway as twilio
from tests.fakes.loopback import free_port
from tests.fakes.telegram_gateway import TelegramGateway
from tests.fakes.twilio_gateway import TwilioGateway
from tests.journeys.world import (
    AMINA,
    PUBLIC,
    Records,
    meet,
    open_case,
    settings,
    telegram_settings,
)

ROOT = Path(__file__).parents[2]
FOLLOWUP = (sys.executable, "-c", "from followup.cli import main; main()")
#: Seconds: a busy machine is slow to start a program.
PATIENCE = 30.0


class Served:
    """One `followup serve`, ready."""

    def __init__(self, config: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = config.with_name(f"serve-{port}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*FOLLOWUP, "--config", config, "serve"], cwd=ROOT, stdout=log, stderr=log
            )

    def readiness(self) -> tuple[int, dict[str, bool]]:
        """What ``/readyz`` answers: its status, and which checks are well; 0 without an answer."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=PATIENCE) as answer:  # noqa: S310  loopback
                return answer.status, _checks(answer.read())
        except HTTPError as error:
            with error:
                return error.code, _checks(error.read())
        except (URLError, ConnectionError):
            return 0, {}

    def becomes(self, status: int) -> None:
        """Wait until ``/readyz`` answers with ``status``."""
        within(lambda: self.readiness()[0] == status or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def _checks(body: bytes) -> dict[str, bool]:
    return {check["name"]: check["ok"] for check in json.loads(body)["checks"]}


def within(done: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until ``done``; fail where it is not within ``seconds``."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def configured(home: Path, gateway: TwilioGateway, rest: str = "") -> tuple[Path, int]:
    """A settings file with a port of its own; both."""
    port = free_port()
    config = home / f"config-{port}.toml"
    database = f'[storage]\nurl = "sqlite:///followup.db?timeout=1"\n{rest}'
    service = f'listen = "127.0.0.1:{port}"'
    config.write_text(settings(sms=gateway.url, service=service, rest=database))
    return config, port


@pytest.fixture
def amina(home, gateway) -> Alumnus:
    """Amina, whose case is open; whatever day it is, nothing more is due."""
    config, _ = configured(home, gateway)
    records = Records(config)
    amina = meet(records, "Amina Yusuf", AMINA, at=datetime.now(UTC))
    records.write(open_case, amina, datetime.now(UTC))
    records.close()
    return amina


@pytest.fixture
def served(home, gateway, amina) -> Iterator[Served]:
    """The service, ready, with Amina's case open."""
    with serving(*configured(home, gateway), gateway) as served:
        yield served


@contextmanager
def serving(config: Path, port: int, gateway: TwilioGateway) -> Iterator[Served]:
    """The service, ready; killed at the end where it still runs."""
    served = Served(config, port)
    gateway.app = served.url
    try:
        served.becomes(200)
        yield served
    finally:
        with suppress(ProcessLookupError):
            served.process.kill()
        served.process.wait()


def replies(served: Served, gateway: TwilioGateway, text: str) -> float:
    """Have Amina text the service; how many seconds until her phone has its answer."""
    before, sent = len(gateway.texts), time.monotonic()
    assert gateway.say(AMINA, text, PUBLIC) == 204
    within(lambda: len(gateway.texts) > before)
    return time.monotonic() - sent


def test_a_reply_is_answered_at_once_through_the_ledger(served, gateway):
    assert served.readiness() == (200, {"database": True, "clock": True})

    took = replies(served, gateway, "2")

    assert "Which school, college" in gateway.bodies(AMINA)[0]
    # It looks by itself every five seconds: that was not what answered.
    assert took < 4
    assert served.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_finishes_what_is_being_sent_and_records_it(home, served, gateway, amina, how):
    gateway.script.next.append(twilio.slow(2))
    gateway.say(AMINA, "2", PUBLIC)
    within(lambda: gateway.requests == 1)

    asked = time.monotonic()
    assert served.stop(how) == 0

    assert time.monotonic() - asked < 9
    records = Records(configured(home, gateway)[0])
    (answer,) = records.messages(amina)
    records.close()
    assert (answer.delivery, answer.provider_id) == ("accepted", gateway.texts[0].sid)
    assert "Traceback" not in served.log.read_text()


def test_a_tick_and_a_second_service_beside_it_do_no_harm(home, served, gateway, amina):
    config, port = configured(home, gateway)
    with serving(config, port, gateway) as second:
        ticked = subprocess.run(
            [*FOLLOWUP, "--config", config, "tick", "--json"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        assert json.loads(ticked.stdout)["sent"] == 0
        for text in ("2", "Carmel College", "plumbing level 2"):
            replies(second, gateway, text)
        time.sleep(0.5)

        assert len(gateway.texts) == 3
        assert second.stop() == 0
    assert served.readiness()[0] == 200
    assert served.stop() == 0


def test_a_second_service_on_the_same_port_refuses_in_one_line(home, served, gateway):
    config, port = configured(home, gateway)
    config.write_text(config.read_text().replace(str(port), served.url.rsplit(":", 1)[1]))

    refused = subprocess.run(
        [*FOLLOWUP, "--config", config, "serve"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "listen" in refused.stderr
    assert served.readiness()[0] == 200


def test_a_locked_database_turns_it_red_until_it_is_free_again(home, served, gateway):
    with closing(sqlite3.connect(home / "followup.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        served.becomes(503)
        assert served.readiness()[1]["database"] is False
        assert gateway.say(AMINA, "2", PUBLIC) == 503
        other.execute("ROLLBACK")

    served.becomes(200)
    replies(served, gateway, "2")
    assert len(gateway.texts) == 1
    assert served.stop() == 0


def test_a_chat_is_answered_by_polling(home, gateway, bot: TelegramGateway, amina):
    config, port = configured(home, gateway, telegram_settings(bot.url, "polling"))
    records = Records(config)
    now = datetime.now(UTC)
    records.write(lambda w: w.house.invite("a-token-of-hers", amina.id, now, now + timedelta(1)))
    records.close()

    with serving(config, port, gateway) as served:
        bot.say(4242, "/start a-token-of-hers")
        within(lambda: bot.bodies(4242))
        bot.say(4242, "2")
        within(lambda: len(bot.bodies(4242)) == 2)

        assert "Which school, college" in bot.bodies(4242)[1]
        assert served.stop() == 0
    assert bot.pending == []


def test_a_telegram_that_is_away_holds_up_nothing_else(home, gateway, bot, amina):
    config, port = configured(home, gateway, telegram_settings(bot.url, "polling"))

    with ExitStack() as running:
        with bot.refusing():
            served = running.enter_context(serving(config, port, gateway))
            replies(served, gateway, "2")
        bot.say(4242, "hello?")

        within(lambda: bot.pending == [])
        assert served.stop() == 0


def test_a_stop_amid_many_leaves_the_rest_for_the_next_start(home, gateway, amina):
    config, port = configured(home, gateway)
    records = Records(config)
    now = datetime.now(UTC)
    people = [meet(records, f"Ben {n}", f"+4477009002{n}", at=now) for n in range(10, 100)]
    for who in people:
        records.write(_something_to_say, who)
    # All of them would take four times as long as those that are in hand.
    gateway.script.otherwise = lambda _: twilio.slow(2)

    with serving(config, port, gateway) as served:
        within(lambda: gateway.requests)
        asked = time.monotonic()
        assert served.stop() == 0
        assert time.monotonic() - asked < 7

    said = [message for who in people for message in records.messages(who)]
    records.close()
    states = Counter(str(one.delivery) for one in said if one.kind is MessageKind.CONFIRMATION)
    assert states == {"accepted": len(gateway.texts), "planned": 90 - len(gateway.texts)}
    assert states["planned"] > 0


def _something_to_say(work, who: Alumnus) -> None:
    now = datetime.now(UTC)
    (address,) = work.addresses.of(who.id)
    message = Message(
        id=uuid4(),
        alumnus=who.id,
        address=address.id,
        channel=ChannelName.SMS,
        kind=MessageKind.CONFIRMATION,
        line="start.confirmed",
        delivery=Delivery.PLANNED,
        created_at=now,
        not_before=now,
        school=who.school,
    )
    work.messages.plan(message)


def test_nothing_personal_stands_in_its_log(served, gateway):
    replies(served, gateway, "2")
    replies(served, gateway, "Carmel College")
    served.stop()

    said = served.log.read_text()
    assert "gate: message" in said
    for secret in (AMINA, "Amina", "Carmel", twilio.TOKEN):
        assert secret not in said
