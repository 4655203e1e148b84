"""What the ledger comes to: counted once, by what stands, without opening a text."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contact.address import ChannelName
from contact.attempt import AttemptState
from contact.case import Disposition, Ending
from contact.flag import FlagKind, NewFlag
from contact.message import Delivery, MessageKind
from contact.opening import end_case
from contact.standing import ChannelStop
from storage import tallies
from tests.storage.cast import LATER, NOW, attempt, message, reply, seen, written

MINUTE = timedelta(minutes=1)


def ends(memory, case, *endings):
    """The case ends, and ends again."""
    for turn, (disposition, code) in enumerate(endings):
        at = LATER + turn * MINUTE
        ending = Ending(case.id, at, disposition, "why", code)
        written(memory, lambda work, ending=ending: work.cases.end(ending))


def of(memory, case):
    return seen(memory, tallies.cases)[case.id]


def test_a_case_that_runs_has_no_ending_and_no_tries(memory, case):
    one = of(memory, case)

    assert (one.cohort, one.wave) == (case.cohort, case.wave)
    assert (one.tries, one.answered_at, one.disposition, one.code) == (0, None, None, None)


def test_the_last_ending_stands(memory, case):
    ends(memory, case, (Disposition.NON_CONTACT, "810"), (Disposition.PARTIAL, "230"))

    one = of(memory, case)
    assert (one.disposition, one.detail, one.code) == (Disposition.PARTIAL, "why", "230")


@pytest.mark.parametrize(
    ("states", "tries", "answered_at"),
    [
        pytest.param([AttemptState.PLANNED], 0, None, id="planned is not made"),
        pytest.param([AttemptState.CANCELLED], 0, None, id="cancelled was never made"),
        pytest.param([AttemptState.WAITING], 1, None, id="one that waits was made"),
        pytest.param([AttemptState.FAILED] * 3, 3, None, id="three in vain"),
        pytest.param([AttemptState.ANSWERED], 1, 1, id="the first was answered"),
        pytest.param(
            [AttemptState.FAILED, AttemptState.ANSWERED, AttemptState.CANCELLED],
            2,
            2,
            id="the second was answered",
        ),
    ],
)
def test_the_tries_that_were_made_and_the_one_that_was_answered(
    memory, case, states, tries, answered_at
):
    for number, state in enumerate(states, 1):
        made = attempt(case, number, state=state)
        written(memory, lambda work, made=made: work.attempts.plan(made))

    one = of(memory, case)
    assert (one.tries, one.answered_at) == (tries, answered_at)


def left(memory, who, **changes):
    """A message of two parts that was claimed."""
    values = {"claimed_at": NOW, "segments": 2, **changes}
    written(memory, lambda work: work.messages.plan(message(who, **values)))


@pytest.mark.parametrize(
    ("delivery", "accepted", "counts"),
    [
        pytest.param(Delivery.ACCEPTED, NOW, True, id="taken"),
        pytest.param(Delivery.DELIVERED, NOW, True, id="delivered"),
        pytest.param(Delivery.UNDELIVERABLE, NOW, True, id="taken and then lost: it is paid for"),
        pytest.param(Delivery.UNDELIVERABLE, None, False, id="refused at once: it costs nothing"),
        pytest.param(Delivery.UNSURE, None, True, id="perhaps taken"),
        pytest.param(Delivery.SENDING, None, False, id="on its way"),
        pytest.param(Delivery.FAILED, None, False, id="failed"),
        pytest.param(Delivery.CANCELLED, None, False, id="withheld"),
    ],
)
def test_what_left_the_house(memory, amina, delivery, accepted, counts):
    left(memory, amina, delivery=delivery, accepted_at=accepted)

    assert len(seen(memory, lambda work: list(tallies.sent(work)))) == counts


def test_a_chat_has_no_parts_to_pay_for(memory, amina):
    for channel in (ChannelName.SMS, ChannelName.TELEGRAM):
        left(memory, amina, channel=channel, delivery=Delivery.DELIVERED, accepted_at=NOW)

    sent = seen(memory, lambda work: list(tallies.sent(work)))

    assert {each.channel: each.segments for each in sent} == {
        ChannelName.SMS: 2,
        ChannelName.TELEGRAM: 0,
    }


def test_messages_come_in_the_order_in_which_they_left(memory, amina, case):
    for turn in (3, 1, 2):
        at = NOW + turn * MINUTE
        left(
            memory, amina, kind=MessageKind.QUESTION, case=case.id, claimed_at=at, accepted_at=at,
            delivery=Delivery.ACCEPTED,
        )  # fmt: skip

    sent = seen(memory, lambda work: list(tallies.sent(work)))

    assert [each.at for each in sent] == [NOW + turn * MINUTE for turn in (1, 2, 3)]
    assert {(each.kind, each.case) for each in sent} == {(MessageKind.QUESTION, case.id)}


def test_replies_and_flags_are_told_oldest_first(memory, amina, case, home):
    for turn in (2, 1):
        came = reply(home, amina, received_at=NOW + turn * MINUTE)
        written(memory, lambda work, came=came: work.replies.keep(came))
    for kind in (FlagKind.WORRY, FlagKind.UNCLEAR):
        new = NewFlag(kind, "cansfield", NOW, LATER, alumnus=amina, case=case.id)
        written(memory, lambda work, new=new: work.flags.raise_(new))

    assert seen(memory, lambda work: list(tallies.replied(work))) == [
        NOW + MINUTE,
        NOW + 2 * MINUTE,
    ]
    raised = seen(memory, lambda work: list(tallies.raised(work)))
    assert [(each.kind, each.case, each.detail) for each in raised] == [
        ("worry", case.id, ""),
        ("unclear", case.id, ""),
    ]


def test_the_erased_still_count(memory, amina, case):
    written(memory, end_case, case, Disposition.COMPLETE, "answered", LATER, "230")
    left(memory, amina, case=case.id, delivery=Delivery.DELIVERED, accepted_at=NOW)

    written(memory, lambda work: work.alumni.erase(amina, LATER))

    assert of(memory, case).disposition is Disposition.COMPLETE
    assert len(seen(memory, lambda work: list(tallies.sent(work)))) == 1


def test_a_ledger_with_nothing_in_it_comes_to_nothing(memory):
    assert seen(memory, tallies.cases) == {}
    for told in (tallies.sent, tallies.replied, tallies.raised):
        assert seen(memory, lambda work, told=told: list(told(work))) == []


class TestTheHouseItself:
    """Channels that rest, and heartbeats."""

    def test_the_last_word_on_a_channel_counts(self, memory):
        first = ChannelStop(ChannelName.SMS, NOW, LATER, "503", 1)
        worse = replace(first, stopped_at=LATER, retry_at=None, code="20003", failures=7)
        for stop in (first, worse):
            written(memory, lambda work, stop=stop: work.house.stop(stop))

        assert seen(memory, lambda work: work.house.stops()) == {ChannelName.SMS: worse}

    @pytest.mark.parametrize(
        ("retry_at", "at", "rests"),
        [
            pytest.param(LATER, NOW, True, id="before its time"),
            pytest.param(LATER, LATER, False, id="to the minute"),
            pytest.param(LATER, LATER + MINUTE, False, id="after it"),
            pytest.param(None, LATER + timedelta(days=99), True, id="until somebody mends it"),
        ],
    )
    def test_how_long_a_channel_rests(self, retry_at, at, rests):
        assert ChannelStop(ChannelName.SMS, NOW, retry_at, "503").rests(at) is rests

    def test_each_heart_beats_for_itself(self, memory):
        written(memory, lambda work: work.house.beat("clock", NOW))
        written(memory, lambda work: work.house.beat("readyz", LATER))

        assert seen(memory, lambda work: work.house.beaten("clock")) == NOW
        assert seen(memory, lambda work: work.house.beaten("nobody")) is None

    def test_a_token_is_used_up_by_one_of_two(self, memory, amina):
        written(memory, lambda work: work.house.invite("token", amina, NOW, LATER))

        taken = [
            written(
                memory, lambda work, chat=chat: work.house.accept_invitation("token", chat, NOW)
            )
            for chat in ("7001", "7002")
        ]

        assert taken == [True, False]
        used = seen(memory, lambda work: work.house.invitation("token")).used_by
        same = [
            seen(memory, lambda work, chat=chat: work.house.same_chat(used, chat))
            for chat in ("7001", "7002")
        ]
        assert same == [True, False]
