"""When a school's messages may leave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

#: Where in the opening hours each attempt goes, in 21sts of them: with 09:00 to
#: 19:30 that is 16:30, 11:00, 18:30. Who is in class at one is free at another.
PARTS_OF_DAY = (15, 4, 19)
_WHOLE = 21

#: No calendar we know is shut this long; a longer search is a setting gone wrong.
_LONGEST_CLOSURE = 400


def london_day(at: datetime) -> date:
    """The London calendar day of the aware instant ``at``; ValueError where it is naive."""
    return _aware(at).astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """The instant the London day ``day`` is over (midnight that follows), in London time."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def start_of_day(day: date) -> datetime:
    """The instant the London day ``day`` begins, in UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: ``opens`` to ``closes`` by the London clock, ``closes`` itself excluded.

    ``days`` are weekdays, 0 for Monday to 6 for Sunday; ``closed`` says of a
    day whether it is a holiday. ValueError where no moment would be open.
    """

    opens: time
    closes: time
    days: frozenset[int]
    closed: Callable[[date], bool]

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opening hours are by the London clock and carry no zone")
        if not self.opens < self.closes:
            raise ValueError("opening hours must open before they close, on the same day")
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("opening days are weekdays from 0 to 6, one at least")

    def open_on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when until when ``day`` is open, in UTC; None on a closed day."""
        if day.weekday() not in self.days or self.closed(day):
            return None
        start = datetime.combine(day, self.opens, LONDON).astimezone(UTC)
        end = datetime.combine(day, self.closes, LONDON).astimezone(UTC)
        # Hours inside the hour that March leaves out are no hours at all.
        return (start, end) if start < end else None

    def is_open(self, at: datetime) -> bool:
        """Whether a message may leave at the aware instant ``at``; ValueError where it is naive."""
        span = self.open_on(london_day(at))
        return span is not None and span[0] <= at < span[1]

    def next_open(self, at: datetime) -> datetime:
        """The first open instant at or after the aware ``at``, in UTC.

        ValueError where ``at`` is naive, or where more than a year is closed.
        """
        start, _ = self.next_span(at)
        return max(start, at.astimezone(UTC))

    def next_span(self, at: datetime) -> tuple[datetime, datetime]:
        """The first opening hours, in UTC, that are not over at ``at``; errors as next_open."""
        first = london_day(at)
        for offset in range(_LONGEST_CLOSURE):
            span = self.open_on(first + timedelta(days=offset))
            if span is not None and at < span[1]:
                return span
        raise ValueError(f"no open hour in the {_LONGEST_CLOSURE} days from {first}")


def deadline(asked_at: datetime, reply_days: int) -> datetime:
    """The end of the London day ``reply_days`` days after ``asked_at``, in UTC."""
    return end_of_day(london_day(asked_at) + timedelta(days=reply_days)).astimezone(UTC)


def next_ask_at(
    last_asked: datetime, gap_days: int, answer_by: datetime, hours: Hours, attempt_number: int
) -> datetime:
    """When attempt ``attempt_number`` may be asked, in UTC.

    On the first open day that is ``gap_days`` London days or more after the
    last ask, once ``answer_by`` has passed; in another part of the day than
    the last ask where both bounds leave one. ValueError for a naive instant.
    """
    gap_over = start_of_day(london_day(last_asked) + timedelta(days=gap_days))
    earliest = max(gap_over, _aware(answer_by).astimezone(UTC))
    start, end = hours.next_span(earliest)
    return max(_part(start, end, last_asked, attempt_number), earliest)


def days_after(day: date, count: int, closed: Callable[[date], bool]) -> date:
    """The ``count``-th day after ``day`` that is neither a weekend nor ``closed``."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and not closed(day):  # noqa: PLR2004  Saturday is 5
            count -= 1
    return day


def _part(start: datetime, end: datetime, last_asked: datetime, number: int) -> datetime:
    """The attempt's part of the day, or the one after it where the last ask was in it too."""
    span = end - start
    for turn in (number - 1, number):
        part = PARTS_OF_DAY[turn % len(PARTS_OF_DAY)]
        at = _quarter(start + span * part / _WHOLE, start)
        if abs(_clock(at) - _clock(last_asked)) >= span / 6:
            break
    return at


def _quarter(at: datetime, start: datetime) -> datetime:
    """``at`` down to a whole quarter of an hour after ``start``."""
    return at - (at - start) % timedelta(minutes=15)


def _clock(at: datetime) -> timedelta:
    """How far the London clock has come since midnight."""
    local = at.astimezone(LONDON)
    return timedelta(hours=local.hour, minutes=local.minute)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at
