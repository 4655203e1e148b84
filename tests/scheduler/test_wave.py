"""The waves of a cohort: their dates, and which of them a day belongs to."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.alumnus import Cohort, KeyStage
from contact.case import Terms
from contact.errors import Misconfigured
from scheduler.procedure import WavePlan
from scheduler.procedure_file import load
from scheduler.term import MonthDay, Season, default_terms, school_terms
from scheduler.wave import check_waves, wave_on, waves_of

TERMLY = load("termly")
COHORT = Cohort("cansfield", KeyStage.KS4, 2025)
WAVES = waves_of(TERMLY, COHORT, default_terms)

leaving_years = st.integers(2023, 2034)


def test_the_first_wave_is_the_first_term_after_leaving_and_the_last_is_three_years_on():
    assert [wave.name for wave in WAVES] == [
        "y1-autumn", "y1-spring", "y1-summer",
        "y2-autumn", "y2-spring", "y2-summer",
        "y3-autumn", "y3-spring", "y3-summer",
    ]  # fmt: skip
    assert (WAVES[0].opens, WAVES[0].until) == (date(2025, 9, 2), date(2025, 12, 19))
    assert (WAVES[-1].opens, WAVES[-1].until) == (date(2028, 4, 18), date(2028, 7, 19))


def test_a_schools_own_term_moves_its_wave_and_no_other():
    terms_of = school_terms({"2025-autumn": ["2025-09-04", "2025-12-12"]})

    moved = waves_of(TERMLY, COHORT, terms_of)

    assert (moved[0].opens, moved[0].until) == (date(2025, 9, 4), date(2025, 12, 12))
    assert moved[1:] == WAVES[1:]


def test_a_key_stage_that_is_not_followed_has_no_waves():
    only_ks5 = replace(TERMLY, who=frozenset({KeyStage.KS5}))

    assert waves_of(only_ks5, COHORT, default_terms) == ()


def test_a_window_may_run_over_the_new_year():
    plan = WavePlan("y1-confirm", 1, Season.AUTUMN, MonthDay(9, 1), MonthDay(1, 31))

    (wave,) = waves_of(replace(TERMLY, waves=(plan,)), COHORT, default_terms)

    assert (wave.opens, wave.until) == (date(2025, 9, 1), date(2026, 1, 31))
    assert wave.known_from == date(2025, 9, 1)


def test_the_last_opening_day_leaves_two_gaps_and_a_reply_time():
    wave = WAVES[0]

    assert wave.last_opening_day == date(2025, 12, 5)
    assert wave.takes_cases(wave.opens)
    assert wave.takes_cases(wave.last_opening_day)
    assert not wave.takes_cases(wave.opens - timedelta(days=1))
    assert not wave.takes_cases(wave.last_opening_day + timedelta(days=1))
    assert wave.is_open(wave.until)
    assert not wave.is_open(wave.until + timedelta(days=1))


def test_a_case_opens_under_the_waves_terms():
    assert WAVES[0].terms == Terms(3, 5, 4, 60, until=date(2025, 12, 19))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        pytest.param("2024-01-01", "y1-autumn", id="long before: the first"),
        pytest.param("2025-09-01", "y1-autumn", id="the day before it opens: the next"),
        pytest.param("2025-09-02", "y1-autumn", id="its first day"),
        pytest.param("2025-12-19", "y1-autumn", id="its last day"),
        pytest.param("2025-12-20", "y1-spring", id="between two: the next"),
        pytest.param("2026-08-15", "y2-autumn", id="in the summer holidays: the next year's"),
        pytest.param("2028-02-29", "y3-spring", id="29 February"),
        pytest.param("2028-07-20", "y3-summer", id="after the last: the last"),
        pytest.param("2028-08-31", "y3-summer", id="the last day of tracking"),
        pytest.param("2028-09-01", None, id="the day after it: none"),
    ],
)
def test_the_wave_a_day_belongs_to(day, name):
    found = wave_on(reversed(WAVES), date.fromisoformat(day))

    assert (found.name if found else None) == name


def test_no_waves_give_no_wave():
    assert wave_on((), date(2025, 9, 2)) is None


@given(leaving_years)
def test_waves_follow_each_other_within_the_three_years_and_have_room(leaving_year):
    cohort = Cohort("cansfield", KeyStage.KS5, leaving_year)

    waves = waves_of(TERMLY, cohort, default_terms)

    assert date(leaving_year, 9, 1) <= waves[0].opens
    assert waves[-1].until <= cohort.consent_ends
    assert all(wave.opens <= wave.last_opening_day < wave.until for wave in waves)
    assert all(earlier.until < later.opens for earlier, later in pairwise(waves))


@given(leaving_years, st.integers(0, 4 * 365))
def test_an_open_wave_is_always_the_one_that_is_found(leaving_year, offset):
    waves = waves_of(TERMLY, Cohort("cansfield", KeyStage.KS4, leaving_year), default_terms)
    day = date(leaving_year, 1, 1) + timedelta(days=offset)

    found = wave_on(waves, day)

    assert [wave for wave in waves if wave.is_open(day)] in ([], [found])
    if found and day < found.opens:
        assert not any(day <= wave.until < found.opens for wave in waves)


def test_a_schools_own_terms_are_checked_for_room_too():
    terms_of = school_terms({"2025-autumn": ["2025-12-08", "2025-12-19"]})

    with pytest.raises(Misconfigured, match="wave y1-autumn: until: 2025-12-19 leaves 12 days"):
        check_waves(TERMLY, [2025], terms_of)


def test_a_window_before_they_have_left_lies_in_the_past():
    terms_of = school_terms({"2025-autumn": ["2025-08-04", "2025-12-19"]})

    with pytest.raises(Misconfigured, match=r"^termly\.toml:\d+: .* 2025-08-04 lies in the past"):
        check_waves(TERMLY, [2025], terms_of)
