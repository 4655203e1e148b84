"""SQLite done right: one writer that commits what is queued as a group."""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

from contact.errors import StorageUnavailable
from storage.crypto import Vault
from storage.database import connect, driver_of
from storage.faults import in_our_words, is_the_databases
from storage.keys import Keys
from storage.pending import Pending, in_one_go
from storage.work import Work

P = ParamSpec("P")
T = TypeVar("T")

#: More than this in one commit makes the first of a group wait for the last.
_GROUP = 64
_READERS = 3
#: How long emptying the write-ahead log may wait for readers, in milliseconds.
_TIDY_WITHIN_MS = 200


class _Job:
    """One transaction, waiting for its turn, and then what came of it."""

    __slots__ = ("answer", "error", "pending", "run")

    def __init__(self, run: Callable[[Work], Any], pending: Pending[Any]) -> None:
        self.run = run
        self.pending = pending
        self.answer: Any = None
        self.error: BaseException | None = None

    def tell(self) -> None:
        """Give whoever asked the answer."""
        if self.error is not None:
            self.pending.set_exception(self.error)
        else:
            self.pending.set_result(self.answer)


class SqliteMemory:
    """The database as a queue of transactions.

    One thread owns the write connection. It takes the transactions that are
    queued, commits once for the group, and only then answers them: a group
    shares the price of one disk sync. Where one of them fails, the group is
    undone and run again, each in its own savepoint. Any thread may ask, and
    any process may have a memory of its own on the same file.
    """

    def __init__(self, url: str, vault: Vault) -> None:
        self._vault = vault
        self._writer = connect(url)
        self._reader = connect(url, read_only=True)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._door = threading.Lock()
        self._closed = False
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="read")
        self._local = threading.local()
        self._read_connections: list[Connection] = []

    def write(
        self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``use_case(work, …)`` as one transaction; durable once it is answered."""
        pending: Pending[T] = Pending()
        job = _Job(lambda work: use_case(work, *args, **kwargs), pending)
        with self._door:
            if self._closed:
                return _refused(pending)
            self._start()
            self._jobs.put(job)
        return pending

    def read(
        self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``query(work, …)`` on one consistent picture of the database."""
        pending: Pending[T] = Pending()
        job = _Job(lambda work: query(work, *args, **kwargs), pending)
        with self._door:
            if self._closed:
                return _refused(pending)
            self._readers.submit(self._look, job)
        return pending

    def close(self) -> None:
        """Finish what is queued, then let go of the database; twice is once."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()
        self._readers.shutdown(wait=True)
        for connection in self._read_connections:
            connection.close()
        self._writer.dispose()
        self._reader.dispose()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="write", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        desk: _Desk | None = None
        while group := self._take():
            try:
                desk = desk or _Desk(self._writer, self._vault)
                desk.commit(group)
            except BaseException as error:  # noqa: BLE001  the writer outlives whatever happens
                for job in group:
                    job.error = in_our_words(error)
                # Nobody knows what state it is in; the next group gets a new one.
                if desk is not None:
                    desk.abandon()
                desk = None
            with in_one_go():
                for job in group:
                    job.tell()
            if desk is not None:
                desk.tidy()
        if desk is not None:
            desk.abandon()

    def _take(self) -> list[_Job]:
        """The transactions that wait now, at least one; none at all when it is time to go."""
        job = self._jobs.get()
        group: list[_Job] = []
        while job is not None:
            if job.pending.set_running_or_notify_cancel():
                group.append(job)
            if len(group) >= _GROUP:
                return group
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                if group:
                    return group
                job = self._jobs.get()
        if group:
            self._jobs.put(None)
        return group

    def _look(self, job: _Job) -> None:
        if not job.pending.set_running_or_notify_cancel():
            return
        try:
            job.answer = self._on_one_picture(job)
        except BaseException as error:  # noqa: BLE001  whatever it was belongs to who asked
            job.error = in_our_words(error)
            if is_the_databases(error):
                self._reopen()
        job.tell()

    def _on_one_picture(self, job: _Job) -> Any:
        connection, work = self._reading()
        driver = driver_of(connection)
        driver.execute("BEGIN")
        try:
            return job.run(work)
        finally:
            driver.execute("ROLLBACK")

    def _reopen(self) -> None:
        """Let go of this thread's connection: nobody knows what state it is in."""
        found: tuple[Connection, Work] | None = getattr(self._local, "reading", None)
        self._local.reading = None
        if found is not None:
            self._read_connections.remove(found[0])
            with suppress(Exception):
                found[0].close()

    def _reading(self) -> tuple[Connection, Work]:
        found: tuple[Connection, Work] | None = getattr(self._local, "reading", None)
        if found is None:
            connection = self._reader.connect()
            self._read_connections.append(connection)
            found = self._local.reading = (connection, Work(connection, self._vault))
        return found


class _Desk:
    """The writer's connection, and how a group of transactions is committed on it."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._connection = engine.connect()
        self._vault = vault
        self._keys = Keys(self._connection, vault)
        self._driver = driver_of(self._connection)

    def commit(self, group: list[_Job]) -> None:
        """Run and commit ``group``; any exception means that nothing of it was done."""
        if not self._together(group):
            self._apart(group)

    def tidy(self) -> None:
        """Empty the log where somebody was erased: it holds what the pages held before."""
        if not self._keys.burnt:
            return
        with suppress(sqlite3.Error):
            before = self._driver.execute("PRAGMA busy_timeout").fetchone()[0]
            self._driver.execute(f"PRAGMA busy_timeout={_TIDY_WITHIN_MS}")
            busy = self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._driver.execute(f"PRAGMA busy_timeout={before}")
            # Somebody is reading: again after the next group.
            self._keys.burnt = bool(busy)

    def abandon(self) -> None:
        """Undo what is not committed, and let go of the connection."""
        with suppress(Exception):
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
        with suppress(Exception):
            self._connection.invalidate()
            self._connection.close()

    def _together(self, group: list[_Job]) -> bool:
        """Run ``group`` as one; False where one of several failed, and nothing was done."""
        self._driver.execute("BEGIN IMMEDIATE")
        job = group[0]
        try:
            for job in group:
                job.answer = job.run(self._work())
        except BaseException as error:
            if not self._driver.in_transaction:
                # A full disk or a failed sync undoes the whole group by itself.
                raise
            self._driver.execute("ROLLBACK")
            if len(group) > 1:
                return False
            job.error = in_our_words(error)
            return True
        self._driver.execute("COMMIT")
        return True

    def _apart(self, group: list[_Job]) -> None:
        """Run ``group`` again, because one of it failed: that one undoes nobody else's work.

        Each in a savepoint, which is not free: it keeps a copy of every page
        that is changed. So only here.
        """
        self._driver.execute("BEGIN IMMEDIATE")
        for job in group:
            self._driver.execute("SAVEPOINT one")
            try:
                job.answer = job.run(self._work())
            except BaseException as error:
                if not self._driver.in_transaction:
                    raise
                self._driver.execute("ROLLBACK TO one")
                job.error = in_our_words(error)
            self._driver.execute("RELEASE one")
        self._driver.execute("COMMIT")

    def _work(self) -> Work:
        return Work(self._connection, self._vault, self._keys)


def _refused(pending: Pending[T]) -> Pending[T]:
    pending.set_exception(StorageUnavailable("The service is stopping: the database is closed."))
    return pending
