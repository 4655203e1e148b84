"""A case that staff close: with a reason that may stay, once, and with nothing sent after it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.case import CaseState, Disposition
from contact.closing import case_of, close_case
from contact.errors import AlreadyDecided, NotAllowed, UnknownReference
from contact.finding import by_reference
from contact.message import Delivery
from contact.opening import end_case
from tests.staffroom import BY, LATER, amina, planned, room
from tests.storage import cast

__all__ = ["room"]


def close(room, number, reason="moved to another school", by=BY, at=LATER):
    room.write(close_case, number, reason, by, at)


def test_it_ends_with_the_reason_in_words_and_who_gave_it(room):
    who = room.write(amina)
    case = room.case(who)

    close(room, case.id)

    assert room.case(who).state is CaseState.ENDED
    ending = room.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.OTHER, None)
    assert ending.detail == "staff_closed: moved to another school"
    (deed,) = room.read(
        lambda work: [each for each in work.audit.of(who) if each.action == "close_case"]
    )
    assert (deed.by, deed.subject, deed.detail) == (
        BY,
        f"case:{case.id}",
        "moved to another school",
    )


def test_what_was_planned_for_it_is_not_sent(room):
    who = room.write(amina)
    ask = room.write(planned, who)

    close(room, room.case(who).id)

    assert room.read(lambda work: work.messages.get(ask)).delivery is Delivery.CANCELLED
    assert [str(each.state) for each in room.attempts(who)] == ["cancelled"]


def test_nothing_is_made_known_by_closing(room):
    who = room.write(amina)

    close(room, room.case(who).id)

    assert room.read(lambda work: work.destinations.of(who)) == []


def test_the_second_to_close_is_told_who_was_first_when_and_why(room):
    who = room.write(amina)
    number = room.case(who).id
    close(room, number)

    with pytest.raises(AlreadyDecided) as second:
        close(room, number, "a double", by="Mr Reid")

    said = str(second.value)
    assert said.startswith(f"Case {number} was ended by {BY} on 4 November 2025 at 16:30")
    assert "moved to another school" in said
    assert room.read(lambda work: len(work.cases.endings(number))) == 1


def test_a_case_the_clock_ended_names_no_member_of_staff(room):
    who = room.write(amina)
    case = room.case(who)
    room.write(end_case, case, Disposition.NON_CONTACT, "tries_used", LATER, "810")

    with pytest.raises(AlreadyDecided) as second:
        close(room, case.id)

    assert f"Case {case.id} was ended on 4 November 2025" in str(second.value)
    assert "non_contact: tries_used" in str(second.value)


@pytest.mark.parametrize("number", [0, 4711, -1])
def test_a_case_that_is_none_is_one_clear_line(room, number):
    with pytest.raises(UnknownReference, match=f"no case {number}:"):
        room.read(case_of, number)


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        pytest.param("", "A reason is needed", id="none"),
        pytest.param(" \n\t ", "A reason is needed", id="nothing but spaces"),
        pytest.param("x" * 201, "201 characters", id="a story"),
        pytest.param("Amina told us", "leave names", id="the first name"),
        pytest.param("spoke to mrs YUSUF", "leave names", id="the family name in capitals"),
        pytest.param("rang 07700 900001", "numbers", id="a phone number"),
        pytest.param("rang 0-7-7-0-0", "numbers", id="digits kept apart"),
        pytest.param("wrote to amy@example.org", "addresses", id="a mailbox"),
    ],
)
def test_a_reason_that_is_none_or_names_somebody_closes_nothing(room, reason, why):
    who = room.write(amina)

    with pytest.raises(NotAllowed, match=why):
        close(room, room.case(who).id, reason)

    assert room.case(who).state is CaseState.OPEN
    assert "close_case" not in room.deeds(who)


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("a" * 200, id="as long as may be"),
        pytest.param("left in 2025, told us in person", id="a year is no number of theirs"),
        pytest.param("aminas sister answered", id="a word that only begins like the name"),
        pytest.param("  two\n lines\tof it ", id="is put on one line"),
    ],
)
def test_a_reason_that_names_nobody_will_do(room, reason):
    who = room.write(amina)

    close(room, room.case(who).id, reason)

    ending = room.ending(who)
    assert ending.detail.startswith("staff_closed: ")
    assert "\n" not in ending.detail
    assert len(ending.detail) <= 40


def test_short_parts_of_a_name_are_ordinary_words(room):
    """Somebody called "Jo Li" must not make every "jo" and "li" unsayable."""
    who = room.write(amina)
    room.write(lambda work: work.alumni.correct(cast.somebody("Jo Li", id=who)))

    close(room, room.case(who).id, "jo li is what they are called")

    assert room.case(who).state is CaseState.ENDED


REASONS = st.from_regex(r"[a-z ]{1,60}", fullmatch=True).filter(str.strip)


@given(name=st.sampled_from(["Amina", "yusuf", "AMINA", "Yusuf"]), before=REASONS, after=REASONS)
def test_wherever_the_name_stands_it_is_found(name, before, after):
    from contact.closing import _check  # the rule, without a database for each example

    with pytest.raises(NotAllowed, match="leave names"):
        _check(f"{before} {name} {after}", cast.somebody())


def test_somebody_unknown_is_named_no_longer_than_needed(room):
    with pytest.raises(UnknownReference) as missed:
        room.read(by_reference, "x" * 500)

    assert len(str(missed.value)) < 120
    assert "followup person find" in str(missed.value)
