"""Worry and stop are heard whoever wrote."""

from uuid import UUID

import pytest

from bot.received import Received
from contact.address import Standing
from contact.message import MessageKind
from tests.cast import AMINA_PHONE, NOW, OTHER_PHONE, SMS, Stage, add, stage

__all__ = ["stage"]

WORRY = "i want to kill myself"


def family(stage: Stage) -> list[UUID]:
    """Two people with one phone, neither of whom was asked."""
    return [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Ben Shaw")]


def standing(stage: Stage, phone: str) -> Standing:
    found = stage.read(lambda work: work.addresses.find(SMS, phone))
    assert found is not None
    return Standing(found.standing)


def test_a_worry_from_a_number_nobody_gave_us_is_urgent(stage: Stage) -> None:
    came = stage.hears(WORRY, NOW, OTHER_PHONE)

    assert came is Received.UNKNOWN
    assert sorted(stage.kinds()) == ["unknown_sender", "worry"]


def test_of_a_strangers_worry_the_only_school_is_told(stage: Stage) -> None:
    stage.hears(WORRY, NOW, OTHER_PHONE)

    assert [each.school for each in stage.read(lambda work: work.notices.due(NOW, 9))] == [
        "cansfield"
    ]


def test_any_other_text_of_a_stranger_is_routine(stage: Stage) -> None:
    stage.hears("hiya whos this", NOW, OTHER_PHONE)

    assert stage.kinds() == ["unknown_sender"]


def test_what_a_stranger_wrote_is_there_for_staff_to_read(stage: Stage) -> None:
    stage.hears("hiya whos this", NOW, OTHER_PHONE)

    (flag,) = stage.read(lambda work: work.flags.list())
    reply = stage.read(lambda work: work.replies.get(flag.reply))
    assert reply is not None
    assert reply.text == "hiya whos this"


@pytest.mark.parametrize("text", ["STOP", "pls dont msg me again"])
def test_a_stranger_who_says_stop_in_any_words_is_obeyed(stage: Stage, text: str) -> None:
    stage.hears(text, NOW, OTHER_PHONE)

    assert standing(stage, OTHER_PHONE) is Standing.OPTED_OUT


def test_a_worry_on_a_shared_phone_is_answered_before_we_know_whose_it_is(stage: Stage) -> None:
    people = family(stage)

    came = stage.hears(WORRY, NOW)

    said = [each.line for who in people for each in stage.messages(who, MessageKind.SIGNPOST)]
    assert came is Received.ANSWERED
    assert said == ["signpost.worry"]
    assert stage.kinds() == ["worry", "worry"]


def test_a_stop_on_a_shared_phone_needs_no_name(stage: Stage) -> None:
    people = family(stage)

    stage.hears("pls dont msg me again", NOW)

    assert standing(stage, AMINA_PHONE) is Standing.OPTED_OUT
    assert stage.kinds() == ["shared_stop", "shared_stop"]
    assert not [each for who in people for each in stage.messages(who)]


def test_both_on_a_shared_phone_take_effect(stage: Stage) -> None:
    people = family(stage)

    stage.hears("stop texting me i want to die", NOW)

    said = [each.line for who in people for each in stage.messages(who)]
    assert said == ["signpost.worry_stop"]
    assert standing(stage, AMINA_PHONE) is Standing.OPTED_OUT


def test_anything_else_on_a_shared_phone_asks_whose_it_is(stage: Stage) -> None:
    people = family(stage)

    stage.hears("at college", NOW)

    assert [each.line for who in people for each in stage.messages(who)] == ["which"]
    assert stage.kinds() == []
