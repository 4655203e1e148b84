"""In which order the rows of a leavers' file are taken: each person's by the time of their forms.

A form's export stands in the order of time already, so that one look at its
timestamps is all. Where a file was sorted otherwise, the rows of those whose
forms stand in another order wait for that person's last row.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

T = TypeVar("T")

#: When a form whose time cannot be read counts as filled in: before every other.
UNDATED: Final = datetime(1, 1, 2, tzinfo=UTC)


def in_order(times: Iterable[datetime | None]) -> bool:
    """Whether no time stands behind a later one."""
    latest = UNDATED
    for each in times:
        at = each or UNDATED
        if at < latest:
            return False
        latest = at
    return True


def last_rows(forms: Iterable[tuple[int, Hashable, datetime | None]]) -> dict[Hashable, int]:
    """The number of the last row of everybody whose forms do not stand in the order of time.

    ``forms`` are (number of the row, whose it is, when it was filled in).
    """
    newest: dict[Hashable, datetime] = {}
    last: dict[Hashable, int] = {}
    turned: set[Hashable] = set()
    for number, who, time in forms:
        at = time or UNDATED
        if at < newest.get(who, UNDATED):
            turned.add(who)
        else:
            newest[who] = at
        last[who] = number
    return {who: last[who] for who in turned}


class Turns(Generic[T]):
    """Hands rows on, those of whom ``last`` names in the order of time behind their last one."""

    def __init__(self, last: Mapping[Hashable, int], when: Callable[[T], datetime | None]) -> None:
        self._last = last
        self._when = when
        self._held: dict[Hashable, list[T]] = {}

    def __bool__(self) -> bool:
        """Whether anybody's rows must wait at all."""
        return bool(self._last)

    def take(self, number: int, who: Hashable, row: T) -> list[T]:
        """The rows whose turn it is once ``row`` is met; none while it must wait."""
        last = self._last.get(who)
        if last is None:
            return [row]
        waiting = self._held.setdefault(who, [])
        waiting.append(row)
        if number < last:
            return []
        return sorted(self._held.pop(who), key=lambda each: self._when(each) or UNDATED)


def by_number(outcomes: Iterable[T], number_of: Callable[[T], int]) -> Iterator[T]:
    """``outcomes`` in the order of their numbers (1 and on without a gap), each when it can."""
    early: dict[int, T] = {}
    awaited = 1
    for each in outcomes:
        early[number_of(each)] = each
        while awaited in early:
            yield early.pop(awaited)
            awaited += 1
