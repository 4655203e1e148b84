"""What staff know goes on record: only what can be true, and nobody is asked for it again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.case import CaseState, Disposition
from contact.destination import Source
from contact.errors import NotAllowed
from contact.recording import KNOW_BETTER, Known, check, finish, record_destination
from tests.staffroom import BY, LATER, NOW, amina, asked, planned, room
from tests.storage import cast

__all__ = ["room"]


def record(room, who, known, source=Source.STAFF, at=LATER):
    return room.write(record_destination, room.person(who), known, source, BY, at)


def spells(room, who):
    return room.read(lambda work: work.destinations.of(who))


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(Known("230"), id="a code alone"),
        pytest.param(Known("310", employer="Wigan Motors", level="1"), id="the lowest level"),
        pytest.param(Known("240", course="Law", level="8"), id="the highest level"),
        pytest.param(Known("330", start="2025"), id="since a year"),
        pytest.param(Known("330", start="2025-09"), id="since a month"),
        pytest.param(Known("330", start="2024-02-29"), id="since a leap day"),
        pytest.param(Known("830"), id="a refusal, for whoever may code one"),
        pytest.param(Known("230", provider="x" * 200), id="a name as long as may be"),
    ],
)
def test_what_can_be_true_passes(known):
    check(known)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        pytest.param(Known("231"), "not an NCCIS activity code", id="no such code"),
        pytest.param(Known(""), "not an NCCIS activity code", id="no code at all"),
        pytest.param(Known("810"), "nobody knows", id="not known"),
        pytest.param(Known("820"), "nobody knows", id="no address"),
        pytest.param(Known("110"), "school age", id="of school age"),
        pytest.param(Known("720"), "retired", id="retired"),
        pytest.param(Known("230", level="0"), "no level", id="level 0"),
        pytest.param(Known("230", level="9"), "no level", id="level 9"),
        pytest.param(Known("230", level="12"), "no level", id="two digits"),
        pytest.param(Known("230", level=""), "no level", id="an empty level"),
        pytest.param(Known("230", level="three"), "no level", id="a level in words"),
        pytest.param(Known("230", start=""), "no date", id="an empty date"),
        pytest.param(Known("230", start="2025-13"), "no date", id="a thirteenth month"),
        pytest.param(Known("230", start="2025-02-29"), "no date", id="no leap year"),
        pytest.param(Known("230", start="2025-9"), "no date", id="a month of one digit"),
        pytest.param(Known("230", start="September"), "no date", id="a date in words"),
        pytest.param(Known("230", start="0000-01-01"), "no date", id="a year that is none"),
        pytest.param(Known("230", start="２０２５"), "no date", id="digits of another script"),
        pytest.param(Known("230", provider="x" * 201), "at most 200", id="an endless provider"),
        pytest.param(Known("330", employer="x" * 201), "at most 200", id="an endless employer"),
        pytest.param(Known("230", course="x" * 201), "at most 200", id="an endless course"),
    ],
)
def test_what_cannot_be_true_is_refused_in_one_line(known, why):
    with pytest.raises(NotAllowed, match=why) as refused:
        check(known)

    assert "\n" not in str(refused.value)


@given(level=st.text(max_size=400), start=st.text(max_size=400))
def test_however_long_what_was_typed_the_refusal_stays_short(level, start):
    with pytest.raises(NotAllowed) as refused:
        check(Known("230", level=f"level {level}"))
    assert len(str(refused.value)) < 200
    with pytest.raises(NotAllowed) as refused:
        check(Known("230", start=f"since {start}"))
    assert len(str(refused.value)) < 200


def test_the_value_shows_nothing_but_the_code_when_it_is_printed():
    known = Known("310", "Carmel College", "Wigan Motors", "Plumbing", "2", "2025-09")

    assert repr(known) == "Known(310)"


@pytest.mark.parametrize("source", KNOW_BETTER)
def test_whoever_knows_better_than_three_texts_ends_the_case(room, source):
    who = room.write(amina)
    ask = room.write(planned, who)

    number = record(room, who, Known("230"), source)

    assert number == room.case(who).id
    assert room.case(who).state is CaseState.ENDED
    ending = room.ending(who)
    assert (ending.disposition, ending.detail) == (Disposition.OTHER, "known_elsewhere")
    assert ending.code == "230"
    assert room.read(lambda work: work.messages.get(ask)).delivery == "cancelled"


@pytest.mark.parametrize("source", [each for each in Source if each not in KNOW_BETTER])
def test_what_others_say_is_kept_and_the_case_goes_on(room, source):
    who = room.write(amina)

    assert record(room, who, Known("230"), source) is None

    assert room.case(who).state is CaseState.OPEN
    assert [(each.code, each.source) for each in spells(room, who)] == [("230", source)]


def test_every_fact_is_kept_with_who_said_so_and_when(room):
    who = room.write(amina)
    known = Known("310", "Carmel College", "Wigan Motors", "Plumbing", "2", "2025-09")

    record(room, who, known)

    (stored,) = spells(room, who)
    assert Known(
        stored.code, stored.provider, stored.employer, stored.course, stored.level, stored.start
    ) == known  # fmt: skip
    assert (stored.known_since, stored.by, stored.source) == (LATER, BY, Source.STAFF)


def test_without_a_case_it_is_kept_all_the_same(room):
    who = room.write(lambda work: cast.add(work, cast.somebody()))

    assert record(room, who, Known("619")) is None

    assert [each.code for each in spells(room, who)] == ["619"]


def test_what_was_known_before_stays(room):
    who = room.write(amina)

    record(room, who, Known("230"))
    record(room, who, Known("310"), at=LATER + timedelta(days=30))

    assert {each.code for each in spells(room, who)} == {"230", "310"}


def test_a_case_that_has_ended_is_not_ended_again(room):
    who = room.write(amina)
    record(room, who, Known("230"))

    assert record(room, who, Known("310"), at=LATER + timedelta(days=1)) is None

    assert room.ending(who).code == "230"


def test_a_refusal_is_no_destination_and_leaves_nothing(room):
    who = room.write(amina)

    with pytest.raises(NotAllowed, match="attempts log"):
        record(room, who, Known("830"))

    assert spells(room, who) == []
    assert room.case(who).state is CaseState.OPEN
    assert "record_destination" not in room.deeds(who)


def test_the_audit_names_source_and_code_and_nothing_else(room):
    who = room.write(amina)

    record(room, who, Known("230", provider="Carmel College"))

    (deed,) = room.read(
        lambda work: [each for each in work.audit.of(who) if each.action == "record_destination"]
    )
    assert (deed.by, deed.at, deed.detail) == (BY, LATER, "staff 230")


@pytest.mark.parametrize(
    ("code", "disposition", "detail", "kept"),
    [
        pytest.param("230", Disposition.COMPLETE, "coded_by_staff", Source.STAFF, id="an answer"),
        pytest.param(
            "830", Disposition.REFUSAL, "prefer_not_to_say", Source.SERVICE, id="a refusal"
        ),
    ],
)
def test_an_answer_that_came_through_staff_answers_the_try(room, code, disposition, detail, kept):
    who = room.write(amina)
    case = room.write(asked, who)

    room.write(finish, case, Known(code), BY, LATER, None)

    assert [str(each.state) for each in room.attempts(who)] == ["answered"]
    ending = room.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (disposition, detail, code)
    (stored,) = spells(room, who)
    assert (stored.code, stored.source) == (code, kept)
    assert stored.known_since > NOW
