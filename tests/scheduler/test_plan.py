"""A school's procedure, ready for its cohorts."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from contact.alumnus import Cohort, KeyStage
from contact.candidate import Candidate, Facts
from contact.destination import Source
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import default_terms
from tests.cast import SCHOOL

COHORT = Cohort("cansfield", KeyStage.KS4, 2025)
CADENCES = {"form_a": "any", "summer_only": "annual_summer"}
PLAN = Plan(SCHOOL, load("termly"), default_terms, CADENCES)
AUTUMN = PLAN.waves(COHORT)[0]
DUE = Facts(consent_granted=True, consent_until=date(2028, 8, 31), usable_address=True)


def candidate(wording="form_a", **facts):
    return Candidate(uuid4(), "A7K3-Q2M9", wording, replace(DUE, **facts), shares=False)


def test_the_waves_of_a_cohort_are_worked_out_once():
    assert PLAN.waves(COHORT) is PLAN.waves(COHORT)
    assert len(PLAN.waves(COHORT)) == 9


def test_which_wave_a_day_belongs_to():
    assert PLAN.wave_on(COHORT, AUTUMN.opens) == AUTUMN
    assert PLAN.wave_on(COHORT, date(2035, 1, 1)) is None


def test_a_window_carries_the_promises_of_its_wave():
    window = PLAN.window(COHORT, AUTUMN)

    assert (window.school, window.cohort, window.wave) == ("cansfield", COHORT.id, AUTUMN.name)
    assert (window.opens, window.terms) == (AUTUMN.opens, AUTUMN.terms)
    assert (window.terms.tries, window.terms.gap_days, window.terms.reply_days) == (3, 5, 4)


@pytest.mark.parametrize(
    ("term", "wordings"),
    [("autumn", ("form_a",)), ("summer", ("form_a", "summer_only"))],
)
def test_a_window_names_the_wordings_that_allow_its_term(term, wordings):
    wave = next(each for each in PLAN.waves(COHORT) if each.term == term)

    assert PLAN.window(COHORT, wave).wordings == wordings


def test_sources_that_count_as_knowing_stand_in_a_fixed_order():
    wave = replace(AUTUMN, not_known_from=frozenset({Source.UCAS, Source.AUTHORITY}))

    assert PLAN.window(COHORT, wave).not_known_from == (Source.AUTHORITY, Source.UCAS)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(candidate(), "due", id="due"),
        pytest.param(candidate("summer_only"), "condition_not_met", id="asked in summer only"),
        pytest.param(candidate("unheard_of"), "condition_not_met", id="a wording nobody knows"),
        pytest.param(candidate(held=True), "held", id="held"),
    ],
)
def test_the_rule_judges_under_the_cadence_of_the_wording(given, code):
    assert PLAN.judge(given, AUTUMN, AUTUMN.opens).code == code
