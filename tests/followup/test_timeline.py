"""One alumnus as a story and as a document: complete, in order, and without what is deleted."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.alumnus import KeyStage, Membership
from contact.attempt import AttemptState
from contact.audit import Deed
from contact.case import Disposition
from contact.consent import Purpose
from contact.destination import Source
from contact.flag import Decision, FlagKind
from contact.message import Delivery, MessageKind
from contact.opening import end_case
from contact.recording import Known, record_destination
from followup.dossier import case_in_full, dossier, everything, flag_document, found
from followup.timeline import exchange, timeline
from tests.staffroom import BY, LATER, NOW, amina, asked, flagged, planned, room, talking
from tests.storage import cast

__all__ = ["room"]

MINUTE = timedelta(minutes=1)


def story(room, who):
    """What happened, as (kind, text)."""
    return [(each["what"], each["text"]) for each in room.read(timeline, room.person(who))]


def texts(room, who, what):
    return [text for kind, text in story(room, who) if kind == what]


def shown(room, who):
    return room.read(dossier, room.person(who))


def test_a_new_alumnus_has_a_beginning_and_a_permission(room):
    who = room.write(lambda work: cast.add(work, cast.somebody()))

    reference = room.person(who).reference
    assert story(room, who) == [
        ("consent", "tracking given (form_a, form)"),
        ("alumnus", f"{reference} stored"),
    ]


def test_everything_stands_in_the_order_of_time(room):
    who = room.write(amina)
    room.write(asked, who)
    room.write(talking, who)
    room.write(record_destination, room.person(who), Known("230"), Source.STAFF, BY, LATER)

    events = room.read(timeline, room.person(who))

    assert [each["at"] for each in events] == sorted(each["at"] for each in events)
    kinds = [each["what"] for each in events]
    assert kinds.index("case") < kinds.index("attempt") < kinds.index("reply")
    assert kinds[-1] in ("destination", "case")


def test_in_one_instant_a_reply_stands_before_what_answers_it(room):
    who = room.write(amina)
    _, came = room.write(talking, who)
    answer = cast.message(
        who, kind=MessageKind.THANKS, in_reply_to=came.id, text="Thanks Mina",
        claimed_at=NOW, delivery=Delivery.ACCEPTED,
    )  # fmt: skip
    room.write(lambda work: work.messages.plan(answer))

    said = [what for what, _ in story(room, who) if what in ("reply", "message")]

    assert said == ["reply", "message"]


def test_a_withdrawal_says_how_and_the_permission_stays_to_be_seen(room):
    who = room.write(amina)

    room.write(lambda work: work.consents.withdraw(who, [Purpose.TRACKING], LATER, "reply on sms"))

    assert texts(room, who, "consent") == [
        "tracking given (form_a, form)",
        "tracking withdrawn (reply on sms)",
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("810", "non_contact 810 (tries_used)", id="with its code"),
        pytest.param(None, "non_contact (tries_used)", id="without one"),
    ],
)
def test_a_case_is_told_from_its_opening_to_its_end(room, code, told):
    who = room.write(amina)
    case = room.case(who)
    room.write(end_case, case, Disposition.NON_CONTACT, "tries_used", LATER, code)

    first, *_, last = texts(room, who, "case")

    assert first == f"case {case.id} opened: y1-autumn"
    assert last == f"case {case.id} ended: {told}"


def test_a_planned_try_is_told_for_when_it_is_planned(room):
    who = room.write(amina)
    room.write(planned, who)

    assert texts(room, who, "attempt") == ["try 1 is planned"]


def test_a_try_of_staff_names_who_made_it(room):
    who = room.write(amina)
    case = room.case(who)
    rung = replace(
        cast.attempt(case), channel="phone", asked_at=NOW, ended_at=LATER,
        state=AttemptState.FAILED, outcome="no_answer", by=BY,
    )  # fmt: skip
    room.write(lambda work: work.attempts.plan(rung))

    assert texts(room, who, "attempt") == [
        f"try 1 by phone, by {BY}",
        "try 1 failed: no_answer",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"text": "Hi Mina"}, "question by sms, planned: Hi Mina", id="planned"),
        pytest.param({}, "question by sms, planned", id="not yet written"),
        pytest.param(
            {"text": "Hi", "delivery": Delivery.FAILED, "code": "30003"},
            "question by sms, failed 30003: Hi",
            id="failed with its code",
        ),
        pytest.param(
            {"text": "Hi", "delivery": Delivery.CANCELLED},
            "question by sms, cancelled",
            id="words that never left are not shown as said",
        ),
    ],
)
def test_a_message_says_what_became_of_it(room, changes, told):
    who = room.write(amina)
    room.write(lambda work: work.messages.plan(cast.message(who, **changes)))

    assert texts(room, who, "message") == [told]


def test_a_reply_stands_as_it_was_typed_with_what_was_made_of_it(room):
    who = room.write(amina)
    room.write(talking, who, "carmel maybe")

    assert texts(room, who, "reply") == ["carmel maybe [ambiguous]"]


def test_a_deleted_text_is_told_as_deleted(room):
    who = room.write(amina)
    _, came = room.write(talking, who, "not me, mate")
    room.write(lambda work: work.replies.save(replace(came, text=None, reading=None)))

    assert texts(room, who, "reply") == ["(deleted)"]
    assert "mate" not in json.dumps(room.read(everything, room.person(who)), default=str)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        pytest.param(
            Known("230"), "230 Further education, full-time (staff, by Miss Okafor)", id="a code"
        ),
        pytest.param(
            Known("230", provider="Carmel College", course="Law", level="3"),
            "230 Further education, full-time: Carmel College, Law, level 3"
            " (staff, by Miss Okafor)",
            id="where and what",
        ),
        pytest.param(
            Known("330", employer="Wigan Motors"),
            "330 Employment without training: Wigan Motors (staff, by Miss Okafor)",
            id="at work",
        ),
    ],
)
def test_a_destination_is_told_with_its_facts_and_source(room, known, told):
    who = room.write(lambda work: cast.add(work, cast.somebody()))
    room.write(record_destination, room.person(who), known, Source.STAFF, BY, LATER)

    assert texts(room, who, "destination") == [told]


def test_a_flag_is_told_when_it_was_raised_and_how_it_was_closed(room):
    who = room.write(amina)
    number = room.write(flagged, who, FlagKind.CALL_BACK)
    flag = room.read(lambda work: work.flags.get(number))
    done = replace(
        flag, closed_at=LATER, decision=Decision.CALL_MADE, closed_by=BY, note="rang her aunt"
    )
    room.write(lambda work: work.flags.close(done))

    assert texts(room, who, "flag") == [
        f"flag {number}: call_back",
        f"flag {number} call_made, by {BY}: rang her aunt",
    ]


@pytest.mark.parametrize(
    ("action", "shows"),
    [("hold", True), ("join_telegram", True), ("close_case", True), ("record_destination", False)],
)
def test_of_the_audit_only_that_is_told_which_no_row_tells(room, action, shows):
    who = room.write(amina)
    room.write(lambda work: work.audit.write(Deed(LATER, BY, action, who, detail="why")))

    told = f"{action.replace('_', ' ')} (why), by {BY}"
    assert (("staff", told) in story(room, who)) is shows


def test_what_somebody_wrote_down_is_told(room):
    who = room.write(amina)
    room.write(lambda work: work.audit.write(Deed(LATER, BY, "log_try", who, note="aunt answered")))

    assert texts(room, who, "note") == [f"aunt answered ({BY})"]


class TestExchange:
    """What was said before a flag was raised."""

    def flag(self, room, who, at=LATER):
        number = room.write(flagged, who, FlagKind.UNCLEAR, at)
        return room.read(lambda work: work.flags.get(number))

    def heard(self, room, flag, most=10):
        return [(each["who"], each["text"]) for each in room.read(exchange, flag, most)]

    def test_both_sides_are_there_in_order(self, room):
        who = room.write(amina)
        room.write(asked, who, 1, NOW - MINUTE)
        room.write(talking, who)

        assert self.heard(room, self.flag(room, who)) == [
            ("we", "Hi Mina, what are you doing now?"),
            ("they", "carmel maybe"),
        ]

    def test_what_came_after_the_flag_is_left_out(self, room):
        who = room.write(amina)
        flag = self.flag(room, who, NOW - MINUTE)
        room.write(talking, who)

        assert self.heard(room, flag) == []

    @pytest.mark.parametrize("delivery", [Delivery.PLANNED, Delivery.CANCELLED])
    def test_words_that_never_left_are_not_shown(self, room, delivery):
        who = room.write(amina)
        room.write(lambda work: work.messages.plan(cast.message(who, text="Hi", delivery=delivery)))

        assert self.heard(room, self.flag(room, who)) == []

    @pytest.mark.parametrize("most", [1, 3, 10])
    def test_the_last_texts_are_enough(self, room, most):
        who = room.write(amina)
        home = room.read(lambda work: work.addresses.of(who))[0].endpoint

        def chatter(work):
            for turn in range(12):
                work.replies.keep(
                    cast.reply(home, who, text=f"text {turn}", received_at=NOW + turn * MINUTE)
                )

        room.write(chatter)

        heard = self.heard(room, self.flag(room, who), most)
        assert heard == [("they", f"text {turn}") for turn in range(12 - most, 12)]

    def test_a_flag_about_nobody_or_about_somebody_erased_tells_nothing(self, room):
        who = room.write(amina)
        room.write(talking, who)
        about, nobody = self.flag(room, who), self.flag(room, None)
        room.write(lambda work: work.alumni.erase(who, LATER))

        assert self.heard(room, about) == []
        assert self.heard(room, nobody) == []


class TestDossier:
    """The document that staff and programs read."""

    KEYS = frozenset(
        "alumnus consents addresses cases attempts messages destinations flags timeline".split()
    )

    def test_it_has_the_keys_of_the_contract(self, room):
        who = room.write(amina)

        assert set(shown(room, who)) == self.KEYS
        assert set(room.read(everything, room.person(who))) == self.KEYS | {"replies", "audit"}

    def test_it_is_json_as_it_stands_but_for_times(self, room):
        who = room.write(amina)
        room.write(asked, who)
        room.write(talking, who)

        read = json.loads(json.dumps(room.read(everything, room.person(who)), default=str))

        assert read["replies"][0]["reading"]["slots"]["provider"] == "Carmel College"
        assert read["addresses"][0]["value"] == cast.AMINA_PHONE

    def test_whom_the_school_kept_is_seen(self, room):
        who = room.write(lambda work: cast.add(work, cast.somebody(), retained=True))

        assert shown(room, who)["alumnus"]["retained"] is True
        assert shown(room, who)["alumnus"]["held"] is False

    def test_a_case_carries_the_ending_that_stands(self, room):
        who = room.write(amina)
        case = room.case(who)
        room.write(end_case, case, Disposition.NON_CONTACT, "tries_used", LATER, "810")
        room.write(
            lambda work: work.cases.end(
                replace(
                    work.cases.endings(case.id)[-1], at=LATER + MINUTE,
                    disposition=Disposition.PARTIAL, detail="late_reply", code="230",
                )
            )
        )  # fmt: skip

        (one,) = shown(room, who)["cases"]
        assert (one["disposition"], one["detail"], one["code"]) == ("partial", "late_reply", "230")
        whole = room.read(case_in_full, room.case(who))
        assert [each["code"] for each in whole["endings"]] == ["810", "230"]

    def test_a_running_case_has_no_ending(self, room):
        who = room.write(amina)

        (one,) = shown(room, who)["cases"]
        assert (one["disposition"], one["detail"], one["code"], one["ended_at"]) == (None,) * 4

    def test_the_newest_cohort_stands_for_all_in_a_list(self, room):
        who = room.write(amina)
        later = replace(cast.COHORT, key_stage=KeyStage.KS5, leaving_year=2027)
        room.write(lambda work: work.cohorts.join(Membership(who, later)))
        lone = cast.somebody("Ben Shaw")
        room.write(lambda work: work.alumni.add(lone, None))

        rows = room.read(found, [room.person(who), room.person(lone.id)])

        assert [(row["name"], row["cohort"]) for row in rows] == [
            ("Amina Yusuf", "cansfield-KS5-2027"),
            ("Ben Shaw", None),
        ]

    def test_of_somebody_erased_a_flag_shows_no_text_and_a_case_no_message(self, room):
        who = room.write(amina)
        room.write(asked, who)
        _, came = room.write(talking, who)
        number = room.write(flagged, who, reply=came.id)
        case = room.case(who)
        room.write(lambda work: work.alumni.erase(who, LATER))

        flag = room.read(lambda work: flag_document(work, work.flags.get(number)))
        assert (flag["alumnus"], flag["text"], flag["reading"]) == (None, None, None)
        whole = room.read(case_in_full, case)
        assert (whole["alumnus"], whole["messages"]) == (None, [])

    def test_a_strangers_text_is_shown_without_a_name(self, room):
        def stranger(work):
            met = work.addresses.meet(ChannelName.SMS, "+447700900077", uuid4())
            came = cast.reply(met.id, None, text="who dis")
            assert work.replies.keep(came)
            return flagged(work, None, FlagKind.UNKNOWN_SENDER, reply=came.id)

        number = room.write(stranger)

        flag = room.read(lambda work: flag_document(work, work.flags.get(number)))
        assert (flag["alumnus"], flag["text"]) == (None, "who dis")
