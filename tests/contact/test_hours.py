"""When messages may leave: opening hours, holidays, gaps, and both nights the clocks change."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.hours import (
    LONDON,
    Hours,
    days_after,
    deadline,
    end_of_day,
    london_day,
    next_ask_at,
    start_of_day,
)

CHRISTMAS = date(2025, 12, 25)
WEEK = frozenset(range(6))
HOURS = Hours(time(9), time(19, 30), WEEK, lambda day: day == CHRISTMAS)

#: Weekday openings of every length, so that no test leans on the default hours.
some_hours = st.builds(
    lambda opens, minutes, days: Hours(
        time(opens),
        (datetime(2024, 1, 1, opens) + timedelta(minutes=minutes)).time(),
        frozenset(days),
        lambda day: (day.month, day.day) in {(12, 25), (12, 26), (1, 1)},
    ),
    st.integers(0, 20),
    st.integers(15, 180),
    st.sets(st.integers(0, 6), min_size=1),
)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))
clock_changes = st.sampled_from(
    [
        start_of_day(day)
        for year in range(2024, 2037)
        for day in (date(year, 3, 25), date(year, 10, 25))
    ]
)
#: Any instant of thirteen years, the week around a change of the clocks more often.
any_instant = instants | st.builds(
    lambda day, hours: day + timedelta(hours=hours), clock_changes, st.integers(-24, 192)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param("2025-11-03T09:00", True, id="the moment it opens"),
        pytest.param("2025-11-03T08:59:59", False, id="a second before"),
        pytest.param("2025-11-03T19:29:59", True, id="the last second"),
        pytest.param("2025-11-03T19:30", False, id="the moment it closes"),
        pytest.param("2025-11-02T12:00", False, id="a Sunday"),
        pytest.param("2025-12-25T12:00", False, id="a holiday"),
        pytest.param("2025-07-01T09:00", True, id="nine by the London clock in summer"),
    ],
)
def test_hours_are_by_the_london_clock(at, is_open):
    assert HOURS.is_open(london(at)) is is_open


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        pytest.param("2025-11-03T12:34:56", "2025-11-03T12:34:56", id="open already: at once"),
        pytest.param("2025-11-03T03:00", "2025-11-03T09:00", id="the same morning"),
        pytest.param("2025-11-03T19:30", "2025-11-04T09:00", id="closed by now: tomorrow"),
        pytest.param("2025-11-01T20:00", "2025-11-03T09:00", id="over a Sunday"),
        pytest.param("2025-12-24T20:00", "2025-12-26T09:00", id="over a holiday"),
        pytest.param("2024-02-28T22:00", "2024-02-29T09:00", id="29 February is a day"),
        pytest.param("2025-03-29T20:00", "2025-03-31T08:00", id="summer time begins: 08:00 UTC"),
        pytest.param("2025-10-25T19:00", "2025-10-27T09:00", id="summer time ends: 09:00 UTC"),
    ],
)
def test_the_next_open_instant(at, opens):
    assert HOURS.next_open(utc(at)) == utc(opens)


@pytest.mark.parametrize(
    ("day", "length"),
    [
        pytest.param(date(2025, 3, 30), timedelta(hours=5), id="an hour is missing in March"),
        pytest.param(date(2025, 10, 26), timedelta(hours=7), id="an hour comes twice in October"),
        pytest.param(date(2025, 6, 1), timedelta(hours=6), id="an ordinary day"),
    ],
)
def test_a_day_that_changes_the_clocks_is_as_long_as_it_is(day, length):
    nights = Hours(time(0), time(6), frozenset(range(7)), lambda _: False)

    span = nights.open_on(day)

    assert span is not None
    start, end = span
    assert end - start == length
    assert start.tzinfo is UTC


def test_hours_that_march_leaves_out_are_no_hours():
    small_hours = Hours(time(1, 30), time(2, 15), frozenset(range(7)), lambda _: False)

    assert small_hours.open_on(date(2025, 3, 30)) is None
    assert small_hours.next_open(utc("2025-03-30T00:30")) == utc("2025-03-31T00:30")


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(HOURS.is_open, id="is_open"),
        pytest.param(HOURS.next_open, id="next_open"),
        pytest.param(london_day, id="london_day"),
        pytest.param(lambda at: deadline(at, 4), id="deadline"),
        pytest.param(
            lambda at: next_ask_at(at, 5, utc("2025-11-08T00:00"), HOURS, 2), id="last ask"
        ),
        pytest.param(
            lambda at: next_ask_at(utc("2025-11-03T12:00"), 5, at, HOURS, 2), id="answer by"
        ),
    ],
)
def test_a_naive_instant_is_refused(ask):
    with pytest.raises(ValueError, match="without a zone"):
        ask(datetime(2025, 11, 3, 12))


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        pytest.param(time(19), time(9), WEEK, id="closes before it opens"),
        pytest.param(time(9), time(9), WEEK, id="open for no time"),
        pytest.param(time(9), time(17), frozenset(), id="no day"),
        pytest.param(time(9), time(17), frozenset({7}), id="an eighth day"),
        pytest.param(time(9, tzinfo=UTC), time(17, tzinfo=UTC), WEEK, id="with a zone"),
    ],
)
def test_hours_that_never_open_are_refused(opens, closes, days):
    with pytest.raises(ValueError, match="opening"):
        Hours(opens, closes, days, lambda _: False)


def test_a_calendar_that_is_always_closed_is_an_error_not_an_endless_search():
    never = Hours(time(9), time(17), WEEK, lambda _: True)

    with pytest.raises(ValueError, match="no open hour"):
        never.next_open(utc("2025-11-03T12:00"))


@given(some_hours, any_instant)
def test_the_next_open_instant_is_open_and_none_before_it_is(hours, at):
    found = hours.next_open(at)

    assert found.tzinfo is UTC
    assert found >= at
    assert hours.is_open(found)
    if found > at:
        assert not hours.is_open(at)
        assert not hours.is_open(found - timedelta(seconds=1))


@given(any_instant, st.sampled_from([-8, 0, 5.5, 13]))
def test_the_zone_an_instant_is_written_in_makes_no_difference(at, offset):
    elsewhere = at.astimezone(timezone(timedelta(hours=offset)))

    assert HOURS.next_open(elsewhere) == HOURS.next_open(at)
    assert HOURS.is_open(elsewhere) == HOURS.is_open(at)
    assert deadline(elsewhere, 4) == deadline(at, 4)


@pytest.mark.parametrize(
    ("asked", "answer_by"),
    [
        pytest.param("2025-11-03T16:30", "2025-11-08T00:00", id="winter"),
        pytest.param("2025-07-01T16:30", "2025-07-05T23:00", id="summer: midnight is 23:00 UTC"),
        pytest.param("2025-03-28T12:00", "2025-04-01T23:00", id="summer time begins between"),
        pytest.param("2025-10-24T12:00", "2025-10-29T00:00", id="summer time ends between"),
        pytest.param("2025-07-01T23:30", "2025-07-06T23:00", id="after midnight in London"),
        pytest.param("2024-02-26T12:00", "2024-03-02T00:00", id="over 29 February"),
    ],
)
def test_an_answer_may_come_until_the_end_of_the_london_day(asked, answer_by):
    assert deadline(utc(asked), 4) == utc(answer_by)


def test_the_end_of_one_day_is_the_start_of_the_next():
    for offset in range(366):
        day = date(2025, 1, 1) + timedelta(days=offset)

        assert end_of_day(day) == start_of_day(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("asked", "number", "expected"),
    [
        pytest.param("2025-11-03T16:30", 2, "2025-11-08T11:00", id="second: late morning"),
        pytest.param("2025-11-08T11:00", 3, "2025-11-13T18:30", id="third: evening"),
        pytest.param("2025-11-13T18:30", 4, "2025-11-18T16:30", id="fourth: late afternoon again"),
        pytest.param("2025-11-03T10:30", 2, "2025-11-08T18:30", id="asked in a morning: evening"),
        pytest.param("2025-11-04T16:30", 2, "2025-11-10T11:00", id="the fifth day is a Sunday"),
        pytest.param("2025-12-20T16:30", 2, "2025-12-26T11:00", id="the fifth day is Christmas"),
        pytest.param("2025-10-22T16:30", 2, "2025-10-27T11:00", id="summer time ends between"),
        pytest.param("2025-03-26T16:30", 2, "2025-03-31T11:00", id="summer time begins between"),
        pytest.param("2024-02-24T16:30", 2, "2024-02-29T11:00", id="29 February is the fifth day"),
    ],
)
def test_the_next_ask_keeps_the_gap_and_changes_the_part_of_the_day(asked, number, expected):
    last = london(asked)

    assert next_ask_at(last, 5, deadline(last, 4), HOURS, number) == london(expected)


def test_the_gap_counts_calendar_days_not_hours():
    late = london("2025-11-03T19:29")

    following = next_ask_at(late, 1, late, HOURS, 2)

    assert following == london("2025-11-04T11:00")


def test_an_answer_time_that_ends_later_than_the_gap_is_waited_for():
    last = london("2025-11-03T16:30")

    assert next_ask_at(last, 5, london("2025-11-12T15:00"), HOURS, 2) == london("2025-11-12T15:00")
    assert next_ask_at(last, 5, london("2025-11-12T19:30"), HOURS, 2) == london("2025-11-13T11:00")


def test_a_short_day_still_has_three_parts():
    morning = Hours(time(9), time(12), WEEK, lambda _: False)
    last = london("2025-11-03T09:00")

    asks = [next_ask_at(last, 5, last, morning, number) for number in (1, 2, 3)]

    assert len({at.time() for at in asks}) == 3
    assert all(morning.is_open(at) for at in asks)


@given(
    some_hours, any_instant, st.integers(0, 30), st.timedeltas(timedelta(0), timedelta(40)),
    st.integers(1, 9),
)  # fmt: skip
def test_an_ask_is_open_and_never_before_its_gap_or_its_answer_time(hours, last, gap, more, number):
    answer_by = last + more

    at = next_ask_at(last, gap, answer_by, hours, number)

    assert at.tzinfo is UTC
    assert hours.is_open(at)
    assert (london_day(at) - london_day(last)).days >= gap
    assert at >= answer_by


@given(some_hours, any_instant, st.integers(0, 30), st.integers(0, 30), st.integers(1, 9))
def test_an_ask_goes_on_the_first_open_day_that_both_bounds_allow(
    hours, last, gap, reply_days, number
):
    answer_by = deadline(last, reply_days)

    at = next_ask_at(last, gap, answer_by, hours, number)

    day = max(london_day(last) + timedelta(days=gap), london_day(answer_by))
    while hours.open_on(day) is None or hours.open_on(day)[1] <= answer_by:
        day += timedelta(days=1)
    assert london_day(at) == day


def test_working_days_leave_out_weekends_and_what_is_closed():
    assert days_after(date(2025, 12, 23), 2, lambda day: day == CHRISTMAS) == date(2025, 12, 26)
    assert days_after(date(2025, 11, 7), 1, lambda _: False) == date(2025, 11, 10)
    assert days_after(date(2025, 11, 7), 0, lambda _: False) == date(2025, 11, 7)
