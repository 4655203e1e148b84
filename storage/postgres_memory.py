"""PostgreSQL: several transactions at once, retried where two of them collide."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from contact.errors import StorageUnavailable
from storage.crypto import Vault
from storage.database import connect
from storage.faults import in_our_words
from storage.pending import Pending
from storage.work import Work

P = ParamSpec("P")
T = TypeVar("T")

_CONNECTIONS = 8
_TRIES = 5
#: SQLSTATE of a serialisation failure and of a deadlock: run it again.
_COLLISIONS = ("40001", "40P01")


class PostgresMemory:
    """The same promises as on SQLite, kept by a pool of connections.

    A transaction may run twice, so what must follow it is returned by it,
    never done inside.
    """

    def __init__(self, url: str, vault: Vault) -> None:
        self._vault = vault
        self._engine = connect(url, connections=_CONNECTIONS)
        self._threads = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="write")
        self._door = threading.Lock()
        self._closed = False
        #: What every writing transaction does last; another process may be told so.
        self.finish: Callable[[Work], None] = lambda _: None

    def write(
        self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``use_case(work, …)`` as one transaction; durable once it is answered."""

        def whole(work: Work) -> T:
            result = use_case(work, *args, **kwargs)
            self.finish(work)
            return result

        return self._submit(whole)

    def read(
        self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``query(work, …)`` on one consistent picture of the database."""
        return self._submit(lambda work: query(work, *args, **kwargs), read_only=True)

    def close(self) -> None:
        """Finish what is queued, then let go of the database; twice is once."""
        with self._door:
            self._closed = True
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _submit(self, run: Callable[[Work], T], *, read_only: bool = False) -> Pending[T]:
        pending: Pending[T] = Pending()
        with self._door:
            if self._closed:
                stopping = "The service is stopping: the database is closed."
                pending.set_exception(StorageUnavailable(stopping))
            else:
                self._threads.submit(self._answer, run, pending, read_only)
        return pending

    def _answer(self, run: Callable[[Work], Any], pending: Pending[Any], read_only: bool) -> None:
        if not pending.set_running_or_notify_cancel():
            return
        try:
            result = self._until_it_stands(run, read_only)
        except BaseException as error:  # noqa: BLE001  whatever it was belongs to who asked
            pending.set_exception(in_our_words(error))
        else:
            pending.set_result(result)

    def _until_it_stands(self, run: Callable[[Work], T], read_only: bool) -> T:
        for _ in range(_TRIES - 1):
            try:
                return self._once(run, read_only)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _COLLISIONS:
                    raise
        return self._once(run, read_only)

    def _once(self, run: Callable[[Work], T], read_only: bool) -> T:
        with self._engine.begin() as connection:
            if read_only:
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
            return run(Work(connection, self._vault))
