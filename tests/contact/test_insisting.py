"""What a gateway said is written down, although the database is locked just then."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest

from contact.errors import StorageUnavailable
from contact.hours import deadline
from contact.insisting import insist
from contact.message import Delivery
from contact.outcome import Fault, Refused
from storage.database import file_of
from tests.cast import BEN_CHAT, NOW, TELEGRAM, stage

__all__ = ["stage"]


class Lock:
    """Another process that has the database for itself."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(
            str(file_of(url)), isolation_level=None, timeout=30, check_same_thread=False
        )

    def take(self, seconds: float) -> None:
        """Have it, and let go of it after so many seconds."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._timer = threading.Timer(seconds, self.let_go)
        self._timer.start()

    def let_go(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._connection.close()


@pytest.fixture
def lock(sqlite_url):
    with closing(Lock(sqlite_url)) as lock:
        yield lock


async def test_a_chat_message_that_was_taken_is_known_although_nobody_could_write(stage, lock):
    def locked_meanwhile(message):
        # The database waits for another process for one second only.
        lock.take(2.5)
        return stage.telegram.accepted(message)

    stage.telegram.then(locked_meanwhile)
    who = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")

    tally = await stage.tick(NOW)

    assert tally["sent"] == 1
    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED
    await stage.tick(deadline(NOW, 4))
    assert [ask.attempt for ask in stage.asks(who)] == [1, 2]


async def test_a_refusal_has_its_consequences_although_nobody_could_write(stage, lock):
    def locked_meanwhile(_):
        lock.take(2.5)
        return Refused(Fault.GONE, "403")

    stage.telegram.then(locked_meanwhile)
    who = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")

    await stage.tick(NOW)

    assert stage.standing(who)[0] == (1, "failed", "gone")
    assert "telegram_blocked" in stage.kinds(who)


def _beat(work, at):
    work.house.beat("a", at)


async def test_it_is_given_up_when_patience_is_over(stage, lock):
    lock.take(60)

    with pytest.raises(StorageUnavailable, match="locked"):
        await insist(lambda: stage.memory.write(_beat, NOW), patience=0.0)

    lock.let_go()
    assert stage.read(lambda work: work.house.beaten("a")) is None


async def test_a_defect_is_no_reason_to_try_again(stage):
    runs = []

    def fails(work):
        runs.append(work)
        raise KeyError("a")

    with pytest.raises(KeyError):
        await insist(lambda: stage.memory.write(fails))
    assert len(runs) == 1


async def test_it_is_written_once(stage):
    later = NOW + timedelta(hours=1)

    await insist(lambda: stage.memory.write(_beat, later))

    assert stage.read(lambda work: work.house.beaten("a")) == later


async def test_what_was_asked_is_answered_when_the_database_comes_back(stage):
    looks = []

    def finds(work):
        looks.append(NOW)
        if len(looks) == 1:
            raise StorageUnavailable("away")
        return len(looks)

    assert await insist(lambda: stage.memory.read(finds)) == 2
