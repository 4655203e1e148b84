"""Everything we start stands still while a hold or a flag stands, and goes on where it stood."""

from dataclasses import replace

import pytest

from contact.case import CaseState, Disposition
from contact.flag import Decision, FlagKind
from contact.flagging import raise_flag
from contact.hours import deadline, london_day
from contact.message import Delivery, MessageKind
from contact.pausing import go_on, pause
from tests.cast import DAY, HOUR, NOW, SCHOOL, stage

__all__ = ["stage"]


def hold(stage, who, now):
    stage.write(lambda work: work.alumni.hold(who, now))
    stage.write(pause, who, now)


def release(stage, who, now):
    stage.write(lambda work: work.alumni.release(who))
    return stage.write(go_on, who, now)


def flag(stage, who, kind, now):
    return stage.write(lambda work: raise_flag(work, kind, SCHOOL, now, alumnus=who))


def close(stage, number, now):
    def closes(work):
        found = replace(
            work.flags.get(number),
            closed_at=now,
            decision=Decision.CALL_MADE,
            closed_by="Ms Okafor",
        )
        return work.flags.close(found)

    assert stage.write(closes)


async def test_the_reply_time_moves_by_the_time_stopped(stage):
    who = stage.open()
    await stage.tick(NOW)
    hold(stage, who, NOW + DAY)

    await stage.days(NOW + DAY, 9, DAY / 2)
    assert stage.standing(who) == [(1, "waiting", None)]
    assert release(stage, who, NOW + 10 * DAY)

    assert stage.attempts(who)[0].answer_by == deadline(NOW, 4) + 9 * DAY
    assert stage.case(who).state is CaseState.OPEN


async def test_the_gap_moves_too_so_that_a_planned_ask_is_planned_anew(stage):
    who = stage.open()
    await stage.tick(NOW)
    await stage.tick(deadline(NOW, 4) + HOUR)
    first = stage.asks(who)[1].not_before
    hold(stage, who, deadline(NOW, 4) + 2 * HOUR)

    at = deadline(NOW, 4) + 10 * DAY + 2 * HOUR
    await stage.days(deadline(NOW, 4) + 3 * HOUR, 10)
    assert len(stage.sms.arrived) == 1
    release(stage, who, at)
    await stage.tick(at)

    again = stage.asks(who)[2]
    assert stage.asks(who)[1].detail == "paused"
    assert london_day(again.not_before) >= london_day(first) + 10 * DAY


async def test_nothing_we_start_leaves_while_it_lasts_but_stop_and_help_are_answered(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)  # the question that follows would be nudged about
    hold(stage, who, NOW + 2 * HOUR)

    await stage.days(NOW + 2 * HOUR, 8)
    stage.hears("HELP", NOW + 8 * DAY)
    await stage.tick(NOW + 8 * DAY)
    stage.hears("STOP", NOW + 9 * DAY)
    await stage.tick(NOW + 9 * DAY)

    kinds = [str(each.kind) for each in stage.messages(who) if each.delivery is Delivery.ACCEPTED]
    assert kinds[:2] == ["ask", "question"]
    assert kinds[-1] == "confirmation"
    assert "nudge" not in kinds
    assert len(kinds) == 4


@pytest.mark.parametrize("kind", [FlagKind.WORRY, FlagKind.UNCLEAR, FlagKind.ABUSE,
                                  FlagKind.WRONG_PERSON])  # fmt: skip
def test_a_pausing_flag_pauses_and_the_last_one_closed_ends_it(stage, kind):
    who = stage.open()
    numbers = [flag(stage, who, kind, NOW) for _ in range(2)]
    assert stage.case(who).state is CaseState.PAUSED

    close(stage, numbers[0], NOW + HOUR)
    assert stage.write(go_on, who, NOW + HOUR) is False
    close(stage, numbers[1], NOW + 2 * HOUR)
    assert stage.write(go_on, who, NOW + 2 * HOUR) is True

    assert stage.case(who).state is CaseState.OPEN


@pytest.mark.parametrize("kind", [each for each in FlagKind if each not in
                                  ("worry", "unclear", "abuse", "wrong_person")])  # fmt: skip
def test_no_other_flag_pauses(stage, kind):
    who = stage.open()

    flag(stage, who, kind, NOW)

    assert stage.case(who).state is CaseState.OPEN


def test_a_closed_flag_ends_no_hold(stage):
    who = stage.open()
    hold(stage, who, NOW)
    number = flag(stage, who, FlagKind.UNCLEAR, NOW)
    close(stage, number, NOW + HOUR)

    assert stage.write(go_on, who, NOW + HOUR) is False
    assert release(stage, who, NOW + 2 * HOUR) is True


async def test_a_case_still_paused_when_its_wave_ends_is_other_paused(stage):
    who = stage.open()
    await stage.tick(NOW)
    hold(stage, who, NOW + HOUR)

    await stage.tick(NOW + 110 * DAY)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (Disposition.OTHER, "paused", None)
    assert stage.codes(who) == []


async def test_what_they_told_us_before_the_pause_is_kept_as_partial(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)
    hold(stage, who, NOW + 2 * HOUR)

    await stage.tick(NOW + 110 * DAY)

    assert (stage.ending(who).disposition, stage.ending(who).code) == (Disposition.PARTIAL, "230")


async def test_silence_does_not_count_while_we_are_silent(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)
    await stage.tick(NOW + HOUR)
    hold(stage, who, NOW + 2 * HOUR)

    release(stage, who, NOW + 20 * DAY)
    await stage.tick(NOW + 20 * DAY)
    assert stage.ending(who) is None
    await stage.days(NOW + 20 * DAY, 7)

    assert len(stage.messages(who, MessageKind.NUDGE)) == 1
    assert stage.ending(who).disposition is Disposition.PARTIAL


async def test_a_reply_during_the_pause_is_not_counted_twice(stage):
    who = stage.open()
    await stage.tick(NOW)
    hold(stage, who, NOW + DAY)
    stage.hears("hello?", NOW + 8 * DAY)

    release(stage, who, NOW + 9 * DAY)

    assert stage.attempts(who)[0].answer_by == deadline(NOW + 8 * DAY, 4) + DAY


def test_what_does_not_stand_still_cannot_go_on(stage):
    who = stage.open()

    assert stage.write(go_on, who, NOW) is False
