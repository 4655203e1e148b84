"""A gateway is given so many messages a second, and answers to replies go first."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from contact.dispatch import Turn, deliver
from contact.message import Delivery, MessageKind
from contact.outbox import Lane
from contact.pace import UNPACED, Pace
from scheduler.outreach import move_cases
from tests.cast import AMINA_PHONE, BEN_CHAT, NOW, SMS, TELEGRAM, stage

__all__ = ["stage"]


class Watch:
    """A monotonic clock that only waiting moves."""

    def __init__(self):
        self.seconds = 0.0
        self.waits = []

    def ticks(self):
        return self.seconds

    async def wait(self, seconds):
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


def paced(watch, **rates):
    by_name = {"sms": SMS, "telegram": TELEGRAM}
    return Pace({by_name[name]: rate for name, rate in rates.items()}, watch.ticks, watch.wait)


def phones(count):
    return [f"+4477009001{number:02}" for number in range(count)]


# The bucket.


@pytest.mark.parametrize(
    ("rate", "processes", "at_first", "after_a_second"),
    [
        pytest.param(10, 1, 10, 10, id="what one second brings"),
        pytest.param(10, 4, 2, 2, id="a part of it, for each of four"),
        pytest.param(0.5, 1, 1, 0, id="one in two seconds"),
        pytest.param(2, 5, 1, 0, id="less than one a second each"),
    ],
)
def test_how_many_may_leave(rate, processes, at_first, after_a_second):
    watch = Watch()
    pace = paced(watch, sms=rate)
    pace.share(processes)

    assert pace.take([SMS], 99, None) == {SMS: at_first}
    assert pace.take([SMS], 99, None) == {SMS: 0}
    watch.seconds += 1
    assert pace.take([SMS], 99, None) == {SMS: after_a_second}


def test_a_pause_is_not_made_up_for():
    watch = Watch()
    pace = paced(watch, sms=10)
    pace.take([SMS], 99, None)

    watch.seconds += 3600

    assert pace.take([SMS], 99, None) == {SMS: 10}


def test_what_is_not_used_is_not_lost():
    pace = paced(Watch(), sms=10)

    taken = pace.take([SMS, TELEGRAM], 8, None)
    pace.give_back({SMS: 5, TELEGRAM: 8})

    assert taken == {SMS: 8, TELEGRAM: 8}
    assert pace.take([SMS], 99, None) == {SMS: 7}


def test_a_clock_that_stands_still_gives_nothing_and_takes_nothing():
    watch = Watch()
    pace = paced(watch, sms=2)
    pace.take([SMS], 1, None)

    watch.seconds -= 5

    assert pace.take([SMS], 9, None) == {SMS: 1}


async def test_what_we_start_takes_nothing_while_an_answer_waits():
    watch = Watch()
    pace = paced(watch, sms=1)
    pace.take([SMS], 1, Lane.BULK)
    before = asyncio.create_task(pace.until(SMS, Lane.ANSWERS))
    await asyncio.sleep(0)

    assert pace.take([SMS], 1, Lane.BULK) == {SMS: 0}
    await before
    assert watch.waits == [1.0]
    assert pace.take([SMS], 1, Lane.ANSWERS) == {SMS: 1}


async def test_what_has_no_rate_waits_for_nothing():
    watch = Watch()
    pace = paced(watch, sms=1)

    await pace.until(TELEGRAM, None)
    await pace.between([TELEGRAM])
    await UNPACED.between([TELEGRAM])

    assert watch.waits == []
    assert UNPACED.take([SMS], 25, Lane.BULK) == {SMS: 25}


# The dispatcher.


def noting(note, gateway):
    """Accepts, and calls ``note`` before."""

    def deed(claimed):
        note()
        return gateway.accepted(claimed)

    return deed


async def planned(stage, count):
    people = [stage.open((SMS, phone)) for phone in phones(count)]
    await move_cases(stage.memory, stage.desk, NOW)
    return people


def plan_nudge_beside(work, ask):
    """A nudge that is due at the same time as an answer."""
    work.messages.plan(
        replace(
            ask, id=uuid4(), kind=MessageKind.NUDGE, line="nudge", attempt=None, text=None,
            delivery=Delivery.PLANNED, provider_id=None, claimed_at=None, accepted_at=None,
        )
    )  # fmt: skip


def sends(stage, pace, lane=None):
    turn = Turn(lane=lane, pace=pace)
    return deliver(stage.memory, stage.channels, stage.desk, lambda: NOW, turn=turn)


async def test_no_second_sees_more_than_the_rate(stage):
    await planned(stage, 34)
    watch, times = Watch(), []
    stage.sms.then(*[noting(lambda: times.append(watch.seconds), stage.sms)] * 34)

    tally = await sends(stage, paced(watch, sms=10))

    assert tally["sent"] == len(stage.sms.arrived) == 34
    # At first what one second brings, and from then on as it fills.
    assert max(times) == pytest.approx(2.4, abs=0.01)
    assert all(sum(1 for each in times if 0 < each - at < 1) <= 10 for at in times)


async def test_what_waits_for_its_turn_is_not_claimed(stage):
    people = await planned(stage, 5)
    watch, seen = Watch(), []

    def look(one):
        states = [stage.asks(who)[0].delivery for who in people]
        seen.append(states.count(Delivery.SENDING))
        return stage.sms.accepted(one)

    stage.sms.then(*[look] * 5)

    await sends(stage, paced(watch, sms=1))

    assert seen == [1] * 5


async def test_an_answer_does_not_wait_for_a_wave(stage):
    """Forty asks at one a second; the answer leaves within a message's time."""
    asked = stage.open((SMS, AMINA_PHONE))
    await stage.tick(NOW)
    await planned(stage, 40)
    watch = Watch()
    pace = paced(watch, sms=1)
    begun = asyncio.Event()
    stage.sms.then(noting(begun.set, stage.sms))
    wave = asyncio.create_task(sends(stage, pace, Lane.BULK))
    await begun.wait()

    stage.hears("1", NOW)
    before = len(stage.sms.arrived)
    await sends(stage, pace, Lane.ANSWERS)
    passed = len(stage.sms.arrived) - before

    assert stage.messages(asked)[-1].delivery is Delivery.ACCEPTED
    assert passed <= 3  # itself, and what was on its way
    await wave
    assert len(stage.sms.arrived) == 42


async def test_a_channel_at_its_rate_holds_up_no_other(stage):
    await planned(stage, 3)
    ben = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")
    await move_cases(stage.memory, stage.desk, NOW)
    watch, when = Watch(), []
    stage.telegram.then(noting(lambda: when.append(watch.seconds), stage.telegram))

    await sends(stage, paced(watch, sms=1))

    assert when == [0.0]
    assert stage.asks(ben)[0].delivery is Delivery.ACCEPTED
    assert len(stage.sms.arrived) == 3


async def test_two_messages_to_one_chat_are_a_second_apart(stage):
    ben = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")
    await stage.tick(NOW)
    stage.hears("1", NOW, sender=BEN_CHAT, channel=TELEGRAM)
    stage.hears("hello?", NOW, sender=BEN_CHAT, channel=TELEGRAM)
    watch, when = Watch(), []
    stage.telegram.then(*[noting(lambda: when.append(watch.seconds), stage.telegram)] * 2)

    await sends(stage, paced(watch, telegram=25))

    assert len(stage.messages(ben)) == 3
    assert when == [0.0, 1.0]


async def test_nobody_is_asked_before_they_have_their_answer(stage):
    ben = stage.open()
    await stage.tick(NOW)
    stage.hears("1", NOW)
    (question,) = [each for each in stage.messages(ben) if each.delivery is Delivery.PLANNED]
    nudge = stage.messages(ben, MessageKind.ASK)[0]
    assert question.priority == 0

    stage.write(plan_nudge_beside, nudge)
    await sends(stage, UNPACED, Lane.BULK)
    assert stage.messages(ben, MessageKind.NUDGE)[0].delivery is Delivery.PLANNED
    await sends(stage, UNPACED, Lane.ANSWERS)
    await sends(stage, UNPACED, Lane.BULK)

    assert stage.messages(ben, MessageKind.NUDGE)[0].delivery is Delivery.ACCEPTED


async def test_all_that_is_named_leaves_however_slow_the_gateway(stage):
    people = await planned(stage, 20)
    named = [stage.asks(who)[0].id for who in people]
    turn = Turn(only=named, pace=paced(Watch(), sms=3))

    tally = await deliver(stage.memory, stage.channels, stage.desk, lambda: NOW, turn=turn)

    assert tally["sent"] == 20
