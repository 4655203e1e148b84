"""What nobody can answer for is found out, and never sent again blindly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contact.attempt import AttemptState
from contact.errors import GatewayAway
from contact.hours import deadline
from contact.message import Delivery, MessageKind
from contact.outcome import Fault, Receipt, Trace
from contact.reconciling import NO_TRACE_AFTER, reconcile
from tests.cast import BEN_CHAT, DAY, HOUR, MINUTE, NOW, TELEGRAM, stage
from tests.fakes.scripted import BUSY, TIMED_OUT

__all__ = ["stage"]


def trace(name="SMtrace", state="accepted", code=None, fault=None):
    return Trace(name, NOW, Receipt(name, state, "sent", code, fault))


async def unsure_ask(stage, *where, now=NOW):
    """Somebody whose first ask may or may not have left."""
    for channel in (stage.sms, stage.telegram):
        channel.then(TIMED_OUT)
    who = stage.open(*where)
    await stage.tick(now)
    for channel in (stage.sms, stage.telegram):
        channel.script.clear()
    assert stage.asks(who)[0].delivery is Delivery.UNSURE
    return who


async def test_a_sender_that_died_leaves_its_message_unsure_after_the_lease(stage):
    stage.sms.then(RuntimeError("killed"))
    who = stage.open()
    with pytest.raises(RuntimeError):
        await stage.tick(NOW)
    assert stage.asks(who)[0].delivery is Delivery.SENDING

    before = await reconcile(stage.memory, stage.channels, stage.desk, lambda: NOW + MINUTE)
    after = await reconcile(stage.memory, stage.channels, stage.desk, lambda: NOW + 3 * MINUTE)

    assert (before["unsure"], after["unsure"]) == (0, 1)
    (ask,), (attempt,) = stage.asks(who), stage.attempts(who)
    assert (ask.delivery, ask.detail) == (Delivery.UNSURE, "lease_expired")
    assert (attempt.state, attempt.asked_at) == (AttemptState.WAITING, NOW)


async def test_a_trace_settles_it_and_is_its_evidence(stage):
    who = await unsure_ask(stage)
    stage.sms.listed = [trace()]

    await stage.tick(NOW + MINUTE)

    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.provider_id) == (Delivery.ACCEPTED, "SMtrace")
    assert ask.detail == "seen_in_list"
    assert stage.attempts(who)[0].asked_at == NOW
    assert stage.sms.arrived == []


async def test_a_silence_that_follows_leaves_the_evidence_beside_it(stage):
    who = await unsure_ask(stage)
    stage.sms.listed = [trace()]
    await stage.tick(NOW + MINUTE)

    await stage.tick(deadline(NOW, 4) + MINUTE)
    await stage.tick(deadline(NOW, 4) + HOUR)

    assert stage.asks(who)[0].detail == "seen_in_list, no_receipt"


async def test_our_id_in_a_receipt_settles_it_too(stage):
    who = await unsure_ask(stage)

    stage.settle(stage.asks(who)[0].id, Receipt("SMreal", "delivered", "delivered"), NOW + MINUTE)
    await stage.tick(NOW + HOUR)

    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.detail) == (Delivery.DELIVERED, "seen_in_receipt")
    assert stage.sms.arrived == []


async def test_a_trace_that_failed_has_its_consequences(stage):
    who = await unsure_ask(stage)
    stage.sms.listed = [trace(state="undeliverable", code="30005", fault=Fault.DEAD)]

    await stage.tick(NOW + MINUTE)

    assert stage.standing(who) == [(1, "failed", "dead")]
    assert stage.kinds(who) == ["no_address"]


async def test_a_trace_that_is_another_message_s_proves_nothing(stage):
    who = stage.open()
    await stage.tick(NOW)
    theirs = stage.asks(who)[0].provider_id
    stage.sms.then(TIMED_OUT)
    stage.hears("hello?", NOW + MINUTE)
    await stage.tick(NOW + MINUTE)
    stage.sms.listed = [trace(theirs)]

    await stage.tick(NOW + 2 * MINUTE)

    assert Delivery.UNSURE in [each.delivery for each in stage.messages(who)]


async def test_a_text_without_a_trace_is_sent_once_more_after_fifteen_minutes(stage):
    who = await unsure_ask(stage)

    await stage.tick(NOW + NO_TRACE_AFTER - MINUTE)
    assert stage.sms.arrived == []
    await stage.tick(NOW + NO_TRACE_AFTER)

    first, second = stage.asks(who)
    assert (first.delivery, first.detail) == (Delivery.FAILED, "no_trace")
    assert (second.resend_of, second.delivery) == (first.id, Delivery.ACCEPTED)
    assert second.text == first.text
    assert stage.standing(who) == [(1, "waiting", None)]
    assert len(stage.sms.arrived) == 1


async def test_it_is_sent_once_more_only_once(stage):
    who = await unsure_ask(stage)
    stage.sms.then(TIMED_OUT)

    await stage.days(NOW + MINUTE, 1, 20 * MINUTE)

    assert [each.delivery for each in stage.asks(who)] == [Delivery.FAILED, Delivery.UNSURE]
    assert len(stage.sms.given) == 2


async def test_a_text_that_first_met_a_busy_gateway_may_still_be_sent_once_more(stage):
    stage.sms.then(BUSY, TIMED_OUT)
    who = stage.open()
    await stage.tick(NOW)
    await stage.tick(NOW + HOUR)

    await stage.tick(NOW + 2 * HOUR)

    busy, lost, again = stage.asks(who)
    assert (busy.detail, lost.detail) == ("busy", "no_trace")
    assert (again.resend_of, again.delivery) == (lost.id, Delivery.ACCEPTED)


async def test_nothing_is_sent_again_while_the_gateway_s_list_cannot_be_read(stage):
    await unsure_ask(stage)
    stage.sms.listed = GatewayAway("away")

    await stage.days(NOW + MINUTE, 1, HOUR)

    assert stage.sms.arrived == []


async def test_what_could_not_leave_now_is_looked_for_until_it_could(stage):
    late = datetime(2025, 9, 10, 18, 25, tzinfo=UTC)  # five minutes before hours end
    who = await unsure_ask(stage, now=late)
    await stage.tick(late + HOUR)
    assert stage.asks(who)[0].delivery is Delivery.UNSURE

    stage.sms.listed = [trace()]
    await stage.tick(late + 8 * HOUR)

    assert [each.delivery for each in stage.asks(who)] == [Delivery.ACCEPTED]


async def test_a_chat_is_never_written_to_again_by_itself(stage):
    who = await unsure_ask(stage, (TELEGRAM, BEN_CHAT))

    await stage.days(NOW + MINUTE, 4, HOUR)

    assert [each.delivery for each in stage.asks(who)] == [Delivery.UNSURE]
    assert len(stage.telegram.given) == 1


async def test_unresolved_at_the_end_of_the_reply_time_the_same_try_asks_in_other_words(stage):
    who = await unsure_ask(stage, (TELEGRAM, BEN_CHAT))

    await stage.tick(deadline(NOW, 4))
    await stage.tick(deadline(NOW, 4) + DAY + 12 * HOUR)

    first, second = stage.asks(who)
    assert (first.delivery, first.detail) == (Delivery.FAILED, "unresolved")
    assert (first.attempt, second.attempt) == (1, 1)
    assert (first.line, second.line) == ("ask.1", "ask.2")
    assert second.delivery is Delivery.ACCEPTED
    assert stage.standing(who) == [(1, "waiting", None)]


async def test_the_gap_counts_from_an_ask_that_may_have_arrived(stage):
    slow = replace(stage.case(stage.open(name="Chidi Eze")).terms, gap_days=9)
    stage.telegram.then(TIMED_OUT)
    who = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw", terms=slow)
    await stage.tick(NOW)

    await stage.tick(deadline(NOW, 4))

    assert stage.asks(who)[1].not_before >= NOW + 8 * DAY


async def test_whoever_answers_has_the_ask_and_gets_no_other(stage):
    who = await unsure_ask(stage)

    stage.hears("hello?", NOW + 5 * MINUTE)
    await stage.days(NOW + 6 * MINUTE, 1, 20 * MINUTE)

    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.detail) == (Delivery.ACCEPTED, "replied")


async def test_an_answer_that_may_be_lost_is_repeated_to_a_phone_and_given_up_in_a_chat(stage):
    sms = stage.open()
    chat = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")
    await stage.tick(NOW)
    stage.sms.then(TIMED_OUT)
    stage.telegram.then(TIMED_OUT)
    stage.hears("hello?", NOW + HOUR)
    stage.hears("hello?", NOW + HOUR, BEN_CHAT, channel=TELEGRAM)
    await stage.tick(NOW + HOUR)

    await stage.days(NOW + 2 * HOUR, 2)

    said = [stage.messages(each)[1:] for each in (sms, chat)]
    assert [[m.delivery for m in each if m.kind is not MessageKind.NUDGE] for each in said] == [
        [Delivery.FAILED, Delivery.ACCEPTED],
        [Delivery.FAILED],
    ]


async def test_after_a_stop_nothing_is_sent_again(stage):
    who = await unsure_ask(stage)

    stage.hears("STOP", NOW + MINUTE)
    await stage.days(NOW + 2 * MINUTE, 2, 20 * MINUTE)

    assert [str(each.kind) for each in stage.messages(who)] == ["ask", "confirmation"]
    assert stage.messages(who)[0].delivery in (Delivery.FAILED, Delivery.ACCEPTED)
    assert [message.text[:10] for message in stage.sms.arrived] == ["You won't "]


async def test_two_texts_taken_for_each_other_both_count_as_arrived(stage):
    who = await unsure_ask(stage)
    other = await unsure_ask(stage, (TELEGRAM, BEN_CHAT))
    first = stage.asks(who)[0]
    stage.settle(first.id, Receipt("SMtwin", "accepted", "sent"), NOW + MINUTE)
    twin = replace(stage.asks(other)[0], channel=first.channel)
    stage.write(lambda work: work.messages.save(twin, Delivery.UNSURE))

    stage.settle(twin.id, Receipt("SMtwin", "delivered", "delivered"), NOW + 2 * MINUTE)

    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED
    assert stage.asks(other)[0].delivery is Delivery.DELIVERED


@pytest.mark.parametrize(("dated", "since"), [(True, NOW.date() - DAY), (False, None)])
async def test_the_list_is_asked_from_the_day_before_the_claim(stage, dated, since):
    await unsure_ask(stage)
    stage.sms.asked_since.clear()

    await reconcile(stage.memory, stage.channels, stage.desk, lambda: NOW + MINUTE, dated=dated)

    assert stage.sms.asked_since == [since]


async def test_forty_unsure_texts_are_all_settled_in_twenty_minutes(stage):
    phones = [f"+4477009000{number:02}" for number in range(40)]
    stage.sms.then(*[TIMED_OUT] * 40)
    people = [stage.open((stage.sms.name, phone), name=f"Amina {phone[-2:]}") for phone in phones]
    await stage.tick(NOW)

    await stage.tick(NOW + timedelta(minutes=20))

    assert len(stage.sms.arrived) == 40
    for who in people:
        assert [each.delivery for each in stage.asks(who)] == [Delivery.FAILED, Delivery.ACCEPTED]
