"""A wave is spread over the days that have room, and each day keeps its cap."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.hours import london_day, start_of_day
from contact.message import Delivery
from scheduler.diary import Diary
from scheduler.outreach import move_cases
from tests.cast import DAY, HOUR, NOW, SCHOOL, SMS, TERMS, add, open_cases, stage

__all__ = ["stage"]

SMALL = replace(SCHOOL, max_messages_per_day=2)
OTHER = replace(SMALL, id="other")
WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2025, 9, day) for day in (10, 11, 12, 13, 15))


class Ledger:
    """What is planned and has gone out already, as the memory would count it."""

    def __init__(self, planned=(), out_today=0) -> None:
        self.messages = self
        self.read = 0
        self._planned, self._out = list(planned), out_today

    def booked(self, school):
        self.read += 1
        return self._planned

    def asked_since(self, school, since):
        return self._out


def book(diary, ledger, count, at=NOW, number=1, school=SMALL):
    return [diary.book(ledger, school, at, number, NOW) for _ in range(count)]


def test_what_has_room_keeps_its_instant():
    assert book(Diary(), Ledger(), 2) == [NOW, NOW]


def test_what_has_none_goes_out_as_the_next_day_with_room_opens():
    booked = book(Diary(), Ledger(), 8)

    assert [london_day(at) for at in booked[2:]] == [
        THURSDAY, THURSDAY, FRIDAY, FRIDAY, SATURDAY, SATURDAY,
    ]  # fmt: skip
    assert all(at == SCHOOL.hours.next_open(start_of_day(london_day(at))) for at in booked[2:])


def test_a_later_try_keeps_its_part_of_the_day_and_skips_sundays():
    booked = book(Diary(), Ledger(), 9, number=2)

    assert london_day(booked[8]) == MONDAY
    assert {at.time() for at in booked} == {NOW.time()}


def test_what_others_planned_and_what_has_gone_out_counts():
    ledger = Ledger([(NOW + DAY, 1), (NOW - 9 * DAY, 1)], out_today=1)

    assert [london_day(at) for at in book(Diary(), ledger, 2)] == [THURSDAY, FRIDAY]


def test_each_school_has_its_own_days_and_is_read_once():
    diary, ledger = Diary(), Ledger()

    book(diary, ledger, 3)
    others = book(diary, ledger, 2, school=OTHER)

    assert others == [NOW, NOW]
    assert ledger.read == 2


def test_a_copy_books_for_itself():
    diary = Diary()
    book(diary, Ledger(), 1)

    book(diary.copy(), Ledger(), 5)

    assert book(diary, Ledger(), 1) == [NOW]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=60), st.integers(1, 5))
def test_no_day_takes_more_than_its_cap_and_nothing_goes_out_early(wishes, cap):
    school, diary, ledger = replace(SCHOOL, max_messages_per_day=cap), Diary(), Ledger()
    days: Counter[date] = Counter()
    for offset, number in wishes:
        due = SCHOOL.hours.next_open(NOW + offset * DAY)
        (at,) = book(diary, ledger, 1, due, number, school)
        assert at >= due
        assert SCHOOL.hours.is_open(at)
        days[london_day(at)] += 1

    assert all(count <= cap for count in days.values())


@pytest.mark.parametrize("count", [60, 120])
def test_the_last_of_many_asks_no_more_questions_than_the_first(count):
    questions: Counter[date] = Counter()

    def closed(day):
        questions[day] += 1
        return False

    school = replace(SMALL, hours=replace(SCHOOL.hours, closed=closed))

    book(Diary(), Ledger(), count, school=school)

    assert sum(questions.values()) < 8 * count


async def test_a_wave_is_planned_over_the_days_with_room(stage):
    stage.desk = replace(stage.desk, schools={SCHOOL.id: SMALL})
    people = [stage.write(add, "Amina Yusuf", (SMS, f"+4477009001{n:02}")) for n in range(7)]
    stage.write(open_cases, NOW)

    await move_cases(stage.memory, stage.desk, NOW)

    days = Counter(london_day(stage.asks(who)[0].not_before) for who in people)
    assert days == {WEDNESDAY: 2, THURSDAY: 2, FRIDAY: 2, SATURDAY: 1}


async def test_who_finds_no_room_before_the_wave_ends_is_asked_when_somebody_makes_some(stage):
    school = replace(SCHOOL, max_messages_per_day=1)
    stage.desk = replace(stage.desk, schools={SCHOOL.id: school})
    terms = replace(TERMS, until=london_day(NOW + DAY))
    phones = [f"+4477009001{n:02}" for n in range(3)]
    people = [stage.open((SMS, phone), terms=terms) for phone in phones]
    await stage.tick(NOW)
    (waits,) = [who for who in people if not stage.asks(who)]
    (tomorrow,) = [who for who in people if who != waits and not stage.asks(who)[0].claimed_at]

    stage.hears("7", NOW + HOUR, phones[people.index(tomorrow)])
    await stage.days(NOW + HOUR, 1)

    assert stage.asks(tomorrow)[0].delivery is Delivery.CANCELLED
    assert stage.asks(waits)[0].delivery is Delivery.ACCEPTED
