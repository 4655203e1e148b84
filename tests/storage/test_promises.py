"""The promises the database keeps whatever the code does: each is broken here, in vain."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from contact.attempt import AttemptState
from contact.case import CaseState
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.flag import FlagKind, NewFlag
from contact.message import Delivery, MessageKind
from storage import tables
from storage.faults import DatabaseRefused
from tests.storage.cast import (
    LATER,
    NOW,
    WINDOW,
    add,
    attempt,
    consent,
    conversation,
    message,
    open_case,
    reply,
    seen,
    somebody,
    written,
)


def raw(work, statement):
    """Run what no repository would, on the transaction's own connection."""
    return work.cases._connection.execute(statement)  # nothing else is handed out


def refused(memory, use_case, *values):
    """What the database says to ``use_case``; a test that sees nothing has failed."""
    with pytest.raises(DatabaseRefused) as caught:
        written(memory, use_case, *values)
    return str(caught.value)


def case_row(case, **changes):
    """Another row for the same alumnus."""
    terms = case.terms
    row = {
        "alumnus_id": case.alumnus,
        "school": case.school,
        "cohort_id": case.cohort,
        "wave": case.wave,
        "state": case.state,
        "tries": terms.tries,
        "gap_days": terms.gap_days,
        "reply_days": terms.reply_days,
        "late_reply_days": terms.late_reply_days,
        "until": terms.until,
        "opened_at": NOW,
    }
    return insert(tables.case).values({**row, **changes})


def test_one_case_per_alumnus_and_wave(memory, case):
    again = case_row(case, state=CaseState.ENDED)

    refused(memory, raw, again)


@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.PAUSED])
def test_one_case_that_is_not_ended_per_alumnus(memory, case, state):
    refused(memory, raw, case_row(case, wave="y1-spring", state=state))
    written(memory, raw, case_row(case, wave="y1-spring", state=CaseState.ENDED))


def test_an_ended_case_is_not_revived_beside_another(memory, case):
    written(memory, raw, case_row(case, wave="y1-spring", state=CaseState.ENDED))
    revive = update(tables.case).where(tables.case.c.wave == "y1-spring").values(state="open")

    refused(memory, raw, revive)


def test_opening_a_wave_twice_opens_it_once(memory, amina, case):
    again = written(memory, lambda work: work.due.open(WINDOW, WINDOW.opens, LATER))

    assert again == 0
    assert seen(memory, lambda work: work.cases.of(amina)) == [case]


def test_one_attempt_per_case_and_number(memory, case):
    written(memory, lambda work: work.attempts.plan(attempt(case)))

    refused(memory, lambda work: work.attempts.plan(attempt(case, state=AttemptState.FAILED)))


@pytest.mark.parametrize(
    "delivery", [Delivery.PLANNED, Delivery.SENDING, Delivery.UNSURE, Delivery.ACCEPTED]
)
def test_one_ask_in_flight_per_attempt(memory, amina, case, delivery):
    ask = message(amina, kind=MessageKind.ASK, case=case.id, attempt=1, delivery=delivery)

    def plan(work):
        with suppress(Exception):
            work.attempts.plan(attempt(case))
        again = replace(ask, id=uuid4(), delivery=Delivery.PLANNED)
        nudge = replace(ask, id=uuid4(), kind=MessageKind.NUDGE)
        return [work.messages.plan(each) for each in (ask, again, nudge)]

    assert written(memory, plan) == [True, False, True]


@pytest.mark.parametrize(
    "delivery",
    [Delivery.DELIVERED, Delivery.UNDELIVERABLE, Delivery.FAILED, Delivery.CANCELLED],
)
def test_after_one_that_is_settled_the_attempt_may_ask_again(memory, amina, case, delivery):
    ask = message(amina, kind=MessageKind.ASK, case=case.id, attempt=1, delivery=delivery)

    def plan(work):
        work.attempts.plan(attempt(case))
        again = replace(ask, id=uuid4(), delivery=Delivery.PLANNED)
        return [work.messages.plan(each) for each in (ask, again)]

    assert written(memory, plan) == [True, True]


def test_an_ask_needs_an_attempt_that_exists(memory, amina, case):
    ask = message(amina, kind=MessageKind.ASK, case=case.id, attempt=1)

    refused(memory, lambda work: work.messages.plan(ask))


def test_one_reply_per_provider_id(memory, amina, home):
    came = reply(home, amina)
    again = replace(came, id=uuid4(), text="something else", received_at=LATER)

    assert written(memory, lambda work: work.replies.keep(came))
    assert not written(memory, lambda work: work.replies.keep(again))
    assert seen(memory, lambda work: work.replies.of(amina)) == [came]


def test_one_answer_per_reply(memory, amina, home):
    came = reply(home, amina)
    answers = [message(amina, in_reply_to=came.id, text=text) for text in ("one", "two")]

    def plan(work):
        work.replies.keep(came)
        return [work.messages.plan(each) for each in answers]

    assert written(memory, plan) == [True, False]


def test_one_message_per_provider_id(memory, amina):
    first, second = (message(amina, provider_id="SM1", delivery="accepted") for _ in "12")

    assert written(memory, lambda work: work.messages.plan(first))
    assert not written(memory, lambda work: work.messages.plan(second))


def test_one_unknown_per_case(memory, amina, case):
    def unknown(code):
        return Destination(uuid4(), amina, code, Source.SERVICE, NOW, case.id)

    def add_three(work):
        return [work.destinations.add(unknown(code)) for code in ("810", "820", "230")]

    assert written(memory, add_three) == [True, False, True]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_one_live_consent_per_purpose(memory, purpose):
    person = written(memory, add, somebody(), None)
    if purpose is not Purpose.TRACKING:
        written(memory, lambda work: work.consents.grant(consent(person, purpose=purpose)))

    refused(memory, lambda work: work.consents.grant(consent(person, purpose=purpose)))


def test_one_open_conversation_per_alumnus(memory, amina, case, home):
    def open_two(work):
        other = work.addresses.meet("telegram", "42", uuid4())
        return [
            work.conversations.open(conversation(case, home)),
            work.conversations.open(conversation(case, other.id)),
        ]

    assert written(memory, open_two) == [True, False]


def test_one_open_conversation_per_endpoint(memory, case, home):
    ben = written(memory, add, somebody("Ben"), "+447700900002")
    other = written(memory, open_case, ben)

    def open_two(work):
        first, second = conversation(case, home), conversation(other, home)
        opened = [work.conversations.open(each) for each in (first, second)]
        work.conversations.save(replace(first, closed_at=LATER))
        return [*opened, work.conversations.open(second)]

    assert written(memory, open_two) == [True, False, True]


def test_a_conversation_does_not_move_to_an_endpoint_that_talks(memory, case, home):
    ben = written(memory, add, somebody("Ben"), "+447700900002")
    other = written(memory, open_case, ben)
    theirs = seen(memory, lambda work: work.addresses.of(ben)[0].endpoint)
    moved = conversation(other, theirs)

    def open_two(work):
        work.conversations.open(conversation(case, home))
        work.conversations.open(moved)

    written(memory, open_two)

    refused(memory, lambda work: work.conversations.save(replace(moved, endpoint=home)))


def test_one_open_flag_per_subject(memory):
    flag = NewFlag(FlagKind.CHANNEL_DOWN, None, NOW, LATER, subject="sms")

    def raise_two(work):
        return [work.flags.raise_(flag) for _ in "12"]

    first, second = written(memory, raise_two)

    assert first is not None
    assert second is None


def test_one_reference_names_one_alumnus(memory, amina):
    taken = seen(memory, lambda work: work.alumni.get(amina).reference)

    refused(memory, lambda work: work.alumni.add(somebody("Ben", reference=taken), None))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("case", "state"),
        ("attempt", "state"),
        ("message", "delivery"),
        ("message", "kind"),
        ("message", "channel"),
        ("endpoint", "standing"),
        ("address", "standing"),
        ("consent", "purpose"),
    ],
)
def test_a_closed_set_takes_no_other_word(memory, amina, case, table, column):
    def spoil(work):
        work.attempts.plan(attempt(case))
        work.messages.plan(message(amina))
        raw(work, update(getattr(tables, table)).values({column: "odd"}))

    assert f"ck_{table}_{column}_is_known" in refused(memory, spoil)


def test_nothing_belongs_to_an_alumnus_who_is_not_there(memory):
    refused(memory, lambda work: work.consents.grant(consent(uuid4())))


def test_a_refusal_shows_nobodys_data(memory, home):
    marked = NewFlag(FlagKind.WORRY, "MARKED-SCHOOL", NOW, LATER, uuid4(), detail="MARKED-DETAIL")

    said = refused(memory, lambda work: work.flags.raise_(marked))

    assert "MARKED" not in said
    assert str(marked.alumnus) not in said
    assert str(marked.alumnus).replace("-", "") not in said


@pytest.mark.parametrize("place", ["__cause__", "__context__"])
def test_a_refusal_carries_no_driver_error_with_it(memory, amina, place):
    reference = seen(memory, lambda work: work.alumni.get(amina).reference)
    twin = somebody("MARKED", reference=reference)

    with pytest.raises(DatabaseRefused) as caught:
        written(memory, lambda work: work.alumni.add(twin, None))

    assert getattr(caught.value, place) is None
    assert reference not in repr(caught.value)
