"""What people must do and by when."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from contact.hours import Hours
from contact.school import School
from scheduler.agenda import Entry, agenda, standing
from scheduler.plan import Plan
from scheduler.procedure import Agreement
from scheduler.procedure_file import load, shipped
from scheduler.term import default_terms, school_terms


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


@pytest.mark.parametrize("procedure", shipped())
def test_every_entry_of_many_years_has_a_key_of_its_own(plan_of, procedure):
    entries = agenda(plan_of(procedure), date(2023, 9, 1), date(2033, 8, 31))

    keys = [each.key for each in entries]
    assert len(keys) == len(set(keys))
    assert all(len(key) <= 120 for key in keys)


@pytest.mark.parametrize(
    ("due", "work_by"),
    [
        pytest.param(date(2025, 10, 31), date(2025, 10, 31), id="a Friday"),
        pytest.param(date(2026, 10, 31), date(2026, 10, 30), id="a Saturday"),
        pytest.param(date(2024, 3, 31), date(2024, 3, 28), id="Easter Sunday: before Good Friday"),
        pytest.param(date(2025, 12, 31), date(2025, 12, 23), id="between the years"),
        pytest.param(date(2025, 8, 25), date(2025, 8, 22), id="a bank holiday"),
        pytest.param(date(2028, 2, 29), date(2028, 2, 29), id="29 February"),
    ],
)
def test_a_deadline_on_a_day_off_is_worked_for_before(due, work_by):
    entry = Entry("test", 2025, "return", "Send it", "careers leader", due)

    assert (entry.due, entry.work_by) == (due, work_by)


class TestStanding:
    """How a school's work stands on a day."""

    TODAY = date(2025, 10, 31)

    def test_what_is_due_today_is_soon_and_what_was_due_yesterday_is_late(self, plan_of):
        plan = plan_of("bebington")

        today, tomorrow = standing(plan, self.TODAY), standing(plan, self.TODAY + timedelta(1))

        assert "trust_intended_2" in [each.name for each in today.soon]
        assert "trust_intended_2" not in [each.name for each in today.overdue]
        assert "trust_intended_2" in [each.name for each in tomorrow.overdue]

    def test_the_longest_overdue_comes_first_and_nothing_older_than_90_days(self, plan_of):
        late = standing(plan_of("bebington"), self.TODAY).overdue

        days = [each.due for each in late]
        assert days == sorted(days)
        assert min(days) >= self.TODAY - timedelta(days=90)
        # Results day is not: 21 August is 71 days ago. The parents' letter of July is.
        assert "results_day" in [each.name for each in late]
        assert "parents_letter" not in [each.name for each in late]

    def test_soon_is_a_fortnight(self, plan_of):
        found = standing(plan_of("bebington"), date(2025, 10, 17)).soon
        before = standing(plan_of("bebington"), date(2025, 10, 16)).soon

        assert "trust_intended_2" in [each.name for each in found]
        assert "trust_intended_2" not in [each.name for each in before]

    def test_what_is_ticked_off_is_neither(self, plan_of):
        plan = plan_of("bebington")
        found = standing(plan, self.TODAY)
        done = {each.key for each in (*found.overdue, *found.soon)}

        assert standing(plan, self.TODAY, done) == standing(plan, self.TODAY, done | {"else"})
        assert standing(plan, self.TODAY, done).overdue == ()
        assert standing(plan, self.TODAY, done).soon == ()

    @pytest.mark.parametrize(
        ("today", "part"),
        [
            pytest.param(date(2025, 9, 1), None, id="the day before it begins"),
            pytest.param(date(2025, 9, 2), "begun", id="the day it begins"),
            pytest.param(date(2025, 12, 4), "begun", id="fifteen days before it is due"),
            pytest.param(date(2025, 12, 5), "soon", id="fourteen days before"),
            pytest.param(date(2025, 12, 19), "soon", id="the day it is due"),
            pytest.param(date(2025, 12, 20), "overdue", id="the day after"),
            pytest.param(date(2026, 3, 19), "overdue", id="ninety days after"),
            pytest.param(date(2026, 3, 20), None, id="history"),
        ],
    )
    def test_an_action_is_told_once_from_its_beginning_until_it_is_history(
        self, plan_of, today, part
    ):
        found = standing(plan_of("bebington"), today)

        told = [
            name
            for name in ("overdue", "soon", "begun")
            if any(each.key == "test/2025/y1/individual_contact" for each in getattr(found, name))
        ]
        assert told == [part] * (part is not None)


def test_an_agreement_is_renewed_by_its_last_day(plan_of):
    plan = plan_of("lha")
    agreements = (Agreement("St. Anne's Col­lege", date(2026, 8, 31)), Agreement("For ever"))
    plan = replace(plan, procedure=replace(plan.procedure, sharing_agreements=agreements))

    found = [
        each
        for each in agenda(plan, date(2026, 8, 1), date(2026, 8, 31))
        if "agreement" in each.text and each.leaving_year is None
    ]

    assert [(each.name, each.due) for each in found] == [
        ("renew_st_anne_s_col_lege", date(2026, 8, 31))
    ]


@pytest.mark.parametrize(
    ("given", "asked_for"),
    [
        pytest.param({}, ["2025-06-30", "2026-06-30"], id="none given"),
        pytest.param(
            {
                "2026-autumn": ["2026-09-03", "2026-12-18"],
                "2027-spring": ["2027-01-05", "2027-03-24"],
            },
            ["2025-06-30", "2026-06-30"],
            id="one of three is missing",
        ),
        pytest.param(
            {
                "2026-autumn": ["2026-09-03", "2026-12-18"],
                "2027-spring": ["2027-01-05", "2027-03-24"],
                "2027-summer": ["2027-04-12", "2027-07-21"],
            },
            ["2025-06-30"],
            id="all of one year",
        ),
    ],
)
def test_the_dates_of_a_coming_year_are_asked_for_before_it_begins(plan_of, given, asked_for):
    plan = replace(plan_of("termly"), terms_of=school_terms(given))

    found = agenda(plan, date(2025, 1, 1), date(2026, 12, 31))

    assert {each.name for each in found} == {"term_dates"}
    assert [each.due.isoformat() for each in found] == asked_for
    assert found[0].text.startswith("Put the term dates of 2025/26 into the settings")


def test_support_names_its_groups_and_what_is_late_its_helper(plan_of):
    entries = agenda(plan_of("cansfield"), date(2024, 9, 1), date(2026, 8, 31))

    groups = {each.name: each.groups for each in entries if each.groups}
    assert groups == {
        "support_groups": ("SEN", "disadvantaged", "EAL", "looked after"),
        "support_leavers": ("SEN", "disadvantaged", "EAL", "looked after"),
    }
    assert {each.escalate_to for each in entries} == {"senior leadership team"}
