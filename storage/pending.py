"""The answer of a transaction that may still be running."""

import asyncio
from collections.abc import Generator
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Pending(Future[T]):
    """Awaited on the event loop, or waited for with ``.result()`` anywhere else."""

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self).__await__()
