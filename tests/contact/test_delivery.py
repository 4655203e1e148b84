"""The claim: what leaves, where to, in which words, and what happens to what may not leave."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from contact.address import Standing
from contact.case import CaseState, Disposition
from contact.delivery import claim_planned
from contact.hours import london_day
from contact.message import Delivery, Message, MessageKind
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OTHER_PHONE,
    SCHOOL,
    SMS,
    TELEGRAM,
    TERMS,
    add,
    open_cases,
    stage,
)

__all__ = ["stage"]

EVENING = NOW + 10 * HOUR  # 20:30 in London
MORNING = NOW + DAY - HOUR / 2  # 10:00 the day after
SUNDAY = date(2025, 9, 14)


async def planned_overnight(stage, *where, **more):
    """Somebody whose ask is planned for tomorrow morning."""
    who = stage.open(*where, now=EVENING, **more)
    await stage.tick(EVENING)
    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.not_before) == (Delivery.PLANNED, SCHOOL.hours.next_open(EVENING))
    return who


def with_school(stage, **changes):
    school = replace(SCHOOL, **changes)
    stage.desk = replace(stage.desk, schools={school.id: school})


async def test_an_ask_is_rendered_claimed_and_counted_in_parts(stage):
    who = stage.open()

    await stage.tick(NOW)

    (ask,) = stage.asks(who)
    assert ask.text == stage.sms.texts[0]
    assert "Amina" in ask.text
    assert "Cansfield High" in ask.text
    assert (ask.claimed_at, ask.segments) == (NOW, 2)


async def test_a_claim_holds_a_lease_and_names_where_receipts_go(stage):
    who = await planned_overnight(stage)
    desk = replace(stage.desk, callback=lambda which: f"https://example.org/?message={which}")

    (claimed,) = stage.write(claim_planned, MORNING, 16, desk).claimed

    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.lease_until) == (Delivery.SENDING, MORNING + timedelta(minutes=2))
    assert claimed.callback == f"https://example.org/?message={ask.id}"
    assert claimed.choices[0] == ("1", "Sixth form")


async def test_a_message_is_claimed_once(stage):
    await planned_overnight(stage)

    first = stage.write(claim_planned, MORNING, 16, stage.desk)
    second = stage.write(claim_planned, MORNING, 16, stage.desk)

    assert (len(first.claimed), len(second.claimed)) == (1, 0)


async def test_no_more_is_claimed_than_there_is_room_and_replies_come_first(stage):
    asked = stage.open()
    await stage.tick(NOW)
    for number in range(3):
        stage.open((SMS, f"+4477009001{number:02}"), name="Ben Shaw", now=EVENING)
    await stage.tick(EVENING)
    stage.hears("2", MORNING)

    claims = stage.write(claim_planned, MORNING, 2, stage.desk)

    assert len(claims.claimed) == 2
    assert claims.claimed[0].to == AMINA_PHONE
    assert stage.messages(asked)[-1].delivery is Delivery.SENDING


async def test_the_address_is_chosen_again_at_the_claim(stage):
    who = await planned_overnight(stage, (SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    home = stage.address(who).endpoint
    stage.write(lambda work: work.addresses.endpoint_stands(home, Standing.DEAD))

    await stage.tick(MORNING)

    (message,) = stage.telegram.arrived
    assert (message.to, message.channel) == (BEN_CHAT, TELEGRAM)
    assert stage.asks(who)[0].channel is TELEGRAM
    assert stage.read(lambda work: work.conversations.with_(who)).endpoint == (
        stage.address(who, 1).endpoint
    )


async def test_a_gateway_that_is_not_configured_is_nobody_s_address(stage):
    who = await planned_overnight(stage, (TELEGRAM, BEN_CHAT), (SMS, OTHER_PHONE))
    stage.desk = replace(stage.desk, channels=frozenset({SMS}))

    await stage.tick(MORNING)

    assert [each.to for each in stage.sms.arrived] == [OTHER_PHONE]
    assert stage.attempts(who)[0].number == 1


async def test_with_no_configured_gateway_staff_are_told_once(stage):
    who = await planned_overnight(stage, (TELEGRAM, BEN_CHAT))
    stage.desk = replace(stage.desk, channels=frozenset({SMS}))

    await stage.days(MORNING, 2)

    assert stage.kinds(who) == ["no_address"]
    assert len(stage.asks(who)) == 1


async def test_hours_are_checked_again_at_the_claim(stage):
    who = await planned_overnight(stage)

    await stage.tick(EVENING + DAY)  # nobody was there all day

    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.detail) == (Delivery.PLANNED, "hours")
    assert ask.not_before == SCHOOL.hours.next_open(EVENING + DAY)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param(datetime(2025, 10, 26, 0, 30, tzinfo=UTC), "2025-10-27T09:00", id="autumn"),
        pytest.param(datetime(2025, 12, 24, 12, tzinfo=UTC), "2026-01-03T09:00", id="Christmas"),
        pytest.param(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "2026-03-30T08:00", id="spring"),
    ],
)
async def test_the_clock_change_and_the_holidays_move_an_ask_to_an_open_hour(stage, now, opens):
    who = stage.open(now=now, terms=replace(TERMS, until=date(2026, 7, 20)))

    await stage.tick(now)

    assert stage.asks(who)[0].not_before.isoformat()[:16] == opens


async def test_the_question_is_open_before_the_text_leaves(stage):
    who = await planned_overnight(stage)

    stage.write(claim_planned, MORNING, 16, stage.desk)

    talk = stage.read(lambda work: work.conversations.with_(who))
    assert (talk.talk.question, talk.opened_at) == ("now", MORNING)


async def test_people_who_share_a_phone_are_asked_one_after_the_other(stage):
    twins = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Amir Yusuf")]
    stage.write(open_cases, NOW)
    await stage.tick(NOW)
    assert len(stage.sms.arrived) == 1

    stage.write(open_cases, NOW + DAY)
    await stage.tick(NOW + DAY)
    assert len(stage.sms.arrived) == 1
    for place, text in enumerate(["7", "2"]):
        stage.hears(text, NOW + DAY + place * MINUTE)
    stage.write(open_cases, NOW + 2 * DAY)
    await stage.tick(NOW + 2 * DAY)

    assert {stage.asks(who)[0].delivery for who in twins} == {Delivery.ACCEPTED}
    names = [text.split(",")[0] for text in stage.sms.texts if "what are you doing" in text]
    assert sorted(names) == ["Hi Amina", "Hi Amir"]


async def test_an_ask_waits_while_somebody_else_talks_on_the_phone(stage):
    # Both have a case: the other one's ran on another phone when hers opened.
    sister = stage.open()
    await stage.tick(NOW)
    brother = stage.open((SMS, OTHER_PHONE), name="Amir Yusuf", now=NOW + 10 * HOUR)
    stage.write(share_the_phone, brother)

    await stage.tick(NOW + DAY)

    (ask,) = stage.asks(brother)
    assert (ask.delivery, ask.detail) == (Delivery.PLANNED, "number_in_use")
    assert ask.not_before == NOW + DAY + HOUR
    assert stage.case(sister).state is CaseState.OPEN


def share_the_phone(work, who):
    """They give up their own phone for the family's."""
    (own,) = work.addresses.of(who)
    work.addresses.remove(own.id)
    shared = work.addresses.meet(SMS, AMINA_PHONE, uuid4())
    work.addresses.add(replace(own, id=uuid4(), endpoint=shared.id, value=AMINA_PHONE))


async def test_a_trial_writes_to_its_guests_only(stage):
    guest = stage.open()
    other = stage.open((SMS, OTHER_PHONE), name="Ben Shaw")
    stage.desk = replace(stage.desk, guests=frozenset({AMINA_PHONE}))

    await stage.days(NOW, 3)

    assert {each.to for each in stage.sms.given} == {AMINA_PHONE}
    assert stage.asks(guest)[0].delivery is Delivery.ACCEPTED
    (waits,) = stage.asks(other)
    assert (waits.delivery, waits.detail) == (Delivery.PLANNED, "not_a_guest")


async def test_no_more_go_out_on_a_day_than_staff_can_answer(stage):
    people = [stage.open((SMS, f"+4477009001{n:02}"), name="Amina Yusuf") for n in range(5)]
    await stage.tick(NOW - MINUTE)
    with_school(stage, max_messages_per_day=2)

    await stage.days(NOW, 6, HOUR)

    days = [london_day(stage.asks(who)[0].claimed_at) for who in people]
    assert sorted(days.count(day) for day in set(days)) == [1, 2, 2]
    assert SUNDAY not in days


async def test_a_cap_that_fell_after_the_planning_moves_asks_to_tomorrow(stage):
    people = [await planned_overnight(stage, (SMS, f"+4477009001{n:02}")) for n in range(3)]
    with_school(stage, max_messages_per_day=1)

    await stage.tick(MORNING)

    waiting = [ask for who in people for ask in stage.asks(who) if ask.detail == "daily_cap"]
    assert len(waiting) == 2
    assert {london_day(each.not_before) for each in waiting} == {london_day(MORNING) + DAY}


async def test_what_never_left_uses_up_no_room(stage):
    first = await planned_overnight(stage)
    with_school(stage, max_messages_per_day=1)
    stage.write(claim_planned, MORNING, 16, stage.desk)
    ask = stage.asks(first)[0]
    gone = replace(ask, delivery=Delivery.FAILED, detail="busy")
    stage.write(lambda work: work.messages.save(gone, Delivery.SENDING))

    second = stage.open((SMS, OTHER_PHONE), name="Ben Shaw", now=MORNING)
    await stage.tick(MORNING)

    assert stage.asks(second)[0].delivery is Delivery.ACCEPTED


async def test_the_budget_is_not_passed_and_staff_are_told_once(stage):
    # Each ask takes two parts of four pence.
    people = [stage.open((SMS, f"+4477009001{n:02}")) for n in range(5)]
    with_school(stage, monthly_budget_pence=20)

    await stage.days(NOW, 4)

    spent = sum(each.segments * SCHOOL.segment_pence for who in people for each in stage.asks(who)
                if each.claimed_at)  # fmt: skip
    assert spent == 16
    waiting = [ask for who in people for ask in stage.asks(who) if ask.claimed_at is None]
    assert {london_day(each.not_before) for each in waiting} == {date(2025, 10, 1)}
    assert [(each.kind, each.detail) for each in stage.flags()] == [("channel_down", "budget")]


async def test_a_chat_goes_on_when_the_budget_is_spent(stage):
    who = stage.open((TELEGRAM, BEN_CHAT), name="Ben Shaw")
    with_school(stage, monthly_budget_pence=1)

    await stage.tick(NOW)

    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED


async def test_a_permission_that_ends_overnight_ends_the_case_and_never_as_unknown(stage):
    who = stage.write(lambda work: add(work, "Amina Yusuf", (SMS, AMINA_PHONE),
                                       until=london_day(EVENING)))  # fmt: skip
    stage.write(open_cases, EVENING)
    await stage.tick(EVENING)

    await stage.days(MORNING, 3)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.OTHER, "consent_ended", None,
    )  # fmt: skip
    assert stage.codes(who) == []
    assert stage.asks(who)[0].delivery is Delivery.CANCELLED


async def test_an_ask_of_a_try_that_is_over_is_never_sent(stage):
    who = stage.open()
    await stage.tick(NOW)
    stray = replace(
        stage.asks(who)[0], id=uuid4(), delivery=Delivery.PLANNED, provider_id=None,
        claimed_at=None, not_before=NOW + HOUR, created_at=NOW + HOUR,
    )  # fmt: skip
    stage.receipt(stage.asks(who)[0], "undelivered", "30003", NOW + MINUTE)
    assert stage.write(lambda work: work.messages.plan(stray))

    await stage.tick(NOW + HOUR)

    assert stage.read(lambda work: work.messages.get(stray.id)).detail == "try_over"
    assert len(stage.sms.given) == 1


async def test_a_school_that_left_the_settings_is_waited_for(stage):
    who = await planned_overnight(stage)
    desk = stage.desk
    stage.desk = replace(desk, schools={})

    await stage.tick(MORNING)
    assert stage.asks(who)[0].detail == "no_school"
    stage.desk = desk
    await stage.tick(MORNING + DAY)

    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED


def test_a_message_to_nobody_is_cancelled(stage):
    lost = Message(
        uuid4(), None, None, SMS, MessageKind.THANKS, "thanks", Delivery.PLANNED, NOW, NOW
    )
    stage.write(lambda work: work.messages.plan(lost))

    assert stage.write(claim_planned, NOW, 16, stage.desk).claimed == ()
    found = stage.read(lambda work: work.messages.get(lost.id))
    assert (found.delivery, found.detail) == (Delivery.CANCELLED, "no_recipient")


async def test_the_gate_is_logged_with_ids_only(stage, caplog):
    caplog.set_level(logging.DEBUG)
    stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    await stage.tick(NOW)
    stage.hears("STOP", NOW + HOUR)
    await stage.tick(NOW + HOUR)

    said = " ".join(each.getMessage() for each in caplog.records)
    assert "gate: message" in said
    for secret in ("Amina", "Yusuf", AMINA_PHONE, AMINA_PHONE[3:], BEN_CHAT, "STOP", "Cansfield"):
        assert secret not in said
