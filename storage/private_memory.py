"""A memory that nobody else sees and nothing is kept of: for rehearsals on a virtual clock."""

from collections.abc import Callable, Generator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from storage.crypto import Vault
from storage.database import connect, driver_of, file_of
from storage.faults import in_our_words
from storage.keys import Keys
from storage.upgrade import upgrade
from storage.work import Work

P = ParamSpec("P")
T = TypeVar("T")

#: So many writes are one commit: nobody else waits for them.
_GROUP = 2_000
#: Speed before safety, which is right only where the file is thrown away. The
#: journal stays, in memory: a transaction that fails is still undone.
_CARELESS = (
    "PRAGMA journal_mode=MEMORY",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA secure_delete=OFF",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-131072",
)


class Done(Generic[T]):
    """An answer that is there already; it satisfies ``contact.ports.Pending``."""

    __slots__ = ("_answer", "_error")

    def __init__(self, answer: Any = None, error: BaseException | None = None) -> None:
        self._answer = answer
        self._error = error

    def __await__(self) -> Generator[Any, None, T]:
        # There is nothing to wait for, so the loop is not asked.
        yield from ()
        return self.result()

    def result(self, timeout: float | None = None) -> T:
        """The answer; raises what the transaction did."""
        if self._error is not None:
            raise self._error
        answer: T = self._answer
        return answer


class PrivateMemory:
    """A new SQLite database with one connection, in the thread that asks.

    Every transaction runs at once, in its own savepoint; some thousands share
    a commit. It satisfies ``contact.ports.Memory``, but for durability: the
    file is meant to be thrown away.
    """

    def __init__(self, url: str, vault: Vault) -> None:
        file = file_of(url)
        if file is None or file.exists():
            raise ValueError("a private memory is a new file of its own")
        upgrade(url, vault)
        self._engine = connect(url)
        self._connection = self._engine.connect()
        self._driver = driver_of(self._connection)
        for pragma in _CARELESS:
            self._driver.execute(pragma)
        self._work = Work(self._connection, vault, Keys(self._connection, vault))
        self._written = 0

    def write(
        self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """Run ``use_case(work, …)`` as one transaction."""
        self._begin()
        self._driver.execute("SAVEPOINT one")
        try:
            answer = use_case(self._work, *args, **kwargs)
        except Exception as error:  # noqa: BLE001  whatever it was belongs to who asked
            self._driver.execute("ROLLBACK TO one")
            self._driver.execute("RELEASE one")
            return Done(error=in_our_words(error))
        finally:
            self._work.messages.fresh.clear()
        self._driver.execute("RELEASE one")
        return Done(answer)

    def read(
        self, query: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """Run ``query(work, …)``; it sees everything that was written."""
        try:
            return Done(query(self._work, *args, **kwargs))
        except Exception as error:  # noqa: BLE001  whatever it was belongs to who asked
            return Done(error=in_our_words(error))

    def close(self) -> None:
        """Let go of the database; the file is the caller's to remove."""
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")
        self._connection.close()
        self._engine.dispose()

    def _begin(self) -> None:
        self._written += 1
        if self._written % _GROUP == 0 and self._driver.in_transaction:
            self._driver.execute("COMMIT")
        if not self._driver.in_transaction:
            self._driver.execute("BEGIN IMMEDIATE")
