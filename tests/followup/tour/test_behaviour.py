"""Invented people answer as it is written, and wait equally long every time."""

from datetime import timedelta
from typing import Any

import pytest

from contact.errors import Misconfigured
from contact.outcome import Fault
from followup.tour.behaviour import Behaviour, people, read, shipped

AMINA = "+447700900001"


def heard(says: tuple[str, ...], times: int = 4, seed: int = 1) -> list[Any]:
    person = people({AMINA: Behaviour(says)}, seed)[AMINA]
    return [person.hears() for _ in range(times)]


def test_each_of_our_texts_gets_the_next_answer_and_then_silence():
    answers = heard(("2", "", "Northfield College"))

    assert [answer and answer[1] for answer in answers] == ["2", None, "Northfield College", None]


@pytest.mark.parametrize(
    ("written", "wait", "text"),
    [
        ("+90m 2", timedelta(minutes=90), "2"),
        ("+3h at college\nin town", timedelta(hours=3), "at college\nin town"),
        ("+20d sorry, only just seen this", timedelta(days=20), "sorry, only just seen this"),
    ],
)
def test_a_wait_that_is_written_is_kept_to(written, wait, text):
    assert heard((written,))[0] == (wait, text)


def test_the_first_answer_takes_minutes_to_hours_and_the_next_ones_seconds_to_minutes():
    for seed in range(50):
        first, second, *_ = heard(("2", "Northfield College"), seed=seed)

        assert timedelta(minutes=2) <= first[0] <= timedelta(minutes=150)
        assert timedelta(seconds=20) <= second[0] <= timedelta(seconds=240)


def test_the_same_seed_waits_equally_long_and_another_does_not():
    says = ("1", "2", "3", "4")

    assert heard(says, seed=1) == heard(says, seed=1)
    assert heard(says, seed=1) != heard(says, seed=2)


def test_behaviour_is_read_by_number():
    found = read('[07700900024]\nfault = "dead"\ncode = "21211"\n[07700900003]\nsays = ["STOP"]')

    assert found == {
        "+447700900024": Behaviour(fault=Fault.DEAD, code="21211"),
        "+447700900003": Behaviour(says=("STOP",)),
    }


@pytest.mark.parametrize(
    "toml",
    [
        pytest.param("[07700900001", id="not TOML"),
        pytest.param('[07700900001]\nsay = ["2"]', id="a misspelt key"),
        pytest.param('[07700900001]\nsays = "2"', id="one text instead of a list"),
        pytest.param("[07700900001]\nsays = [2]", id="a number instead of a text"),
        pytest.param('[07700900001]\nfault = "broken"', id="no fault we know"),
        pytest.param('07700900001 = "2"', id="no table"),
    ],
)
def test_what_is_wrong_is_refused(toml):
    with pytest.raises(Misconfigured, match="behaviour of the invented leavers is wrong"):
        read(toml)


def test_everybody_who_ships_has_a_number_from_the_drama_range():
    assert shipped()
    assert all(number.startswith("+447700900") and len(number) == 13 for number in shipped())
