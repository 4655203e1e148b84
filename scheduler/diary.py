"""How many messages each day has room for, so that a wave does not flood staff with replies."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contact.hours import LONDON, london_day, start_of_day
from contact.ports import Work
from contact.school import School

#: Nobody plans further ahead than this many days: no wave is as long.
_FURTHEST = 400
_DAY = timedelta(days=1)


@dataclass
class _Book:
    """A school's days: what is planned or has gone out, and from a full day the next to try."""

    booked: Counter[date]
    onward: dict[date, date] = field(default_factory=dict)

    def first_with_room(self, day: date, school: School) -> date:
        """The first open day on or after ``day`` under the cap.

        Full days are remembered, so that the last of many asks the same few
        questions as the first.
        """
        last, passed = day + _FURTHEST * _DAY, []
        while day < last and self._is_full(day, school):
            passed.append(day)
            day = self.onward.get(day, day + _DAY)
        self.onward.update(dict.fromkeys(passed, day))
        return day

    def _is_full(self, day: date, school: School) -> bool:
        full = self.booked[day] >= school.max_messages_per_day
        return full or school.hours.open_on(day) is None


@dataclass
class Diary:
    """What is planned for each school and London day, and what has gone out today.

    Read once for each school and then kept: the claim counts again before
    anything leaves, so what others plan meanwhile does no harm.
    """

    _books: dict[str, _Book] = field(default_factory=dict)

    def copy(self) -> "Diary":
        """A diary of its own, with the same bookings."""
        return Diary(
            {
                school: _Book(book.booked.copy(), book.onward.copy())
                for school, book in self._books.items()
            }
        )

    def book(
        self, work: Work, school: School, at: datetime, number: int, now: datetime
    ) -> datetime:
        """Book the first day on or after ``at`` (in open hours) with room under the daily cap.

        When, in UTC: a first ask that must wait goes out as that day opens, a
        later one keeps its part of the day.
        """
        book = self._books.get(school.id)
        if book is None:
            book = self._books[school.id] = _read(work, school, now)
        due = london_day(at)
        day = book.first_with_room(due, school)
        book.booked[day] += 1
        if day == due:
            return at
        part = start_of_day(day)
        if number > 1:
            part = datetime.combine(day, at.astimezone(LONDON).time(), LONDON)
        return school.hours.next_open(part)


def _read(work: Work, school: School, now: datetime) -> _Book:
    today = london_day(now)
    booked = Counter({today: work.messages.asked_since(school.id, start_of_day(today))})
    for at, count in work.messages.booked(school.id):
        # What is overdue goes out today.
        booked[max(london_day(at), today)] += count
    return _Book(booked)
