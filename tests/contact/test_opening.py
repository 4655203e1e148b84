"""How a case moves, one move at a time."""

from dataclasses import replace
from uuid import uuid4

import pytest

from contact.attempt import Attempt, AttemptState
from contact.case import CaseState, Disposition
from contact.hours import deadline
from contact.message import Delivery, Message, MessageKind
from contact.opening import (
    answer,
    begin_waiting,
    end_case,
    fail,
    heard_from,
    put_back,
    unknown_code,
)
from tests.cast import DAY, HOUR, MINUTE, NOW, SMS, stage

__all__ = ["stage"]

ENDED = (AttemptState.ANSWERED, AttemptState.FAILED, AttemptState.CANCELLED)


def ask(delivery=Delivery.ACCEPTED, **changes):
    sent = Message(
        uuid4(), uuid4(), uuid4(), SMS, MessageKind.ASK, "ask.1", delivery, NOW, NOW,
        case=1, attempt=1, claimed_at=NOW,
    )  # fmt: skip
    return replace(sent, **changes)


def attempt(**changes):
    return replace(Attempt(1, 1, AttemptState.FAILED, NOW), **changes)


UNREACHED = ask(Delivery.UNDELIVERABLE)
BUSY_ONE = ask(Delivery.FAILED, detail="busy")


@pytest.mark.parametrize(
    ("messages", "attempts", "code"),
    [
        pytest.param([], [], "810", id="nothing was asked"),
        pytest.param([UNREACHED, UNREACHED], [], "820", id="every ask undeliverable"),
        pytest.param([UNREACHED, ask()], [], "810", id="one was accepted"),
        pytest.param([UNREACHED, ask(Delivery.DELIVERED)], [], "810", id="one arrived"),
        pytest.param([ask(Delivery.FAILED, detail="unresolved")], [], "810", id="one may have"),
        pytest.param([ask(Delivery.FAILED, code="39999")], [], "810", id="a code nobody knows"),
        pytest.param(
            [BUSY_ONE, ask(Delivery.UNDELIVERABLE, resend_of=BUSY_ONE.id)], [], "820",
            id="what did not count was said again",
        ),
        pytest.param([UNREACHED, ask(Delivery.CANCELLED)], [], "820", id="one never left"),
        pytest.param(
            [UNREACHED, ask(Delivery.PLANNED, claimed_at=None)], [], "820", id="one is planned"
        ),
        pytest.param(
            [UNREACHED, ask(kind=MessageKind.THANKS)], [], "820", id="no ask of any kind counts"
        ),
        pytest.param([UNREACHED], [attempt(by="Ms Okafor")], "810", id="staff tried too"),
        pytest.param([], [attempt(by="Ms Okafor")], "810", id="only staff tried"),
    ],
)  # fmt: skip
def test_which_unknown_it_is(messages, attempts, code):
    assert unknown_code(messages, attempts) == code


@pytest.mark.parametrize("state", ENDED)
async def test_nothing_moves_an_attempt_that_has_ended(stage, state):
    who = stage.open()
    await stage.tick(NOW)
    case, (attempt,), (sent,) = stage.case(who), stage.attempts(who), stage.asks(who)
    over = replace(attempt, state=state, outcome="over")
    stage.write(lambda work: work.attempts.save(over))

    stage.write(fail, case, over, "no_answer", NOW)
    stage.write(put_back, case, over, NOW)
    stage.write(begin_waiting, case, over, sent)
    stage.write(heard_from, case, NOW + HOUR, NOW + DAY)
    stage.write(answer, case, NOW)

    assert stage.attempts(who) == [over]


async def test_a_case_ends_once(stage):
    who = stage.open()
    await stage.tick(NOW)
    case = stage.case(who)

    first = stage.write(end_case, case, Disposition.NON_CONTACT, "tries_used", NOW, "810")
    second = stage.write(end_case, case, Disposition.NON_CONTACT, "window_ended:1", NOW, "820")

    assert (first, second) == (True, False)
    assert stage.ending(who).detail == "tries_used"
    assert stage.codes(who) == ["810"]
    assert (stage.case(who).state, stage.case(who).act_at) == (CaseState.ENDED, None)


async def test_the_end_of_a_case_leaves_nothing_to_do(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("hello?", NOW + HOUR)

    stage.write(end_case, stage.case(who), Disposition.OTHER, "known_elsewhere", NOW + HOUR)

    assert [each.state for each in stage.attempts(who)] == [AttemptState.CANCELLED]
    assert stage.messages(who)[-1].delivery is Delivery.CANCELLED
    assert stage.read(lambda work: work.conversations.with_(who)) is None


async def test_any_other_reply_moves_the_end_of_the_reply_time(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears("hello?", NOW + 3 * DAY)

    assert stage.attempts(who)[0].answer_by == deadline(NOW + 3 * DAY, 4)


async def test_whoever_writes_between_two_tries_is_not_cut_short_by_the_next(stage):
    who = stage.open()
    await stage.tick(NOW)
    await stage.tick(deadline(NOW, 4) + HOUR)
    assert [each.delivery for each in stage.asks(who)] == [Delivery.ACCEPTED, Delivery.PLANNED]

    at = deadline(NOW, 4) + 8 * HOUR
    stage.hears("hello?", at)
    await stage.days(at, 4)
    assert len(stage.sms.arrived) == 2  # the first ask, and what answers the reply
    await stage.days(at + 4 * DAY, 3)

    states = [(each.attempt, each.delivery, each.detail) for each in stage.asks(who)]
    assert states[1] == (2, Delivery.CANCELLED, "they_wrote")
    assert states[2][:2] == (2, Delivery.ACCEPTED)
    assert stage.asks(who)[2].claimed_at >= deadline(at, 4)


async def test_whoever_writes_before_we_asked_is_asked_only_if_they_fall_silent(stage):
    evening = NOW + 10 * HOUR
    who = stage.open(now=evening)
    stage.hears("hello?", evening + MINUTE)

    await stage.days(evening + MINUTE, 4)
    assert stage.asks(who) == []
    await stage.days(evening + 4 * DAY, 3)

    assert [each.attempt for each in stage.asks(who)] == [1]
    assert stage.asks(who)[0].claimed_at >= deadline(evening, 4)


async def test_whoever_answers_before_we_asked_is_not_asked(stage):
    evening = NOW + 10 * HOUR
    who = stage.open(now=evening)

    for place, text in enumerate(["7", "2"]):
        stage.hears(text, evening + place * MINUTE)
    await stage.days(evening + 2 * MINUTE, 10)

    assert stage.asks(who) == []
    assert stage.ending(who).disposition is Disposition.COMPLETE
