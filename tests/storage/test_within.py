"""What the staff of one school can look up: nobody and nothing of another."""

import pytest

from contact.alumnus import Cohort, KeyStage, Membership
from contact.flag import FlagKind, NewFlag
from storage.within import Within
from tests.storage.cast import (
    COHORT,
    LATER,
    NOW,
    consent,
    seen,
    somebody,
    written,
)

OTHER = Cohort("connell", KeyStage.KS4, 2025)


def add_ben(work):
    """Ben of the other school, with a case and a flag."""
    ben = somebody("Ben Shaw", school="connell")
    work.alumni.add(ben, "ben")
    work.cohorts.join(Membership(ben.id, OTHER))
    work.consents.grant(consent(ben.id))
    flag = NewFlag(FlagKind.QUESTION, "connell", NOW, LATER, ben.id)
    return ben.reference, work.flags.raise_(flag)


@pytest.fixture
def ben(memory):
    return written(memory, add_ben)


@pytest.fixture
def ours(memory, amina):
    """What the staff of Amina's school see."""
    return Within(memory, frozenset({"cansfield"}), strays=False)


def test_their_own_are_found(ours, memory, amina, case):
    mina = seen(memory, lambda work: work.alumni.get(amina))

    assert seen(ours, lambda work: work.alumni.by_reference(mina.reference)) == mina
    assert seen(ours, lambda work: list(work.alumni.everybody())) == [mina]
    assert seen(ours, lambda work: work.cohorts.all()) == [COHORT]
    assert seen(ours, lambda work: work.cases.get(case.id)) == case


def test_those_of_another_school_are_not_there(ours, ben, amina):
    reference, flag = ben

    assert seen(ours, lambda work: work.alumni.by_reference(reference)) is None
    assert [each.school for each in seen(ours, lambda work: list(work.alumni.everybody()))] == [
        "cansfield"
    ]
    assert seen(ours, lambda work: list(work.alumni.everybody("connell"))) == []
    assert seen(ours, lambda work: work.flags.get(flag)) is None
    assert seen(ours, lambda work: work.flags.list(closed_too=True)) == []
    assert seen(ours, lambda work: work.cohorts.all()) == [COHORT]


def test_nor_is_a_case_of_theirs(memory, amina, case):
    theirs = Within(memory, frozenset({"connell"}), strays=False)

    assert seen(theirs, lambda work: work.cases.get(case.id)) is None


@pytest.mark.parametrize("strays", [True, False])
def test_what_belongs_to_no_school_is_for_those_who_see_strays(memory, strays):
    stray = NewFlag(FlagKind.UNKNOWN_SENDER, None, NOW, LATER, subject="unknown_sender:x")
    number = written(memory, lambda work: work.flags.raise_(stray))
    one = Within(memory, frozenset({"cansfield"}), strays=strays)

    assert bool(seen(one, lambda work: work.flags.list())) is strays
    assert bool(seen(one, lambda work: work.flags.get(number))) is strays


def test_what_is_written_within_a_school_is_stored_like_anything_else(ours, memory, amina):
    written(ours, lambda work: work.alumni.hold(amina, NOW))

    assert seen(memory, lambda work: work.alumni.get(amina)).held_since == NOW


def test_who_is_due_counts_their_own_cohorts_only(ours, memory, amina, ben):
    assert seen(ours, lambda work: [each.school for each in work.cohorts.all()]) == ["cansfield"]
    whole = seen(memory, lambda work: len(work.cohorts.all()))
    assert whole == 2
