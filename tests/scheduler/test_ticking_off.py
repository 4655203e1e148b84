"""What people have done is ticked off once, and is then neither late nor due."""

from dataclasses import replace
from datetime import date

from scheduler.agenda import agenda, standing
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import default_terms
from scheduler.ticking_off import tick_off, ticked_off
from tests.cast import NOW, SCHOOL, stage

__all__ = ["stage"]

PLAN = Plan(SCHOOL, load("bebington"), default_terms, {})
TODAY = date(2025, 10, 6)


def test_what_is_ticked_off_is_no_longer_late(stage):
    late = standing(PLAN, TODAY).overdue[0]

    assert stage.write(tick_off, late, "Ms Okafor", NOW) is True

    done = stage.read(ticked_off)
    assert done == {late.key}
    assert late not in standing(PLAN, TODAY, done).overdue
    assert len(standing(PLAN, TODAY, done).overdue) == len(standing(PLAN, TODAY).overdue) - 1


def test_it_is_ticked_off_once(stage):
    late = standing(PLAN, TODAY).overdue[0]
    stage.write(tick_off, late, "Ms Okafor", NOW)

    assert stage.write(tick_off, late, "Mr Shaw", NOW) is False


def test_the_same_action_of_another_year_stays_open(stage):
    entries = agenda(PLAN, date(2025, 9, 1), date(2027, 9, 30))
    asked = [each for each in entries if each.name == "ask_providers" and each.leaving_year == 2025]
    stage.write(tick_off, asked[0], "Ms Okafor", NOW)

    done = stage.read(ticked_off)
    assert [each.key in done for each in asked] == [True, False, False]


def test_another_school_has_its_own(stage):
    late = standing(PLAN, TODAY).overdue[0]
    stage.write(tick_off, late, "Ms Okafor", NOW)

    other = replace(late, school="connell")
    assert other.key not in stage.read(ticked_off)


def test_nothing_was_ticked_off_before_anything_was(stage):
    assert stage.read(ticked_off) == frozenset()
