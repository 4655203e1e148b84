"""The agenda as a calendar file."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from followup.calendar_file import calendar
from scheduler.agenda import Entry

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


def test_commas_and_semicolons_are_escaped():
    assert "a\\, b\\; c" in calendar([entry("a, b; c")], NOW).replace("\r\n ", "")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_no_line_is_longer_than_the_standard_allows_and_nothing_is_lost(text):
    made = calendar([entry(text)], NOW)

    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    unfolded = made.replace("\r\n ", "")
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:To do: {escaped} (leavers of 2025)" in unfolded
