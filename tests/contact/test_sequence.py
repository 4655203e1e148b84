"""Ids made one after another stand one behind another, and no two are the same."""

from datetime import UTC, datetime, timedelta

from contact.sequence import ids_from

NOW = datetime(2025, 9, 1, 10, 0, tzinfo=UTC)


def test_each_id_stands_behind_the_one_before():
    fresh = ids_from(NOW)

    made = [fresh() for _ in range(5000)]

    assert made == sorted(made)
    assert [each.hex for each in made] == sorted(each.hex for each in made)


def test_they_are_uuids_of_version_7_that_begin_with_their_moment():
    made = ids_from(NOW)()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_a_later_source_stands_behind_an_earlier_one():
    first, second = ids_from(NOW), ids_from(NOW + timedelta(milliseconds=1))

    assert max(first() for _ in range(5000)) < second()


def test_two_sources_of_one_moment_do_not_meet():
    sources = ids_from(NOW), ids_from(NOW)

    made = {source() for source in sources for _ in range(5000)}

    assert len(made) == 10_000
