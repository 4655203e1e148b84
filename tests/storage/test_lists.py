"""The list of places and the notices, on both databases."""

from datetime import timedelta

from contact.flag import FlagKind, NewFlag
from contact.listed import ListedProvider
from tests.storage.cast import NOW, seen, written

LARKRISE = ListedProvider(
    "Larkrise College",
    "fe_college",
    urn="130001",
    ukprn="10007777",
    town="Wirral",
    postcode="CH41 1AA",
    other_names=("the Rise", "Coleg Larkrise, ŵ"),
    source="a list",
)
HAWTHORN = ListedProvider("Hawthorn High School", "school")
CLOSED = ListedProvider("Gone School", "school", after_16=False)


def flagged(work, school="cansfield", subject="one"):
    """A flag, of which the school is to be told."""
    number = work.flags.raise_(NewFlag(FlagKind.WORRY, school, NOW, NOW, subject=subject))
    work.notices.add(school, number, NOW)
    return number


def due(work, now=NOW, room=9):
    return work.notices.due(now, room)


def test_a_list_comes_back_as_it_was_loaded_without_what_is_closed(memory):
    held = written(memory, lambda work: work.providers.replace([LARKRISE, CLOSED, HAWTHORN]))

    assert held == 3
    assert seen(memory, lambda work: work.providers.where_leavers_may_be()) == [HAWTHORN, LARKRISE]


def test_a_list_takes_the_place_of_the_one_before_however_long(memory):
    many = [ListedProvider(f"Place {number:04}", "school") for number in range(1_201)]
    written(memory, lambda work: work.providers.replace(many))

    held = written(memory, lambda work: work.providers.replace(iter([LARKRISE])))

    assert held == 1
    assert seen(memory, lambda work: work.providers.where_leavers_may_be()) == [LARKRISE]


def test_a_school_is_told_of_a_flag_once(memory):
    number = written(memory, flagged)

    written(memory, lambda work: work.notices.add("cansfield", number, NOW))

    assert [(each.flag, each.tries) for each in seen(memory, due)] == [(number, 0)]


def test_a_notice_that_was_claimed_is_nobody_elses_until_its_time(memory):
    written(memory, flagged)
    [notice] = seen(memory, due)
    again = NOW + timedelta(minutes=2)

    first = written(memory, lambda work: work.notices.claim(notice, again))
    second = written(memory, lambda work: work.notices.claim(notice, again))

    assert (first, second) == (True, False)
    assert seen(memory, due) == []
    assert [each.tries for each in seen(memory, due, again)] == [1]


def test_a_notice_that_was_sent_is_done(memory):
    written(memory, flagged)
    [notice] = seen(memory, due)

    written(memory, lambda work: work.notices.sent(notice.id, NOW))

    assert seen(memory, due, NOW + timedelta(days=9)) == []
    assert not written(memory, lambda work: work.notices.claim(notice, NOW))


def test_no_more_notices_come_than_there_is_room_for_the_oldest_first(memory):
    numbers = [written(memory, flagged, "cansfield", f"worry {each}") for each in range(3)]

    assert [each.flag for each in seen(memory, due, NOW, 2)] == numbers[:2]
