"""One writer, groups of transactions, one commit for each group."""

import asyncio
import sqlite3
import threading
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path

import pytest

from contact.errors import Misconfigured, StorageUnavailable
from storage.database import driver_of, file_of
from storage.faults import DatabaseRefused
from storage.memory import open_memory
from tests.storage.cast import NOW, TODAY, add, consent, seen, somebody, written


@pytest.fixture
def memory(sqlite_url, vault):
    opened = open_memory(sqlite_url, vault)
    yield opened
    opened.close()


@pytest.fixture
def file(sqlite_url):
    return Path(str(file_of(sqlite_url)))


def driver(work) -> sqlite3.Connection:
    """The writer's own connection, to see and do what no repository would."""
    return driver_of(work.cases._connection)


def names(memory):
    """Whose heartbeat is stored."""

    def query(work):
        rows = driver(work).execute("SELECT name FROM heartbeat ORDER BY name")
        return [row[0] for row in rows]

    return seen(memory, query)


def beat(work, name):
    """The smallest transaction there is."""
    work.house.beat(name, NOW)
    return name


class Gate:
    """Holds the writer until it is opened, so that what follows queues up as one group."""

    def __init__(self, memory) -> None:
        self._open = threading.Event()
        self._reached = threading.Event()
        self.pending = memory.write(self._wait)
        assert self._reached.wait(10)

    def _wait(self, _work):
        self._reached.set()
        assert self._open.wait(10)

    def open(self) -> None:
        """Let the queue go on."""
        self._open.set()
        self.pending.result(10)


def test_a_failing_transaction_undoes_only_itself(memory):
    gate = Gate(memory)
    before = memory.write(beat, "amina")

    def fails(work):
        beat(work, "ben")
        raise KeyError("ben")

    failing, after = memory.write(fails), memory.write(beat, "chidi")
    gate.open()

    assert (before.result(), after.result()) == ("amina", "chidi")
    with pytest.raises(KeyError, match="ben"):
        failing.result()
    assert names(memory) == ["amina", "chidi"]


def test_a_group_is_run_again_only_where_one_of_it_failed(memory):
    """The second time each has a savepoint: what failed at first may well pass then."""
    runs = []

    def runs_as(name, *, fails=0):
        def run(work):
            runs.append(name)
            beat(work, f"{name}{len(runs)}")
            if runs.count(name) <= fails:
                raise KeyError(name)
            return name

        return run

    for fails, expected in ((0, "ab"), (1, "abab")):
        runs.clear()
        gate = Gate(memory)
        pendings = [memory.write(runs_as("a")), memory.write(runs_as("b", fails=fails))]
        gate.open()

        assert [pending.result() for pending in pendings] == ["a", "b"]
        assert "".join(runs) == expected
    assert names(memory) == ["a1", "a3", "b2", "b4"]


def test_one_that_fails_by_itself_runs_once_and_leaves_nothing(memory):
    runs = []

    def fails(work):
        runs.append(beat(work, "ben"))
        raise KeyError("ben")

    with pytest.raises(KeyError, match="ben"):
        memory.write(fails).result()

    assert runs == ["ben"]
    assert names(memory) == []


def test_a_broken_promise_undoes_only_its_own_transaction(memory):
    amina = written(memory, add, somebody())
    gate = Gate(memory)
    pendings = [
        memory.write(beat, "before"),
        memory.write(lambda work: (beat(work, "broken"), work.consents.grant(consent(amina)))),
        memory.write(beat, "after"),
    ]
    gate.open()

    with pytest.raises(DatabaseRefused):
        pendings[1].result()
    assert names(memory) == ["after", "before"]


def test_a_failed_commit_fails_the_whole_group(memory):
    """A deferred foreign key is what lets everything pass and the commit fail."""
    gate = Gate(memory)

    def breaks_at_commit(work):
        driver(work).execute("PRAGMA defer_foreign_keys=ON")
        driver(work).execute(
            "INSERT INTO consent (alumnus_id, purpose, wording, granted_at, how,"
            " recorded_by, until) VALUES ('x','tracking','w',1,'h','b','2028')"
        )

    def fails(_work):
        raise KeyError

    group = [memory.write(beat, "amina"), memory.write(fails), memory.write(breaks_at_commit)]
    gate.open()

    for pending in group:
        with pytest.raises(DatabaseRefused, match="FOREIGN KEY"):
            pending.result()
    assert names(memory) == []
    assert written(memory, beat, "ben") == "ben"
    assert names(memory) == ["ben"]


def test_nothing_is_answered_before_it_is_committed(memory, file):
    """Whoever is told looks with a connection of their own, and it is there."""
    seen_by_others = []

    def look(pending):
        with closing(sqlite3.connect(file)) as other:
            found = other.execute("SELECT 1 FROM heartbeat WHERE name = ?", [pending.result()])
            seen_by_others.append(found.fetchone())

    gate = Gate(memory)
    for number in range(20):
        memory.write(beat, f"n{number}").add_done_callback(look)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM heartbeat").fetchone() == (0,)
    gate.open()
    memory.close()

    assert seen_by_others == [(1,)] * 20


def test_sixteen_threads_lose_nothing(memory):
    def count(work):
        row = driver(work).execute("SELECT at FROM heartbeat WHERE name = 'count'").fetchone()
        driver(work).execute(
            "INSERT INTO heartbeat VALUES ('count', ?) ON CONFLICT DO UPDATE SET at = excluded.at",
            [(row[0] if row else 0) + 1],
        )

    def work_hard():
        for _ in range(25):
            memory.write(count).result()

    threads = [threading.Thread(target=work_hard) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def total(work):
        return driver(work).execute("SELECT at FROM heartbeat").fetchone()[0]

    assert seen(memory, total) == 16 * 25


def test_two_memories_on_one_file_interleave(memory, sqlite_url, vault):
    other = open_memory(sqlite_url, vault)

    def work_hard(mine, name):
        for number in range(20):
            mine.write(beat, f"{name}{number}").result()

    threads = [
        threading.Thread(target=work_hard, args=pair) for pair in ((memory, "a"), (other, "b"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()

    assert len(names(memory)) == 40


def test_closing_finishes_what_is_queued(sqlite_url, vault):
    memory = open_memory(sqlite_url, vault)
    gate = Gate(memory)
    queued = [memory.write(beat, f"n{number:03}") for number in range(200)]
    threading.Timer(0.05, gate.open).start()

    memory.close()

    assert [pending.result(0) for pending in queued] == [f"n{n:03}" for n in range(200)]


def test_a_closed_memory_says_so(sqlite_url, vault):
    memory = open_memory(sqlite_url, vault)
    memory.close()
    memory.close()

    for ask in (memory.write, memory.read):
        with pytest.raises(StorageUnavailable, match="stopping"):
            ask(beat, "amina").result(1)


async def test_the_event_loop_awaits_and_goes_on_meanwhile(memory):
    gate = Gate(memory)
    pending = asyncio.ensure_future(as_task(memory.write(beat, "amina")))
    await asyncio.sleep(0.01)
    assert not pending.done()
    await asyncio.to_thread(gate.open)

    assert await pending == "amina"
    assert await memory.read(lambda work: work.house.beaten("amina")) == NOW


async def as_task(pending):
    return await pending


async def test_whoever_waits_on_the_loop_is_answered_in_one_go(memory):
    """Each gets an answer of their own, whatever became of the others of the group."""

    def fails(_work):
        raise KeyError("ben")

    gate = Gate(memory)
    waiting = [
        asyncio.ensure_future(as_task(memory.write(each)))
        for each in (lambda work: beat(work, "amina"), fails, lambda work: beat(work, "chidi"))
    ]
    impatient = asyncio.ensure_future(as_task(memory.write(beat, "dana")))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    await asyncio.to_thread(gate.open)

    amina, ben, chidi = await asyncio.gather(*waiting, return_exceptions=True)

    assert (amina, chidi) == ("amina", "chidi")
    assert isinstance(ben, KeyError)
    assert impatient.cancelled()
    assert await memory.read(lambda work: work.house.beaten("dana")) is None


def test_a_loop_that_is_gone_keeps_nobody_waiting(memory):
    gate = Gate(memory)

    async def asks():
        waiting = asyncio.ensure_future(as_task(memory.write(beat, "amina")))
        await asyncio.sleep(0)
        return waiting

    loop = asyncio.new_event_loop()
    forgotten = loop.run_until_complete(asks())
    loop.close()
    after = memory.write(beat, "ben")
    gate.open()

    assert after.result(10) == "ben"
    assert names(memory) == ["amina", "ben"]
    assert not forgotten.done()


def test_what_was_cancelled_in_the_queue_does_not_run(memory):
    gate = Gate(memory)
    unwanted, wanted = memory.write(beat, "ben"), memory.write(beat, "amina")

    assert unwanted.cancel()
    gate.open()

    assert wanted.result() == "amina"
    with pytest.raises(CancelledError):
        unwanted.result()
    assert names(memory) == ["amina"]


def test_a_lock_of_another_process_is_named_and_passes(memory, file):
    written(memory, beat, "before")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageUnavailable, match="locked by another process"):
            written(memory, beat, "meanwhile")
        assert names(memory) == ["before"]  # readers are not in its way
        other.execute("ROLLBACK")

    assert written(memory, beat, "after") == "after"
    assert names(memory) == ["after", "before"]


def test_a_lock_at_the_start_passes_too(sqlite_url, vault, file):
    """The first connection of all meets a file that is locked whole."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageUnavailable, match="locked"):
            open_memory(sqlite_url, vault)
        other.execute("ROLLBACK")
    memory = open_memory(sqlite_url, vault)

    assert written(memory, beat, "amina") == "amina"
    memory.close()


def test_a_full_disk_loses_nothing_that_was_answered(memory):
    written(memory, beat, "before")

    def shrink(work):
        driver(work).execute("PRAGMA max_page_count=1")  # no smaller than the file is now

    def grow(work):
        driver(work).execute("PRAGMA max_page_count=1000000")

    def fill(work):
        for number in range(5000):
            beat(work, f"{number:040}")

    written(memory, shrink)
    gate = Gate(memory)
    small, big = memory.write(beat, "small"), memory.write(fill)
    gate.open()

    with pytest.raises(StorageUnavailable, match="disk is full"):
        big.result()
    done = small.exception() is None
    assert names(memory) == (["before", "small"] if done else ["before"])
    written(memory, grow)
    written(memory, fill)
    assert len(names(memory)) >= 5001


def test_a_file_that_cannot_be_written_is_named(memory, sqlite_url, vault):
    def freeze(work):
        driver(work).execute("PRAGMA query_only=ON")

    written(memory, freeze)
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        written(memory, beat, "amina")


def test_a_reader_cannot_write(memory):
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        seen(memory, beat, "amina")
    assert names(memory) == []


def test_a_reader_sees_one_picture(memory):
    written(memory, beat, "before")

    def twice(work):
        first = work.house.beaten("meanwhile"), work.house.beaten("before")
        written(memory, beat, "meanwhile")
        return first, (work.house.beaten("meanwhile"), work.house.beaten("before"))

    first, second = seen(memory, twice)

    assert first == second == (None, NOW)
    assert names(memory) == ["before", "meanwhile"]


def test_the_readers_outlive_whatever_goes_wrong_in_them(memory):
    def bad(work):
        driver(work).execute("SELECT * FROM nowhere")

    def worse(work):
        driver(work).close()

    def worst(_work):
        raise SystemExit

    for query in (bad, worse, worst) * 10:
        with pytest.raises((StorageUnavailable, DatabaseRefused, SystemExit)):
            seen(memory, query)

    assert [seen(memory, lambda work: work.house.stops()) for _ in range(10)] == [{}] * 10


def test_the_writer_outlives_whatever_goes_wrong_in_it(memory):
    def bad(work):
        driver(work).execute("SELECT * FROM nowhere")

    def worse(work):
        driver(work).close()

    def meddles(work):
        driver(work).execute("COMMIT")

    def worst(_work):
        raise SystemExit

    for use_case in (bad, worse, meddles, worst) * 3:
        with pytest.raises((StorageUnavailable, DatabaseRefused, SystemExit)):
            written(memory, use_case)

    assert written(memory, beat, "amina") == "amina"


def test_what_is_answered_is_on_the_disk(memory):
    settings = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")

    def look(work):
        return [driver(work).execute(f"PRAGMA {name}").fetchone()[0] for name in settings]

    assert written(memory, look) == ["wal", 2, 1, 1]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed in /proc")
def test_what_a_savepoint_keeps_to_undo_itself_is_in_no_file(memory):
    """Copies of the pages before they were changed: they have people's data in them."""

    def fill(work):
        for number in range(3000):
            beat(work, f"{number:040}")

    def change(work):
        driver(work).execute("UPDATE heartbeat SET at = at + 1")
        found = (each for each in Path("/proc/self/fd").iterdir() if each.exists())
        opened = [str(each.readlink()) for each in found]
        return [each for each in opened if "etilqs" in each]

    def fails(_work):
        raise KeyError

    written(memory, fill)
    gate = Gate(memory)
    changing, failing = memory.write(change), memory.write(fails)
    gate.open()

    assert changing.result() == []
    assert isinstance(failing.exception(), KeyError)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
        "postgresql://x/y",
        "mysql://x/y",
        "what",
        "",
    ],
)
def test_a_url_that_is_neither_is_refused(url, vault):
    with pytest.raises(Misconfigured, match=r"\[storage\] url"):
        open_memory(url, vault)


def test_a_day_is_kept_as_text_that_sorts(memory):
    amina = written(memory, add, somebody())

    def look(work):
        work.cohorts.mark_swept(work.cohorts.of(amina)[0].cohort.id, "y1-autumn", TODAY)
        return driver(work).execute("SELECT swept_on FROM sweep").fetchone()

    assert written(memory, look) == ("2025-11-03",)
