"""The answer of a transaction that may still be running."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

_Waiter = tuple["asyncio.Future[Any]", "Pending[Any]"]


class Pending(Future[T]):
    """Awaited on the event loop, or waited for with ``.result()`` anywhere else."""

    def __await__(self) -> Generator[Any, None, T]:
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiter.add_done_callback(self._let_go)
        self.add_done_callback(partial(_ring, waiter))
        return (yield from waiter)

    def _let_go(self, waiter: "asyncio.Future[T]") -> None:
        """Nobody waits any more: what has not begun need not."""
        if waiter.cancelled():
            self.cancel()


@contextmanager
def in_one_go() -> Iterator[None]:
    """What this thread answers meanwhile is handed over at the end, each loop woken once.

    Waking a loop costs about as much as a statement, and a loop that is awake
    takes turns with this thread from then on.
    """
    waiters: list[_Waiter] = []
    _answered.waiters = waiters
    try:
        yield
    finally:
        _answered.waiters = None
        _wake(waiters)


_answered = threading.local()


def _ring(waiter: "asyncio.Future[T]", pending: "Future[T]") -> None:
    assert isinstance(pending, Pending)  # noqa: S101  it is whom the callback was added to
    waiters: list[_Waiter] | None = getattr(_answered, "waiters", None)
    if waiters is None:
        _wake([(waiter, pending)])
    else:
        waiters.append((waiter, pending))


def _wake(waiters: list[_Waiter]) -> None:
    loops = defaultdict(list)
    for each in waiters:
        loops[each[0].get_loop()].append(each)
    for loop, theirs in loops.items():
        # A loop that is closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_hand_over, theirs)


def _hand_over(waiters: list[_Waiter]) -> None:
    for waiter, pending in waiters:
        if waiter.done():
            continue
        if pending.cancelled():
            waiter.cancel()
        elif (error := pending.exception()) is not None:
            waiter.set_exception(error)
        else:
            waiter.set_result(pending.result())
