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

from contact.hours import deadline
from contact.message import Delivery, Message, MessageKind
from tests.fakes import telegram_gateway as telegram
from tests.fakes import twilio_gateway as twilio
from tests.fakes.telegram_gateway import TelegramGateway
from tests.fakes.twilio_gateway import Text, TwilioGateway
from tests.journeys.world import Records, World, frozen, london, settings, telegram_settings
from tests.postgres import Server

#: Kills at steps spread evenly over the whole tick; with those below, 52 for each database.
SPREAD = 40
SOAK = 100
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


# In a chat nothing is ever sent again by itself: there the end of the reply time settles it.

CHATS = range(4242, 4246)
#: Kills in a tick that writes to four chats, for each database.
CHAT_SPREAD = 5
CHAT_SOAK = 40
REPLY_TIME_IS_OVER = deadline(KILLED_AT, 4) + timedelta(minutes=1)
#: After the tick that is killed: the lease is over, and a text would be sent once more.
MEANWHILE = (KILLED_AT + timedelta(minutes=3), KILLED_AT + timedelta(minutes=19))
#: The end of the reply time decides, and then an ask in other words may go out.
AFTERWARDS = (REPLY_TIME_IS_OVER, KILLED_AT + timedelta(days=8))


@dataclass
class Chats:
    """A database in which a tick is to welcome and ask people in their chats."""

    stage: Stage
    bot: TelegramGateway

    def reset(self) -> None:
        """Everything as it was before the tick."""
        self.stage.reset()
        self.bot.texts.clear()
        self.bot.otherwise = lambda: telegram.ACCEPT

    def kill_at_request(self, number: int, *, taken: bool) -> None:
        """Have the bot's gateway kill whoever makes request ``number``."""
        requests = iter(range(1, 1000))

        def answer() -> telegram.Answer:
            if next(requests) != number:
                return telegram.ACCEPT
            assert self.stage.victim is not None
            with suppress(ProcessLookupError):
                os.kill(self.stage.victim, signal.SIGKILL)
            return telegram.lose(taken=taken)

        self.bot.otherwise = answer

    def recovers(self, zygote: Zygote, where: str) -> None:
        """Pass after pass; what must hold behind them does."""
        self.bot.otherwise = lambda: telegram.ACCEPT
        for passes in (MEANWHILE, AFTERWARDS):
            self.stage.victim = zygote.start(*(self.stage.argv(at) for at in passes))
            assert zygote.wait() == 0, zygote.output.read_text()
            states = {ask.delivery for ask in self._asks()}
            assert Delivery.SENDING not in states, where
        assert Delivery.UNSURE not in states, where
        said = Counter((text.chat, text.body) for text in self.bot.texts)
        assert set(said.values()) == {1}, where
        assert {chat for chat, body in said if "thanks for joining" not in body} == set(CHATS)
        # Whatever happened, the first try is still the first: it was not used up.
        asks = self._asks()
        taken = Counter((a.case, a.attempt) for a in asks if a.delivery is Delivery.ACCEPTED)
        assert set(taken.values()) == {1}, where
        assert sum(number == 1 for _, number in taken) == len(CHATS), where

    def _asks(self) -> list[Message]:
        records = Records(self.stage.config)
        try:
            everybody = records.read(lambda work: list(work.alumni.everybody()))
            said = [message for who in everybody for message in records.messages(who)]
        finally:
            records.close()
        return [message for message in said if message.kind is MessageKind.ASK]


@pytest.fixture
def chats(home, gateway, bot) -> Chats:
    """Four people who have just come to the chat; the tick is to welcome and to ask them."""
    config = home / "config.toml"
    config.write_text(settings(sms=gateway.url, rest=telegram_settings(bot.url)))
    with frozen(KILLED_AT - timedelta(minutes=5)) as clock:
        world = World(config, clock, gateway, bot)
        for chat in CHATS:
            who = world.meet(f"Ben {chat}")
            token = world.link(who, f"a-token-for-the-chat-{chat}", world.now + timedelta(days=28))
            bot.say(chat, f"/start {token}")
        assert set(world.passes_on()) == {204}
        world.close()
    return Chats(Stage(config, gateway, _copies(home / "followup.db")), bot)


@pytest.fixture
def chat_zygote(chats: Chats) -> Iterator[Zygote]:
    zygote = Zygote(chats.stage.config)
    yield zygote
    zygote.close()


def _kill_over_the_chats(chats: Chats, zygote: Zygote, kills: int) -> None:
    chats.reset()
    assert _tick(chats.stage, zygote, KILLED_AT, die_at=0) == 0, zygote.output.read_text()
    assert len(chats.bot.texts) == 2 * len(CHATS)
    steps = int(zygote.counted.read_text())
    for place in range(kills):
        chats.reset()
        step = 1 + int(steps * (place + 0.5) / kills)
        died = _tick(chats.stage, zygote, KILLED_AT, die_at=step)
        assert died == -signal.SIGKILL or place == kills - 1
        chats.recovers(zygote, f"killed at step {step} of {steps}")


def test_killed_while_it_writes_to_chats_it_never_writes_twice(chats, chat_zygote):
    _kill_over_the_chats(chats, chat_zygote, CHAT_SPREAD)


@pytest.mark.soak
def test_killed_very_often_while_it_writes_to_chats_it_never_writes_twice(chats, chat_zygote):
    _kill_over_the_chats(chats, chat_zygote, CHAT_SOAK)


@pytest.mark.parametrize("taken", [True, False], ids=["after it took the message", "before"])
def test_killed_while_telegram_has_the_message_it_never_writes_twice(chats, chat_zygote, taken):
    for request in (1, 6):
        chats.reset()
        chats.kill_at_request(request, taken=taken)
        assert _tick(chats.stage, chat_zygote, KILLED_AT) == -signal.SIGKILL
        chats.recovers(chat_zygote, f"killed at request {request}")
