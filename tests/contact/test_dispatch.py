"""What is planned goes out, each message once, and each outcome is recorded."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from contact.channels.sandbox import Sandbox
from contact.dispatch import ROOM, deliver
from contact.message import Delivery, MessageKind
from contact.outcome import Fault, Refused
from contact.resuming import resume_channel
from contact.sending_again import DOWN_AT, TOLD_AT
from scheduler.outreach import move_cases
from tests.cast import AMINA_PHONE, BEN_CHAT, HOUR, MINUTE, NOW, SMS, TELEGRAM, stage
from tests.fakes.scripted import BUSY, OURS, TIMED_OUT

__all__ = ["stage"]


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


async def test_one_that_cannot_be_claimed_keeps_no_other_waiting(stage, caplog):
    spoilt = stage.open()
    await move_cases(stage.memory, stage.desk, NOW)
    ask = stage.asks(spoilt)[0]
    unknown = replace(ask, id=uuid4(), kind=MessageKind.NUDGE, line="no.such.line", priority=0)
    stage.write(lambda work: work.messages.plan(unknown))
    for phone in phones(20):
        stage.open((SMS, phone))

    await stage.tick(NOW + HOUR)

    assert len(stage.sms.arrived) == 21
    (nudge,) = stage.messages(spoilt, MessageKind.NUDGE)
    assert (nudge.delivery, nudge.detail) == (Delivery.PLANNED, "defect")
    assert "cannot be claimed: KeyError" in caplog.text


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

    assert len(stage.sms.given) == ROOM  # those that were on their way already
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


async def test_a_gateway_that_is_busy_now_and_then_stops_no_channel(stage):
    stage.sms.then(BUSY, BUSY, BUSY, BUSY)
    for phone in phones(40):
        stage.open((SMS, phone))

    tally = await stage.tick(NOW)

    assert (tally["sent"], tally["refused"]) == (36, 4)
    assert stage.read(lambda work: work.house.stops()) == {}


async def test_a_message_waits_twice_as_long_each_time(stage):
    stage.sms.then(*[BUSY] * 4)
    who = stage.open()
    now, waits = NOW, []
    for _ in range(4):
        await stage.tick(now)
        again = stage.asks(who)[-1]
        waits.append((again.not_before - now).total_seconds())
        now = again.not_before

    bounds = [30 * 2**turn for turn in range(4)]
    assert all(low <= wait <= low * 1.25 for low, wait in zip(bounds, waits, strict=True))


async def test_a_gateway_that_nobody_reaches_rests_longer_and_longer_and_staff_are_told(stage):
    stage.sms.then(*[BUSY] * 99)
    for phone in phones(8):
        stage.open((SMS, phone))
    await stage.tick(NOW)
    stop = stage.read(lambda work: work.house.stops())[SMS]
    assert stop.failures == DOWN_AT  # however many were on their way
    rests = []
    while stop.failures < DOWN_AT + 9:
        assert ("channel_down" in stage.kinds()) is (stop.failures >= TOLD_AT)
        now = stop.retry_at
        await stage.tick(now)
        stop = stage.read(lambda work: work.house.stops())[SMS]
        rests.append((stop.retry_at - now).total_seconds())

    assert rests[0] >= 60
    assert rests[-1] >= 1800
    assert max(rests) <= 1800 * 1.25
    assert stage.kinds() == ["channel_down"]


async def test_an_outage_moves_what_is_due_at_one_stroke(stage):
    stage.sms.then(*[BUSY] * ROOM)
    people = [stage.open((SMS, phone)) for phone in phones(40)]

    await stage.tick(NOW)

    retry_at = stage.read(lambda work: work.house.stops())[SMS].retry_at
    waiting = [ask for who in people for ask in stage.asks(who) if ask.detail == "channel_stopped"]
    assert len(stage.sms.given) == ROOM
    assert {each.not_before for each in waiting} == {retry_at}
    await stage.tick(retry_at)
    await stage.tick(retry_at + HOUR)
    assert len(stage.sms.arrived) == 40


async def test_when_staff_let_a_channel_go_on_nothing_waits_any_longer(stage):
    stage.sms.then(OURS)
    stage.open()
    await stage.tick(NOW)
    late = stage.open((SMS, "+447700900199"))
    await stage.tick(NOW + MINUTE)
    assert stage.asks(late)[0].detail == "channel_stopped"

    assert stage.write(resume_channel, SMS, "staff", NOW + 2 * MINUTE)
    await stage.tick(NOW + 2 * MINUTE)

    assert stage.asks(late)[0].delivery is Delivery.ACCEPTED
    assert not stage.write(resume_channel, SMS, "staff", NOW + 3 * MINUTE)


@pytest.mark.parametrize("asked", [1e15, float("inf"), 86_400.0])
async def test_more_patience_than_an_hour_is_not_given(stage, asked):
    stage.sms.then(Refused(Fault.BUSY, "20429", asked))
    who = stage.open()
    await stage.tick(NOW)

    await stage.tick(NOW + 76 * MINUTE)

    assert stage.asks(who)[-1].delivery is Delivery.ACCEPTED


async def test_retry_after_is_honoured(stage):
    stage.sms.then(Refused(Fault.BUSY, "20429", 600.0))
    who = stage.open()
    await stage.tick(NOW)

    await stage.tick(NOW + 9 * MINUTE)
    assert stage.sms.arrived == []
    await stage.tick(NOW + 13 * MINUTE)

    assert stage.asks(who)[-1].delivery is Delivery.ACCEPTED
