"""What every command does alike: dates as typed, data as one document, and who did it."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from contact.errors import Misconfigured
from followup.commands.session import day, instant, print_json
from followup.commands.showing import by_when, plain, understood
from followup.config import Settings
from followup.staff import signer
from followup.wiring import House, refuse_at


def house(*staff: str) -> House:
    return House(Settings.model_validate({"service": {"staff": staff}}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("2026-01-12T16:30", datetime(2026, 1, 12, 16, 30), id="in winter"),
        pytest.param("2025-07-12T16:30", datetime(2025, 7, 12, 15, 30), id="in summer"),
        pytest.param("2025-07-12 16:30", datetime(2025, 7, 12, 15, 30), id="with a space"),
        pytest.param("2025-07-12", datetime(2025, 7, 11, 23), id="a day is its midnight"),
        pytest.param("2025-07-12T16:30Z", datetime(2025, 7, 12, 16, 30), id="with its own zone"),
        pytest.param("2025-07-12T16:30+02:00", datetime(2025, 7, 12, 14, 30), id="an offset"),
        pytest.param("2025-10-26T01:30", datetime(2025, 10, 26, 0, 30), id="an hour that is twice"),
    ],
)
def test_an_instant_is_london_time_unless_it_says_otherwise(typed, meant):
    assert instant(typed) == meant.replace(tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30T10:00", "12/01/2026", "2026-01-12T25"])
def test_what_is_no_instant_is_wrong_usage_and_says_how_to_write_one(typed):
    with pytest.raises(typer.BadParameter, match="write 2026-01-12T16:30"):
        instant(typed)


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", "12/01/2026", "2026-01-12T10:00"])
def test_what_is_no_day_is_wrong_usage_and_says_how_to_write_one(typed):
    with pytest.raises(typer.BadParameter, match="write 2026-01-12"):
        day(typed)


def test_nothing_typed_is_nothing():
    assert instant(None) is None
    assert day(None) is None


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))
def test_an_instant_we_print_can_be_typed_again(at):
    assert instant(at.isoformat()) == at


@given(st.dates())
def test_a_day_we_print_can_be_typed_again(when):
    assert day(when.isoformat()) == when


@pytest.mark.parametrize(
    ("staff", "by", "who"),
    [
        pytest.param((), None, "staff", id="nobody is named"),
        pytest.param((), "Mr Reid", "Mr Reid", id="anybody may sign where nobody is named"),
        pytest.param(("Miss Okafor", "Mr Reid"), None, "Miss Okafor", id="the first stands in"),
        pytest.param(("Miss Okafor", "Mr Reid"), "Mr Reid", "Mr Reid", id="one of them"),
    ],
)
def test_who_signs(staff, by, who):
    assert signer(house(*staff).settings, by) == who


@pytest.mark.parametrize("by", ["Mr Raid", "mr reid", "", "Miss Okafor, Mr Reid"])
def test_who_is_not_of_the_staff_does_not_sign(by):
    with pytest.raises(Misconfigured, match="Miss Okafor, Mr Reid"):
        signer(house("Miss Okafor", "Mr Reid").settings, by)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        pytest.param(datetime(2025, 9, 1, 8, 0, tzinfo=UTC), "2025-09-01T08:00:00Z", id="UTC"),
        pytest.param(
            datetime(2025, 9, 1, 9, tzinfo=timezone(timedelta(hours=1))),
            "2025-09-01T08:00:00Z",
            id="an instant is printed in UTC",
        ),
        pytest.param(date(2025, 9, 1), "2025-09-01", id="a day"),
        pytest.param(Colour.RED, "red", id="a word of a closed set"),
        pytest.param(UUID(int=1), str(UUID(int=1)), id="an id"),
        pytest.param(Path("/a"), "/a", id="a file"),
        pytest.param("Zoë 🎓", "Zoë 🎓", id="every letter as it is"),
        pytest.param(None, None, id="nothing"),
        pytest.param(0.5, 0.5, id="a number"),
    ],
)
def test_data_is_printed_as_one_document(capsys, value, printed):
    print_json({"value": value})

    out = capsys.readouterr()
    assert json.loads(out.out) == {"value": printed}
    assert out.err == ""


def test_letters_are_not_spelt_out_in_the_document(capsys):
    print_json(["Zoë"])

    assert "Zoë" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param(datetime(2025, 9, 1, 8, 0, tzinfo=UTC), "2025-09-01 09:00", id="London's"),
        pytest.param(date(2025, 9, 1), "2025-09-01", id="a day"),
        pytest.param("two\nlines\tand more", "two lines and more", id="on one line"),
        pytest.param("\x1b[2J", "\ufffd[2J", id="nothing that clears the screen"),
        pytest.param("a\u202eb", "a\ufffdb", id="nothing that turns text round"),
        pytest.param("a\x07b\x00c", "a\ufffdb\ufffdc", id="no bell and no end"),
        pytest.param("Zoë 👍", "Zoë 👍", id="letters and pictures stay"),
        pytest.param(3, "3", id="a number"),
    ],
)
def test_what_the_terminal_shows(value, shown):
    assert plain(value) == shown


@given(st.text())
def test_whatever_somebody_typed_nothing_steers_the_terminal(text):
    assert plain(text).isprintable()


@pytest.mark.parametrize(
    ("due", "said"),
    [
        pytest.param(datetime(2025, 11, 5, 0, 0), "Tue 04 Nov", id="the end of a day is that day"),
        pytest.param(datetime(2025, 11, 4, 12, 30), "Tue 04 Nov 12:30", id="an hour is an hour"),
        pytest.param(datetime(2025, 7, 4, 23, 0), "Fri 04 Jul", id="midnight in summer"),
    ],
)
def test_a_due_time_is_said_as_people_mean_it(due, said):
    assert by_when(due.replace(tzinfo=UTC)) == said


NOTHING: dict[str, Any] = {
    "label": "ambiguous",
    "code": None,
    "confidence": 0.0,
    "slots": {},
    "flags": [],
    "guesses": [],
}


@pytest.mark.parametrize(
    ("read", "said"),
    [
        pytest.param({}, "ambiguous · 0% sure", id="nothing understood"),
        pytest.param(
            {"label": "fe_college", "code": "230", "confidence": 0.974},
            "fe_college · code 230 · 97% sure",
            id="a code",
        ),
        pytest.param(
            {"slots": {"provider": "Carmel", "employer": None, "level": "3"}},
            "ambiguous · 0% sure · provider Carmel · level 3",
            id="the facts that there are",
        ),
        pytest.param(
            {"flags": ["stop_optout", "distress_safeguarding"]},
            "ambiguous · 0% sure · also stop_optout, distress_safeguarding",
            id="what stands beside it",
        ),
        pytest.param(
            {"guesses": ["sixth_form"]}, "ambiguous · 0% sure · or sixth_form", id="the guesses"
        ),
    ],
)
def test_a_reading_in_a_line(read, said):
    assert understood({**NOTHING, **read}) == said


@pytest.mark.parametrize(
    ("harmless", "at", "refused"),
    [
        pytest.param(True, None, False, id="now, in the sandbox"),
        pytest.param(False, None, False, id="now, for real"),
        pytest.param(True, datetime(2025, 9, 1, tzinfo=UTC), False, id="then, in the sandbox"),
        pytest.param(False, datetime(2025, 9, 1, tzinfo=UTC), True, id="then, for real"),
    ],
)
def test_another_time_is_for_rehearsals_only(harmless, at, refused):
    settings = SimpleNamespace(is_harmless=harmless)

    if not refused:
        refuse_at(settings, at)  # type: ignore[arg-type]
        return
    with pytest.raises(Misconfigured, match="--at works only where nothing can leave"):
        refuse_at(settings, at)  # type: ignore[arg-type]
