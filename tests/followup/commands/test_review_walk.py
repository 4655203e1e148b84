"""Staff walk through the open flags, a key a decision."""

import pytest

from contact.flag import FlagKind
from tests.followup.commands.counter import counter
from tests.staffroom import BY, flagged, unclear
from tests.storage import cast

__all__ = ["counter"]


@pytest.fixture
def who(counter):
    found, _ = counter.room.write(unclear)
    return found


def open_kinds(counter):
    return [each.kind for each in counter.room.read(lambda work: work.flags.list())]


def test_one_key_decides_and_the_walk_ends_with_a_count(counter, who):
    done = counter.run("review", typed="n")

    assert done.exit_code == 0
    assert "carmel maybe" in done.stdout
    assert "41% sure" in done.stdout
    assert "1 decided, 0 skipped, 0 open." in done.stdout
    flag = counter.room.flags(who)[0]
    assert (flag.decision, flag.closed_by) == ("no_answer_needed", BY)


def test_the_most_urgent_comes_first(counter, who):
    counter.room.write(flagged, who, FlagKind.QUESTION)
    counter.room.write(flagged, who, FlagKind.WORRY)

    shown = counter.run("review", typed="sss").stdout

    assert shown.index("worry") < shown.index("unclear") < shown.index("question")
    assert "0 decided, 3 skipped, 3 open." in shown


def test_keys_may_also_come_a_line_each(counter, who):
    counter.room.write(flagged, who, FlagKind.WORRY)

    counter.run("review", typed="k\nn\n")

    assert open_kinds(counter) == []


@pytest.mark.parametrize("typed", ["q", "", "z?q"])
def test_leaving_decides_nothing(counter, who, typed):
    done = counter.run("review", typed=typed)

    assert done.exit_code == 0
    assert "0 decided" in done.stdout
    assert open_kinds(counter) == ["unclear"]


def test_a_code_is_asked_for_and_what_was_read_is_offered(counter, who):
    done = counter.run("review", typed="c\n\n\nA levels\n")

    assert "310 Apprenticeship" in done.stdout
    stored = counter.room.read(lambda work: work.destinations.of(who))[0]
    assert (stored.code, stored.provider, stored.course) == ("230", "Carmel College", "A levels")


def test_an_employer_is_asked_for_where_they_work(counter, who):
    counter.run("review", typed="c\n310\nBridge Joinery\n-\n")

    stored = counter.room.read(lambda work: work.destinations.of(who))[0]
    assert (stored.code, stored.employer, stored.course) == ("310", "Bridge Joinery", None)


def test_a_code_that_is_none_says_so_and_the_flag_stays_in_hand(counter, who):
    done = counter.run("review", typed="c\n231\nk")

    assert "did you mean 230" in done.stdout
    assert counter.room.flags(who)[0].decision == "call_made"


def test_a_dash_for_the_code_takes_the_decision_back(counter, who):
    counter.run("review", typed="c\n-\nq")

    assert open_kinds(counter) == ["unclear"]


def test_a_row_of_an_import_offers_its_own_keys(counter):
    who = counter.room.write(lambda work: cast.add(work, cast.somebody()))
    counter.room.write(flagged, who, FlagKind.IMPORT_REVIEW)

    shown = counter.run("review", typed="ny").stdout

    assert "accept" in shown
    assert "decide accept, discard or withdraw" in shown
    assert counter.room.flags(who)[0].decision == "accept"


def test_a_flag_can_be_taken_and_left_for_later(counter, who):
    counter.run("review", "--by", "Mr Reid", typed="ts")

    flag = counter.room.flags(who)[0]
    assert (flag.taken_by, flag.closed_at) == ("Mr Reid", None)


def test_with_nothing_open_there_is_nothing_to_do(counter):
    assert "Nothing to look at." in counter.run("review").stdout


def test_a_stranger_may_not_review(counter, who):
    assert "not in [service] staff" in counter.refused("review", "--by", "Nobody")
