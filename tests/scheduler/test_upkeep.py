"""Once a day the clock rolls the years over and ends what a permission no longer covers."""

from datetime import UTC, date, datetime, timedelta

from contact.address import ChannelName
from contact.roll import stays_on
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import default_terms
from scheduler.upkeep import keep_up
from tests.cast import NOW, SCHOOL, add, open_cases, stage

__all__ = ["stage"]

SEPTEMBER = datetime(2027, 9, 1, 5, 0, tzinfo=UTC)


def plans(procedure="termly"):
    return {SCHOOL.id: Plan(SCHOOL, load(procedure), default_terms, {"form_a": "any"})}


def retained(stage):
    """Somebody who stayed in the sixth form after Year 11, in 2025."""
    who = stage.write(add, "Amina Yusuf")
    person = stage.read(lambda work: work.alumni.get(who))
    stage.write(stays_on, person, "Miss Okafor", NOW)
    return who


def cohorts(stage, who):
    return {each.cohort.id for each in stage.read(lambda work: work.cohorts.of(who))}


async def test_in_september_whoever_finished_year_13_is_a_leaver(stage):
    who = retained(stage)

    early = await keep_up(stage.memory, plans(), SEPTEMBER - timedelta(days=1))
    there = cohorts(stage, who)
    done = await keep_up(stage.memory, plans(), SEPTEMBER)

    assert (early["rolled"], there) == (0, {"cansfield-KS4-2025"})
    assert done["rolled"] == 1
    assert cohorts(stage, who) == {"cansfield-KS4-2025", "cansfield-KS5-2027"}


async def test_a_procedure_for_year_11_only_leaves_its_sixth_formers_retained(stage):
    who = retained(stage)

    await keep_up(stage.memory, plans("john_port"), SEPTEMBER)

    assert cohorts(stage, who) == {"cansfield-KS4-2025"}


async def test_it_is_done_once_a_london_day(stage):
    await keep_up(stage.memory, plans(), SEPTEMBER)
    who = retained(stage)

    assert await keep_up(stage.memory, plans(), SEPTEMBER + timedelta(hours=17)) == {}
    # 23:30 in UTC is the next day in London, in summer.
    await keep_up(stage.memory, plans(), SEPTEMBER.replace(hour=23, minute=30))
    assert "cansfield-KS5-2027" in cohorts(stage, who)


async def test_cases_whose_permission_is_over_end_however_many_there_are(stage):
    last = date(2025, 9, 12)

    def many(work):
        people = [
            add(work, f"Amina {number}", (ChannelName.SMS, f"+447700900{number:03}"), until=last)
            for number in range(205)
        ]
        open_cases(work, NOW)
        return people

    people = stage.write(many)

    tally = await keep_up(stage.memory, plans(), datetime(2025, 9, 13, 9, tzinfo=UTC))

    assert tally["closed"] == len(people) == 205
    assert {stage.ending(who).detail for who in people} == {"consent_ended"}
