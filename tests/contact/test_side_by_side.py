"""What two processes decide about one alumnus at the same instant: neither undoes the other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bot.replies import receive
from contact.attempt import AttemptState
from contact.case import CaseState
from contact.channels.twilio_codes import receipt_of
from contact.delivery import claim_planned
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import Delivery
from contact.opening import answer
from contact.outcome import Accepted, Unsure
from contact.reconciling import expire_leases
from contact.reply import Inbound
from contact.settling import record, settle_receipt
from contact.withholding import withhold
from scheduler.outreach import move_cases
from storage.memory import open_memory
from tests.cast import AMINA_PHONE, MINUTE, NOW, SCHOOL, SMS, Stage, speech

LEASE_OVER = NOW + 3 * MINUTE


@pytest.fixture
def stage(furnished_postgres_url, vault):
    """A house on PostgreSQL, where transactions really run side by side."""
    memory: Any = open_memory(furnished_postgres_url, vault)
    yield Stage(memory)
    memory.close()


@pytest.fixture
async def claimed(stage):
    """Amina, and her first ask on its way to the gateway."""
    who = stage.open()
    await move_cases(stage.memory, stage.desk, NOW)
    claims = stage.write(claim_planned, NOW, 16, stage.desk)
    return who, claims.claimed[0].message


def beside(stage, who, first, second, *values):
    """Do ``second`` while the transaction that has done ``first`` is not committed yet."""
    done, begun = threading.Event(), threading.Event()

    def slowly(work):
        work.alumni.lock(who)
        first(work)
        done.set()
        begun.wait(0.3)

    one = stage.memory.write(slowly)
    assert done.wait(10)
    two = stage.memory.write(second, *values)
    one.result(10)
    two.result(10)


def answered(who):
    return lambda work: answer(work, work.cases.current(who), NOW)


def worried(who):
    return lambda work: raise_flag(work, FlagKind.WORRY, SCHOOL, NOW, alumnus=who)


def recorded(outcome):
    return lambda work, ask, now, schools: record(work, [(ask, outcome)], now, schools)


SETTLING = [
    pytest.param(recorded(Accepted("SM1")), (NOW,), id="accepted"),
    pytest.param(recorded(Unsure("no answer in time")), (NOW,), id="unsure"),
    pytest.param(settle_receipt, (SMS, receipt_of("SM1", "sent", None), NOW), id="a receipt"),
]


@pytest.mark.parametrize(("settle", "values"), SETTLING)
async def test_an_answer_stands_although_its_ask_is_settled_meanwhile(
    stage, claimed, settle, values
):
    who, ask = claimed

    beside(stage, who, answered(who), settle, ask, *values, stage.desk.schools)

    assert [each.state for each in stage.attempts(who)] == [AttemptState.ANSWERED]


@pytest.mark.parametrize(("settle", "values"), SETTLING)
async def test_a_pause_stands_although_an_ask_is_settled_meanwhile(stage, claimed, settle, values):
    who, ask = claimed

    beside(stage, who, worried(who), settle, ask, *values, stage.desk.schools)

    assert stage.case(who).state is CaseState.PAUSED


async def test_an_answer_stands_although_its_ask_s_lease_runs_out_meanwhile(stage, claimed):
    who, _ = claimed

    beside(stage, who, answered(who), expire_leases, LEASE_OVER, stage.desk.schools)

    assert [each.state for each in stage.attempts(who)] == [AttemptState.ANSWERED]
    assert stage.asks(who)[0].delivery is Delivery.UNSURE


async def test_a_pause_stands_although_an_ask_is_withheld_meanwhile(stage, claimed):
    who, ask = claimed

    beside(stage, who, worried(who), withhold, ask, NOW)

    assert stage.case(who).state is CaseState.PAUSED


async def test_a_reply_answers_what_is_open_once_the_one_before_it_is_taken_in(stage, claimed):
    """Two texts in a row, taken in by two processes: the second answers the next question."""
    who, ask = claimed
    stage.write(record, [(ask, Accepted("SM1"))], NOW, stage.desk.schools)

    def takes_in(text):
        return lambda work: receive(
            work, Inbound(SMS, f"SM{text}", AMINA_PHONE, text), stage.desk, speech(), NOW + MINUTE
        )

    beside(stage, who, takes_in("2"), takes_in("Wirral Met College"))

    replies = stage.read(lambda work: work.replies.of(who))
    assert {each.text: each.question for each in replies} == {
        "2": "now", "Wirral Met College": "where",
    }  # fmt: skip


# What a school may send is counted by one at a time.


def claimers(stage, desk, now, count=4, room=8):
    """So many processes that claim at one instant until nothing is left; what each got."""

    def claim_all(memory):
        claimed = 0
        while (claims := memory.write(claim_planned, now, room, desk).result(30)).seen:
            claimed += len(claims.claimed)
        return claimed

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(claim_all, [stage.memory] * count))


async def crowd(stage, count):
    people = [stage.open((SMS, f"+4477009001{number:02}")) for number in range(count)]
    await move_cases(stage.memory, stage.desk, NOW)
    return people


def desk_of(stage, **limits):
    return replace(stage.desk, schools={SCHOOL.id: replace(SCHOOL, **limits)})


@pytest.mark.parametrize("cap", [1, 10, 33])
async def test_the_daily_cap_is_held_to_one_by_many_who_claim_at_once(stage, cap):
    people = await crowd(stage, 40)

    got = claimers(stage, desk_of(stage, max_messages_per_day=cap), NOW)

    assert sum(got) == cap
    states = [(ask.delivery, ask.detail) for who in people for ask in stage.asks(who)]
    assert states.count((Delivery.SENDING, None)) == cap
    assert states.count((Delivery.PLANNED, "daily_cap")) == 40 - cap


async def test_the_budget_is_never_passed_by_many_who_claim_at_once(stage):
    people = await crowd(stage, 40)
    # Each ask takes two parts; the budget is for seven asks and a bit.
    desk = desk_of(stage, monthly_budget_pence=7 * 8 + 7, segment_pence=4)

    got = claimers(stage, desk, NOW)

    spent = sum(
        ask.segments * 4
        for who in people
        for ask in stage.asks(who)
        if ask.delivery is Delivery.SENDING
    )
    assert (sum(got), spent) == (7, 56)


async def test_what_many_claim_at_once_is_claimed_once(stage):
    people = await crowd(stage, 40)

    got = claimers(stage, stage.desk, NOW)

    assert sum(got) == 40
    assert all(stage.asks(who)[0].delivery is Delivery.SENDING for who in people)


async def test_whoever_is_being_decided_about_is_left_for_the_next_look(stage):
    first, second = await crowd(stage, 2)
    held, go_on = threading.Event(), threading.Event()

    def hold(work):
        work.alumni.lock(first)
        held.set()
        go_on.wait(20)

    holding = stage.memory.write(hold)
    assert held.wait(10)
    meanwhile = stage.write(claim_planned, NOW, 16, stage.desk)
    go_on.set()
    holding.result(10)
    afterwards = stage.write(claim_planned, NOW, 16, stage.desk)

    assert (len(meanwhile.claimed), meanwhile.seen) == (1, 1)
    assert len(afterwards.claimed) == 1
    assert stage.asks(second)[0].id == meanwhile.claimed[0].message
