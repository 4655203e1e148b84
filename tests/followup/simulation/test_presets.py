"""What a form promised holds back whatever procedure a school may choose."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from contact.hours import LONDON
from tests.followup.simulation.plays import behaviour, months, play, script
from tests.scheduler.test_presets import PRESETS


def test_the_annual_wording_holds_back_a_termly_procedure(tmp_path):
    """Nine waves are written, but the form promised one survey each summer term."""
    termly = (PRESETS / "termly.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(termly.replace('cadence = "any"', 'cadence = "annual_summer"'), "utf-8")

    cases = play(script(str(own), alumni=12, ends=date(2027, 8, 31))).cases

    assert {case.wave for case in cases} == {"y1-summer", "y2-summer"}
    assert months(cases) <= {4, 5, 6, 7}


OVER_THE_CLOCKS = """
name = "over_the_clocks"
title = "Two waves that lie over a change of the clocks, one of them over Easter too"
who = ["KS4"]
[[wave]]
years = [1]
term = "autumn"
from = "10-20"
until = "11-21"
[[wave]]
years = [1]
term = "spring"
from = "03-23"
until = "04-30"
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """When anybody was asked, by the London clock, in each of the two waves."""
    own = tmp_path_factory.mktemp("own") / "own.toml"
    own.write_text(OVER_THE_CLOCKS, "utf-8")
    # At a dead number's second address the gap does not apply: nobody read the first ask.
    reachable = behaviour(people={"dead_number": 0.0, "changes_number": 0.0})
    cases = play(script(str(own), ends=date(2026, 8, 31), behaviour=reachable)).cases
    return {
        wave: [[at.astimezone(LONDON) for at in case.asks] for case in cases if case.wave == wave]
        for wave in ("y1-autumn", "y1-spring")
    }


@pytest.mark.parametrize("wave", ["y1-autumn", "y1-spring"])
def test_the_hours_and_the_gap_are_kept_over_a_change_of_the_clocks(asked, wave):
    offsets = {at.utcoffset() for case in asked[wave] for at in case}

    assert offsets == {timedelta(0), timedelta(hours=1)}
    for case in asked[wave]:
        assert all(9 <= at.hour < 20 for at in case)
        assert all(b.date() - a.date() >= timedelta(days=5) for a, b in pairwise(case))


def test_nobody_is_asked_at_easter_and_the_next_try_follows_it(asked):
    days = {at.date() for case in asked["y1-spring"] for at in case}
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)

    assert good_friday - timedelta(days=3) in days or good_friday - timedelta(days=1) in days
    assert not days & {good_friday, easter_monday}
    assert any(easter_monday < day <= easter_monday + timedelta(days=3) for day in days)
