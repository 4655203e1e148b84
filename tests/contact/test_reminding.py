"""What we say unasked inside a conversation: one nudge, and what was put off."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contact.attempt import AttemptState
from contact.case import Disposition
from contact.conversation import Conversation, Talk
from contact.hours import deadline
from contact.message import Delivery, MessageKind
from contact.reminding import AFTER, nudge_at, put_off
from tests.cast import DAY, HOUR, MINUTE, NOW, SCHOOL, stage

__all__ = ["stage"]

SATURDAY = datetime(2025, 9, 13, 11, tzinfo=UTC)


def talk(at=NOW, **changes):
    begun = {"answers": {"now": "2"}, "code": "230", "question": "where", "script": "s"}
    kept = {name: changes.pop(name) for name in ("nudged_at", "closed_at") if name in changes}
    return Conversation(uuid4(), uuid4(), uuid4(), 1, Talk(**{**begun, **changes}), at, at, **kept)


@pytest.mark.parametrize(
    ("talk", "at"),
    [
        pytest.param(talk(), NOW + AFTER, id="half-finished"),
        pytest.param(talk(SATURDAY), SCHOOL.hours.next_open(SATURDAY + AFTER), id="over Sunday"),
        pytest.param(None, None, id="no talk"),
        pytest.param(talk(nudged_at=NOW), None, id="nudged before"),
        pytest.param(talk(closed_at=NOW), None, id="closed"),
        pytest.param(talk(question=None), None, id="nothing is open"),
        pytest.param(talk(code=None, answers={}), None, id="nothing was answered"),
        pytest.param(talk(NOW + 9 * DAY), None, id="it would come too late"),
    ],
)
def test_when_a_nudge_is_called_for(talk, at):
    assert nudge_at(talk, SCHOOL, NOW + 8 * DAY) == at


async def half_answered(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)
    await stage.tick(NOW + HOUR)
    return who


async def test_code_then_silence_is_one_nudge_and_then_partial(stage):
    who = await half_answered(stage)

    await stage.days(NOW + 2 * HOUR, 14)

    (nudge,) = stage.messages(who, MessageKind.NUDGE)
    assert nudge.claimed_at >= NOW + HOUR + AFTER
    assert SCHOOL.hours.is_open(nudge.claimed_at)
    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.PARTIAL, "silent_after_code", "230",
    )  # fmt: skip
    assert ending.at >= deadline(NOW + HOUR, 4)
    assert len(stage.asks(who)) == 1
    assert stage.codes(who) == ["230"]


async def test_a_nudge_that_waits_for_the_morning_is_not_sent_to_who_wrote_meanwhile(stage):
    evening = NOW + 8 * HOUR
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", evening)
    await stage.tick(evening)
    await stage.tick(evening + AFTER + 3 * HOUR)  # out of hours already
    (nudge,) = stage.messages(who, MessageKind.NUDGE)
    assert nudge.delivery is Delivery.PLANNED

    stage.hears("Wirral Met", evening + AFTER + 4 * HOUR)
    await stage.days(evening + AFTER + 4 * HOUR, 1)

    (nudge,) = stage.messages(who, MessageKind.NUDGE)
    assert (nudge.delivery, nudge.claimed_at) == (Delivery.CANCELLED, None)


async def test_nobody_is_nudged_before_they_got_the_question(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("2", NOW + HOUR)  # the answer is planned, but nobody sends for two days

    await stage.tick(NOW + 2 * DAY)

    kinds = [str(each.kind) for each in stage.messages(who)]
    assert kinds == ["ask", "question"]
    await stage.tick(NOW + 2 * DAY + 2 * HOUR)
    assert [str(each.kind) for each in stage.messages(who)] == ["ask", "question", "nudge"]


async def test_later_is_an_appointment_of_the_same_try_and_the_reply_time_counts_from_it(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears("ask me later please", NOW + HOUR)
    await stage.days(NOW + HOUR, 6)

    (appointment,) = stage.messages(who, MessageKind.APPOINTMENT)
    (attempt,) = stage.attempts(who)
    assert (appointment.attempt, appointment.delivery) == (1, Delivery.ACCEPTED)
    assert appointment.claimed_at >= NOW + 3 * DAY
    assert attempt.state is AttemptState.WAITING
    assert attempt.answer_by == deadline(appointment.claimed_at, 4)
    assert stage.messages(who, MessageKind.NUDGE) == []


async def test_with_the_code_known_there_is_no_try_to_put_off_and_a_nudge_follows(stage):
    who = await half_answered(stage)
    case, kept = stage.case(who), stage.read(lambda work: work.conversations.with_(who))

    assert stage.write(put_off, case, kept, stage.desk, NOW + HOUR) is None
    await stage.days(NOW + 2 * HOUR, 3)

    assert len(stage.messages(who, MessageKind.NUDGE)) == 1


async def test_nothing_is_put_off_to_after_the_wave(stage):
    who = stage.open()
    await stage.tick(NOW)
    case, kept = stage.case(who), stage.read(lambda work: work.conversations.with_(who))

    late = datetime(2025, 12, 18, 12, tzinfo=UTC)

    assert stage.write(put_off, case, kept, stage.desk, late) is None
    assert stage.messages(who, MessageKind.APPOINTMENT) == []


@pytest.mark.parametrize(
    ("wish", "at"),
    [
        pytest.param(timedelta(days=6, hours=8), (9, 16, 17, 30), id="in open hours"),
        pytest.param(timedelta(days=4), (9, 15, 8, 0), id="a Sunday is a Monday"),
        pytest.param(timedelta(hours=12), (9, 11, 8, 0), id="at night is the next morning"),
        pytest.param(timedelta(days=200), (12, 15, 9, 0), id="beyond the wave is its last days"),
    ],
)
async def test_a_wish_is_kept_in_the_first_open_hour_from_then_on(stage, wish, at):
    who = stage.open()
    await stage.tick(NOW)
    case, kept = stage.case(who), stage.read(lambda work: work.conversations.with_(who))

    kept_at = stage.write(put_off, case, kept, stage.desk, NOW, NOW + wish)

    month, day, hour, minute = at
    assert kept_at == datetime(2025, month, day, hour, minute, tzinfo=UTC)
    (attempt,) = stage.attempts(who)
    assert attempt.answer_by == deadline(kept_at, 4)


async def test_with_the_code_known_a_wish_is_kept_and_the_silence_counts_from_it(stage):
    who = await half_answered(stage)
    case, kept = stage.case(who), stage.read(lambda work: work.conversations.with_(who))
    stage.write(put_off, case, kept, stage.desk, NOW + HOUR, NOW + 10 * DAY)

    await stage.days(NOW + 2 * HOUR, 14)

    said = [str(each.kind) for each in stage.messages(who) if each.accepted_at]
    assert said == ["ask", "question", "appointment"]
    assert stage.ending(who) is None
    await stage.days(NOW + 15 * DAY, 1)
    assert stage.ending(who).disposition is Disposition.PARTIAL


async def test_a_third_later_is_no_appointment(stage):
    who = stage.open()
    await stage.tick(NOW)

    now = NOW + HOUR
    for _ in range(3):
        stage.hears("ask me later please", now)
        await stage.days(now + MINUTE, 5)
        now += 5 * DAY

    assert len(stage.messages(who, MessageKind.APPOINTMENT)) == 2
