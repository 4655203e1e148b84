"""Receipts come late, repeated and shuffled, and the end is the same."""

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contact.channels.twilio_codes import receipt_of
from contact.delivery import claim_planned
from contact.message import Delivery, may_move
from contact.outcome import Accepted, Trace, Unsure
from contact.reconciling import expire_leases, resolve
from contact.settling import record, settle_receipt
from scheduler.casework import move_on
from tests.cast import MINUTE, NOW, SCHOOL, SMS, add, examples, make_desk, open_cases, stage

__all__ = ["stage"]

ARRIVED = [("queued", None), ("sending", None), ("sent", None), ("delivered", None)]
DEAD = [("queued", None), ("sent", None), ("undelivered", "30005")]
UNREACHABLE = [("queued", None), ("sent", None), ("undelivered", "30003")]
OURS = [("queued", None), ("failed", "30007")]
UNKNOWN = [("queued", None), ("failed", "39999")]
#: The gateway's own answer to our request: a receipt may be faster.
ANSWER = ("answer", None)

#: Thousands of examples are more messages than a school would send in a day.
DESK = make_desk(schools={SCHOOL.id: replace(SCHOOL, max_messages_per_day=1_000_000)})

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
    stage.write(lambda work: move_on(work, work.cases.of(who)[-1], DESK, NOW))
    (claimed,) = stage.write(claim_planned, NOW, 16, DESK).claimed
    name = f"SM{claimed.message.hex}"
    for place, (status, code) in enumerate(events):
        now = NOW + place * MINUTE
        if status == "answer":
            taken = [(claimed.message, Accepted(name))]
            stage.write(record, taken, now, DESK.schools)
            continue
        receipt = receipt_of(name, status, code)
        stage.write(settle_receipt, claimed.message, SMS, receipt, now, DESK.schools)
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
@settings(
    max_examples=examples(40, 300), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_each_receipt_one_to_five_times_in_any_order_gives_the_same_end(stage, history, data):
    events = [ANSWER, *history]
    straight = play(stage, events)
    often = data.draw(st.lists(st.integers(1, 5), min_size=len(history), max_size=len(history)))
    repeated = [event for event, times in zip(history, often, strict=True) for _ in range(times)]
    shuffled = data.draw(st.permutations([ANSWER, *repeated]))

    assert play(stage, shuffled) == straight


class Reports(RuleBasedStateMachine):
    """One ask, and all that its gateway says of it, up to five times each and in any order.

    Meanwhile its sender may die, may be told nothing, and others look it up
    in the gateway's list.
    """

    def __init__(self, stage):
        super().__init__()
        self.stage = stage
        self.minutes = count()
        self.said: Counter[tuple[str, str | None]] = Counter()

    @initialize(history=st.sampled_from(HISTORIES))
    def an_ask_is_claimed(self, history):
        self.history = history
        self.straight = play(self.stage, [ANSWER, *history])
        self.who = self.stage.write(somebody_due)
        self.stage.write(lambda work: move_on(work, work.cases.of(self.who)[-1], DESK, NOW))
        (claimed,) = self.stage.write(claim_planned, NOW, 16, DESK).claimed
        self.ask, self.name = claimed.message, f"SM{claimed.message.hex}"
        self.before = Delivery.SENDING

    @property
    def now(self):
        return NOW + next(self.minutes) * MINUTE

    @rule(place=st.integers(0, 3))
    def a_receipt_comes(self, place):
        event = self.history[place % len(self.history)]
        if self.said[event] < 5:
            self.said[event] += 1
            self._receipt(*event)

    @precondition(lambda self: not self.said[ANSWER])
    @rule(outcome=st.sampled_from(["taken", "timed out"]))
    def the_gateway_answers(self, outcome):
        self.said[ANSWER] += 1
        told = Accepted(self.name) if outcome == "taken" else Unsure("no answer in time")
        self.stage.write(record, [(self.ask, told)], self.now, DESK.schools)

    @rule()
    def leases_run_out(self):
        self.stage.write(expire_leases, self.now, DESK.schools)

    @rule(place=st.integers(0, 3), known=st.booleans())
    def it_is_looked_up(self, place, known):
        receipt = receipt_of(self.name, *self.history[place % len(self.history)])
        traces = [Trace(self.name, NOW, receipt)] if known else []
        # Not late enough for another to be sent where there is no trace.
        self.stage.write(resolve, self.ask, traces, NOW + MINUTE, DESK.schools)

    @rule(status=st.sampled_from(["queued", "delivered", "undelivered", "nonsense"]))
    def somebody_else_is_told_of(self, status):
        receipt = receipt_of(f"SM{uuid4().hex}", status, "30005" if "un" in status else None)
        self.stage.write(settle_receipt, uuid4(), SMS, receipt, self.now, DESK.schools)

    @invariant()
    def it_moves_forward_only(self):
        now = self.stage.read(lambda work: work.messages.get(self.ask))
        assert now.delivery is self.before or may_move(self.before, now.delivery)
        assert now.provider_id in (None, self.name)
        self.before = now.delivery

    def teardown(self):
        if not hasattr(self, "ask"):
            return
        for event in self.history:
            if not self.said[event]:
                self._receipt(*event)
        assert self.stage.read(ended, self.who, self.name) == self.straight
        self.stage.write(clear, self.who)

    def _receipt(self, status, code):
        receipt = receipt_of(self.name, status, code)
        self.stage.write(settle_receipt, self.ask, SMS, receipt, self.now, DESK.schools)


def test_whatever_is_said_of_an_ask_it_has_one_end(stage):
    few = settings(max_examples=examples(40), stateful_step_count=16, deadline=None)
    run_state_machine_as_test(partial(Reports, stage), settings=few)  # type: ignore[arg-type]


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
