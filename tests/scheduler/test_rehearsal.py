"""The virtual clock stands still while there is work, and never jumps over any."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contact.address import ChannelName
from contact.hours import LONDON
from contact.ports import Work
from followup.founding import found
from followup.talking import invented
from followup.wiring import House
from scheduler.rehearsal import VirtualClock, next_instant

START = datetime(2025, 9, 9, 16, 30, tzinfo=LONDON)
HORIZON = timedelta(days=400)


@pytest.fixture
def house(tmp_path: Path):
    made = House.at(found(tmp_path).config)
    yield made
    made.close()


def after(house: House, at: datetime) -> datetime:
    return house.memory.read(next_instant, house.plans, at).result()


def test_it_tells_the_time_it_was_set_to_until_it_jumps():
    clock = VirtualClock(START)

    before = clock()
    clock.jump(START + timedelta(days=3))

    assert before == START
    assert clock() == START + timedelta(days=3)
    assert clock().tzinfo is UTC


@pytest.mark.parametrize(
    "to",
    [
        pytest.param(START - timedelta(seconds=1), id="into the past"),
        pytest.param(START.replace(tzinfo=None), id="to an instant without a zone"),
    ],
)
def test_it_refuses_to_jump(to):
    clock = VirtualClock(START)

    with pytest.raises(ValueError, match=r"forward|zone"):
        clock.jump(to)

    assert clock() == START


def test_a_house_without_anybody_waits_for_nothing(house):
    assert after(house, START) == START + HORIZON


async def test_an_ask_that_waits_for_its_answer_wakes_the_clock_when_the_time_is_over(house):
    partner = invented(house, ChannelName.SMS)
    await partner.begin()

    def act_at(work: Work) -> datetime | None:
        case = work.cases.current(partner.person.id)
        return case.act_at if case else None

    due = house.memory.read(act_at).result()
    before = due - timedelta(hours=1)
    assert due == datetime(2025, 9, 14, 0, tzinfo=LONDON)
    assert after(house, before) == due


async def test_a_planned_message_wakes_the_clock_when_it_may_leave(house):
    partner = invented(house, ChannelName.SMS)
    await partner.begin()
    await partner.say("later, busy now")

    appointment = START + timedelta(seconds=20, days=3)
    assert after(house, appointment - timedelta(minutes=5)) == appointment


@pytest.mark.parametrize(
    ("at", "next_sweep"),
    [
        pytest.param(date(2025, 8, 1), date(2025, 9, 2), id="the wave's first day"),
        pytest.param(date(2025, 10, 1), date(2025, 10, 2), id="the next morning of an open wave"),
        pytest.param(date(2025, 12, 16), date(2026, 1, 5), id="the next wave, when it is too late"),
    ],
)
def test_a_wave_is_looked_at_every_morning_on_which_it_takes_cases(house, at, next_sweep):
    invented(house, ChannelName.SMS)
    noon = datetime(at.year, at.month, at.day, 12, tzinfo=LONDON)

    assert after(house, noon) == datetime(
        next_sweep.year, next_sweep.month, next_sweep.day, 6, tzinfo=LONDON
    )


def test_what_is_overdue_is_never_the_same_instant_again(house):
    invented(house, ChannelName.SMS)
    at = START

    for _ in range(5):
        later = after(house, at)
        assert later > at
        at = later
