"""Polling: every update is taken in once it is committed, and one bad update blocks nobody."""

import asyncio
import logging
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.channels.telegram_updates import Arrived
from contact.errors import FollowUpError, GatewayAway, StorageUnavailable
from followup.polling import keep_polling, patiently


@dataclass
class Chat:
    """A Telegram with a queue of updates; it forgets what is below the offset it is asked for."""

    updates: list[int]
    stopping: asyncio.Event
    faults: list[FollowUpError] = field(default_factory=list)
    offsets: list[int | None] = field(default_factory=list)
    rested: list[str | None] = field(default_factory=list)
    polls: int = 40

    async def poll(self, offset: int | None, wait: int) -> list[Arrived]:
        self.offsets.append(offset)
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        if offset is not None:
            self.updates = [each for each in self.updates if each >= offset]
        self.polls -= 1
        if not self.updates or self.polls <= 0:
            self.stopping.set()
        return [Arrived(each, None, f"button-{each}") for each in self.updates]

    async def acknowledge(self, button: str | None) -> None:
        self.rested.append(button)


@dataclass
class Taken:
    """Takes updates in; raises what is written down for one of them, as often as it is."""

    errors: dict[int, list[Exception]] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)

    async def __call__(self, arrived: Arrived) -> None:
        waiting = self.errors.get(arrived.update)
        if waiting:
            raise waiting.pop(0)
        self.done.append(arrived.update)


#: What is claimed is how rests grow, not how long a second is.
QUICK = (0.001, 0.004)


def run(updates, take, faults=()):
    """Poll until there is nothing left; the chat, to look at what was asked of it."""

    async def story():
        stopping = asyncio.Event()
        chat = Chat(list(updates), stopping, list(faults))
        async with asyncio.timeout(5):
            await keep_polling(chat, take, stopping, wait=0, rests=QUICK)
        return chat

    return asyncio.run(story())


def test_each_update_is_taken_once_and_its_button_rests():
    take = Taken()

    chat = run([7, 8, 9], take)

    assert take.done == [7, 8, 9]
    assert chat.rested == ["button-7", "button-8", "button-9"]


def test_the_offset_moves_only_behind_what_is_committed():
    take = Taken({8: [StorageUnavailable("the database is locked")]})

    chat = run([7, 8, 9], take)

    assert take.done == [7, 8, 9]
    assert chat.offsets == [None, 8, 10]


def test_the_first_poll_names_no_offset():
    assert run([], Taken()).offsets == [None]


def test_what_the_database_cannot_take_comes_again_however_often():
    """A lock is nobody's defect: such an update is never left out."""
    take = Taken({7: [StorageUnavailable("the database is locked") for _ in range(10)]})

    run([7], take)

    assert take.done == [7]


@pytest.mark.parametrize(
    ("stumbles", "done"),
    [
        pytest.param(1, [7, 8, 9], id="once is taken at the second go"),
        pytest.param(2, [7, 8, 9], id="twice at the third"),
        pytest.param(3, [7, 9], id="the third time it is left out"),
        pytest.param(9, [7, 9], id="and not tried again"),
    ],
)
def test_an_update_we_stumble_over_keeps_nobody_else_waiting(stumbles, done):
    take = Taken({8: [ZeroDivisionError("ours") for _ in range(stumbles)]})

    chat = run([7, 8, 9], take)

    assert take.done == done
    assert chat.offsets[-1] == 10


def test_a_defect_is_logged_without_the_words_that_may_quote_somebody(caplog):
    take = Taken({7: [ValueError("Amina wrote: I hate it here")] * 3})

    run([7], take)

    assert "update 7 failed: ValueError" in caplog.text
    assert "Amina" not in caplog.text
    assert "hate" not in caplog.text


@given(
    updates=st.lists(st.integers(1, 60), unique=True, max_size=12).map(sorted),
    locked=st.dictionaries(st.integers(1, 60), st.integers(1, 3), max_size=4),
)
def test_whatever_is_locked_meanwhile_every_update_is_taken_once_and_in_order(updates, locked):
    take = Taken({which: [StorageUnavailable("locked")] * times for which, times in locked.items()})

    run(updates, take)

    assert take.done == updates


def test_a_lost_network_is_survived_and_waited_for_longer_and_longer(caplog):
    caplog.set_level(logging.WARNING)
    take = Taken()

    run([7], take, [GatewayAway("no answer") for _ in range(4)])

    assert take.done == [7]
    assert caplog.text.count("Telegram rests for") == 4


def test_the_rest_doubles_to_a_longest_one_and_begins_anew_behind_a_poll_that_worked(caplog):
    async def story():
        stopping = asyncio.Event()
        lost: list[FollowUpError] = [GatewayAway("no answer") for _ in range(6)]
        async with asyncio.timeout(5):
            await keep_polling(Chat([7], stopping, lost), Taken(), stopping, 0, (0.001, 0.004))
        return [record.args[0] for record in caplog.records]

    assert asyncio.run(story()) == [0.001, 0.002, 0.004, 0.004, 0.004, 0.004]


async def test_where_telegram_names_a_time_it_is_waited_for():
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    begun = loop.time()

    busy = Chat([7], stopping, [GatewayAway("too many", retry_after=0.05)])
    await keep_polling(busy, Taken(), stopping, 0, QUICK)

    assert loop.time() - begun >= 0.05


async def test_nobody_rests_once_it_is_time_to_stop():
    stopping = asyncio.Event()
    away = Chat([7], stopping, [GatewayAway("too many", retry_after=600)])

    async with asyncio.timeout(2):
        running = asyncio.ensure_future(keep_polling(away, Taken(), stopping))
        await asyncio.sleep(0.01)
        stopping.set()
        await running


async def test_a_poll_that_is_held_open_is_let_go_when_it_is_time_to_stop():
    stopping, let_go = asyncio.Event(), asyncio.Event()

    class Held:
        async def poll(self, offset, wait):
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                let_go.set()
                raise

        async def acknowledge(self, button):
            raise AssertionError("there was nothing to press")

    async with asyncio.timeout(2):
        running = asyncio.ensure_future(keep_polling(Held(), Taken(), stopping))
        await asyncio.sleep(0)
        stopping.set()
        await running
        await let_go.wait()


@pytest.mark.parametrize("refusals", [0, 1, 3])
async def test_a_gateway_is_asked_until_it_agrees_and_not_once_more(refusals):
    asked = 0

    async def ask():
        nonlocal asked
        asked += 1
        if asked <= refusals:
            raise GatewayAway("not yet")

    async with asyncio.timeout(2):
        await patiently(ask, asyncio.Event(), QUICK)

    assert asked == refusals + 1


async def test_whoever_stops_asks_no_more():
    stopping = asyncio.Event()
    stopping.set()

    async def ask():
        raise AssertionError("it was time to stop")

    await patiently(ask, stopping)
