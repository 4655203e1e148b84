"""Asking the database again and again, for what must be known or must not be forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from contact.errors import StorageUnavailable

T = TypeVar("T")

#: For how long it is tried, in seconds: longer than another process or a restart keeps a
#: database from writing, and well within the lease of what is being sent.
PATIENCE = 60.0
#: How long it rests in between, in seconds.
REST = 0.5


async def insist(ask: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
    """What ``ask()`` answers, as soon as the database does; asked for ``patience`` (seconds).

    What a gateway said is known once: forgotten, a text must be looked up, and
    a chat message may be said twice. Raises StorageUnavailable where the
    database never answered; anything else that is raised is passed on at once.
    """
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            return await ask()
        except StorageUnavailable:
            if loop.time() >= give_up:
                raise
            await asyncio.sleep(REST)
