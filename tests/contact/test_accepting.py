"""Staff accept a doubtful row of an import, with the cohort and the permission it lacked."""

from datetime import date

import pytest

from contact.accepting import Mending
from contact.alumnus import Cohort, KeyStage
from contact.consent import Purpose, Wording
from contact.errors import NotAllowed
from contact.flag import Decision, FlagKind
from contact.review import Ruling, close_flag
from tests.staffroom import BY, LATER, flagged, room
from tests.storage import cast

__all__ = ["room"]

COHORT = Cohort("cansfield", KeyStage.KS4, 2025)
LONG_AGO = Cohort("cansfield", KeyStage.KS4, 2020)
FORM_A = Wording("form_a", "Do you agree?", (Purpose.TRACKING, Purpose.ALUMNI_NEWS))
SEEN = "paper form of 3 July, in the careers file"


@pytest.fixture
def row(room):
    """Somebody whose row had neither a year nor an agreement, and the flag about it."""

    def stored(work):
        person = cast.somebody()
        work.alumni.add(person, "amina")
        work.addresses.add(cast.address(work, person.id, cast.AMINA_PHONE))
        return person.id, flagged(work, person.id, FlagKind.IMPORT_REVIEW)

    return room.write(stored)


def accept(room, flag, mending=None, decision=Decision.ACCEPT):
    ruling = Ruling(decision, BY, mending=mending)
    return room.write(close_flag, flag, ruling, room.desk, LATER)


def is_due(room):
    return room.write(lambda work: work.due.open(cast.WINDOW, cast.TODAY, cast.NOW))


def test_with_both_they_are_due_like_everybody_else(room, row):
    who, flag = row

    assert accept(room, flag, Mending(COHORT, FORM_A, SEEN)) is None

    assert [each.cohort for each in room.read(lambda work: work.cohorts.of(who))] == [COHORT]
    given = room.read(lambda work: work.consents.of(who))
    assert [(each.purpose, each.wording, each.how, each.recorded_by) for each in given] == [
        (Purpose.TRACKING, "form_a", "staff", BY),
        (Purpose.ALUMNI_NEWS, "form_a", "staff", BY),
    ]
    assert {each.until for each in given} == {date(2028, 8, 31)}
    assert {each.granted_at for each in given} == {LATER}
    assert is_due(room) == 1


def test_the_evidence_is_kept_with_the_deed_and_not_in_clear(room, row):
    who, flag = row

    accept(room, flag, Mending(COHORT, FORM_A, SEEN))

    deeds = {deed.action: deed for deed in room.read(lambda work: work.audit.of(who))}
    assert deeds["set_cohort"].detail == COHORT.id
    assert (deeds["consent"].by, deeds["consent"].note) == (BY, SEEN)
    assert SEEN not in (deeds["consent"].detail or "")


def test_without_them_staff_are_told_what_is_missing(room, row):
    _, flag = row

    remark = accept(room, flag)

    assert "no live permission and no leaving year" in remark
    assert is_due(room) == 0


def test_a_cohort_alone_gives_no_permission(room, row):
    _, flag = row

    assert "no live permission" in accept(room, flag, Mending(COHORT))
    assert is_due(room) == 0


def test_a_permission_that_stands_is_not_given_twice(room, row):
    who, flag = row
    room.write(lambda work: work.consents.grant(cast.consent(who)))

    accept(room, flag, Mending(COHORT, FORM_A, SEEN))

    purposes = [each.purpose for each in room.read(lambda work: work.consents.of(who))]
    assert purposes == [Purpose.TRACKING, Purpose.ALUMNI_NEWS]


@pytest.mark.parametrize(
    ("mending", "said"),
    [
        pytest.param(Mending(COHORT, FORM_A, "  "), "evidence", id="no evidence"),
        pytest.param(Mending(COHORT, None, SEEN), "--wording", id="nobody knows to what"),
        pytest.param(Mending(None, FORM_A, SEEN), "--cohort", id="nobody knows until when"),
        pytest.param(
            Mending(Cohort("connell", KeyStage.KS4, 2025)), "not of connell", id="another school"
        ),
        pytest.param(
            Mending(Cohort("cansfield", KeyStage.KS4, 2020), FORM_A, SEEN),
            "over",
            id="too long ago",
        ),
    ],
)
def test_what_cannot_be_so_changes_nothing_and_leaves_the_flag_open(room, row, mending, said):
    who, flag = row

    with pytest.raises(NotAllowed, match=said):
        accept(room, flag, mending)

    assert room.flags(who)[0].closed_at is None
    assert room.read(lambda work: work.cohorts.of(who)) == []
    assert room.read(lambda work: work.consents.of(who)) == []


def test_it_goes_with_accept_only(room, row):
    _, flag = row

    with pytest.raises(NotAllowed, match="accept"):
        accept(room, flag, Mending(COHORT), Decision.DISCARD)


def test_a_stop_on_their_number_stands_whatever_the_paper_says(room, row):
    who, flag = row
    endpoint = room.read(lambda work: work.addresses.of(who))[0].endpoint
    room.write(lambda work: work.addresses.endpoint_stands(endpoint, "opted_out"))

    remark = accept(room, flag, Mending(COHORT, FORM_A, SEEN))

    assert "has not said stop" in remark
    assert is_due(room) == 0
