"""What staff decided about replies is read from the database, and goes when its author goes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.understanding.training.again import Told
from contact.destination import Destination, Source
from contact.flag import Decision, FlagKind
from contact.nccis import ACTIVITIES
from contact.recording import Known, record_destination
from contact.reply import Label
from contact.review import Ruling, close_flag
from followup.lessons import LABELS, lessons
from tests.staffroom import BY, LATER, NOW, Staffroom, flagged, reading, room, unclear  # noqa: F401

CODED = Ruling(Decision.CODE, BY, Known("310"))


def decide(room: Staffroom, number: int, ruling: Ruling) -> None:  # noqa: F811
    room.write(close_flag, number, ruling, room.desk, LATER)


def told(room: Staffroom) -> list[Told]:  # noqa: F811
    return room.read(lessons)


def change(work, who: UUID, **more):
    """The one reply of ``who``, changed."""
    came = work.replies.of(who)[0]
    work.replies.save(replace(came, **more))
    return came


def test_a_reply_that_staff_coded_is_a_lesson(room):  # noqa: F811
    _, number = room.write(unclear)

    decide(room, number, CODED)

    assert told(room) == [Told("carmel maybe", "now", Label.APPRENTICESHIP)]


def test_an_open_flag_is_none(room):  # noqa: F811
    room.write(unclear)

    assert told(room) == []


@pytest.mark.parametrize(
    ("ruling", "labels"),
    [
        pytest.param(Ruling(Decision.WITHDRAW, BY), [Label.STOP], id="they wanted no more"),
        pytest.param(Ruling(Decision.NO_ANSWER_NEEDED, BY), [], id="nothing was said of it"),
        pytest.param(Ruling(Decision.CALL_MADE, BY), [], id="somebody rang"),
        pytest.param(Ruling(Decision.WRONG_PERSON, BY), [], id="a stranger's words are deleted"),
    ],
)
def test_what_other_decisions_teach(room, ruling, labels):  # noqa: F811
    _, number = room.write(unclear)

    decide(room, number, ruling)

    assert [each.label for each in told(room)] == labels


def test_no_worry_is_ever_taught_away(room):  # noqa: F811
    who, number = room.write(unclear)
    room.write(change, who, reading=reading(flags=(Label.DISTRESS,)))

    decide(room, number, CODED)

    assert told(room) == []


def test_a_flag_about_a_worry_teaches_nothing(room):  # noqa: F811
    who, _ = room.write(unclear)
    came = room.read(lambda work: work.replies.of(who)[0])
    number = room.write(flagged, who, FlagKind.WORRY, reply=came.id)

    decide(room, number, CODED)

    assert told(room) == []


def test_an_answer_to_another_question_teaches_nothing(room):  # noqa: F811
    who, number = room.write(unclear)
    room.write(change, who, question="where")

    decide(room, number, CODED)

    assert told(room) == []


@pytest.mark.parametrize(
    ("after", "labels"),
    [
        pytest.param(timedelta(days=2), [Label.APPRENTICESHIP], id="put right"),
        pytest.param(timedelta(days=60), [], id="news"),
    ],
)
def test_a_destination_that_staff_put_right_is_a_lesson(room, after, labels):  # noqa: F811
    who, _ = room.write(unclear)

    def coded(work):
        came = work.replies.of(who)[0]
        spell = Destination(uuid4(), who, "230", Source.ALUMNUS, NOW, came.case, came.id)
        work.destinations.add(spell)
        person = work.alumni.get(who)
        record_destination(work, person, Known("310"), Source.STAFF, BY, NOW + after)

    room.write(coded)

    assert [each.label for each in told(room)] == labels


def test_whoever_is_erased_teaches_nothing_any_more(room):  # noqa: F811
    who, number = room.write(unclear)
    decide(room, number, CODED)

    room.write(lambda work: work.alumni.erase(who, LATER))

    assert told(room) == []


def test_a_lesson_never_shows_its_words():
    assert repr(Told("carmel maybe", "now", Label.GAP_YEAR)) == "Told(gap_year)"


def test_every_code_that_somebody_can_be_given_is_known_by_what_it_says():
    assert {"230", "310", "330", "619", "830"} <= set(LABELS) <= set(ACTIVITIES)
