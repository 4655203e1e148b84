"""Receipts come late, repeated and shuffled, and the end is the same."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.channels.twilio_codes import receipt_of
from contact.delivery import claim_planned
from contact.message import Delivery
from contact.outcome import Accepted
from contact.settling import record, settle_receipt
from scheduler.casework import move_on
from tests.cast import MINUTE, NOW, SMS, add, examples, open_cases, stage

__all__ = ["stage"]

ARRIVED = [("queued", None), ("sending", None), ("sent", None), ("delivered", None)]
DEAD = [("queued", None), ("sent", None), ("undelivered", "30005")]
UNREACHABLE = [("queued", None), ("sent", None), ("undelivered", "30003")]
OURS = [("queued", None), ("failed", "30007")]
UNKNOWN = [("queued", None), ("failed", "39999")]
#: The gateway's own answer to our request: a receipt may be faster.
ANSWER = ("answer", None)

HISTORIES = [ARRIVED, DEAD, UNREACHABLE, OURS, UNKNOWN]


def somebody_due(work):
    """Somebody new whose case opens now."""
    phone = f"+447700900{uuid4().int % 1000:03}:{uuid4()}"
    who = add(work, "Amina Yusuf", (SMS, phone))
    open_cases(work, NOW)
    return who


def ended(work, who, name):
    """All that the receipts may have changed."""
    (case,) = work.cases.of(who)
    message = next(each for each in work.messages.of_case(case.id) if each.provider_id == name)
    (address,) = work.addresses.of(who)
    attempts = [(each.number, each.state, each.outcome) for each in work.attempts.of(case.id)]
    said = sorted(str(each.delivery) for each in work.messages.of_case(case.id))
    return message.delivery, message.code, address.standing, address.failures, attempts, said


def play(stage, events):
    """A fresh ask meets ``events``; how that ended."""
    who = stage.write(somebody_due)
    stage.write(lambda work: move_on(work, work.cases.of(who)[-1], stage.desk, NOW))
    (claimed,) = stage.write(claim_planned, NOW, 16, stage.desk).claimed
    name = f"SM{claimed.message.hex}"
    for place, (status, code) in enumerate(events):
        now = NOW + place * MINUTE
        if status == "answer":
            stage.write(record, claimed.message, Accepted(name), now, stage.desk.schools)
            continue
        receipt = receipt_of(name, status, code)
        stage.write(settle_receipt, claimed.message, SMS, receipt, now, stage.desk.schools)
    outcome = stage.read(ended, who, name)
    # The next history starts on a clean stage.
    stage.write(clear, who)
    return outcome


def clear(work, who):
    """Nothing is left to send."""
    work.house.resume(SMS)
    (case,) = work.cases.of(who)
    for message in work.messages.of_case(case.id):
        if message.delivery is Delivery.PLANNED:
            work.messages.save(replace(message, delivery=Delivery.CANCELLED), Delivery.PLANNED)


@pytest.mark.parametrize("history", HISTORIES, ids=["arrived", "dead", "far", "ours", "unknown"])
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_each_receipt_one_to_five_times_in_any_order_gives_the_same_end(stage, history, data):
    events = [ANSWER, *history]
    straight = play(stage, events)
    often = data.draw(st.lists(st.integers(1, 5), min_size=len(history), max_size=len(history)))
    repeated = [event for event, times in zip(history, often, strict=True) for _ in range(times)]
    shuffled = data.draw(st.permutations([ANSWER, *repeated]))

    assert play(stage, shuffled) == straight


@pytest.mark.parametrize("late", ["queued", "sent", "delivered", "undelivered"])
@pytest.mark.parametrize(
    ("first", "code", "state"),
    [
        pytest.param("delivered", None, Delivery.DELIVERED, id="delivered"),
        pytest.param("undelivered", "30005", Delivery.UNDELIVERABLE, id="undeliverable"),
        pytest.param("failed", "39999", Delivery.FAILED, id="failed"),
    ],
)
async def test_what_is_settled_stays_settled(stage, first, code, state, late):
    who = stage.open()
    await stage.tick(NOW)
    ask = stage.asks(who)[0]

    stage.receipt(ask, first, code, NOW + MINUTE)
    before = stage.standing(who)
    stage.receipt(ask, late, "30003" if late == "undelivered" else None, NOW + 2 * MINUTE)

    assert stage.asks(who)[0].delivery is state
    assert stage.standing(who) == before


async def test_a_receipt_under_another_name_for_a_known_message_changes_nothing(stage):
    who = stage.open()
    await stage.tick(NOW)
    ask = stage.asks(who)[0]

    stage.settle(ask.id, receipt_of("SMother", "undelivered", "30005"), NOW + MINUTE)

    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED


async def test_a_receipt_without_our_id_is_known_by_the_gateway_s(stage):
    who = stage.open()
    await stage.tick(NOW)
    theirs = stage.asks(who)[0].provider_id

    stage.settle(None, receipt_of(theirs, "delivered", None), NOW + MINUTE)

    assert stage.asks(who)[0].delivery is Delivery.DELIVERED
