"""What staff decide about a flag, on a real database."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import Standing
from contact.attempt import AttemptState
from contact.case import CaseState, Disposition
from contact.consent import Purpose
from contact.destination import Source
from contact.errors import AlreadyDecided, NotAllowed, UnknownReference
from contact.flag import Decision, FlagKind
from contact.hours import deadline
from contact.message import Delivery, MessageKind
from contact.opening import end_case
from contact.recording import Known
from contact.review import Ruling, close_flag, take_flag
from contact.withdrawal import withdraw
from tests.staffroom import (
    BY,
    CANSFIELD,
    LATER,
    NOW,
    amina,
    asked,
    flagged,
    planned,
    room,
    second_number,
    talking,
    unclear,
)
from tests.storage import cast

__all__ = ["room"]


def decide(room, number, decision, at=LATER, **more):
    ruling = Ruling(Decision(decision), BY, **more)
    return room.write(close_flag, number, ruling, room.desk, at)


def test_a_code_answers_the_try_ends_the_case_and_is_stored_with_who_said_so(room):
    who, number = room.write(unclear)

    decide(room, number, "code", known=Known("230", provider="Carmel College", level="3"))

    stored = room.read(lambda work: work.destinations.of(who))
    assert [(each.code, each.source, each.by) for each in stored] == [("230", Source.STAFF, BY)]
    assert stored[0].provider == "Carmel College"
    assert stored[0].reply == room.flags(who)[0].reply
    assert room.attempts(who)[0].state is AttemptState.ANSWERED
    ending = room.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.COMPLETE, "230")


def test_a_refusal_is_coded_once_and_ends_the_case_as_one(room):
    who, number = room.write(unclear)

    decide(room, number, "code", known=Known("830"))

    assert [each.code for each in room.read(lambda work: work.destinations.of(who))] == ["830"]
    assert room.ending(who).disposition is Disposition.REFUSAL


def test_the_decision_is_kept_with_who_when_and_why_and_audited(room):
    who, number = room.write(unclear)

    decide(room, number, "no_answer_needed", note="She only said thanks.")

    flag = room.flags(who)[0]
    assert (flag.decision, flag.closed_by, flag.closed_at) == ("no_answer_needed", BY, LATER)
    assert flag.note == "She only said thanks."
    deed = room.read(lambda work: work.audit.of(who))[-1]
    assert (deed.by, deed.action, deed.subject) == (BY, "close_flag", f"flag:{number}")
    assert "thanks" not in (deed.detail or "")


def test_closing_the_last_pausing_flag_ends_the_pause_and_moves_the_deadline(room):
    who, number = room.write(unclear)
    until = room.attempts(who)[0].answer_by
    assert room.case(who).state is CaseState.PAUSED

    decide(room, number, "call_made")

    assert room.case(who).state is CaseState.OPEN
    assert room.attempts(who)[0].answer_by == until + (LATER - NOW)


def test_another_pausing_flag_keeps_the_pause(room):
    who, number = room.write(unclear)
    room.write(flagged, who, FlagKind.WORRY)

    decide(room, number, "no_answer_needed")

    assert room.case(who).state is CaseState.PAUSED


def test_a_hold_outlasts_every_flag(room):
    who, number = room.write(unclear)
    room.write(lambda work: work.alumni.hold(who, NOW))

    decide(room, number, "no_answer_needed")

    assert room.case(who).state is CaseState.PAUSED


def test_the_second_to_decide_is_told_who_was_first_and_changes_nothing(room):
    who, number = room.write(unclear)
    decide(room, number, "no_answer_needed")

    with pytest.raises(AlreadyDecided, match=r"by Miss Okafor on 4 November 2025 at 16:30") as told:
        decide(room, number, "withdraw", at=LATER + timedelta(hours=1))

    assert "\n" not in str(told.value)
    assert room.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is not None
    assert room.deeds(who).count("close_flag") == 1


def test_ask_again_sends_the_open_question_once_more_with_time_to_answer(room):
    who, number = room.write(unclear)

    remark = decide(room, number, "ask_again")

    said = [each for each in room.read(lambda work: work.messages.of(who)) if each.line != "ask.1"]
    assert [(each.kind, each.delivery) for each in said] == [(MessageKind.NUDGE, Delivery.PLANNED)]
    assert said[0].text
    assert "once more" in remark
    assert room.attempts(who)[0].answer_by == deadline(LATER, 4)
    assert room.case(who).state is CaseState.OPEN


def test_ask_again_leaves_a_planned_try_to_ask(room):
    who = room.write(amina)
    room.write(planned, who)
    number = room.write(flagged, who)

    decide(room, number, "ask_again")

    messages = room.read(lambda work: work.messages.of(who))
    assert [each.kind for each in messages] == [MessageKind.ASK]


def test_nothing_is_asked_again_where_no_case_runs(room):
    who = room.write(lambda work: cast.add(work, cast.somebody()))
    number = room.write(flagged, who)

    with pytest.raises(NotAllowed, match="No case"):
        decide(room, number, "ask_again")

    assert room.flags(who)[0].closed_at is None


def test_withdraw_ends_permission_and_case(room):
    who, number = room.write(unclear)

    decide(room, number, "withdraw")

    assert room.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is None
    assert room.ending(who).code == "830"


def test_wrong_person_disowns_the_address_fails_the_try_and_deletes_the_words(room):
    who, number = room.write(unclear)

    decide(room, number, "wrong_person")

    assert room.read(lambda work: work.addresses.of(who))[0].standing is Standing.NOT_THEIRS
    assert room.attempts(who)[0].outcome == "wrong_person"
    reply = room.read(lambda work: work.replies.of(who))[0]
    assert reply.text is None
    assert reply.reading.evidence == ()
    assert room.read(lambda work: work.conversations.with_(who)) is None


def test_wrong_person_leaves_the_other_numbers_alone(room):
    who, number = room.write(unclear)
    other = room.write(second_number, who)

    decide(room, number, "wrong_person")

    standing = {each.id: each.standing for each in room.read(lambda work: work.addresses.of(who))}
    assert standing[other.id] is Standing.UNTRIED


def test_wrong_person_needs_a_flag_that_says_where(room):
    who = room.write(amina)
    number = room.write(flagged, who, FlagKind.QUESTION)

    with pytest.raises(NotAllowed, match="person correct"):
        decide(room, number, "wrong_person")


def review_row(work, **given):
    who = cast.add(work, cast.somebody(**given))
    return who, flagged(work, who, FlagKind.IMPORT_REVIEW)


def test_an_accepted_row_is_no_longer_in_review(room):
    who, number = room.write(review_row)

    assert decide(room, number, "accept") is None

    facts = room.read(lambda work: next(work.due.candidates(cast.WINDOW, who))).facts
    assert not facts.in_review
    assert facts.consent_granted


def test_accepting_a_row_without_permission_says_so(room):
    who, number = room.write(review_row)
    room.write(lambda work: work.consents.withdraw(who, [Purpose.TRACKING], NOW, "no"))

    assert "no live permission" in decide(room, number, "accept")


def test_a_discarded_row_stays_stored_and_held(room):
    who, number = room.write(review_row)

    decide(room, number, "discard")

    assert room.person(who).held_since == LATER
    assert room.deeds(who) == ["hold", "close_flag"]


@pytest.mark.parametrize(
    ("kind", "decision", "known", "why"),
    [
        pytest.param(FlagKind.UNCLEAR, "accept", None, "import_review only", id="accept"),
        pytest.param(FlagKind.UNCLEAR, "discard", None, "import_review only", id="discard"),
        pytest.param(FlagKind.IMPORT_REVIEW, "call_made", None, "accept", id="a row"),
        pytest.param(FlagKind.UNCLEAR, "code", None, "--code", id="no code"),
        pytest.param(FlagKind.UNCLEAR, "code", Known("999"), "not an NCCIS", id="no such code"),
        pytest.param(FlagKind.UNCLEAR, "code", Known("810"), "nobody knows", id="not known"),
        pytest.param(FlagKind.UNCLEAR, "call_made", Known("230"), "goes with", id="needless code"),
    ],
)
def test_a_decision_that_does_not_fit_leaves_the_flag_open(room, kind, decision, known, why):
    who = room.write(amina)
    number = room.write(flagged, who, kind)

    with pytest.raises(NotAllowed, match=why):
        decide(room, number, decision, known=known)

    assert room.flags(who)[0].closed_at is None
    assert room.deeds(who) == []


@pytest.mark.parametrize("decision", ["ask_again", "wrong_person"])
def test_a_decision_about_somebody_needs_somebody(room, decision):
    number = room.write(flagged, None, FlagKind.CHANNEL_DOWN)

    with pytest.raises(NotAllowed, match="nobody we know"):
        decide(room, number, decision)


def test_a_strangers_number_can_be_closed(room):
    endpoint = room.write(lambda work: work.addresses.meet("sms", "+447700900199", uuid4()))
    subject = f"unknown_sender:{endpoint.id}"
    number = room.write(flagged, None, FlagKind.UNKNOWN_SENDER, subject=subject)

    decide(room, number, "withdraw")

    closed = room.read(lambda work: work.addresses.find("sms", "+447700900199"))
    assert closed.standing is Standing.OPTED_OUT


def late(work, at):
    who, _ = unclear(work)
    for each in work.flags.of(who):
        work.flags.close(replace(each, closed_at=NOW, decision=Decision.CALL_MADE, closed_by=BY))
    case = work.cases.current(who)
    end_case(work, case, Disposition.NON_CONTACT, "tries_used", NOW, "810")
    came = cast.reply(work.addresses.of(who)[0].endpoint, who, case=case.id, received_at=at)
    work.replies.keep(came)
    return who, flagged(work, who, FlagKind.LATE_REPLY, at, case=case.id, reply=came.id)


def test_a_late_reply_in_time_makes_a_new_ending_of_its_case(room):
    who, number = room.write(late, NOW + timedelta(days=59))

    decide(room, number, "code", at=NOW + timedelta(days=60), known=Known("330"))

    ending = room.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == ("complete", "late_reply", "330")


def test_a_reply_that_came_too_late_leaves_the_ending_and_keeps_what_it_says(room):
    who, number = room.write(late, NOW + timedelta(days=61))

    remark = decide(room, number, "code", at=NOW + timedelta(days=62), known=Known("330"))

    assert room.ending(who).code == "810"
    assert [e.code for e in room.read(lambda work: work.destinations.of(who))] == ["810", "330"]
    assert "too long" in remark


def stopped_then_wrote(work):
    who = amina(work)
    asked(work, who)
    _, came = talking(work, who)
    withdraw(work, who, CANSFIELD, NOW - timedelta(hours=1), "STOP")
    return who, flagged(work, who, FlagKind.LATE_REPLY, reply=came.id)


def test_after_a_withdrawal_nothing_is_coded(room):
    who, number = room.write(stopped_then_wrote)

    with pytest.raises(NotAllowed, match="had said stop"):
        decide(room, number, "code", known=Known("230"))

    codes = [each.code for each in room.read(lambda work: work.destinations.of(who))]
    assert codes == ["830"]


def test_taking_a_flag_is_noted_and_the_second_is_told_who_has_it(room):
    who, number = room.write(unclear)

    room.write(take_flag, number, BY, NOW)

    assert room.flags(who)[0].taken_by == BY
    with pytest.raises(AlreadyDecided, match=BY):
        room.write(take_flag, number, "Mr Reid", NOW)
    room.write(take_flag, number, "Mr Reid", NOW, over=True)
    assert room.flags(who)[0].taken_by == "Mr Reid"


def test_a_closed_flag_cannot_be_taken(room):
    _, number = room.write(unclear)
    decide(room, number, "call_made")

    with pytest.raises(AlreadyDecided, match="closed"):
        room.write(take_flag, number, BY, LATER)


def test_a_flag_that_is_none_is_a_clear_line(room):
    with pytest.raises(UnknownReference, match="no flag 77"):
        decide(room, 77, "call_made")


def test_an_accepted_row_without_a_leaving_year_says_so(room):
    def nameless_year(work):
        person = cast.somebody()
        work.alumni.add(person, "amina")
        work.consents.grant(cast.consent(person.id))
        return person.id, flagged(work, person.id, FlagKind.IMPORT_REVIEW)

    _, number = room.write(nameless_year)

    assert "no leaving year" in decide(room, number, "accept")


def test_asking_again_where_the_talk_is_over_leaves_it_to_the_next_try(room):
    who = room.write(amina)
    number = room.write(flagged, who)

    remark = decide(room, number, "ask_again")

    assert "next try" in remark
    assert room.case(who).act_at == LATER


def use_up(work, who):
    case = work.cases.current(who)
    for number in (1, 2, 3):
        failed = {"state": AttemptState.FAILED, "outcome": "no_answer"}
        work.attempts.plan(cast.attempt(case, number, **failed))


def test_nothing_is_left_to_ask_with_once_every_try_is_used_up(room):
    who = room.write(amina)
    room.write(use_up, who)
    flag = room.write(flagged, who)

    with pytest.raises(NotAllowed, match="Every try"):
        decide(room, flag, "ask_again")
