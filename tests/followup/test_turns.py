"""Each person's rows are taken in the order of time, and told of in the order of the file."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.turns import UNDATED, Turns, by_number, in_order, last_rows

START = datetime(2025, 6, 9, 9, 0, tzinfo=UTC)


def at(hours):
    return None if hours is None else START + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hours", "ordered"),
    [
        pytest.param([], True, id="no rows"),
        pytest.param([0, 1, 1, 2], True, id="rising, with a pair of one minute"),
        pytest.param([1, 0], False, id="newest first"),
        pytest.param([None, None], True, id="no times at all"),
        pytest.param([None, 1], True, id="an undated one first"),
        pytest.param([1, None], False, id="an undated one behind"),
    ],
)
def test_whether_a_file_stands_in_the_order_of_time(hours, ordered):
    assert in_order(map(at, hours)) is ordered


def test_only_those_whose_own_rows_are_turned_round_must_wait():
    forms = [(1, "Amina", at(5)), (2, "Ben", at(1)), (3, "Amina", at(4)), (4, "Ben", at(2))]

    assert last_rows(forms) == {"Amina": 3}


FORMS = st.lists(
    st.tuples(st.sampled_from(["Amina", "Ben", "Chidi"]), st.one_of(st.none(), st.integers(0, 5))),
    max_size=30,
)


@given(FORMS)
def test_everybodys_rows_come_once_and_in_the_order_of_time(forms):
    rows = [(number, who, at(hours)) for number, (who, hours) in enumerate(forms, 1)]
    turns: Turns[tuple[int, str, datetime | None]] = Turns(last_rows(rows), lambda row: row[2])

    taken = [ready for row in rows for ready in turns.take(row[0], row[1], row)]

    assert sorted(taken, key=lambda row: row[0]) == rows
    for name in ("Amina", "Ben", "Chidi"):
        theirs = [(when or UNDATED, number) for number, who, when in taken if who == name]
        # Of one minute, the one that stands first in the file.
        assert theirs == sorted(theirs)


@given(st.permutations(range(1, 20)))
def test_outcomes_are_told_in_the_order_of_their_numbers(numbers):
    assert list(by_number(numbers, lambda each: each)) == list(range(1, 20))


def test_an_outcome_is_told_as_soon_as_those_before_it_are():
    met = []

    def outcomes():
        for each in (2, 1, 3):
            met.append(each)
            yield each

    told = by_number(outcomes(), lambda each: each)

    assert (next(told), next(told), met) == (1, 2, [2, 1])
