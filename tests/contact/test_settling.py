"""What became of an ask decides the try, the address and what follows: row by row."""

from uuid import uuid4

import pytest

from contact.address import Standing
from contact.attempt import AttemptState
from contact.case import CaseState, Disposition
from contact.channels.twilio_codes import receipt_of
from contact.hours import deadline, london_day
from contact.message import Delivery, Message, MessageKind
from contact.outcome import Fault, Refused
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OTHER_PHONE,
    SMS,
    TELEGRAM,
    stage,
)
from tests.fakes.scripted import BUSY, OURS, TIMED_OUT

__all__ = ["stage"]


def says(work, who, now):
    """Something that answers a reply: the phone fails whatever is said to it."""
    (address,) = work.addresses.of(who)
    message = Message(
        uuid4(), who, address.id, SMS, MessageKind.QUESTION, "question.start", Delivery.PLANNED,
        now, now, school="cansfield", text="When did you start?",
    )  # fmt: skip
    assert work.messages.plan(message)
    return message


TWO_PHONES = ((SMS, AMINA_PHONE), (SMS, OTHER_PHONE))


async def test_an_accepted_ask_waits_until_the_end_of_the_london_day_reply_days_later(stage):
    who = stage.open()

    await stage.tick(NOW)

    (attempt,) = stage.attempts(who)
    assert attempt.state is AttemptState.WAITING
    assert attempt.asked_at == NOW
    assert attempt.answer_by == deadline(NOW, 4)
    assert london_day(attempt.answer_by - MINUTE).isoformat() == "2025-09-14"


async def test_no_usable_answer_by_then_fails_the_try_and_leaves_the_address_as_it_was(stage):
    who = stage.open()
    await stage.tick(NOW)

    early = await stage.tick(deadline(NOW, 4) - MINUTE)
    late = await stage.tick(deadline(NOW, 4))

    assert (early["failed"], late["failed"]) == (0, 1)
    assert stage.standing(who)[0] == (1, "failed", "no_answer")
    assert stage.address(who).standing is Standing.UNTRIED
    assert stage.asks(who)[1].attempt == 2


async def test_a_text_nobody_reported_on_for_72_hours_stays_accepted_and_is_marked(stage):
    who = stage.open()
    await stage.tick(NOW)

    await stage.tick(NOW + 3 * DAY - MINUTE)
    assert stage.asks(who)[0].detail is None
    await stage.tick(NOW + 3 * DAY)

    # Its try goes on: somebody who is not told of may still answer.
    first = stage.asks(who)[0]
    assert (first.delivery, first.detail) == (Delivery.ACCEPTED, "no_receipt")
    assert stage.standing(who) == [(1, "waiting", None)]


async def test_a_receipt_that_comes_after_all_is_believed(stage):
    who = stage.open()
    await stage.tick(NOW)
    await stage.tick(NOW + 3 * DAY)

    stage.receipt(stage.asks(who)[0], "delivered", None, NOW + 3 * DAY + MINUTE)
    await stage.tick(NOW + 3 * DAY + HOUR)

    assert (stage.asks(who)[0].delivery, stage.asks(who)[0].detail) == (Delivery.DELIVERED, None)


async def test_an_answer_nobody_reported_on_is_marked_too(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("1", NOW + HOUR)
    await stage.tick(NOW + HOUR)

    await stage.tick(NOW + 3 * DAY + HOUR)

    assert [each.detail for each in stage.messages(who)][:2] == ["no_receipt"] * 2


async def test_a_chat_gives_no_receipts_and_so_lacks_none(stage):
    who = stage.open((TELEGRAM, BEN_CHAT))
    await stage.tick(NOW)

    await stage.tick(deadline(NOW, 4))

    assert stage.asks(who)[0].detail is None


@pytest.mark.parametrize("code", ["30005", "30006", "21211", "21614", "21635"])
async def test_a_dead_number_fails_the_try_and_the_next_address_is_asked_at_once(stage, code):
    who = stage.open(*TWO_PHONES)
    await stage.tick(NOW)

    stage.receipt(stage.asks(who)[0], "undelivered", code, NOW + MINUTE)
    await stage.tick(NOW + 2 * MINUTE)

    assert stage.standing(who) == [(1, "failed", "dead"), (2, "waiting", None)]
    assert stage.address(who).standing is Standing.DEAD
    assert [each.to for each in stage.sms.arrived] == [AMINA_PHONE, OTHER_PHONE]


async def test_a_number_that_is_refused_as_dead_is_not_waited_for_either(stage):
    stage.sms.then(Refused(Fault.DEAD, "21211"))
    who = stage.open(*TWO_PHONES)

    await stage.tick(NOW)

    assert stage.standing(who) == [(1, "failed", "dead"), (2, "waiting", None)]
    assert [each.to for each in stage.sms.arrived] == [OTHER_PHONE]


async def test_a_dead_number_frees_nobody_from_the_gap_at_an_address_that_was_asked(stage):
    who = stage.open(*TWO_PHONES)
    await stage.tick(NOW)
    stage.receipt(stage.asks(who)[0], "undelivered", "30003", NOW + MINUTE)
    await stage.tick(NOW + 2 * MINUTE)
    stage.receipt(stage.asks(who)[1], "undelivered", "30005", NOW + 3 * MINUTE)

    await stage.tick(NOW + 4 * MINUTE)

    third = stage.asks(who)[2]
    assert third.address == stage.address(who).id
    assert (london_day(third.not_before) - london_day(NOW)).days >= 5


async def test_with_no_address_left_staff_are_told_and_the_tries_wait_for_them(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.receipt(stage.asks(who)[0], "undelivered", "30005", NOW + MINUTE)
    await stage.tick(NOW + 2 * MINUTE)
    await stage.tick(NOW + DAY)

    assert stage.kinds(who) == ["no_address"]
    assert stage.case(who).state is CaseState.OPEN
    assert stage.standing(who) == [(1, "failed", "dead")]


@pytest.mark.parametrize("code", ["30003", "30004", "30008"])
async def test_a_phone_out_of_reach_is_failing_and_the_next_address_is_asked_at_once(stage, code):
    who = stage.open(*TWO_PHONES)
    await stage.tick(NOW)

    stage.receipt(stage.asks(who)[0], "undelivered", code, NOW + MINUTE)
    await stage.tick(NOW + 2 * MINUTE)

    assert stage.standing(who) == [(1, "failed", "failing"), (2, "waiting", None)]
    assert stage.address(who).standing is Standing.FAILING
    assert [each.to for each in stage.sms.arrived] == [AMINA_PHONE, OTHER_PHONE]


async def test_the_only_phone_is_tried_again_after_the_gap(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.receipt(stage.asks(who)[0], "undelivered", "30003", NOW + MINUTE)
    await stage.tick(NOW + 2 * MINUTE)

    second = stage.asks(who)[1]
    assert second.address == stage.address(who).id
    assert london_day(second.not_before) == london_day(NOW) + 5 * DAY


async def test_a_receipt_faster_than_the_answer_starts_the_gap_all_the_same(stage):
    def fails_first(claimed):
        answer = stage.sms.accepted(claimed)
        early = receipt_of(answer.provider_id, "undelivered", "30003")
        stage.settle(claimed.message, early, NOW)
        return answer

    stage.sms.then(fails_first)
    who = stage.open()

    await stage.tick(NOW)

    assert stage.standing(who)[0] == (1, "failed", "failing")
    assert london_day(stage.asks(who)[1].not_before) == london_day(NOW) + 5 * DAY


@pytest.mark.parametrize(
    ("codes", "standing"),
    [
        pytest.param(["30003"], Standing.FAILING, id="once"),
        pytest.param(["30003", "30008"], Standing.FAILING, id="twice"),
        pytest.param(["30003", "30008", "30003"], Standing.DEAD, id="three in a row"),
        pytest.param(["30004"], Standing.FAILING, id="barred once"),
        pytest.param(["30004", "30004"], Standing.DEAD, id="barred twice in a row"),
        pytest.param(["30003", None, "30003", "30003"], Standing.FAILING, id="it worked between"),
        pytest.param(["30004", None, "30004"], Standing.FAILING, id="barred, worked, barred"),
    ],
)
async def test_failures_in_a_row_make_a_number_dead(stage, codes, standing):
    who = stage.open()
    for place, code in enumerate(codes):
        now = NOW + place * DAY
        message = stage.write(says, who, now)
        await stage.tick(now)
        stage.receipt(message, "undelivered" if code else "delivered", code, now)

    assert stage.address(who).standing is standing


async def test_a_blocked_chat_stops_this_address_only(stage):
    stage.telegram.then(Refused(Fault.GONE, "403"))
    who = stage.open((TELEGRAM, BEN_CHAT), (SMS, OTHER_PHONE), name="Ben Shaw")

    await stage.tick(NOW)

    assert stage.standing(who) == [(1, "failed", "gone"), (2, "waiting", None)]
    assert stage.address(who).standing is Standing.OPTED_OUT
    assert stage.kinds(who) == ["telegram_blocked"]
    assert [each.to for each in stage.sms.arrived] == [OTHER_PHONE]
    assert stage.case(who).state is CaseState.OPEN


async def test_a_stop_that_only_the_gateway_knew_ends_all_contact(stage):
    stage.sms.then(Refused(Fault.OPTED_OUT, "21610"))
    who = stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))

    await stage.days(NOW, 20)

    assert stage.standing(who) == [(1, "cancelled", "stopped")]
    assert stage.address(who).standing is Standing.OPTED_OUT
    ending = stage.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.REFUSAL, "830")
    assert stage.codes(who) == ["830"]
    assert stage.sms.arrived == stage.telegram.arrived == []


async def test_a_stop_known_to_the_gateway_after_a_code_keeps_the_code(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)
    stage.sms.then(Refused(Fault.OPTED_OUT, "21610"))

    await stage.tick(NOW + HOUR)

    ending = stage.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.PARTIAL, "230")
    assert stage.codes(who) == ["230"]


@pytest.mark.parametrize(
    "cue",
    [
        pytest.param(BUSY, id="the gateway is unwell"),
        pytest.param(Refused(Fault.BUSY, "20429", 90.0), id="too many requests"),
        pytest.param(OURS, id="our sender is wrong"),
    ],
)
async def test_what_is_not_their_fault_costs_no_try(stage, cue):
    stage.sms.then(cue)
    who = stage.open()

    await stage.tick(NOW)
    assert stage.standing(who) == [(1, "planned", None)]
    await stage.tick(NOW + 2 * HOUR)

    first, second = stage.asks(who)
    assert (first.delivery, second.delivery) == (Delivery.FAILED, Delivery.ACCEPTED)
    assert (first.attempt, second.attempt, second.resend_of) == (1, 1, first.id)
    assert stage.standing(who) == [(1, "waiting", None)]
    assert stage.address(who).standing is Standing.UNTRIED


@pytest.mark.parametrize("code", ["30001", "30007", "30002", "21612"])
async def test_a_receipt_that_blames_us_puts_the_try_back(stage, code):
    who = stage.open()
    await stage.tick(NOW)

    stage.receipt(stage.asks(who)[0], "failed", code, NOW + MINUTE)

    assert stage.standing(who) == [(1, "planned", None)]
    await stage.tick(NOW + 2 * HOUR)
    assert stage.standing(who) == [(1, "waiting", None)]
    assert len(stage.sms.arrived) == 2


async def test_a_late_receipt_that_blames_us_revives_no_try_that_is_over(stage):
    who = stage.open()
    await stage.tick(NOW)
    await stage.tick(deadline(NOW, 4))

    stage.receipt(stage.asks(who)[0], "failed", "30007", deadline(NOW, 4) + MINUTE)

    assert [each.attempt for each in stage.asks(who)] == [1, 2]
    assert stage.standing(who)[0] == (1, "failed", "no_answer")


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(False, id="refused"),
        pytest.param(True, id="reported later"),
    ],
)
async def test_a_code_nobody_knows_is_flagged_and_counts_as_no_answer(stage, known):
    if not known:
        stage.sms.then(Refused(Fault.UNKNOWN, "39999"))
    who = stage.open()
    await stage.tick(NOW)
    if known:
        stage.receipt(stage.asks(who)[0], "failed", "39999", NOW + MINUTE)

    assert stage.kinds(who) == ["unknown_code"]
    (attempt,) = stage.attempts(who)
    assert (attempt.state, attempt.answer_by) == (AttemptState.WAITING, deadline(NOW, 4))
    assert stage.address(who).standing is Standing.UNTRIED
    await stage.tick(deadline(NOW, 4))
    assert stage.standing(who)[0] == (1, "failed", "no_answer")


async def test_the_same_unknown_code_is_flagged_once(stage):
    stage.sms.then(Refused(Fault.UNKNOWN, "39999"), Refused(Fault.UNKNOWN, "39999"))
    stage.open()
    stage.open((SMS, OTHER_PHONE), name="Ben Shaw")

    await stage.tick(NOW)

    assert stage.kinds() == ["unknown_code"]


async def test_an_unsure_ask_waits_from_its_claim(stage):
    stage.sms.then(TIMED_OUT)
    who = stage.open()

    await stage.tick(NOW)

    (ask,), (attempt,) = stage.asks(who), stage.attempts(who)
    assert (ask.delivery, ask.unsure_since) == (Delivery.UNSURE, NOW)
    assert (attempt.state, attempt.answer_by) == (AttemptState.WAITING, deadline(NOW, 4))


async def test_every_ask_undeliverable_is_820_and_one_that_arrived_makes_it_810(stage):
    gone = stage.open(*TWO_PHONES, (SMS, "+447700900009"))
    met = stage.open((SMS, "+447700900011"), (SMS, "+447700900012"), name="Ben Shaw")
    for number in range(3):
        now = NOW + 8 * number * DAY
        await stage.tick(now)
        for who in (gone, met):
            ask = stage.asks(who)[-1]
            if who == gone or number != 1:
                stage.receipt(ask, "undelivered", "30003", now + MINUTE)
    await stage.days(NOW + 17 * DAY, 20, DAY)

    assert [stage.ending(each).code for each in (gone, met)] == ["820", "810"]
    assert [stage.codes(each) for each in (gone, met)] == [["820"], ["810"]]


async def test_a_refusal_that_did_not_count_makes_nobody_reachable(stage):
    stage.sms.then(BUSY)
    who = stage.open()
    for number in range(3):
        now = NOW + 8 * number * DAY
        await stage.tick(now)
        await stage.tick(now + HOUR)
        stage.receipt(stage.asks(who)[-1], "undelivered", "30003", now + HOUR)

    await stage.tick(NOW + 17 * DAY)

    assert stage.ending(who).code == "820"


def test_a_receipt_for_a_message_nobody_knows_is_kept_and_changes_nothing(stage):
    who = stage.open()

    stage.receipt(None, "delivered", None, NOW)

    assert stage.asks(who) == []
    again = stage.write(
        lambda work: work.messages.keep_receipt(None, "SMunknown", "delivered", None, NOW)
    )
    assert again is False  # it is there already
