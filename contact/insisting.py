"""Writing down what must not be forgotten, again and again until the database takes it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from contact.errors import StorageUnavailable
from contact.ports import Clock, Memory, Work

T = TypeVar("T")

#: For how long it is tried, in seconds: longer than another process or a restart keeps a
#: database from writing, and well within the lease of what is being sent.
PATIENCE = 60.0
#: How long it rests in between, in seconds.
REST = 0.5


async def ask_again(
    memory: Memory,
    query: Callable[[Work, Sequence[UUID], datetime], T],
    which: Sequence[UUID],
    clock: Clock,
    patience: float = PATIENCE,
) -> T:
    """What ``query(work, which, now)`` finds, as soon as the database answers.

    Raises StorageUnavailable where it does not for ``patience`` (seconds).
    """
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            return await memory.read(query, which, clock())
        except StorageUnavailable:
            if loop.time() >= give_up:
                raise
            await asyncio.sleep(REST)


async def insist(
    memory: Memory, use_case: Callable[..., Any], *values: Any, patience: float = PATIENCE
) -> None:
    """Have ``use_case(work, *values)`` committed, for as long as ``patience`` (seconds) lasts.

    What a gateway said is known once: forgotten, a text must be looked up, and
    a chat message may be said twice. Raises StorageUnavailable where the
    database never took it; anything else that is raised is passed on at once.
    """
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            await memory.write(use_case, *values)
        except StorageUnavailable:
            if loop.time() >= give_up:
                raise
            await asyncio.sleep(REST)
        else:
            return
