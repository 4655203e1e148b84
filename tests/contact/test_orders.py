"""What staff order for one alumnus, on a real database."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.case import CaseState, Disposition
from contact.closing import close_case
from contact.consent import Purpose
from contact.destination import Source
from contact.errors import AlreadyDecided, NotAllowed, UnknownReference
from contact.finding import by_reference, search
from contact.flag import FlagKind
from contact.orders import erase, hold, invite, release, withdraw_for
from contact.recording import Known, record_destination
from contact.resuming import resume_channel
from contact.standing import ChannelStop
from tests.staffroom import BY, CANSFIELD, LATER, NOW, amina, asked, flagged, planned, room
from tests.storage import cast

__all__ = ["room"]

SCHOOLS = {"cansfield": CANSFIELD}


def order(room, use_case, who, *args):
    return room.write(use_case, room.person(who), *args)


def test_a_hold_pauses_the_case_and_a_release_goes_on_with_it(room):
    who = room.write(amina)
    room.write(asked, who)
    until = room.attempts(who)[0].answer_by

    order(room, hold, who, BY, NOW)
    assert room.case(who).state is CaseState.PAUSED

    order(room, release, who, BY, LATER)
    assert room.case(who).state is CaseState.OPEN
    assert room.person(who).held_since is None
    assert room.attempts(who)[0].answer_by == until + (LATER - NOW)
    assert room.deeds(who) == ["hold", "release"]


def test_a_release_leaves_the_pause_of_an_open_flag(room):
    who = room.write(amina)
    room.write(flagged, who, FlagKind.WORRY)
    order(room, hold, who, BY, NOW)

    assert order(room, release, who, BY, LATER) is False
    assert room.case(who).state is CaseState.PAUSED


def test_the_second_to_hold_is_told_who_did_it(room):
    who = room.write(amina)
    order(room, hold, who, BY, NOW)

    with pytest.raises(AlreadyDecided, match="by Miss Okafor on 3 November 2025 at 16:30"):
        order(room, hold, who, "Mr Reid", LATER)


def test_what_is_not_held_cannot_be_released(room):
    who = room.write(amina)

    with pytest.raises(NotAllowed, match="not held"):
        order(room, release, who, BY, NOW)


def test_a_held_person_is_still_found_by_the_row_of_their_form(room):
    who = room.write(amina)
    before = room.read(lambda work: work.alumni.matching("cansfield", "Amina Yusuf|2009-03-14"))

    order(room, hold, who, BY, NOW)

    after = room.read(lambda work: work.alumni.matching("cansfield", "Amina Yusuf|2009-03-14"))
    assert (before.id, after.id) == (who, who)


def test_telling_staff_to_stop_is_as_good_as_stop(room):
    who = room.write(amina)
    ask = room.write(planned, who)

    order(room, withdraw_for, who, SCHOOLS, "told staff", BY, LATER)

    assert room.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is None
    assert room.read(lambda work: work.messages.get(ask)).delivery == "cancelled"
    assert room.ending(who).code == "830"
    with pytest.raises(AlreadyDecided, match="had withdrawn on 4 November"):
        order(room, withdraw_for, who, SCHOOLS, "told staff", BY, LATER)


def test_the_erased_cannot_be_found_read_or_asked_and_the_case_says_so(room):
    who = room.write(amina)
    reference = room.person(who).reference

    order(room, erase, who, BY, LATER)

    assert room.ending(who).detail == "erased"
    assert room.deeds(who) == ["erase"]
    assert room.read(lambda work: list(search(work, "amina"))) == []
    with pytest.raises(UnknownReference, match="person find"):
        room.read(by_reference, reference)


def test_an_invitation_is_for_one_person_and_runs_out(room):
    who = room.write(amina)

    until = order(room, invite, who, "t0k3n", BY, NOW)

    stored = room.read(lambda work: work.house.invitation("t0k3n"))
    assert (stored.alumnus, stored.expires_at) == (who, until)
    assert until > NOW


def test_nobody_without_permission_is_invited(room):
    who = room.write(amina)
    room.write(lambda work: work.consents.withdraw(who, [Purpose.TRACKING], NOW, "STOP"))

    with pytest.raises(NotAllowed, match="no live permission"):
        order(room, invite, who, "t0k3n", BY, NOW)


@pytest.mark.parametrize("source", [Source.STAFF, Source.RESULTS_DAY, Source.PROVIDER])
def test_what_is_known_elsewhere_ends_the_running_case(room, source):
    who = room.write(amina)
    ask = room.write(planned, who)
    case = room.case(who)

    ended = order(room, record_destination, who, Known("210"), source, BY, LATER)

    assert ended == case.id
    ending = room.ending(who)
    assert (ending.disposition, ending.detail) == (Disposition.OTHER, "known_elsewhere")
    assert room.read(lambda work: work.messages.get(ask)).delivery == "cancelled"
    assert room.deeds(who) == ["record_destination"]


def test_what_a_parent_says_is_kept_and_ends_nothing(room):
    who = room.write(amina)

    assert order(room, record_destination, who, Known("210"), Source.PARENT, BY, LATER) is None

    assert room.case(who).state is CaseState.OPEN
    assert [e.source for e in room.read(lambda work: work.destinations.of(who))] == ["parent"]


@pytest.mark.parametrize(
    ("known", "why"),
    [
        pytest.param(Known("231"), "did you mean", id="close to a code"),
        pytest.param(Known("830"), "attempts log", id="refused"),
        pytest.param(Known("820"), "nobody knows", id="not known"),
        pytest.param(Known("720"), "retired", id="retired"),
        pytest.param(Known("110"), "school age", id="at school"),
        pytest.param(Known("230", level="9"), "1 to 8", id="no such level"),
        pytest.param(Known("230", start="2025-13"), "no date", id="no such month"),
        pytest.param(Known("230", start="autumn"), "no date", id="a season"),
        pytest.param(Known("230", course="x" * 201), "200", id="a story"),
    ],
)
def test_what_cannot_be_a_destination_is_one_line_and_stores_nothing(room, known, why):
    who = room.write(amina)

    with pytest.raises(NotAllowed, match=why) as told:
        order(room, record_destination, who, known, Source.STAFF, BY, LATER)

    assert "\n" not in str(told.value)
    assert room.read(lambda work: work.destinations.of(who)) == []


def test_a_case_closed_by_hand_says_why_and_the_second_is_told_by_whom(room):
    who = room.write(amina)
    number = room.case(who).id

    room.write(close_case, number, "moved abroad", BY, LATER)

    ending = room.ending(who)
    assert (ending.disposition, ending.detail) == (Disposition.OTHER, "staff_closed: moved abroad")
    assert room.deeds(who) == ["close_case"]
    with pytest.raises(AlreadyDecided, match=BY):
        room.write(close_case, number, "moved abroad", "Mr Reid", LATER + timedelta(hours=1))


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("  ", id="nothing"),
        pytest.param("x" * 201, id="a story"),
        pytest.param("Amina is in hospital", id="a name"),
        pytest.param("new number 07700 900123", id="a number"),
        pytest.param("write to a@b.example", id="a mailbox"),
    ],
)
def test_a_reason_that_would_stay_after_erasure_is_refused(room, reason):
    who = room.write(amina)

    with pytest.raises(NotAllowed):
        room.write(close_case, room.case(who).id, reason, BY, LATER)

    assert room.case(who).state is CaseState.OPEN


def test_a_case_that_is_none_is_a_clear_line(room):
    with pytest.raises(UnknownReference, match="no case 77"):
        room.write(close_case, 77, "moved abroad", BY, LATER)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("zoe", True, id="no accent"),
        pytest.param("ZOË", True, id="another case"),
        pytest.param("o'neil zoe", True, id="words in any order"),
        pytest.param("søren", False, id="somebody else"),
        pytest.param("", False, id="nothing"),
        pytest.param("zed", True, id="the preferred name"),
    ],
)
def test_people_are_found_by_part_of_a_name(room, text, found):
    zoe = cast.somebody("Zoë O’Neil", id=uuid4())
    profile = type(zoe.profile)("Zoë O’Neil", zoe.profile.born_on, "Zed")
    room.write(lambda work: cast.add(work, cast.somebody(id=zoe.id, profile=profile)))

    names = [each.id for each in room.read(lambda work: list(search(work, text)))]

    assert names == ([zoe.id] if found else [])


def test_a_channel_that_rests_goes_on_once_and_the_audit_is_not_written_twice(room):
    room.write(lambda work: work.house.stop(ChannelStop(ChannelName.SMS, NOW, None, "20003")))

    assert room.write(resume_channel, "sms", BY, LATER) is True
    assert room.write(resume_channel, "sms", BY, LATER) is False
    assert room.read(lambda work: work.house.stops()) == {}
