"""The waves of today are opened once, each due alumnus gets one case, and the rest wait or end."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from contact.case import Disposition
from contact.hours import london_day
from contact.message import Delivery
from scheduler import outreach
from scheduler.outreach import judge_all, move_cases, open_and_plan, open_wave
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import default_terms
from tests.cast import (
    AMINA_PHONE,
    COHORT,
    DAY,
    HOUR,
    MINUTE,
    OTHER_PHONE,
    SCHOOL,
    SMS,
    add,
    people,
    stage,
)

__all__ = ["stage"]

PLAN = Plan(SCHOOL, load("termly"), default_terms, {"form_a": "any"})
PLANS = {SCHOOL.id: PLAN}
AUTUMN, SPRING = PLAN.waves(COHORT)[:2]
OPENS = datetime.combine(AUTUMN.opens, time(10), UTC)


async def plan(stage, now, plans=PLANS):
    return await open_and_plan(stage.memory, plans, stage.desk, now)


async def test_the_due_get_a_case_and_a_try_and_the_others_none(stage):
    cast = stage.write(people)

    tally = await plan(stage, OPENS)

    assert (tally["opened"], tally["planned"]) == (2, 2)
    for who in (cast.amina, cast.ben):
        assert [each.state for each in stage.attempts(who)] == ["planned"]
    assert stage.read(lambda work: work.cases.of(cast.chidi)) == []


async def test_a_second_pass_opens_and_plans_nothing(stage):
    cast = stage.write(people)
    await plan(stage, OPENS)

    again = await plan(stage, OPENS + MINUTE)

    assert sum(again.values()) == 0
    assert len(stage.asks(cast.amina)) == 1


async def test_two_passes_at_once_open_and_plan_once(stage):
    cast = stage.write(people)

    tallies = await asyncio.gather(plan(stage, OPENS), plan(stage, OPENS))

    assert sum(each["opened"] for each in tallies) == 2
    assert sum(each["planned"] for each in tallies) == 2
    assert [len(stage.asks(who)) for who in (cast.amina, cast.ben)] == [1, 1]


async def test_before_its_first_day_and_after_its_last_opening_day_no_case_opens(stage):
    stage.write(people)

    before = await plan(stage, OPENS - DAY)
    last = datetime.combine(AUTUMN.last_opening_day, time(10), UTC)
    after = await plan(stage, last + DAY)

    assert before["opened"] == after["opened"] == 0
    assert (await plan(stage, last))["opened"] == 2


async def test_who_joins_a_cohort_during_its_wave_is_asked_the_same_day(stage):
    stage.write(people)
    await plan(stage, OPENS)
    who = stage.write(add, "Amir Yusuf", (SMS, OTHER_PHONE))
    stage.write(lambda work: work.cohorts.touch(who))

    await plan(stage, OPENS + HOUR)

    assert len(stage.asks(who)) == 1


async def test_a_wave_is_gone_through_once_a_day(stage):
    stage.write(people)
    await plan(stage, OPENS)

    assert stage.write(open_wave, PLAN, COHORT, OPENS + HOUR) == {}
    assert stage.read(lambda work: work.cohorts.swept(COHORT.id, AUTUMN.name, london_day(OPENS)))


async def test_a_wave_that_opens_while_a_case_runs_waits_and_ends_when_that_was_answered(stage):
    who = stage.write(people).amina
    await plan(stage, OPENS)
    await stage.tick(OPENS)
    early = replace(SPRING, opens=AUTUMN.opens, until=AUTUMN.until + 30 * DAY)
    both = replace(PLAN, _waves={COHORT: (early,)})

    waiting = await plan(stage, OPENS + DAY, {SCHOOL.id: both})
    for place, text in enumerate(["7", "2"]):
        stage.hears(text, OPENS + DAY + place * MINUTE)
    stage.write(lambda work: work.cohorts.touch(who))
    await plan(stage, OPENS + 2 * DAY, {SCHOOL.id: both})

    assert waiting["opened"] == 0
    first, second = stage.read(lambda work: work.cases.of(who))
    assert (first.wave, second.wave) == (AUTUMN.name, SPRING.name)
    ending = stage.ending(who)
    assert (ending.disposition, ending.detail) == (Disposition.OTHER, "just_answered")
    assert len(stage.asks(who)) == 1


async def test_many_cases_move_in_batches(stage):
    count = outreach.BATCH + 5
    phones = [(SMS, f"phone {number}") for number in range(count)]
    stage.write(lambda work: [add(work, "Amina Yusuf", phone) for phone in phones])

    tally = await plan(stage, OPENS)

    assert (tally["opened"], tally["planned"]) == (count, count)
    assert "seen" not in tally


async def test_a_case_that_cannot_be_moved_keeps_no_other_waiting(stage, caplog):
    spoilt, well = (stage.open((SMS, phone), now=OPENS) for phone in (AMINA_PHONE, OTHER_PHONE))
    await plan(stage, OPENS, {})
    await stage.tick(OPENS)
    stage.hears("1", OPENS + HOUR)
    later = OPENS + 6 * DAY
    spoil = "UPDATE conversation SET talk = x'00' WHERE updated_at > opened_at"
    stage.write(lambda work: work.connection.exec_driver_sql(spoil))

    tally = await move_cases(stage.memory, stage.desk, later)

    assert tally["failed"] == 1
    assert [each.number for each in stage.attempts(well)] == [1, 2]
    assert stage.case(spoilt).act_at == later + HOUR
    assert "cannot be moved" in caplog.text


async def test_after_three_weeks_without_us_nothing_is_sent_as_a_burst(stage):
    who = stage.write(people).amina
    await plan(stage, OPENS)
    await stage.tick(OPENS)

    tally = await stage.tick(OPENS + 21 * DAY)
    tally += await stage.tick(OPENS + 21 * DAY + MINUTE)

    assert tally["failed"] == 1 + 1  # Amina's and Ben's first
    assert len(stage.sms.arrived) <= 2
    assert [each.attempt for each in stage.asks(who)] == [1, 2]


@pytest.mark.parametrize(
    "jump", [-HOUR, HOUR, DAY, -DAY], ids=["back an hour", "on an hour", "on a day", "back a day"]
)
async def test_a_clock_that_jumps_makes_no_double_contact(stage, jump):
    who = stage.write(people).amina
    await plan(stage, OPENS)
    await stage.tick(OPENS)

    await stage.tick(OPENS + jump)
    await stage.tick(OPENS)

    assert len(stage.sms.arrived) == 1
    assert [each.delivery for each in stage.asks(who)] == [Delivery.ACCEPTED]


# Who is due and why.


def judged(stage, day, **more):
    found = stage.read(lambda work: list(judge_all(work, PLANS, day, **more)))
    return {each.candidate.alumnus: str(each.reason.code) for each in found}


def test_everybody_has_a_reason(stage):
    cast = stage.write(people)

    assert judged(stage, AUTUMN.opens) == {
        cast.amina: "due", cast.ben: "due", cast.chidi: "opted_out",
    }  # fmt: skip
    assert set(judged(stage, AUTUMN.opens - DAY).values()) == {"not_yet", "opted_out"}


def test_one_alumnus_or_one_school_alone(stage):
    cast = stage.write(people)

    assert judged(stage, AUTUMN.opens, only=cast.ben) == {cast.ben: "due"}
    assert judged(stage, AUTUMN.opens, school="elsewhere") == {}


async def test_of_people_who_share_a_number_one_is_due_and_it_is_who_gets_the_case(stage):
    twins = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Amir Yusuf")]

    before = judged(stage, AUTUMN.opens)
    await plan(stage, OPENS)

    assert sorted(before.values()) == ["due", "number_in_use"]
    with_case = [who for who in twins if stage.read(lambda work, w: work.cases.of(w), who)]
    assert with_case == [who for who in twins if before[who] == "due"]


async def test_what_due_says_is_what_opens(stage):
    cast = stage.write(people)
    stage.write(lambda work: work.alumni.hold(cast.ben, OPENS - DAY))
    due = {who for who, code in judged(stage, AUTUMN.opens).items() if code == "due"}

    await plan(stage, OPENS)

    opened = {who for who in (cast.amina, cast.ben, cast.chidi)
              if stage.read(lambda work, w: work.cases.of(w), who)}  # fmt: skip
    assert opened == due == {cast.amina}


async def test_move_cases_alone_opens_no_wave(stage):
    stage.write(people)

    assert sum((await move_cases(stage.memory, stage.desk, OPENS)).values()) == 0
