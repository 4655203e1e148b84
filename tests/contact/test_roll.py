"""Year 11, the school's own sixth form, Year 13: asked under the right leaving, and only that."""

from datetime import date

import pytest

from contact.alumnus import Cohort, KeyStage, Membership
from contact.errors import NotAllowed
from contact.message import Delivery
from contact.roll import join_cohort, leaves, roll_over, stays_on
from scheduler.outreach import move_cases
from tests.cast import COHORT, NOW, SMS, add, open_cases, stage

__all__ = ["stage"]

BY = "Miss Okafor"
AFTER_YEAR_13 = date(2027, 9, 1)
KS5 = Cohort("cansfield", KeyStage.KS5, 2027)


def memberships(stage, who):
    found = stage.read(lambda work: work.cohorts.of(who))
    return {each.cohort.id: each.retained for each in found}


def deeds(stage, who):
    return [deed.action for deed in stage.read(lambda work: work.audit.of(who))]


def person(stage, who):
    return stage.read(lambda work: work.alumni.get(who))


async def test_who_stays_on_is_retained_and_what_was_planned_for_them_is_cancelled(stage):
    who = stage.open()
    await move_cases(stage.memory, stage.desk, NOW)
    assert [each.delivery for each in stage.asks(who)] == [Delivery.PLANNED]

    assert stage.write(stays_on, person(stage, who), BY, NOW)

    assert memberships(stage, who) == {COHORT.id: True}
    assert (stage.ending(who).disposition, stage.ending(who).detail) == ("other", "own_sixth_form")
    assert [each.delivery for each in stage.asks(who)] == [Delivery.CANCELLED]
    assert stage.codes(who) == []
    assert stage.write(open_cases, NOW) == 0
    assert deeds(stage, who) == ["roll"]


def test_what_is_known_of_the_roll_is_not_written_again(stage):
    who = stage.write(add, "Amina Yusuf")

    assert not stage.write(leaves, person(stage, who), BY, NOW)
    assert stage.write(stays_on, person(stage, who), BY, NOW)
    assert not stage.write(stays_on, person(stage, who), BY, NOW)
    assert deeds(stage, who) == ["roll"]


def test_who_leaves_the_sixth_form_early_is_asked_as_a_leaver_of_year_11(stage):
    who = stage.open()
    stage.write(stays_on, person(stage, who), BY, NOW)
    other = stage.write(add, "Ben Shaw", (SMS, "+447700900009"))
    stage.write(stays_on, person(stage, other), BY, NOW)

    assert stage.write(leaves, person(stage, other), BY, NOW)

    assert memberships(stage, other) == {COHORT.id: False}
    assert stage.write(open_cases, NOW) == 1
    assert deeds(stage, other) == ["roll", "roll"]


@pytest.mark.parametrize(
    "year",
    [pytest.param(2024, id="another year"), pytest.param(2026, id="a year to come")],
)
def test_nobody_stays_on_after_a_leaving_that_was_not_theirs(stage, year):
    who = stage.write(add, "Amina Yusuf")

    with pytest.raises(NotAllowed, match=f"Year 11 here in {year}"):
        stage.write(stays_on, person(stage, who), BY, NOW, year)


class TestTheRollOver:
    @pytest.fixture
    def amina(self, stage):
        who = stage.write(add, "Amina Yusuf", (SMS, "+447700900001"))
        stage.write(stays_on, person(stage, who), BY, NOW)
        return who

    @pytest.mark.parametrize(
        ("day", "left"),
        [
            pytest.param(date(2026, 9, 1), False, id="Year 13 begins"),
            pytest.param(date(2027, 8, 31), False, id="the last day before September"),
            pytest.param(AFTER_YEAR_13, True, id="the September after Year 13"),
            pytest.param(date(2028, 2, 29), True, id="run late, in February"),
            pytest.param(date(2029, 9, 1), True, id="a year without it"),
        ],
    )
    def test_makes_leavers_in_the_september_after_year_13(self, stage, amina, day, left):
        found = stage.write(roll_over, "cansfield", day, BY, NOW)

        assert found == ([amina] if left else [])
        assert (KS5.id in memberships(stage, amina)) is left

    def test_leaves_year_11_as_it_was_so_that_only_year_13_is_asked(self, stage, amina):
        stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW)

        assert memberships(stage, amina) == {COHORT.id: True, KS5.id: False}
        assert stage.write(open_cases, NOW) == 0

    def test_is_safe_to_run_again(self, stage, amina):
        stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW)

        assert stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW) == []
        assert deeds(stage, amina) == ["roll", "roll_over"]

    def test_is_for_one_school_and_for_those_who_stayed(self, stage, amina):
        stage.write(add, "Ben Shaw")

        assert stage.write(roll_over, "connell", AFTER_YEAR_13, BY, NOW) == []
        assert stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW) == [amina]

    def test_does_not_make_the_permission_longer(self, stage, amina):
        before = stage.read(lambda work: work.consents.of(amina))
        stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW)

        assert stage.read(lambda work: work.consents.of(amina)) == before

    def test_and_the_roll_has_no_more_to_say_of_who_left_at_year_13(self, stage, amina):
        stage.write(roll_over, "cansfield", AFTER_YEAR_13, BY, NOW)

        with pytest.raises(NotAllowed, match=KS5.id):
            stage.write(leaves, person(stage, amina), BY, NOW)


class TestAForm:
    def test_of_year_13_ends_what_runs_for_year_11(self, stage):
        who = stage.open()

        stage.write(join_cohort, who, KS5, NOW)

        assert memberships(stage, who) == {COHORT.id: True, KS5.id: False}
        assert stage.ending(who).detail == "own_sixth_form"

    def test_of_year_11_that_comes_late_does_not_ask_for_it_again(self, stage):
        who = stage.write(add, "Amina Yusuf")
        stage.write(lambda work: work.cohorts.leave(who, COHORT.id))
        stage.write(join_cohort, who, KS5, NOW)

        stage.write(join_cohort, who, COHORT, NOW)

        assert memberships(stage, who) == {COHORT.id: True, KS5.id: False}

    def test_with_another_year_takes_the_place_of_the_first(self, stage):
        who = stage.open()
        repeated = Cohort("cansfield", KeyStage.KS4, 2026)

        stage.write(join_cohort, who, repeated, NOW)

        assert memberships(stage, who) == {repeated.id: False}
        assert stage.ending(who).detail == "other_cohort"

    def test_leaves_the_cohorts_of_another_school_alone(self, stage):
        who = stage.write(add, "Amina Yusuf")
        elsewhere = Cohort("connell", KeyStage.KS4, 2025)
        stage.write(lambda work: work.cohorts.join(Membership(who, elsewhere)))

        stage.write(join_cohort, who, KS5, NOW)

        assert memberships(stage, who)[elsewhere.id] is False
