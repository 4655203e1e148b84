"""The agenda as a calendar file."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.school import School
from followup.calendar_file import calendar
from scheduler.agenda import Entry, agenda
from scheduler.plan import Plan
from scheduler.procedure_file import load, shipped
from scheduler.term import default_terms
from tests.staffroom import HOURS

NOW = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)


def entry(text="Ask providers", **others):
    facts = {
        "school": "test",
        "leaving_year": 2025,
        "name": "ask-providers",
        "who": "careers leader",
        "due": date(2026, 2, 28),
        "is_return": False,
    }
    return Entry(text=text, **{**facts, **others})


def test_an_entry_is_an_all_day_event():
    text = calendar([entry()], NOW)

    assert "DTSTART;VALUE=DATE:20260228\r\n" in text
    assert "DTEND;VALUE=DATE:20260301\r\n" in text
    assert "SUMMARY:To do: Ask providers (leavers of 2025)\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


def test_the_same_entry_keeps_its_uid_so_that_importing_again_doubles_nothing():
    once, again = calendar([entry()], NOW), calendar([entry("Ask them")], NOW)

    uids = [line for line in (once + again).splitlines() if line.startswith("UID:")]
    assert uids[0] == uids[1]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"year": 2}, id="another year after leaving"),
        pytest.param({"leaving_year": 2024}, id="other leavers"),
        pytest.param({"school": "other"}, id="another school"),
        pytest.param({"name": "ask_them"}, id="another action"),
        pytest.param({"leaving_year": None}, id="about the school"),
    ],
)
def test_another_entry_has_another_uid(others):
    made = calendar([entry(year=1), entry(**{"year": 1, **others})], NOW)

    first, second = (line for line in made.splitlines() if line.startswith("UID:"))
    assert first != second


@pytest.mark.parametrize("name", shipped())
def test_many_years_of_a_procedure_are_a_calendar(name):
    school = School("test", "Test High", "Test High", HOURS)
    plan = Plan(school, load(name), default_terms, {"form_a": "any"})
    entries = agenda(plan, date(2023, 9, 1), date(2029, 8, 31))

    (read,) = components(calendar(entries, NOW))

    events = read["inside"]
    assert len(events) == len(entries)
    assert len({one(each, "UID") for each in events}) == len(entries)
    for event, due in zip(events, entries, strict=True):
        assert one(event, "DTSTART;VALUE=DATE") == f"{due.due:%Y%m%d}"
        assert one(event, "DTEND;VALUE=DATE") == f"{due.due + timedelta(days=1):%Y%m%d}"
        assert one(event, "DTSTAMP") == "20260112T093000Z"
        assert due.text in plain(one(event, "SUMMARY"))


def test_an_event_says_what_must_be_known_and_blocks_nobodys_time():
    made = calendar(
        [
            entry(
                due=date(2024, 3, 31),
                begins=date(2024, 1, 8),
                by=("email", "letter"),
                groups=("SEN", "looked after"),
                escalate_to="the head, or a deputy",
            )
        ],
        NOW,
    )

    (event,) = components(made)[0]["inside"]
    assert plain(one(event, "DESCRIPTION")).split("\n") == [
        "test: for the careers leader",
        "from 08 January 2024",
        "the last working day for it is 28 March 2024",
        "by email, letter",
        "for SEN, looked after",
        "where help is needed: the head, or a deputy",
    ]
    assert one(event, "TRANSP") == "TRANSPARENT"


def test_an_entry_about_the_school_names_no_leavers():
    made = calendar([entry(leaving_year=None)], NOW)

    assert "SUMMARY:To do: Ask providers\r\n" in made


def test_commas_and_semicolons_are_escaped():
    assert "a\\, b\\; c" in calendar([entry("a, b; c")], NOW).replace("\r\n ", "")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_no_line_is_longer_than_the_standard_allows_and_nothing_is_lost(text):
    made = calendar([entry(text)], NOW)

    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    (event,) = components(made)[0]["inside"]
    assert plain(one(event, "SUMMARY")) == f"To do: {text} (leavers of 2025)"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\r\n\0\x7f"), max_size=60))
def test_no_control_character_breaks_a_line(text):
    made = calendar([entry(text)], NOW)

    lines = made.split("\r\n")
    assert lines[-1] == ""
    assert not any(letter < " " or letter == "\x7f" for line in lines for letter in line)
    assert len(components(made)[0]["inside"]) == 1


def components(text: str) -> list[dict[str, Any]]:
    """The components of a calendar, as RFC 5545 reads them: unfolded, then BEGIN to END."""
    assert text.endswith("\r\n")
    root: dict[str, Any] = {"inside": []}
    stack = [root]
    for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append({"name": value, "lines": [], "inside": []})
        elif name == "END":
            done = stack.pop()
            assert done["name"] == value
            stack[-1]["inside"].append(done)
        else:
            assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[A-Z-]+)*", name)
            stack[-1]["lines"].append((name, value))
    assert stack == [root]
    assert [each["name"] for each in root["inside"]] == ["VCALENDAR"]
    found: list[dict[str, Any]] = root["inside"]
    assert [name for name, _ in found[0]["lines"]] == ["VERSION", "PRODID"]
    return found


def one(component: dict[str, Any], name: str) -> str:
    """The value of a property that must be there exactly once."""
    (value,) = (value for found, value in component["lines"] if found == name)
    return str(value)


def plain(text: str) -> str:
    """A TEXT value without its escapes (RFC 5545, 3.3.11)."""
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], text)
