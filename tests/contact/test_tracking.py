"""The last day of somebody's permission, and the day from which they are to be erased."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contact.address import ChannelName
from contact.alumnus import Cohort, KeyStage, Membership
from contact.consent import Purpose
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import Delivery
from contact.roll import join_cohort
from contact.tracking import end_tracking, leftovers
from scheduler.outreach import move_cases
from tests.cast import NOW, SCHOOL, add, consent, open_cases, stage

__all__ = ["stage"]

SMS, PHONE = ChannelName.SMS, "+447700900001"
#: Amina's permission lasts to the Friday two days after NOW.
LAST_DAY = date(2025, 9, 12)
#: Her cohort left in 2025.
ENDS = date(2028, 8, 31)


@pytest.fixture
def amina(stage):
    """Amina, asked while her permission lasts, which is not for long."""
    who = stage.write(lambda work: add(work, "Amina Yusuf", (SMS, PHONE), until=LAST_DAY))
    stage.write(open_cases, NOW)
    return who


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


async def test_the_case_ends_with_the_permission_and_not_before_and_is_never_unknown(stage, amina):
    await move_cases(stage.memory, stage.desk, NOW)

    assert stage.write(end_tracking, at(LAST_DAY)) == {}
    assert stage.write(end_tracking, at(LAST_DAY + timedelta(days=1))) == {"closed": 1}

    assert (stage.ending(amina).disposition, stage.ending(amina).detail) == (
        "other",
        "consent_ended",
    )
    assert [each.delivery for each in stage.asks(amina)] == [Delivery.CANCELLED]
    assert stage.codes(amina) == []
    deed = stage.read(lambda work: work.audit.of(amina))[-1]
    assert (deed.by, deed.action) == ("service", "consent_ended")


async def test_an_answer_to_what_was_asked_while_it_lasted_is_recorded(stage, amina):
    await stage.tick(NOW.replace(hour=15))
    assert [each.delivery for each in stage.asks(amina)] == [Delivery.ACCEPTED]
    over = at(LAST_DAY + timedelta(days=2))
    stage.write(end_tracking, over)

    stage.hears("2", over)

    assert stage.codes(amina) == ["230"]


async def test_who_has_told_us_what_they_do_keeps_it(stage, amina):
    await stage.tick(NOW.replace(hour=15))
    stage.hears("2", NOW.replace(hour=16))

    stage.write(end_tracking, at(LAST_DAY + timedelta(days=1)))

    assert (stage.ending(amina).disposition, stage.ending(amina).code) == ("partial", "230")


def test_a_second_run_and_a_small_batch_change_nothing_twice(stage, amina):
    over = at(LAST_DAY + timedelta(days=1))

    assert stage.write(end_tracking, over, 1) == {"closed": 1}
    assert stage.write(end_tracking, over, 1) == {}


class TestLeftovers:
    @pytest.fixture
    def who(self, stage):
        return stage.write(add, "Amina Yusuf")

    @pytest.mark.parametrize(
        ("today", "listed", "due"),
        [
            pytest.param(ENDS, False, False, id="the last day itself"),
            pytest.param(date(2028, 9, 1), True, False, id="the day after"),
            pytest.param(date(2028, 11, 28), True, False, id="89 days on"),
            pytest.param(date(2028, 11, 29), True, True, id="90 days on"),
        ],
    )
    def test_are_due_so_many_days_after_the_end(self, stage, who, today, listed, due):
        found = self.of(stage, today)

        assert [each.alumnus.id for each in found] == ([who] if listed else [])
        assert [each.is_due(today) for each in found] == ([due] if listed else [])

    def test_say_when_it_ended_and_from_when_they_go(self, stage, who):
        (one,) = self.of(stage, date(2029, 1, 1))

        assert (one.cohort, one.ended, one.erase_from) == (
            "cansfield-KS4-2025",
            ENDS,
            date(2028, 11, 29),
        )

    def test_do_not_have_those_who_left_again_at_year_13(self, stage, who):
        stage.write(join_cohort, who, Cohort("cansfield", KeyStage.KS5, 2027), NOW)

        assert self.of(stage, date(2029, 1, 1)) == []
        assert [each.alumnus.id for each in self.of(stage, date(2031, 1, 1))] == [who]

    def test_do_not_have_those_whose_permission_lasts_longer(self, stage, who):
        longer = consent(who, until=date(2030, 8, 31))

        def renewed(work):
            work.consents.withdraw(who, [Purpose.TRACKING], NOW, "renewed")
            work.consents.grant(longer)

        stage.write(renewed)

        assert self.of(stage, date(2030, 8, 31)) == []
        (one,) = self.of(stage, date(2030, 9, 1))
        assert one.ended == date(2030, 8, 31)

    def test_count_from_when_they_were_stored_where_nobody_knows_the_cohort(self, stage, who):
        def unknown(work):
            work.cohorts.leave(who, "cansfield-KS4-2025")
            work.consents.withdraw(who, [Purpose.TRACKING], NOW, "form")

        stage.write(unknown)

        assert self.of(stage, date(2028, 6, 1)) == []
        assert [each.cohort for each in self.of(stage, date(2028, 7, 1))] == [None]

    @pytest.mark.parametrize("why", ["held", "flag_open"])
    def test_are_kept_while_something_stands_against_it(self, stage, who, why):
        def stands(work):
            if why == "held":
                work.alumni.hold(who, NOW)
            else:
                raise_flag(work, FlagKind.QUESTION, SCHOOL, NOW, alumnus=who)

        stage.write(stands)

        (one,) = self.of(stage, date(2030, 1, 1))
        assert one.kept_for == why
        assert not one.is_due(date(2030, 1, 1))

    def test_are_those_of_one_school_and_not_of_the_erased(self, stage, who):
        elsewhere = Membership(who, Cohort("connell", KeyStage.KS4, 2020))
        assert elsewhere.cohort.consent_ends < ENDS
        assert stage.read(lambda work: list(leftovers(work, "connell", date(2030, 1, 1), 90))) == []
        stage.write(lambda work: work.alumni.erase(who, NOW))

        assert self.of(stage, date(2030, 1, 1)) == []

    @staticmethod
    def of(stage, today):
        return stage.read(lambda work: list(leftovers(work, "cansfield", today, 90)))
