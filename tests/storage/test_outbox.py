"""Many messages at once are read and written like one, alike on both databases."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.consent import Purpose
from contact.conversation import Talk
from contact.flag import FlagKind, NewFlag
from contact.message import Delivery, MessageKind
from contact.outbox import Lane
from tests.storage.cast import (
    LATER,
    NOW,
    add,
    attempt,
    conversation,
    message,
    open_case,
    seen,
    somebody,
    written,
)  # fmt: skip

SMS = ChannelName.SMS


def crowd(memory, count):
    """So many people, each with a number, a case, a try and a planned ask; the asks."""

    def settle_in(work):
        for number in range(count):
            add(work, somebody(f"Person {number}"), f"+4477009001{number:02}")
        asks = []
        for person in list(work.alumni.everybody()):
            case = open_case(work, person.id)
            work.attempts.plan(attempt(case))
            home = work.addresses.of(person.id)[0]
            ask = message(
                person.id, kind=MessageKind.ASK, case=case.id, attempt=1, address=home.id,
                school="cansfield",
            )  # fmt: skip
            assert work.messages.plan(ask)
            asks.append(ask)
        return asks

    return written(memory, settle_in)


@pytest.fixture
def ask(memory):
    """One ask."""
    (one,) = crowd(memory, 1)
    return one


def letters(memory):
    return written(memory, lambda work: work.outbox.letters(work.outbox.due(NOW, 100)))


def sending(one, **changes):
    return replace(
        one, delivery=Delivery.SENDING, text="Hi Amina", segments=1, claimed_at=NOW,
        lease_until=LATER, **changes,
    )  # fmt: skip


def claimed(memory, one):
    assert written(memory, lambda work: work.outbox.claim([sending(one)]))
    return one.id


def test_everything_about_a_message_is_what_each_repository_says(memory):
    asks = {each.id: each for each in crowd(memory, 20)}

    found = letters(memory)

    assert {each.message.id for each in found} == set(asks)
    for letter in found:
        who = letter.person.id
        assert letter.person == seen(memory, lambda work, who=who: work.alumni.get(who))
        assert list(letter.addresses) == seen(memory, lambda work, who=who: work.addresses.of(who))
        assert list(letter.tracking) == seen(memory, lambda work, who=who: work.consents.of(who))
        assert letter.case == seen(memory, lambda work, who=who: work.cases.current(who))
        number = letter.case.id
        assert list(letter.tries) == seen(memory, lambda work, n=number: work.attempts.of(n))
        assert (letter.paused, letter.talk) == (False, None)


def test_a_flag_and_a_conversation_come_with_the_message(memory, ask):
    def add_them(work):
        flag = NewFlag(FlagKind.WORRY, "cansfield", NOW, LATER, ask.alumnus)
        work.flags.raise_(flag)
        case = work.cases.get(ask.case)
        work.conversations.open(conversation(case, work.addresses.of(ask.alumnus)[0].endpoint))

    written(memory, add_them)

    (letter,) = letters(memory)

    assert letter.paused
    assert letter.talk.talk == Talk(question="now", script="leavers-1")


def test_a_message_to_nobody_has_nobody(memory):
    written(memory, lambda work: work.messages.plan(message(None)))

    (letter,) = letters(memory)

    assert (letter.person, letter.addresses, letter.tracking) == (None, (), ())


def test_each_lane_takes_its_own(memory, ask):
    answer = message(ask.alumnus, priority=0)
    written(memory, lambda work: work.messages.plan(answer))

    def of(lane):
        due = written(memory, lambda work: work.outbox.due(NOW, 10, None, lane))
        return [each.id for each in due]

    assert (of(Lane.ANSWERS), of(Lane.BULK), of(None)) == (
        [answer.id], [ask.id], [answer.id, ask.id],
    )  # fmt: skip


def test_of_those_named_only_what_is_due_is_taken_answers_first(memory, ask):
    answer, later = message(ask.alumnus, priority=0), message(ask.alumnus, not_before=LATER)

    def plan(work):
        work.messages.plan(answer)
        work.messages.plan(later)

    written(memory, plan)

    due = written(
        memory, lambda work: work.outbox.due(NOW, 10, [later.id, ask.id, answer.id, uuid4()])
    )
    assert [each.id for each in due] == [answer.id, ask.id]


def test_who_is_owed_an_answer_is_known(memory, ask):
    def owed(at):
        return seen(memory, lambda work: work.outbox.answered_first([ask.alumnus], at))

    assert owed(NOW) == set()
    written(memory, lambda work: work.messages.plan(message(ask.alumnus, priority=0)))
    assert owed(NOW) == {ask.alumnus}
    assert owed(NOW - timedelta(seconds=1)) == set()


def test_a_claim_is_stored_as_it_would_be_alone(memory, ask):
    changed = sending(ask)

    assert written(memory, lambda work: work.outbox.claim([changed]))

    assert seen(memory, lambda work: work.messages.get(ask.id)) == changed


def test_what_moved_meanwhile_is_not_claimed(memory, ask):
    gone = replace(ask, delivery=Delivery.CANCELLED)
    written(memory, lambda work: work.messages.save(gone, Delivery.PLANNED))

    assert not written(memory, lambda work: work.outbox.claim([sending(ask)]))


def test_conversations_open_where_person_and_phone_are_free(memory):
    first, second = crowd(memory, 2)

    def open_both(work):
        endpoint = work.addresses.of(first.alumnus)[0].endpoint
        cases = [work.cases.get(each.case) for each in (first, second)]
        talks = [conversation(case, endpoint) for case in cases]
        return talks, work.outbox.open(talks), work.outbox.busy([endpoint])

    talks, opened, busy = written(memory, open_both)

    assert opened == {talks[0].id}
    assert busy == {talks[0].endpoint: first.case}
    assert written(memory, lambda work: work.outbox.open([])) == set()


def test_a_conversation_goes_on_as_it_is_stored(memory, ask):
    def open_and_change(work):
        case = work.cases.get(ask.case)
        begun = conversation(case, work.addresses.of(ask.alumnus)[0].endpoint)
        work.outbox.open([begun])
        changed = replace(begun, updated_at=LATER, talk=replace(begun.talk, code="230"))
        work.outbox.resume([changed])
        return changed, work.conversations.of_case(case.id)

    changed, found = written(memory, open_and_change)

    assert found == changed


@pytest.mark.parametrize(
    ("deed", "usable", "stopped"),
    [
        pytest.param(lambda *_: None, True, False, id="as it was"),
        pytest.param(
            lambda work, ask: work.addresses.stands(ask.address, Standing.OPTED_OUT),
            False, False, id="this address said stop",
        ),
        pytest.param(
            lambda work, ask: work.addresses.endpoint_stands(
                work.addresses.get(ask.address).endpoint, Standing.DEAD
            ),
            False, False, id="the number is dead",
        ),
        pytest.param(
            lambda work, ask: work.addresses.remove(ask.address), False, False, id="it is gone"
        ),
        pytest.param(
            lambda work, ask: work.consents.withdraw(
                ask.alumnus, [Purpose.TRACKING], NOW, "reply"
            ),
            True, True, id="they withdrew",
        ),
    ],
)  # fmt: skip
def test_how_a_claimed_message_stands(memory, ask, deed, usable, stopped):
    claimed(memory, ask)
    written(memory, deed, ask)

    (found,) = seen(memory, lambda work: work.outbox.underway([ask.id, uuid4()]))

    assert (found.message, found.alumnus, found.kind) == (ask.id, ask.alumnus, MessageKind.ASK)
    assert (found.delivery, found.lease_until) == (Delivery.SENDING, LATER)
    assert (found.usable, found.stopped) == (usable, stopped)


def test_what_was_handed_over_comes_with_its_case_and_try_but_without_its_text(memory):
    asks = crowd(memory, 3)
    for each in asks:
        claimed(memory, each)
    order = [asks[2].id, uuid4(), asks[0].id]

    found = written(memory, lambda work: work.outbox.handed(order))

    assert [each.message.id for each in found] == [asks[2].id, asks[0].id]
    assert [each.message.text for each in found] == [None, None]
    assert [(each.case.id, each.attempt.case, each.attempt.number) for each in found] == [
        (asks[2].case, asks[2].case, 1), (asks[0].case, asks[0].case, 1),
    ]  # fmt: skip


def test_what_is_settled_keeps_its_text(memory, ask):
    claimed(memory, ask)

    def settle(work):
        (one,) = work.outbox.handed([ask.id])
        taken = replace(
            one.message, delivery=Delivery.ACCEPTED, provider_id="SM1", accepted_at=NOW,
            lease_until=None,
        )  # fmt: skip
        tried = replace(one.attempt, state=AttemptState.WAITING, answer_by=LATER)
        work.outbox.move([tried], [replace(one.case, act_at=LATER)])
        return work.outbox.settle([taken]), work.outbox.settle([taken])

    assert written(memory, settle) == (True, False)

    stored = seen(memory, lambda work: work.messages.get(ask.id))
    assert (stored.delivery, stored.text, stored.segments) == (Delivery.ACCEPTED, "Hi Amina", 1)
    assert (stored.provider_id, stored.accepted_at, stored.lease_until) == ("SM1", NOW, None)
    assert seen(memory, lambda work: work.cases.get(ask.case)).act_at == LATER
    (tried,) = seen(memory, lambda work: work.attempts.of(ask.case))
    assert (tried.state, tried.answer_by) == (AttemptState.WAITING, LATER)


def test_a_gateway_s_ids_are_known_by_their_channel(memory, ask):
    claimed(memory, ask)
    taken = replace(sending(ask), delivery=Delivery.ACCEPTED, provider_id="SM1")
    written(memory, lambda work: work.outbox.settle([taken]))

    def known(channel):
        return seen(memory, lambda work: work.outbox.known(channel, ["SM1", "SM2"]))

    assert (known(SMS), known(ChannelName.TELEGRAM)) == ({"SM1"}, set())
