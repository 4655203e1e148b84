"""What people must do and by when."""

from datetime import date, time

import pytest

from contact.hours import Hours
from contact.school import School
from scheduler.agenda import agenda
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import default_terms


@pytest.fixture
def plan_of():
    def make(procedure: str) -> Plan:
        hours = Hours(time(9), time(19, 30), frozenset(range(6)), lambda _: False)
        school = School("test", "Test High", "Test High", hours)
        return Plan(school, load(procedure), default_terms, {"form_a": "any"})

    return make


@pytest.mark.parametrize(
    ("procedure", "due"),
    [
        pytest.param("bebington", date(2026, 3, 31), id="the trust's return on 31 March"),
        pytest.param("bebington", date(2026, 10, 31), id="the trust's return on 31 October"),
        pytest.param("connell", date(2026, 12, 31), id="the unvalidated return on 31 December"),
        pytest.param("connell", date(2027, 3, 31), id="the validated return on 31 March"),
    ],
)
def test_a_return_stands_on_the_day_the_procedure_names(plan_of, procedure, due):
    returns = [each for each in agenda(plan_of(procedure), due, due) if each.is_return]

    assert returns
    assert {each.due for each in returns} == {due}


def test_entries_come_in_the_order_of_their_days_and_stay_within_the_span(plan_of):
    first, last = date(2025, 9, 1), date(2026, 8, 31)

    entries = agenda(plan_of("cansfield"), first, last)

    days = [each.due for each in entries]
    assert len(entries) > 1
    assert days == sorted(days)
    assert first <= days[0] <= days[-1] <= last


def test_two_spans_side_by_side_hold_what_one_long_span_holds(plan_of):
    plan = plan_of("john_port")

    apart = agenda(plan, date(2025, 9, 1), date(2026, 2, 28)) + agenda(
        plan, date(2026, 3, 1), date(2026, 8, 31)
    )

    assert apart == agenda(plan, date(2025, 9, 1), date(2026, 8, 31))


def test_each_duty_comes_once_for_each_summer_of_leavers(plan_of):
    entries = agenda(plan_of("lha"), date(2024, 9, 1), date(2028, 8, 31))

    keys = [(each.name, each.leaving_year, each.due) for each in entries]
    assert len(keys) == len(set(keys))


def test_an_entry_is_overdue_only_after_its_day(plan_of):
    (entry, *_) = agenda(plan_of("cansfield"), date(2025, 9, 1), date(2026, 8, 31))

    assert not entry.is_overdue(entry.due)
    assert entry.is_overdue(date(2027, 1, 1))
