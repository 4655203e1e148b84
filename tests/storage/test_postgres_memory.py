"""Transactions side by side on PostgreSQL, and a server that comes and goes."""

import threading

import pytest

from contact.errors import StorageUnavailable
from storage.memory import open_memory
from storage.postgres_memory import PostgresMemory
from storage.upgrade import upgrade
from tests.postgres import running
from tests.storage.cast import LATER, NOW, add, seen, somebody, written


@pytest.fixture
def memory(furnished_postgres_url, vault):
    opened = open_memory(furnished_postgres_url, vault)
    yield opened
    opened.close()


def execute(work, statement):
    """Run what no repository would."""
    return work.cases._connection.exec_driver_sql(statement)


def test_two_that_wait_for_each_other_both_succeed(memory):
    """Each locks one row and then wants the other's: one is undone, and runs again."""
    for name in ("a", "b"):
        written(memory, lambda work, name=name: work.house.beat(name, NOW))
    both_hold_one = threading.Barrier(2)
    runs = []

    def cross(work, first, second):
        runs.append(first)
        work.house.beat(first, LATER)
        if len(runs) <= 2:
            both_hold_one.wait(10)
        work.house.beat(second, LATER)
        return first

    pending = [memory.write(cross, "a", "b"), memory.write(cross, "b", "a")]

    assert [each.result(30) for each in pending] == ["a", "b"]
    assert len(runs) > 2


def test_a_change_lost_to_another_is_made_again(memory):
    written(memory, lambda work: work.house.beat("a", NOW))
    runs = []

    def late(work):
        execute(work, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        before = work.house.beaten("a")
        runs.append(before)
        if len(runs) == 1:
            memory.write(lambda other: other.house.beat("a", LATER)).result(10)
        work.house.beat("a", before)

    written(memory, late)

    assert runs == [NOW, LATER]


def test_what_always_collides_is_given_up(memory):
    written(memory, lambda work: work.house.beat("a", NOW))
    runs = []

    def always(work):
        execute(work, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        before = work.house.beaten("a")
        runs.append(before)
        memory.write(lambda other: other.house.beat("a", LATER)).result(10)
        work.house.beat("a", NOW)

    with pytest.raises(StorageUnavailable, match="too busy"):
        written(memory, always)
    assert len(runs) == 5


def test_a_failing_transaction_leaves_nothing(memory):
    def fails(work):
        work.house.beat("a", NOW)
        raise KeyError("a")

    with pytest.raises(KeyError):
        written(memory, fails)
    assert seen(memory, lambda work: work.house.beaten("a")) is None


def test_a_reader_sees_one_picture_and_cannot_write(memory):
    def twice(work):
        first = work.house.beaten("a")
        memory.write(lambda other: other.house.beat("a", NOW)).result(10)
        return first, work.house.beaten("a")

    assert seen(memory, twice) == (None, None)
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        seen(memory, lambda work: work.house.beat("b", NOW))


def test_one_alumnus_is_worked_on_by_one_at_a_time(memory):
    amina = written(memory, add, somebody())
    order = []
    holds = threading.Event()

    def first(work):
        work.alumni.lock(amina)
        holds.set()
        order.append("first in")
        threading.Event().wait(0.2)
        order.append("first out")

    def second(work):
        work.alumni.lock(amina)
        order.append("second in")

    one = memory.write(first)
    assert holds.wait(10)
    two = memory.write(second)
    one.result(10)
    two.result(10)

    assert order == ["first in", "first out", "second in"]


def test_sixteen_threads_lose_nothing(memory):
    written(memory, lambda work: execute(work, "CREATE TABLE tally (n int)") and None)
    written(memory, lambda work: execute(work, "INSERT INTO tally VALUES (0)") and None)

    def work_hard():
        for _ in range(10):
            memory.write(lambda work: execute(work, "UPDATE tally SET n = n + 1") and None).result()

    threads = [threading.Thread(target=work_hard) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen(memory, lambda work: execute(work, "SELECT n FROM tally").scalar()) == 160


def test_closing_finishes_what_is_queued(furnished_postgres_url, vault):
    memory = PostgresMemory(furnished_postgres_url, vault)

    def beat(work, number):
        work.house.beat(f"n{number}", NOW)

    queued = [memory.write(beat, number) for number in range(50)]

    memory.close()
    memory.close()

    assert [pending.exception(0) for pending in queued] == [None] * 50
    for ask in (memory.write, memory.read):
        with pytest.raises(StorageUnavailable, match="stopping"):
            ask(lambda work: work.house.stops()).result(1)


async def test_the_event_loop_awaits(memory):
    await memory.write(lambda work: work.house.beat("a", NOW))

    assert await memory.read(lambda work: work.house.beaten("a")) == NOW


@pytest.fixture
def mortal(vault):
    """A server of the test's own with a memory on it."""
    with running() as server:
        url = server.create_database("house")
        upgrade(url, vault)
        memory = open_memory(url, vault)
        yield server, memory
        memory.close()


def test_a_restart_in_the_middle_is_named_and_then_forgotten(mortal):
    server, memory = mortal

    def dies(work):
        work.house.beat("a", NOW)
        server.crash()
        work.house.beat("b", NOW)

    with pytest.raises(StorageUnavailable, match="does not answer"):
        written(memory, dies)
    with pytest.raises(StorageUnavailable, match="does not answer"):
        seen(memory, lambda work: work.house.beaten("a"))
    server.start()

    written(memory, lambda work: work.house.beat("c", NOW))

    stored = seen(memory, lambda work: [work.house.beaten(name) for name in "abc"])
    assert stored == [None, None, NOW]


def test_connections_that_died_unnoticed_are_replaced(mortal):
    server, memory = mortal
    written(memory, lambda work: work.house.beat("a", NOW))

    server.restart()

    assert seen(memory, lambda work: work.house.beaten("a")) == NOW
