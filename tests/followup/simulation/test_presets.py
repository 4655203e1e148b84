"""Three years of each shipped procedure, rehearsed, do what its school promised."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from contact.alumnus import Cohort, KeyStage
from contact.hours import LONDON, london_day
from followup.simulation.stage import SCHOOL
from scheduler.procedure_file import load
from scheduler.term import closed_day, default_terms
from scheduler.wave import waves_of
from tests.followup.simulation.plays import LEFT, behaviour, months, play, script, three_years

TERMLY = "y1-autumn y1-spring y1-summer y2-autumn y2-spring y2-summer y3-autumn y3-spring y3-summer"
SUMMERS = "y1-summer y2-summer y3-summer"
NAMES = ("bebington", "cansfield", "connell", "john_port", "lha")
#: The days between two asks, and what a wave's last ask must leave.
GAP, REPLY = timedelta(days=5), timedelta(days=4)


def windows(name):
    procedure = load(name)
    stage = KeyStage.KS4 if KeyStage.KS4 in procedure.who else KeyStage.KS5
    waves = waves_of(procedure, Cohort(SCHOOL, stage, LEFT), default_terms)
    return {wave.name: wave for wave in waves}


@pytest.mark.parametrize(
    ("name", "waves"),
    [
        pytest.param("cansfield", TERMLY, id="CAN-12, CAN-21: termly for three tracking years"),
        pytest.param(
            "john_port",
            "y1-autumn y1-spring y1-summer y2-spring y2-summer y3-autumn y3-summer",
            id="JPS-15, JPS-17, JPS-23: year 2 from spring, year 3 without it",
        ),
        pytest.param("lha", "y1-autumn y3-spring", id="LHA-15, LHA-17: years 1 and 3 only"),
        pytest.param("bebington", SUMMERS, id="BEB-20, BEB-22: each summer term"),
        pytest.param("connell", SUMMERS, id="CON-05, CON-11: each summer term"),
    ],
)
def test_the_right_terms_of_the_right_years_are_asked(name, waves):
    assert set(three_years(name).by_wave()) == set(waves.split())


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_asked_outside_the_windows_of_a_wave(name):
    dated = windows(name)

    for wave, cases in three_years(name).by_wave().items():
        days = [london_day(at) for case in cases for at in case.asks]
        assert days
        assert all(dated[wave].opens <= day <= dated[wave].until for day in days)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("bebington", id="BEB-10: three attempts, then unknown"),
        pytest.param("connell", id="CON-06: three attempts, then unknown"),
        pytest.param("cansfield", id="CAN-12"),
        pytest.param("john_port", id="JPS-15"),
        pytest.param("lha", id="LHA-14"),
    ],
)
def test_a_wave_makes_three_tries_at_most_and_keeps_the_gap_between_them(name):
    cases = three_years(name).cases

    assert {number for case in cases for number in case.numbers} == {1, 2, 3}
    for case in cases:
        days = [london_day(at) for at in case.asks]
        assert len(days) <= 3
        # An ask at another number may follow at once: nobody read the one before.
        assert all(later - earlier >= GAP for earlier, later in pairwise(days)) or len(
            case.numbers
        ) > len(set(days))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("bebington", id="BEB-10: then logged as unknown"),
        pytest.param("connell", id="CON-06: then logged as unknown"),
        pytest.param("cansfield", id="CAN-12"),
    ],
)
def test_who_answers_none_of_three_is_unknown_for_that_wave_only(name):
    cases = three_years(name).cases
    silent = {case.who for case in cases if case.codes[-1:] == ("810",)}

    assert silent
    assert any(case.who in silent and case.codes[-1:] not in (("810",), ("820",)) for case in cases)


@pytest.mark.parametrize("name", NAMES)
def test_texts_leave_in_open_hours_on_open_days(name):
    asks = [at.astimezone(LONDON) for case in three_years(name).cases for at in case.asks]

    assert all(9 <= at.hour < 20 and at.weekday() < 6 and not closed_day(at.date()) for at in asks)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        pytest.param("cansfield", date(2028, 8, 31), id="CAN-01, CAN-09"),
        pytest.param("john_port", date(2028, 8, 31), id="JPS-01, JPS-12"),
        pytest.param("lha", date(2028, 8, 31), id="LHA-01, LHA-10"),
        pytest.param("bebington", date(2028, 8, 31), id="BEB-01, BEB-09"),
        pytest.param("connell", date(2028, 8, 31), id="CON-01"),
    ],
)
def test_they_are_followed_for_three_years_and_no_longer(name, last):
    a_year_more = script(name, alumni=6, ends=date(2029, 8, 31))

    days = [london_day(at) for case in play(a_year_more).cases for at in case.asks]

    assert date(2027, 9, 1) < max(days) <= last


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=f"{name}: permission first") for name in NAMES]
)
def test_only_who_agreed_is_ever_asked(name):
    ledger = three_years(name)

    assert {case.who for case in ledger.cases} <= ledger.consented
    assert len(ledger.consented) < 24


@pytest.mark.parametrize(
    "name", [pytest.param("john_port", id="JPS-23: counted as retained, not texted"), "cansfield"]
)
def test_own_sixth_formers_are_never_texted(name):
    ledger = three_years(name)

    assert ledger.retained & ledger.consented
    assert not {case.who for case in ledger.cases} & ledger.retained


@pytest.mark.parametrize(
    ("wave", "since"),
    [
        pytest.param("y1-autumn", date(2025, 9, 1), id="LHA-11, LHA-14: year 1"),
        pytest.param("y3-spring", date(2027, 9, 1), id="LHA-15, LHA-16: year 3"),
    ],
)
def test_whom_a_provider_confirmed_is_left_out_of_that_wave(wave, since):
    ledger = three_years("lha")
    opened = {case.who for case in ledger.by_wave()[wave]}
    opens = windows("lha")[wave].opens
    known = {
        who
        for who, days in ledger.known_by_others.items()
        if any(since <= day < opens for day in days)
    }

    assert known & ledger.consented
    assert opened
    assert not opened & known


def test_where_providers_say_nothing_lha_asks_everybody():
    """LHA-14 the other way round: the condition holds for nobody."""
    silent = behaviour(people={"known_from_provider": 0.0, "consent": 1.0, "mobile": 1.0})
    one_year = script("lha", behaviour=silent, ends=date(2026, 8, 31))

    assert len({case.who for case in play(one_year).cases}) == 24


@pytest.mark.parametrize(
    "name",
    [pytest.param("bebington", id="BEB-22: annual wording"), pytest.param("connell", id="CON-13")],
)
def test_the_annual_wording_is_never_kept_termly(name):
    cases = three_years(name).cases
    each_year = {(case.who, case.wave.split("-")[0]) for case in cases}

    assert months(cases) <= {4, 5, 6, 7}
    assert len(cases) == len(each_year)


def test_the_annual_wording_holds_back_a_termly_procedure(tmp_path):
    """The promise on the form wins over the procedure: BEB-22 with nine waves."""
    termly = (load_text("termly")).replace('cadence = "any"', 'cadence = "annual_summer"')
    own = tmp_path / "own.toml"
    own.write_text(termly, "utf-8")

    cases = play(script(str(own), alumni=12)).cases

    assert {case.wave for case in cases} == set(SUMMERS.split())


def test_both_leaving_stages_of_bebington_are_followed():
    """BEB-01: the tables cover Year 13 too."""
    leavers = (Cohort(SCHOOL, KeyStage.KS4, LEFT), Cohort(SCHOOL, KeyStage.KS5, LEFT))
    one_year = script("bebington", alumni=8, cohorts=leavers, ends=date(2026, 8, 31))

    assert {case.cohort for case in play(one_year).cases} == {each.id for each in leavers}


def load_text(name):
    from importlib.resources import files

    return files("scheduler").joinpath("procedures", f"{name}.toml").read_text("utf-8")
