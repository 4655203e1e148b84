"""What the web hands over to the service, request by request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from contact.channels.telegram_updates import Arrived
from contact.outcome import Receipt
from contact.reply import Inbound

#: One part of the house: its name, whether it is well, and what was seen.
Check = tuple[str, bool, str]


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the service does about a request; each may raise StorageUnavailable (503).

    ``inbound``, ``receipt`` and ``telegram`` return once what they were given
    is committed. ``receipt`` is given our message's id where the callback names
    one, which need not be known. ``ready`` are (name, well, detail) rows,
    ``metrics`` Prometheus' text format.
    """

    inbound: Callable[[Inbound], Awaitable[None]]
    receipt: Callable[[UUID | None, Receipt], Awaitable[None]]
    telegram: Callable[[Arrived], Awaitable[None]]
    ready: Callable[[], Awaitable[list[Check]]]
    metrics: Callable[[], Awaitable[bytes]]
