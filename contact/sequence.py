"""New ids that follow one another, for whoever makes many at once.

A database keeps neighbours on one page: ids at random would touch a page each.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

_MILLISECONDS, _COUNTER, _CHANCE = 48, 30, 44
_VERSION, _VARIANT = 7, 0b10


def ids_from(now: datetime) -> Callable[[], UUID]:
    """A source of UUIDs of version 7 (RFC 9562), each behind the one before.

    They begin with ``now`` in milliseconds and a counter; 44 bits are random,
    so that two sources of one moment do not meet.
    """
    start = int(now.timestamp() * 1000) & ((1 << _MILLISECONDS) - 1)
    numbers = count()

    def fresh() -> UUID:
        chance = uuid4().int & ((1 << _CHANCE) - 1)
        body = (next(numbers) % (1 << _COUNTER)) << _CHANCE | chance
        # Version and variant stand between the body's first 12 bits and the rest.
        high, low = body >> 62, body & ((1 << 62) - 1)
        return UUID(int=start << 80 | _VERSION << 76 | high << 64 | _VARIANT << 62 | low)

    return fresh
