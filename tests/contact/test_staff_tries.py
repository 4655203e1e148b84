"""Calls, letters and the rest count as tries, on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.case import CaseState, Disposition
from contact.consent import Purpose
from contact.errors import NotAllowed
from contact.flag import FlagKind
from contact.message import Delivery
from contact.recording import Known
from contact.staff_tries import StaffTry, TryOutcome, log_try
from scheduler.casework import move_on
from tests.staffroom import BY, LATER, NOW, amina, asked, planned, room
from tests.storage import cast

__all__ = ["room"]


def log(room, who, outcome, channel="phone", at=LATER, **more):
    made = StaffTry(ChannelName(channel), TryOutcome(outcome), at, BY, **more)
    return room.write(log_try, room.person(who), made, room.desk, max(at, LATER))


def clock_looks(room, who, at):
    return room.write(lambda work: move_on(work, work.cases.current(who), room.desk, at))


def test_a_try_takes_the_number_of_a_planned_one_whose_message_is_not_sent(room):
    who = room.write(amina)
    ask = room.write(planned, who)

    logged = log(room, who, "no_answer")

    assert logged.number == 1
    attempt = room.attempts(who)[0]
    assert (attempt.state, attempt.outcome, attempt.channel, attempt.by) == (
        AttemptState.FAILED, "no_answer", "phone", BY,
    )  # fmt: skip
    assert room.read(lambda work: work.messages.get(ask)).delivery is Delivery.CANCELLED


def test_a_try_beside_one_that_waits_takes_the_next_number(room):
    who = room.write(amina)
    room.write(asked, who)

    assert log(room, who, "no_answer", channel="letter").number == 2

    states = [each.state for each in room.attempts(who)]
    assert states == [AttemptState.WAITING, AttemptState.FAILED]


def test_a_planned_try_whose_text_is_just_leaving_keeps_its_number(room):
    who = room.write(amina)
    ask = room.write(planned, who)
    room.write(
        lambda work: work.messages.save(
            replace(work.messages.get(ask), delivery=Delivery.SENDING), Delivery.PLANNED
        )
    )

    assert log(room, who, "no_answer").number == 2


def test_three_tries_in_vain_end_the_case_at_the_next_tick(room):
    who = room.write(amina)
    for _ in range(3):
        log(room, who, "no_answer")

    assert room.case(who).state is not CaseState.ENDED
    tally = clock_looks(room, who, LATER + timedelta(minutes=1))

    assert tally["unknown"] == 1
    assert room.ending(who).code == "810"


def test_no_case_ends_while_another_try_waits(room):
    who = room.write(amina)
    waiting = room.write(asked, who)
    log(room, who, "no_answer")
    log(room, who, "no_answer")

    assert room.case(who).act_at == waiting.act_at
    clock_looks(room, who, room.case(who).act_at - timedelta(minutes=1))
    assert room.case(who).state is CaseState.OPEN
    at = waiting.act_at + timedelta(minutes=1)
    clock_looks(room, who, at)
    clock_looks(room, who, at)
    assert room.ending(who).disposition is Disposition.NON_CONTACT


def test_a_fourth_try_in_vain_is_refused(room):
    who = room.write(amina)
    for _ in range(3):
        log(room, who, "no_answer")

    with pytest.raises(NotAllowed, match="All 3 tries"):
        log(room, who, "no_answer")

    assert len(room.attempts(who)) == 3


def test_an_answer_counts_even_where_every_number_is_taken(room):
    who = room.write(amina)
    for _ in range(3):
        log(room, who, "no_answer")

    logged = log(room, who, "answered", known=Known("310", employer="Bridge Joinery"))

    assert logged.number is None
    assert room.ending(who).disposition is Disposition.COMPLETE


def test_an_answer_ends_the_case_with_its_code(room):
    who = room.write(amina)
    room.write(asked, who)

    log(room, who, "answered", known=Known("310", employer="Bridge Joinery"))

    stored = room.read(lambda work: work.destinations.of(who))[0]
    assert (stored.code, stored.employer, stored.by) == ("310", "Bridge Joinery", BY)
    assert room.ending(who).disposition is Disposition.COMPLETE
    assert room.attempts(who)[1].state is AttemptState.ANSWERED
    assert AttemptState.WAITING not in [each.state for each in room.attempts(who)]


def test_a_refusal_by_phone_ends_the_case_and_all_contact(room):
    who = room.write(amina)
    room.write(planned, who)

    log(room, who, "refused")

    assert room.attempts(who)[0].state is AttemptState.CANCELLED
    ending = room.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.REFUSAL, "830")
    assert room.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is None
    assert room.read(lambda work: work.addresses.of(who))[0].standing is Standing.OPTED_OUT


def test_a_refusal_on_a_family_phone_puts_the_others_before_staff(room):
    who = room.write(amina)
    other = room.write(lambda work: cast.add(work, cast.somebody("Ben Yusuf")))

    log(room, who, "refused")

    assert [each.kind for each in room.flags(other)] == [FlagKind.SHARED_STOP]


def test_a_refused_letter_closes_no_phone(room):
    who = room.write(amina)

    log(room, who, "refused", channel="letter")

    assert room.read(lambda work: work.addresses.of(who))[0].standing is Standing.UNTRIED
    assert room.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is None


def test_a_stranger_on_the_phone_means_that_the_number_is_not_theirs(room):
    who = room.write(amina)

    log(room, who, "wrong_person")

    assert room.attempts(who)[0].outcome == "wrong_person"
    assert room.read(lambda work: work.addresses.of(who))[0].standing is Standing.NOT_THEIRS


def test_the_note_is_kept_encrypted_and_leaves_nothing_to_look_at(room):
    who = room.write(amina)

    log(room, who, "no_answer", note="Her mother says: after six.")

    deeds = room.read(lambda work: work.audit.of(who))
    assert [(deed.action, deed.detail) for deed in deeds] == [("log_try", "phone: no_answer")]
    assert deeds[0].note == "Her mother says: after six."
    assert room.flags(who) == []


@pytest.mark.parametrize(
    ("outcome", "more", "why"),
    [
        pytest.param("answered", {}, "--code", id="answered without a code"),
        pytest.param("no_answer", {"known": Known("230")}, "goes with", id="a needless code"),
        pytest.param("answered", {"known": Known("23")}, "not an NCCIS", id="no such code"),
        pytest.param("no_answer", {"channel": "sms"}, "service's own", id="our own channel"),
        pytest.param("no_answer", {"at": NOW - timedelta(days=1)}, "before", id="too early"),
    ],
)
def test_what_cannot_be_logged_changes_nothing(room, outcome, more, why):
    who = room.write(amina)

    with pytest.raises(NotAllowed, match=why):
        log(room, who, outcome, **more)

    assert room.attempts(who) == []
    assert room.deeds(who) == []


def test_a_try_in_the_future_is_refused(room):
    who = room.write(amina)
    made = StaffTry(ChannelName.PHONE, TryOutcome.NO_ANSWER, LATER, BY)

    with pytest.raises(NotAllowed, match="future"):
        room.write(log_try, room.person(who), made, room.desk, NOW)


def test_without_a_case_there_is_no_try_to_log(room):
    who = room.write(lambda work: cast.add(work, cast.somebody()))

    with pytest.raises(NotAllowed, match="No case"):
        log(room, who, "no_answer")
