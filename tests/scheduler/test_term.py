"""Terms, bank holidays and school days, for every year the service may see."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.errors import Misconfigured
from contact.hours import days_after
from scheduler.term import (
    ALEVEL_RESULTS,
    GCSE_RESULTS,
    MonthDay,
    Season,
    TermDay,
    academic_year_of,
    bank_holidays,
    closed_day,
    default_terms,
    missing_terms,
    school_terms,
)

YEARS = range(2023, 2037)
days = st.dates(date(2024, 1, 1), date(2036, 12, 31))


@pytest.mark.parametrize(
    ("academic_year", "expected"),
    [
        pytest.param(
            2025,
            "2025-09-02 2025-12-19 2026-01-05 2026-03-27 2026-04-13 2026-07-22",
            id="Easter in the middle of the holiday",
        ),
        pytest.param(
            2024,
            "2024-09-02 2024-12-20 2025-01-06 2025-04-04 2025-04-22 2025-07-23",
            id="a late Easter: back on the Tuesday",
        ),
        pytest.param(
            2026,
            "2026-09-02 2026-12-18 2027-01-04 2027-03-25 2027-04-12 2027-07-21",
            id="an early Easter: last day is Maundy Thursday",
        ),
        pytest.param(
            2027,
            "2027-09-02 2027-12-17 2028-01-04 2028-03-31 2028-04-18 2028-07-19",
            id="3 January is a bank holiday, 2028 a leap year",
        ),
        pytest.param(
            2034,
            "2034-09-04 2034-12-15 2035-01-08 2035-03-30 2035-04-16 2035-07-18",
            id="the earliest Easter: within the term",
        ),
        pytest.param(
            2038,
            "2038-09-02 2038-12-17 2039-01-04 2039-04-01 2039-04-18 2039-07-20",
            id="28 March is a Monday: the holiday begins a week later",
        ),
    ],
)
def test_the_default_terms(academic_year, expected):
    terms = default_terms(academic_year)

    assert [day.isoformat() for term in terms for day in (term.starts, term.ends)] == (
        expected.split()
    )
    assert [term.name for term in terms] == ["autumn", "spring", "summer"]


@pytest.mark.parametrize("academic_year", YEARS)
def test_default_terms_follow_each_other_and_have_room_for_three_tries(academic_year):
    terms = (*default_terms(academic_year), default_terms(academic_year + 1)[0])

    for earlier, later in pairwise(terms):
        assert timedelta(days=60) < earlier.ends - earlier.starts < timedelta(days=120)
        assert timedelta(days=10) <= later.starts - earlier.ends <= timedelta(days=50)


@pytest.mark.parametrize("academic_year", YEARS)
def test_a_default_term_begins_and_ends_on_a_school_day(academic_year):
    for term in default_terms(academic_year):
        for day in (term.starts, term.ends):
            assert day.weekday() < 5
            assert not closed_day(day)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        pytest.param("2025-04-18", True, id="Good Friday"),
        pytest.param("2025-04-21", True, id="Easter Monday"),
        pytest.param("2025-04-22", False, id="the Tuesday after"),
        pytest.param("2024-03-29", True, id="Good Friday in March"),
        pytest.param("2025-08-25", True, id="the summer bank holiday of England"),
        pytest.param("2025-08-04", False, id="Scotland's is not ours"),
        pytest.param("2025-03-17", False, id="nor is Northern Ireland's"),
        pytest.param("2028-01-03", True, id="the substitute for a New Year on Saturday"),
        pytest.param("2023-05-08", True, id="the coronation"),
        pytest.param("2025-12-23", False, id="the day before the Christmas rest"),
        pytest.param("2025-12-24", True, id="Christmas Eve"),
        pytest.param("2025-12-30", True, id="between the years"),
        pytest.param("2026-01-02", True, id="2 January"),
        pytest.param("2026-01-03", False, id="3 January"),
        pytest.param("2024-02-29", False, id="29 February"),
    ],
)
def test_the_days_nobody_is_written_to(day, closed):
    assert closed_day(date.fromisoformat(day)) is closed


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_its_eight_bank_holidays_or_more(year):
    assert len(bank_holidays(year)) >= 8
    assert all(day.weekday() < 5 for day in bank_holidays(year) if day.month in (3, 4, 5, 8))


def test_a_schools_own_dates_stand_and_the_defaults_fill_the_rest():
    terms_of = school_terms(
        {
            "2025-autumn": ["2025-08-27", "2025-12-12"],
            "2026-spring": [date(2026, 1, 6), date(2026, 3, 20)],
        }
    )

    autumn, spring, summer = terms_of(2025)

    assert (autumn.starts, autumn.ends, autumn.own) == (date(2025, 8, 27), date(2025, 12, 12), True)
    assert (spring.starts, spring.ends) == (date(2026, 1, 6), date(2026, 3, 20))
    assert summer == default_terms(2025)[2]
    assert terms_of(2026) == default_terms(2026)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"autumn": []}, 'terms: "autumn" is not a year and a term', id="no year"),
        pytest.param({"2025-fall": []}, 'terms: "2025-fall" is not', id="no such term"),
        pytest.param({"2025-autumn": ["2025-09-02"]}, "2025-autumn: write", id="one day only"),
        pytest.param({"2025-autumn": ["2 Sep", "19 Dec"]}, "2025-autumn: write", id="no dates"),
        pytest.param({"2025-autumn": [20250902, 20251219]}, "2025-autumn: write", id="numbers"),
        pytest.param(
            {"2026-spring": ["2026-02-30", "2026-03-20"]}, "2026-spring: write", id="30 February"
        ),
        pytest.param(
            {"2025-autumn": ["2025-12-19", "2025-09-02"]}, "2025-autumn: needs", id="turned round"
        ),
        pytest.param(
            {"2025-spring": ["2026-01-05", "2026-03-27"]}, "later last day in 2025", id="other year"
        ),
        pytest.param(
            {"2026-spring": ["2026-01-05", "2026-05-01"]},
            "2026-summer begins on 2026-04-13, before spring has ended on 2026-05-01",
            id="runs into the next term",
        ),
        pytest.param(
            {"2026-summer": ["2026-04-13", "2026-09-10"]}, "2026-autumn begins", id="into September"
        ),
    ],
)
def test_wrong_term_dates_are_refused_by_name(given, fault):
    with pytest.raises(Misconfigured) as refused:
        school_terms(given)

    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "academic_year", "expected"),
    [
        pytest.param(MonthDay(9, 1), 2025, "2025-09-01", id="September begins the year"),
        pytest.param(MonthDay(8, 31), 2025, "2026-08-31", id="August ends it"),
        pytest.param(MonthDay(1, 31), 2025, "2026-01-31", id="January"),
        pytest.param(MonthDay(2, 29), 2027, "2028-02-29", id="a leap year"),
        pytest.param(MonthDay(2, 29), 2025, "2026-02-28", id="a common year"),
        pytest.param(TermDay(Season.SPRING, 0), 2025, "2026-01-05", id="first day of term"),
        pytest.param(TermDay(Season.SUMMER, -1), 2025, "2026-07-22", id="last day of term"),
        pytest.param(TermDay(Season.AUTUMN, 1), 2025, "2025-09-05", id="end of week 1"),
        pytest.param(TermDay(Season.AUTUMN, 2), 2025, "2025-09-12", id="end of week 2"),
    ],
)
def test_a_day_of_the_academic_year(rule, academic_year, expected):
    assert rule.on(academic_year, default_terms) == date.fromisoformat(expected)


@given(days)
def test_a_date_and_its_rule_agree_in_its_academic_year(day):
    rule = MonthDay(day.month, day.day)

    assert rule.on(academic_year_of(day), default_terms) == day


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param("2025-11-03", 2, "2025-11-05", id="midweek"),
        pytest.param("2025-11-07", 2, "2025-11-11", id="over a weekend"),
        pytest.param("2025-04-17", 2, "2025-04-23", id="over Easter"),
        pytest.param("2025-12-23", 1, "2026-01-05", id="over the Christmas rest"),
        pytest.param("2024-02-28", 1, "2024-02-29", id="29 February counts"),
        pytest.param("2025-11-03", 10, "2025-11-17", id="ten days are two weeks"),
    ],
)
def test_school_days_leave_out_weekends_and_holidays(day, count, expected):
    assert days_after(date.fromisoformat(day), count, closed_day) == date.fromisoformat(expected)


@given(days, st.integers(1, 12))
def test_school_days_are_counted_one_by_one(day, count):
    found = days_after(day, count, closed_day)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]

    assert sum(d.weekday() < 5 and not closed_day(d) for d in between) == count
    assert found.weekday() < 5
    assert not closed_day(found)


@pytest.mark.parametrize(
    ("rule", "academic_year", "day"),
    [
        pytest.param(GCSE_RESULTS, 2022, "2023-08-24", id="2023"),
        pytest.param(GCSE_RESULTS, 2023, "2024-08-22", id="2024"),
        pytest.param(GCSE_RESULTS, 2024, "2025-08-21", id="2025"),
        pytest.param(GCSE_RESULTS, 2025, "2026-08-20", id="2026"),
        pytest.param(ALEVEL_RESULTS, 2022, "2023-08-17", id="A levels of 2023"),
        pytest.param(ALEVEL_RESULTS, 2023, "2024-08-15", id="A levels of 2024"),
        pytest.param(ALEVEL_RESULTS, 2024, "2025-08-14", id="A levels of 2025"),
        pytest.param(ALEVEL_RESULTS, 2025, "2026-08-13", id="A levels of 2026"),
    ],
)
def test_results_come_out_on_the_thursday_that_was_announced(rule, academic_year, day):
    assert rule.on(academic_year, default_terms) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        pytest.param("2026-03-28", "summer 2026-04-13", id="spring is over, summer was left out"),
        pytest.param("2026-05-04", "summer 2026-04-13", id="too soon for the next year"),
        pytest.param("2026-05-05", "summer 2026-04-13, autumn 2026-09-02", id="120 days before"),
        pytest.param("2026-09-07", "autumn 2026-09-02, spring 2027-01-04", id="it has begun"),
    ],
)
def test_terms_without_dates_of_their_own_are_missed_in_time(today, missing):
    terms_of = school_terms(
        {
            "2025-autumn": ["2025-09-02", "2025-12-19"],
            "2026-spring": ["2026-01-05", "2026-03-27"],
        }
    )

    found = missing_terms(terms_of, date.fromisoformat(today), timedelta(days=120))

    assert ", ".join(f"{term.name} {term.starts}" for term in found) == missing


@pytest.mark.parametrize(
    ("key", "starts", "ends"),
    [
        pytest.param("2025-autumn", "2025-01-06", "2025-03-28", id="spring's dates"),
        pytest.param("2026-spring", "2026-09-02", "2026-12-18", id="autumn's dates"),
        pytest.param("2026-summer", "2026-01-05", "2026-07-22", id="too early"),
    ],
)
def test_a_term_that_lies_in_another_one_is_refused(key, starts, ends):
    with pytest.raises(Misconfigured, match=f"terms: {key}: the .* does not begin on {starts}"):
        school_terms({key: [starts, ends]})
