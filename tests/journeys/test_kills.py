"""A tick may be killed at any point: the next ones lose nothing and send nothing twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import twilio_gateway as twilio
from tests.fakes.twilio_gateway import Text, TwilioGateway
from tests.journeys.world import Records, World, frozen, london, settings
from tests.postgres import Server

#: Kills at steps spread evenly over the whole tick; with those below, 52 for each database.
SPREAD = 40
SOAK = 300
KILLED_AT = london(2025, 11, 17, 11)
DEAD = "+447700900150"
ROOT = Path(__file__).parents[2]
FOLLOWUP = (sys.executable, "-c", "from followup.cli import main; main()")


class Zygote:
    """The process that forks a `followup` for each order."""

    def __init__(self, config: Path) -> None:
        self.output = config.with_name("output")
        self.counted = config.with_name("steps")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.zygote", config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def start(self, *argvs: tuple[str, ...], die_at: int | None = None) -> int:
        """Start `followup` with each of ``argvs`` in turn; its process id."""
        assert self._process.stdin is not None
        order = {
            "argvs": argvs,
            "die_at": die_at,
            "output": str(self.output),
            "steps": str(self.counted),
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._said("pid")

    def wait(self) -> int:
        """Its exit status, or the signal that killed it as a negative number."""
        return self._said("status")

    def close(self) -> None:
        self._process.communicate()

    def _said(self, what: str) -> int:
        assert self._process.stdout is not None
        return int(json.loads(self._process.stdout.readline())[what])


@dataclass(frozen=True)
class State:
    """All that a tick is to bring about."""

    texts: Counter[tuple[str, str]]
    people: dict[str, Any]
    under_way: list[str]


@dataclass
class Stage:
    """A database in which a tick has everything to do, and how to have it anew."""

    config: Path
    gateway: TwilioGateway
    renew: Callable[[], None]
    before: list[Text] = field(default_factory=list)
    victim: int | None = None

    def reset(self) -> None:
        """Everything as it was before the tick."""
        self.renew()
        self.gateway.texts[:] = self.before
        self.gateway.script.next.clear()
        self.gateway.script.otherwise = lambda _: twilio.ACCEPT
        self.victim = None

    def argv(self, at: datetime) -> tuple[str, ...]:
        """The command line of a tick as of ``at``."""
        when = at.replace(tzinfo=None).isoformat()
        return ("--config", str(self.config), "tick", "--at", when)

    def kill_at_request(self, number: int, *, taken: bool) -> None:
        """Have the gateway kill whoever makes request ``number``, once it took the text or not."""
        requests = iter(range(1, 1000))

        def answer(_: Any) -> twilio.Answer:
            if next(requests) != number:
                return twilio.ACCEPT
            assert self.victim is not None
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)
            return twilio.Answer(taken=taken, dropped=True)

        self.gateway.script.otherwise = answer

    def state(self) -> State:
        """What there is now."""
        records = Records(self.config)
        try:
            return _state(records, self.gateway.texts)
        finally:
            records.close()


def _state(records: Records, texts: list[Text]) -> State:
    everybody = records.read(lambda work: list(work.alumni.everybody()))
    people = {
        who.profile.name: (
            records.attempts(who),
            [(str(e.disposition), e.code, e.detail) for e in records.endings(who)],
            sorted(records.codes(who)),
            sorted(records.standings(who)),
        )
        for who in everybody
    }
    messages = [
        m for who in everybody for m in records.read(lambda w, who=who: w.messages.of(who.id))
    ]
    under_way = [
        str(message.delivery)
        for message in messages
        if message.delivery in ("planned", "sending", "unsure")
        and message.not_before <= KILLED_AT + timedelta(hours=1)
    ]
    return State(Counter((text.to, text.body) for text in texts), people, under_way)


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request, home, gateway, postgres_server) -> Iterator[Stage]:
    config = home / "config.toml"
    if request.param == "sqlite":
        config.write_text(settings(sms=gateway.url))
        gateway.script.numbers[DEAD] = twilio.error(21211)
        before = _prepare(config, gateway)
        yield Stage(config, gateway, _copies(home / "followup.db"), before)
        return
    name = f"stage_{abs(hash(home)):x}"
    url = postgres_server.create_database(
        name, template=request.getfixturevalue("postgres_template")
    )
    config.write_text(settings(sms=gateway.url, rest=f'[storage]\nurl = "{url}"'))
    gateway.script.numbers[DEAD] = twilio.error(21211)
    before = _prepare(config, gateway)
    renewed = f"{name}_now"
    config.write_text(config.read_text().replace(name, renewed))
    yield Stage(config, gateway, _clones(postgres_server, name, renewed), before)
    postgres_server.drop_database(renewed)
    postgres_server.drop_database(name)


def _copies(database: Path) -> Callable[[], None]:
    template = database.with_name("prepared.db")
    shutil.copy(database, template)

    def renew() -> None:
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(template, database)

    return renew


def _clones(server: Server, template: str, name: str) -> Callable[[], None]:
    def renew() -> None:
        server.drop_database(name)
        server.create_database(name, template=template)

    return renew


def _prepare(config: Path, gateway: TwilioGateway) -> list[Text]:
    """People in every state that a tick has to move; the texts they have got already."""
    with frozen(london(2025, 11, 3, 16, 30)) as clock:
        world = World(config, clock, gateway)
        world.meet("Silent for long", "+447700900140")
        world.tick_until(london(2025, 11, 12, 11), timedelta(hours=4))
        world.meet("Silent for days", "+447700900141")
        world.tick_until(london(2025, 11, 16), timedelta(hours=4))
        world.at(KILLED_AT - timedelta(minutes=5))
        world.meet("Who answers", "+447700900142")
        world.meet("Who says stop", "+447700900143")
        gateway.script.numbers["+447700900144"] = twilio.lose(taken=True)
        world.meet("Of whom nobody knows", "+447700900144")
        world.tick()
        del gateway.script.numbers["+447700900144"]
        world.says("+447700900142", "2")
        world.says("+447700900143", "STOP")
        # Who came today is taken up at the next tick.
        for number in range(4):
            world.meet(f"Due {number}", f"+44770090014{5 + number}")
        world.meet("With a dead number", DEAD, "+447700900151")
        world.close()
    return list(gateway.texts)


@pytest.fixture
def zygote(stage: Stage) -> Iterator[Zygote]:
    zygote = Zygote(stage.config)
    yield zygote
    zygote.close()


@pytest.fixture
def after(stage, zygote) -> State:
    """What a tick that nobody kills brings about, with the two that follow it."""
    stage.reset()
    assert _tick(stage, zygote, KILLED_AT) == 0, zygote.output.read_text()
    _recover(stage, zygote)
    state: State = stage.state()
    # A second try, four first ones, a text to another number, two answers.
    assert len(state.texts) == len(stage.before) + 8
    assert state.under_way == []
    return state


def _tick(stage: Stage, zygote: Zygote, at: datetime, die_at: int | None = None) -> int:
    stage.victim = zygote.start(stage.argv(at), die_at=die_at)
    return zygote.wait()


def _recover(stage: Stage, zygote: Zygote) -> None:
    """Tick 3 minutes later, and 16 minutes after that."""
    stage.gateway.script.otherwise = lambda _: twilio.ACCEPT
    later = KILLED_AT + timedelta(minutes=3)
    stage.victim = zygote.start(stage.argv(later), stage.argv(later + timedelta(minutes=16)))
    assert zygote.wait() == 0, zygote.output.read_text()


def _kill_over_the_whole_tick(stage: Stage, zygote: Zygote, after: State, kills: int) -> None:
    stage.reset()
    assert _tick(stage, zygote, KILLED_AT, die_at=0) == 0
    steps = int(zygote.counted.read_text())
    for place in range(kills):
        stage.reset()
        step = 1 + int(steps * (place + 0.5) / kills)

        died = _tick(stage, zygote, KILLED_AT, die_at=step)

        # The last steps are a few more or less from one tick to the next.
        assert died == -signal.SIGKILL or place == kills - 1
        _recover(stage, zygote)
        assert stage.state() == after, f"killed at step {step} of {steps}"


def test_killed_at_any_step_nothing_is_lost_and_nothing_is_sent_twice(stage, zygote, after):
    _kill_over_the_whole_tick(stage, zygote, after, SPREAD)


@pytest.mark.soak
def test_killed_at_very_many_steps(stage, zygote, after):
    _kill_over_the_whole_tick(stage, zygote, after, SOAK)


@pytest.mark.parametrize("taken", [True, False], ids=["after it took the text", "before"])
def test_killed_while_the_gateway_has_the_text(stage, zygote, after, taken):
    for request in (1, 4, 8):
        stage.reset()
        stage.kill_at_request(request, taken=taken)

        assert _tick(stage, zygote, KILLED_AT) == -signal.SIGKILL

        _recover(stage, zygote)
        assert stage.state() == after, f"killed at request {request}"


def test_killed_again_while_it_recovers_it_still_sends_nothing_twice(stage, zygote, after):
    stage.reset()
    stage.kill_at_request(3, taken=False)
    assert _tick(stage, zygote, KILLED_AT) == -signal.SIGKILL
    stage.gateway.script.otherwise = lambda _: twilio.ACCEPT
    assert _tick(stage, zygote, KILLED_AT + timedelta(minutes=3)) == 0
    stage.kill_at_request(1, taken=True)
    assert _tick(stage, zygote, KILLED_AT + timedelta(minutes=19)) == -signal.SIGKILL
    stage.gateway.script.otherwise = lambda _: twilio.ACCEPT

    for minutes in (22, 38):
        assert _tick(stage, zygote, KILLED_AT + timedelta(minutes=minutes)) == 0

    assert stage.state().texts <= after.texts


def test_the_command_itself_killed_after_a_while(stage, zygote, after):
    chance = random.Random(2025)
    for _ in range(4):
        stage.reset()
        command = subprocess.Popen(
            [*FOLLOWUP, *stage.argv(KILLED_AT)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # It takes about a second to start and half of one to tick.
        time.sleep(chance.uniform(0.6, 1.8))
        command.kill()
        command.wait()

        _recover(stage, zygote)
        assert stage.state() == after
