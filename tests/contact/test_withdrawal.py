"""A stop is obeyed by every way out of the house, from its commit on."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.address import Standing
from contact.attempt import AttemptState
from contact.case import Disposition
from contact.consent import Purpose
from contact.delivery import claim_planned
from contact.disowning import disown
from contact.dispatch import deliver
from contact.message import Delivery
from contact.withdrawal import consent_again, has_stopped, stop_endpoint, withdraw
from contact.withholding import still_wanted, withhold
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    COHORT,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SCHOOL,
    SMS,
    TELEGRAM,
    add,
    consent,
    examples,
    open_cases,
    people,
    stage,
)

__all__ = ["stage"]


def stop(stage, who, now=NOW):
    return stage.write(withdraw, who, SCHOOL, now, "reply on sms")


async def test_a_stop_cancels_what_is_planned_on_every_channel_and_ends_the_case(stage):
    who = stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    evening = NOW + 10 * HOUR
    await stage.tick(evening)
    assert [each.delivery for each in stage.asks(who)] == [Delivery.PLANNED]

    assert stop(stage, who, evening) is True
    await stage.days(evening, 25, DAY / 4)

    assert stage.sms.given == stage.telegram.given == []
    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.REFUSAL, "stopped", "830",
    )  # fmt: skip
    assert stage.codes(who) == ["830"]


async def test_the_try_that_met_a_stop_is_cancelled(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears("stop", NOW + HOUR)

    assert stage.attempts(who)[0].state is AttemptState.CANCELLED


async def test_a_stop_after_a_code_keeps_the_code(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)

    stage.hears("STOP", NOW + 2 * HOUR)

    ending = stage.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.PARTIAL, "230")
    assert stage.codes(who) == ["230"]


def test_a_stop_ends_tracking_and_news_but_sharing_stays_and_is_shown(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    for purpose in (Purpose.ALUMNI_NEWS, Purpose.SHARE_AUTHORITY):
        stage.write(lambda work, given: work.consents.grant(given), consent(who, purpose))

    stop(stage, who)

    live = [
        purpose
        for purpose in Purpose
        if stage.read(lambda work, p: work.consents.live(who, p), purpose)
    ]
    assert live == [Purpose.SHARE_AUTHORITY]
    assert stage.kinds(who) == ["share_kept"]
    assert stage.read(has_stopped, who)


def test_a_second_stop_changes_nothing(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))

    assert [stop(stage, who), stop(stage, who)] == [True, False]
    deeds = stage.read(lambda work: work.audit.of(who))
    assert [each.action for each in deeds] == ["withdraw"]


async def test_nobody_is_written_to_who_opted_out(stage):
    cast = stage.write(people)
    assert stage.write(open_cases, NOW) == 2

    await stage.days(NOW, 25, DAY / 4)

    assert stage.messages(cast.chidi) == []
    assert len(stage.asks(cast.amina)) == len(stage.asks(cast.ben)) == 3


async def test_a_shared_phone_is_stopped_for_all_and_the_others_are_put_before_staff(stage):
    twins = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Amir Yusuf")]
    stage.write(open_cases, NOW)
    await stage.tick(NOW)
    (asked,) = [who for who in twins if stage.asks(who)]
    (other,) = [who for who in twins if who != asked]

    stage.hears("STOP", NOW + HOUR)
    stage.write(open_cases, NOW + DAY)
    await stage.days(NOW + HOUR, 20)

    assert [stage.read(has_stopped, who) for who in (asked, other)] == [True, False]
    assert stage.kinds(other) == ["shared_stop"]
    assert stage.address(other).standing is Standing.OPTED_OUT
    assert stage.messages(other) == []
    assert [str(each.kind) for each in stage.messages(asked)] == ["ask", "confirmation"]


def test_an_endpoint_s_stop_needs_nobody_to_have_been_asked(stage):
    twins = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Amir Yusuf")]
    endpoint = stage.address(twins[0]).endpoint

    stage.write(stop_endpoint, endpoint, None, dict.fromkeys(twins, SCHOOL), NOW)
    stage.write(stop_endpoint, endpoint, None, dict.fromkeys(twins, SCHOOL), NOW)

    assert stage.kinds() == ["shared_stop", "shared_stop"]


def test_start_restores_tracking_only_with_the_reply_as_evidence(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(lambda work: work.consents.grant(consent(who, Purpose.ALUMNI_NEWS)))
    endpoint = stage.address(who).endpoint
    stage.write(lambda work: work.addresses.endpoint_stands(endpoint, Standing.OPTED_OUT))
    stop(stage, who)

    again = stage.write(consent_again, who, endpoint, COHORT.consent_ends, NOW + DAY, "reply 1")

    assert again is True
    tracking = stage.read(lambda work: work.consents.live(who, Purpose.TRACKING))
    assert (tracking.how, tracking.recorded_by) == ("start", "reply 1")
    assert stage.read(lambda work: work.consents.live(who, Purpose.ALUMNI_NEWS)) is None
    assert stage.address(who).usable
    assert not stage.read(has_stopped, who)


def test_start_opens_the_address_it_came_from_and_no_other(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    stop(stage, who)
    phone, chat = stage.address(who), stage.address(who, 1)
    until = COHORT.consent_ends

    stage.write(consent_again, who, phone.endpoint, until, NOW + DAY, "reply 1")

    assert [stage.address(who, place).usable for place in (0, 1)] == [True, False]
    assert stage.write(consent_again, who, chat.endpoint, until, NOW + 2 * DAY, "reply 2")
    assert [stage.address(who, place).usable for place in (0, 1)] == [True, True]


async def test_who_stopped_and_started_by_text_is_asked_by_text_alone(stage):
    who = stage.write(add, "Amina Yusuf", (TELEGRAM, BEN_CHAT), (SMS, AMINA_PHONE))
    stage.hears("STOP", NOW)
    stage.hears("START", NOW + HOUR)
    stage.write(open_cases, NOW + DAY)

    await stage.days(NOW + DAY, 20, DAY / 4)

    assert {each.channel for each in stage.asks(who)} == {SMS}


async def test_start_reopens_no_case(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("STOP", NOW + HOUR)

    stage.hears("START", NOW + DAY)
    await stage.days(NOW + DAY, 20, DAY / 4)

    assert stage.ending(who).disposition is Disposition.REFUSAL
    assert len(stage.asks(who)) == 1


async def test_yes_is_never_a_start(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("STOP", NOW + HOUR)

    stage.hears("YES", NOW + DAY)

    assert stage.read(has_stopped, who)


def test_start_on_a_phone_that_a_sibling_stopped_opens_it_again(stage):
    twins = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Amir Yusuf")]
    endpoint = stage.address(twins[0]).endpoint
    stage.write(stop_endpoint, endpoint, twins[0], dict.fromkeys(twins, SCHOOL), NOW)
    stop(stage, twins[0])

    again = stage.write(
        consent_again, twins[1], endpoint, COHORT.consent_ends, NOW + DAY, "reply 1"
    )

    assert again is True
    assert stage.address(twins[1]).usable
    assert stage.read(has_stopped, twins[0])


def test_start_from_somebody_who_never_stopped_changes_nothing(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    endpoint = stage.address(who).endpoint

    assert not stage.write(consent_again, who, endpoint, COHORT.consent_ends, NOW, "reply 1")
    assert stage.read(lambda work: work.audit.of(who)) == []


# Between the claim and the send.


async def claimed_ask(stage):
    who = stage.open()
    await stage.tick(NOW + 10 * HOUR)  # planned in the evening for the morning
    (claimed,) = stage.write(claim_planned, NOW + DAY, 16, stage.desk).claimed
    return who, claimed


async def test_a_stop_between_claim_and_send_is_obeyed(stage):
    who, claimed = await claimed_ask(stage)
    at = NOW + DAY + MINUTE
    assert stage.read(still_wanted, [claimed.message], at)

    stage.hears("STOP", at)

    assert not stage.read(still_wanted, [claimed.message], at)
    stage.write(withhold, claimed.message, at)
    (ask,) = stage.asks(who)
    assert (ask.delivery, ask.detail) == (Delivery.CANCELLED, "stopped")


async def test_a_claim_that_ran_out_is_not_sent(stage):
    _, claimed = await claimed_ask(stage)

    assert not stage.read(still_wanted, [claimed.message], NOW + DAY + timedelta(minutes=2))


async def test_an_answer_whose_claim_ran_out_is_said_again(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("1", NOW + HOUR)
    (claimed,) = stage.write(claim_planned, NOW + HOUR, 16, stage.desk).claimed
    late = NOW + HOUR + timedelta(minutes=2)

    stage.write(withhold, claimed.message, late)
    await stage.tick(late)

    assert stage.sms.texts[1:] == [claimed.text]
    assert [str(each.delivery) for each in stage.messages(who)] == [
        "accepted", "cancelled", "accepted",
    ]  # fmt: skip


async def test_nothing_leaves_for_a_number_that_turned_out_to_be_a_strangers(stage):
    who, claimed = await claimed_ask(stage)
    at = NOW + DAY + MINUTE

    stage.write(lambda work: disown(work, work.addresses.of(who)[0], at))

    assert not stage.read(still_wanted, [claimed.message], at)


async def test_an_ask_withheld_for_its_address_alone_is_asked_another_way(stage):
    who, claimed = await claimed_ask(stage)
    address = stage.address(who)
    at = NOW + DAY + MINUTE
    stage.write(lambda work: work.addresses.stands(address.id, Standing.OPTED_OUT))
    assert not stage.read(still_wanted, [claimed.message], at)

    stage.write(withhold, claimed.message, at)
    await stage.tick(at)

    assert stage.kinds(who) == ["no_address"]


async def test_what_was_recorded_meanwhile_is_not_withheld(stage):
    who = stage.open()
    await stage.tick(NOW)
    ask = stage.asks(who)[0]

    stage.write(withhold, ask.id, NOW)

    assert stage.asks(who)[0].delivery is Delivery.ACCEPTED


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=st.integers(0, 12))
def test_no_message_is_claimed_after_a_stop_s_commit(stage, moment):
    """The stop comes after so many turns of the loop that is sending."""
    who = stage.write(add, "Amina Yusuf", (SMS, f"a phone of her own: {uuid4()}"))
    stage.write(open_cases, NOW)
    committed = []

    async def stops():
        for _ in range(moment):
            await asyncio.sleep(0)
        await stage.memory.write(withdraw, who, SCHOOL, NOW + MINUTE, "reply on sms")
        committed.append(NOW + MINUTE)

    async def sends():
        await stage.tick(NOW)
        await deliver(stage.memory, stage.channels, stage.desk, lambda: NOW + 2 * MINUTE)

    async def both():
        await asyncio.gather(stops(), sends())

    asyncio.run(both())

    asks = stage.asks(who)
    assert committed
    assert all(each.claimed_at is None or each.claimed_at <= NOW for each in asks)
    assert all(each.delivery is not Delivery.PLANNED for each in asks)
    assert stage.ending(who).disposition is Disposition.REFUSAL


@pytest.mark.parametrize("school", [SCHOOL, None])
def test_a_stop_is_obeyed_whether_or_not_the_school_is_still_configured(stage, school):
    who = stage.open()

    stage.write(withdraw, who, school, NOW, "gateway 21610", "gateway")

    assert stage.read(has_stopped, who)
    assert stage.ending(who).code == "830"
