"""A sandbox with people in it: receipts first, replies when they come, refusals at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.outcome import Accepted, Claimed, Fault, Receipt, Refused
from contact.reply import Inbound
from followup.tour.behaviour import Behaviour, people
from followup.tour.phones import Phones
from scheduler.rehearsal import VirtualClock

START = datetime(2025, 9, 2, 9, tzinfo=UTC)
AMINA, BEN = "+447700900001", "+447700900002"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


def phones(clock: VirtualClock, **behaviours: Behaviour) -> Phones:
    numbers = {"amina": AMINA, "ben": BEN}
    return Phones(people({numbers[name]: each for name, each in behaviours.items()}, 1), clock)


def claimed(to: str = AMINA) -> Claimed:
    return Claimed(uuid4(), ChannelName.SMS, to, "What are you doing now?", START)


def wait(clock: VirtualClock, gateway: Phones) -> list[Inbound | Receipt]:
    """What comes next."""
    at = gateway.next_at()
    assert at is not None
    clock.jump(at)
    return [event.what for event in gateway.arrived()]


async def test_a_text_is_delivered_and_then_answered(clock):
    gateway = phones(clock, amina=Behaviour(("+1h 2",)))
    message = claimed()

    outcome = await gateway.send(message)

    assert isinstance(outcome, Accepted)
    assert wait(clock, gateway) == [Receipt(outcome.provider_id, "delivered", "delivered")]
    [reply] = wait(clock, gateway)
    assert isinstance(reply, Inbound)
    assert (reply.sender, reply.text, reply.media) == (AMINA, "2", 0)
    assert clock() == START + timedelta(hours=1)
    assert gateway.next_at() is None


async def test_whoever_is_not_listed_gets_the_text_and_is_silent(clock):
    gateway = phones(clock)

    await gateway.send(claimed())

    [receipt] = wait(clock, gateway)
    assert isinstance(receipt, Receipt)
    assert gateway.next_at() is None


async def test_a_number_that_never_existed_is_refused_at_once(clock):
    gateway = phones(clock, ben=Behaviour(fault=Fault.DEAD, code="21211"))

    assert await gateway.send(claimed(BEN)) == Refused(Fault.DEAD, "21211")
    assert gateway.next_at() is None


async def test_a_phone_that_is_off_is_told_of_by_a_receipt_and_answers_nothing(clock):
    off = Behaviour(("2",), Fault.FAILING, "30003", at_once=False)
    gateway = phones(clock, ben=off)

    outcome = await gateway.send(claimed(BEN))

    assert isinstance(outcome, Accepted)
    [receipt] = wait(clock, gateway)
    assert isinstance(receipt, Receipt)
    assert (receipt.state, receipt.code, receipt.fault) == ("undeliverable", "30003", Fault.FAILING)
    assert gateway.next_at() is None


async def test_a_picture_has_no_words(clock):
    gateway = phones(clock, amina=Behaviour(("(picture)",)))

    await gateway.send(claimed())

    wait(clock, gateway)
    [reply] = wait(clock, gateway)
    assert isinstance(reply, Inbound)
    assert (reply.text, reply.media) == ("", 1)


async def test_replies_come_in_the_order_of_time_each_with_an_id_of_its_own(clock):
    gateway = phones(clock, amina=Behaviour(("+2h 1", "+1h 2")), ben=Behaviour(("+90m 3",)))

    for number in (AMINA, AMINA, BEN):
        await gateway.send(claimed(number))
    clock.jump(START + timedelta(hours=3))
    replies = [each.what for each in gateway.arrived() if isinstance(each.what, Inbound)]

    assert [reply.text for reply in replies] == ["2", "3", "1"]
    assert len({reply.provider_id for reply in replies}) == 3
    assert gateway.arrived() == []
