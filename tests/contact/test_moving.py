"""An alumnus moves to another school of the trust: what goes with them, and what ends."""

from dataclasses import replace

import pytest

from contact.consent import Purpose
from contact.errors import AlreadyDecided, NotAllowed
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import Delivery
from contact.moving import move
from contact.withdrawal import has_stopped, withdraw
from scheduler.outreach import move_cases
from tests.cast import NOW, SCHOOL, open_cases, stage

__all__ = ["stage"]

BY = "Mx Trust"
CONNELL = replace(SCHOOL, id="connell", name="Connell College", short_name="Connell")


def person(stage, who):
    return stage.read(lambda work: work.alumni.get(who))


def moves(stage, who, **more):
    return stage.memory.write(move, person(stage, who), CONNELL, BY, NOW, **more).result()


async def test_school_cohort_and_open_flags_go_with_them_and_nothing_goes_out_any_more(stage):
    who = stage.open()
    await move_cases(stage.memory, stage.desk, NOW)
    stage.write(lambda work: raise_flag(work, FlagKind.QUESTION, SCHOOL, NOW, alumnus=who))

    moves(stage, who)

    assert person(stage, who).school == "connell"
    cohorts = stage.read(lambda work: work.cohorts.of(who))
    assert [each.cohort.id for each in cohorts] == ["connell-KS4-2025"]
    assert [each.school for each in stage.flags(who)] == ["connell"]
    assert (stage.ending(who).disposition, stage.ending(who).detail) == ("other", "moved_school")
    assert [each.delivery for each in stage.asks(who)] == [Delivery.CANCELLED]
    assert stage.codes(who) == []


def test_a_permission_names_one_school_and_ends_without_being_a_stop(stage):
    who = stage.open()

    remark = moves(stage, who)

    assert "connell" in remark
    assert stage.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is None
    assert not stage.read(has_stopped, who)


def test_a_wording_that_covers_the_trust_keeps_it_and_staff_say_so(stage):
    who = stage.open()

    assert moves(stage, who, covers="Form A of 2025 names the trust") is None

    assert stage.read(lambda work: work.consents.live(who, Purpose.TRACKING)) is not None
    deed = stage.read(lambda work: work.audit.of(who))[-1]
    assert (deed.by, deed.action, deed.detail) == (BY, "move", "cansfield to connell")
    assert deed.note == "Form A of 2025 names the trust"


def test_whoever_said_stop_has_said_so_to_the_whole_trust(stage):
    who = stage.open()
    stage.write(withdraw, who, SCHOOL, NOW, "stop")

    moves(stage, who, covers="the whole trust")

    assert stage.read(has_stopped, who)


def test_who_is_there_already_does_not_move(stage):
    who = stage.open()
    moves(stage, who)

    with pytest.raises(AlreadyDecided):
        moves(stage, who)


def test_nobody_moves_to_where_the_same_person_is_known(stage):
    who = stage.open()
    twin = replace(person(stage, who), id=stage.case(who).alumnus.__class__(int=7))
    twin = replace(twin, reference="AAAA-AAAA", school="connell")

    def both(work):
        work.alumni.save(person(stage, who), "amina|2009")
        work.alumni.add(twin, "amina|2009")

    stage.write(both)

    with pytest.raises(NotAllowed, match="name and date of birth"):
        moves(stage, who)
    assert person(stage, who).school == "cansfield"


def test_they_are_not_asked_in_the_old_schools_name_again(stage):
    who = stage.open()
    moves(stage, who, covers="the trust")

    assert stage.write(open_cases, NOW) == 0
    assert len(stage.read(lambda work: work.cases.of(who))) == 1
