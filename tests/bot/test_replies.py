"""What a reply does to the house: obeyed first, answered once, and never left in a loop."""

from dataclasses import replace

import pytest

from bot.looping import LOOP_COUNT
from bot.replies import Received
from contact.address import Standing
from contact.case import Disposition
from contact.flag import Decision
from contact.message import MessageKind
from contact.pausing import go_on
from contact.withdrawal import has_stopped
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
    add,
    stage,
)

__all__ = ["stage"]

WORRIED = "I can't go on, I want to kill myself"


async def _chatters(stage, who):
    """They wrote so often and so fast that no person would."""
    for turn in range(LOOP_COUNT + 1):
        stage.hears(f"out of office {turn}", NOW + MINUTE + turn * MINUTE / 4)
    assert "unclear" in stage.kinds(who)
    return NOW + 5 * MINUTE


async def test_a_stop_is_obeyed_however_many_replies_came_before_it(stage):
    who = stage.open()
    await stage.tick(NOW)
    at = await _chatters(stage, who)

    stage.hears("STOP", at)

    assert stage.read(has_stopped, who)
    assert stage.ending(who).disposition is Disposition.REFUSAL


async def test_a_worry_is_seen_however_many_replies_came_before_it_and_signposted_once(stage):
    who = stage.open()
    await stage.tick(NOW)
    at = await _chatters(stage, who)

    for turn in range(3):
        stage.hears(f"{WORRIED} {turn}", at + turn * MINUTE / 2)

    assert stage.kinds(who).count("worry") == 3
    assert len(stage.messages(who, MessageKind.SIGNPOST)) == 1


async def test_who_stopped_before_any_question_is_told_so_once(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))

    came = [stage.hears("STOP", NOW + turn * MINUTE) for turn in range(3)]

    assert came == [Received.ANSWERED, Received.KEPT, Received.KEPT]
    assert len(stage.messages(who)) == 1


@pytest.mark.parametrize("text", ["YES", "yes.", " Yes "])
async def test_a_yes_is_an_answer_also_where_the_gateway_takes_it_for_a_start(stage, text):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("6", NOW + MINUTE)
    stage.hears("Greggs", NOW + 2 * MINUTE)
    stage.hears("baker", NOW + 3 * MINUTE)
    stage.hears("june 2025", NOW + 4 * MINUTE)

    stage.hears(text, NOW + 5 * MINUTE, opt_out="START")

    assert [each.line for each in stage.messages(who)][-1] == "thanks.help"


async def test_a_yes_after_a_stop_is_no_start_whatever_the_gateway_makes_of_it(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("STOP", NOW + MINUTE)

    stage.hears("YES", NOW + HOUR, opt_out="START")
    assert stage.read(has_stopped, who)

    stage.hears("ikke stop", NOW + 2 * HOUR, opt_out="START")
    assert not stage.read(has_stopped, who)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        pytest.param("can you ring me pls", "ring_me", id="some time"),
        pytest.param("ring me after 5 on friday", "ring_me 2025-09-12 17:00", id="then"),
    ],
)
async def test_staff_learn_when_somebody_wants_to_be_rung(stage, text, detail):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears(text, NOW + MINUTE)

    assert [each.detail for each in stage.flags(who)] == [detail]


async def test_the_day_that_is_promised_is_the_day_on_which_they_are_asked(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears("ask me on sunday", NOW + MINUTE)

    promise = stage.messages(who, MessageKind.CONFIRMATION)[0]
    assert "text you again on 15 September" in promise.text
    assert stage.messages(who, MessageKind.APPOINTMENT)[0].not_before.day == 15


def _looked_at(work, who):
    """Staff close what was put before them, and the case goes on."""
    for flag in work.flags.of(who):
        done = replace(
            flag, closed_at=NOW, decision=Decision.NO_ANSWER_NEEDED, closed_by="Ms Okafor"
        )
        work.flags.close(done)
    go_on(work, who, NOW + 2 * HOUR)


async def _after_a_stranger(stage):
    who = stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    await stage.tick(NOW)
    stage.hears("2", NOW + MINUTE)
    stage.hears("wrong number mate, no idea who that is", NOW + HOUR)
    stage.write(_looked_at, who)
    return who


async def test_what_somebody_writes_after_they_came_back_is_put_before_staff(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("STOP", NOW + HOUR)
    stage.hears("START", NOW + 2 * HOUR)

    stage.hears("I am at sixth form now", NOW + 3 * HOUR)

    assert stage.codes(who) == ["830"]
    assert stage.kinds(who) == ["late_reply"]


async def test_the_real_person_is_asked_and_heard_elsewhere_after_a_stranger(stage):
    who = await _after_a_stranger(stage)
    await stage.days(NOW + 3 * HOUR, 6)
    assert [each.channel for each in stage.asks(who)] == [SMS, TELEGRAM]

    stage.hears("1", NOW + 7 * DAY, BEN_CHAT, channel=TELEGRAM)

    assert stage.codes(who)[-1] == "210"


async def test_the_real_person_is_heard_elsewhere_before_they_are_asked_there(stage):
    who = await _after_a_stranger(stage)

    stage.hears("1", NOW + 3 * HOUR, BEN_CHAT, channel=TELEGRAM)

    assert stage.codes(who)[-1] == "210"


async def test_a_stranger_costs_no_try_that_has_not_been_asked_there(stage):
    who = stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    await stage.days(NOW, 6)
    assert [each.channel for each in stage.asks(who)] == [SMS, TELEGRAM]
    before = stage.standing(who)

    stage.hears("wrong number mate, no idea who that is", NOW + 6 * DAY)

    assert stage.address(who).standing is Standing.NOT_THEIRS
    assert stage.standing(who) == before


async def test_a_late_reply_is_coded_from_whichever_address_it_comes(stage):
    who = stage.open((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
    await stage.days(NOW, 20)
    assert stage.ending(who).disposition is Disposition.NON_CONTACT

    assert [each.channel for each in stage.asks(who)] == [SMS, TELEGRAM, SMS]

    stage.hears("1", NOW + 21 * DAY, BEN_CHAT, channel=TELEGRAM)

    assert "210" in stage.codes(who)
    assert stage.ending(who).disposition is not Disposition.NON_CONTACT


def _twins(stage):
    return [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Ben Shaw", "Chidi Shaw")]


async def test_worry_on_a_shared_phone_is_put_before_staff_before_we_know_whose_it_is(stage):
    twins = _twins(stage)

    stage.hears(WORRIED, NOW)

    assert stage.kinds().count("worry") == len(twins)
    said = [each for who in twins for each in stage.messages(who)]
    assert [str(each.kind) for each in said] == ["signpost"]


async def test_a_machine_on_a_shared_phone_is_not_asked_for_ever_whose_it_is(stage):
    twins = _twins(stage)

    for turn in range(40):
        stage.hears(f"I am away {turn}", NOW + turn * MINUTE / 8)

    assert sum(len(stage.messages(who)) for who in twins) <= LOOP_COUNT


async def test_an_unknown_number_in_distress_is_urgent(stage):
    stage.hears(WORRIED, NOW, OTHER_PHONE)

    assert "worry" in stage.kinds()
