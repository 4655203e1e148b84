"""What a stranger told in somebody's place is off the record, and nothing else is."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.case import Disposition
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.flag import Decision, FlagKind
from contact.flagging import raise_flag
from contact.pausing import go_on
from contact.recording import Known
from contact.review import Ruling, close_flag
from contact.staff_tries import StaffTry, TryOutcome, log_try
from contact.withdrawal import has_stopped
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
    stage,
)

__all__ = ["stage"]

BOTH = ((SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT))
STRANGER = "haha wrong number mate"
BY = "Ms Okafor"


async def asked(stage, *said, where=BOTH):
    """Somebody was asked, and this came back from their first address."""
    who = stage.open(*where)
    await stage.tick(NOW)
    for turn, text in enumerate(said, start=1):
        stage.hears(text, NOW + turn * MINUTE)
    return who


def texts(stage, who):
    return [each.text for each in stage.read(lambda work: work.replies.of(who))]


async def test_a_code_told_before_wrong_number_is_taken_off_the_record_and_flagged(stage):
    who = await asked(stage, "6", "Asda")
    assert stage.codes(who) == ["330"]

    stage.hears(STRANGER, NOW + HOUR)

    assert stage.codes(who) == []
    assert [(each.kind, each.detail) for each in stage.flags(who)] == [
        (FlagKind.WRONG_PERSON, "answer_taken_back")
    ]
    assert texts(stage, who) == [None, None, None]
    assert stage.standing(who) == [(1, "failed", "wrong_person")]
    deeds = stage.read(lambda work: work.audit.of(who))
    assert [each.detail for each in deeds if each.action == "take_back"] == ["330"]


async def test_the_real_person_is_asked_elsewhere_once_staff_have_looked(stage):
    who = await asked(stage, "6", STRANGER)
    stage.write(_looked_at, who)

    await stage.days(NOW + DAY, 6)

    assert [each.channel for each in stage.asks(who)] == [SMS, TELEGRAM]
    stage.hears("2", NOW + 8 * DAY, BEN_CHAT, channel=TELEGRAM)
    assert stage.codes(who) == ["230"]


def _looked_at(work, who):
    for flag in work.flags.of(who):
        work.flags.close(replace(flag, closed_at=NOW + HOUR, closed_by=BY))
    go_on(work, who, NOW + DAY)


@pytest.mark.parametrize(
    ("said", "before"),
    [
        pytest.param(("7", "2"), Disposition.COMPLETE, id="answered to the end"),
        pytest.param(("6", "prefer not to say"), Disposition.PARTIAL, id="partly"),
        pytest.param(("prefer not to say",), Disposition.REFUSAL, id="would not say"),
    ],
)
async def test_a_case_that_ended_with_a_strangers_answer_has_a_later_ending(stage, said, before):
    who = await asked(stage, *said)
    assert stage.ending(who).disposition is before

    stage.hears(STRANGER, NOW + HOUR)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.NON_CONTACT, "wrong_person", "810",
    )  # fmt: skip
    assert stage.codes(who) == ["810"]


async def test_what_was_told_there_in_an_earlier_wave_or_elsewhere_stays(stage):
    who = await asked(stage)
    before = Destination(uuid4(), who, "210", Source.ALUMNUS, NOW - timedelta(days=200))
    stage.write(lambda work: work.destinations.add(before))
    stage.hears("6", NOW + MINUTE, BEN_CHAT, channel=TELEGRAM)

    stage.hears(STRANGER, NOW + HOUR)

    assert stage.codes(who) == ["210", "330"]
    assert [each.detail for each in stage.flags(who)] == [None]


async def test_a_strangers_stop_closes_their_phone_and_is_no_withdrawal(stage):
    who = await asked(stage, "wrong number, stop texting me")

    assert not stage.read(has_stopped, who)
    assert stage.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is not None
    assert stage.kinds(who) == ["wrong_person"]
    assert stage.address(who).standing is Standing.OPTED_OUT
    assert stage.address(who, 1).usable
    assert stage.ending(who) is None
    assert [each.line for each in stage.messages(who)][-1] == "stop.confirmed"


async def test_nothing_leaves_for_a_strangers_phone_after_their_stop(stage):
    who = await asked(stage, "wrong number, stop texting me", where=((SMS, AMINA_PHONE),))
    await stage.tick(NOW + HOUR)
    told = len(stage.sms.arrived)
    stage.write(_looked_at, who)

    await stage.days(NOW + DAY, 20)

    assert len(stage.sms.arrived) == told
    assert "no_address" in stage.kinds(who)


async def test_a_stop_of_their_own_is_still_a_withdrawal(stage):
    who = await asked(stage, "stop texting me")

    assert stage.read(has_stopped, who)


async def test_staff_who_find_that_it_was_a_stranger_take_the_code_back(stage):
    who = await asked(stage, "6", "we told u, not the right fella here")
    number = stage.write(_put_before_staff, who)

    remark = stage.write(
        close_flag, number, Ruling(Decision.WRONG_PERSON, BY), stage.desk, NOW + HOUR
    )

    assert remark is not None
    assert stage.codes(who) == []
    assert texts(stage, who) == [None, None]


def _put_before_staff(work, who):
    reply = work.replies.of(who)[-1]
    flags = [each for each in work.flags.of(who) if each.closed_at is None]
    if flags:
        return flags[0].id
    return raise_flag(
        work, FlagKind.UNCLEAR, SCHOOL, NOW, alumnus=who, case=reply.case, reply=reply.id
    )


async def test_a_stranger_on_the_telephone_takes_the_code_back(stage):
    who = await asked(stage, "6")
    person = stage.read(lambda work: work.alumni.get(who))

    made = StaffTry(ChannelName.PHONE, TryOutcome.WRONG_PERSON, NOW + HOUR, BY)
    stage.write(log_try, person, made, stage.desk, NOW + HOUR)

    assert stage.codes(who) == []
    assert stage.address(who).standing is Standing.NOT_THEIRS


async def test_what_staff_coded_from_a_strangers_words_goes_too(stage):
    who = await asked(stage, "bits and bobs", where=((SMS, AMINA_PHONE), (SMS, OTHER_PHONE)))
    number = stage.write(_put_before_staff, who)
    known = Known("330", employer="Asda")
    stage.write(close_flag, number, Ruling(Decision.CODE, BY, known), stage.desk, NOW + HOUR)
    assert stage.codes(who) == ["330"]

    stage.hears(STRANGER, NOW + 2 * HOUR)

    assert stage.codes(who) == ["810"]
