"""A school's day is claimed by one, and by another only where the mail refused it."""

from datetime import date, timedelta

from tests.storage.cast import LATER, NOW, TODAY, written

SOON = timedelta(minutes=2)


def claim(memory, school="cansfield", day=TODAY, now=NOW):
    return written(memory, lambda work: work.reminders.claim(school, day, now))


def test_a_day_is_claimed_once(memory):
    assert [claim(memory), claim(memory), claim(memory, now=LATER)] == [True, False, False]


def test_another_school_and_another_day_are_claimed_by_themselves(memory):
    claim(memory)

    assert claim(memory, school="connell")
    assert claim(memory, day=TODAY + timedelta(days=1))
    assert claim(memory, day=date(2024, 2, 29))


def test_what_was_refused_is_claimed_once_more_when_its_time_has_come(memory):
    claim(memory)
    written(memory, lambda work: work.reminders.refused("cansfield", TODAY, NOW + SOON))

    assert not claim(memory, now=NOW)
    assert claim(memory, now=NOW + SOON)
    assert not claim(memory, now=LATER)


def test_what_was_sent_is_not_claimed_again(memory):
    claim(memory)
    written(memory, lambda work: work.reminders.sent("cansfield", TODAY, NOW))

    assert not claim(memory, now=LATER)
