"""What is planned goes out, each message once, and each outcome is recorded."""

import asyncio

import pytest

from contact.channels.sandbox import Sandbox
from contact.dispatch import deliver
from contact.message import Delivery
from contact.outcome import Fault, Refused
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    HOUR,
    MINUTE,
    NOW,
    SMS,
    TELEGRAM,
    master_key,
    memory,
    sqlite_template,
    sqlite_url,
    stage,
    vault,
)
from tests.fakes.scripted import BUSY, OURS, TIMED_OUT

__all__ = ["master_key", "memory", "sqlite_template", "sqlite_url", "stage", "vault"]


def phones(count):
    return [f"+4477009001{number:02}" for number in range(count)]


async def test_what_is_counted(stage):
    stage.sms.then(TIMED_OUT, Refused(Fault.DEAD, "21211"))
    for phone in phones(4):
        stage.open((SMS, phone))

    tally = await stage.tick(NOW)

    assert (tally["sent"], tally["unsure"], tally["refused"]) == (2, 1, 1)


async def test_more_messages_than_room_all_leave_in_one_go(stage):
    people = [stage.open((SMS, phone)) for phone in phones(40)]

    await stage.tick(NOW)

    assert len(stage.sms.arrived) == 40
    assert len({each.message for each in stage.sms.arrived}) == 40
    assert all(stage.asks(who)[0].delivery is Delivery.ACCEPTED for who in people)


async def test_two_dispatchers_send_nothing_twice(stage):
    for phone in phones(30):
        stage.open((SMS, phone))
    stage.sms.then(*[BUSY] * 30)
    await stage.tick(NOW)
    stage.sms.given.clear()

    both = (deliver(stage.memory, stage.channels, stage.desk, lambda: NOW + HOUR) for _ in range(2))
    await asyncio.gather(*both)

    assert len(stage.sms.given) == len({each.to for each in stage.sms.given}) == 30


async def test_no_transaction_is_open_while_a_gateway_is_called(stage):
    def writes_meanwhile(claimed):
        stage.write(lambda work: work.house.beat("during the send", NOW))
        return stage.sms.accepted(claimed)

    stage.sms.then(writes_meanwhile)
    stage.open()

    await stage.tick(NOW)

    assert stage.read(lambda work: work.house.beaten("during the send")) == NOW
    assert len(stage.sms.arrived) == 1


async def test_one_that_fails_badly_keeps_no_other_from_being_recorded(stage):
    stage.sms.then(RuntimeError("a defect of ours"))
    people = [stage.open((SMS, phone)) for phone in phones(5)]

    with pytest.raises(RuntimeError):
        await stage.tick(NOW)

    states = [stage.asks(who)[0].delivery for who in people]
    assert sorted(states) == [Delivery.ACCEPTED] * 4 + [Delivery.SENDING]


async def test_the_sandbox_takes_everything_and_lets_nothing_out(stage):
    stage.sms = Sandbox()
    stage.open()

    await stage.tick(NOW)

    assert len(stage.sms.texts) == 1


# A channel rests, is flagged once, and goes on.


async def test_a_channel_that_is_our_fault_is_stopped_and_flagged_once(stage):
    stage.sms.then(*[OURS] * 40)
    for phone in phones(40):
        stage.open((SMS, phone))

    await stage.tick(NOW)

    assert len(stage.sms.given) == 16  # those that were on their way already
    assert [(str(each.kind), each.detail) for each in stage.flags()] == [("channel_down", "21606")]
    stop = stage.read(lambda work: work.house.stops())[SMS]
    assert HOUR <= stop.retry_at - NOW <= 2 * HOUR
    assert stop.failures == 1


async def test_a_stopped_channel_stops_no_other(stage):
    stage.sms.then(OURS)
    stage.open((SMS, AMINA_PHONE))
    await stage.tick(NOW)
    stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")
    late = stage.open((SMS, "+447700900199"))

    await stage.tick(NOW + MINUTE)

    assert len(stage.telegram.arrived) == 1
    assert stage.asks(late)[0].detail == "channel_stopped"


async def test_a_channel_goes_on_by_itself_when_it_has_rested(stage):
    stage.sms.then(OURS)
    who = stage.open()
    await stage.tick(NOW)

    await stage.tick(NOW + 2 * HOUR)

    assert stage.read(lambda work: work.house.stops()) == {}
    assert stage.standing(who) == [(1, "waiting", None)]


async def test_the_rests_of_a_gateway_that_is_away_grow_and_are_flagged_at_the_fifth(stage):
    stage.sms.then(*[BUSY] * 6)
    stage.open()
    now, rests = NOW, []
    for _ in range(6):
        await stage.tick(now)
        stop = stage.read(lambda work: work.house.stops())[SMS]
        rests.append((stop.retry_at - now).total_seconds())
        assert ("channel_down" in stage.kinds()) is (len(rests) >= 5)
        now = stop.retry_at

    bounds = [30 * 2**turn for turn in range(6)]
    assert all(low <= rest <= low * 1.25 for low, rest in zip(bounds, rests, strict=True))
    assert stage.kinds() == ["channel_down"]


async def test_one_outage_that_many_messages_meet_is_one_rest(stage):
    stage.sms.then(*[BUSY] * 16)
    for phone in phones(16):
        stage.open((SMS, phone))

    await stage.tick(NOW)

    assert stage.read(lambda work: work.house.stops())[SMS].failures == 1
    assert stage.kinds() == []


async def test_retry_after_is_honoured(stage):
    stage.sms.then(Refused(Fault.BUSY, "20429", 600.0))
    who = stage.open()
    await stage.tick(NOW)

    await stage.tick(NOW + 9 * MINUTE)
    assert stage.sms.arrived == []
    await stage.tick(NOW + 13 * MINUTE)

    assert stage.asks(who)[-1].delivery is Delivery.ACCEPTED
