"""A day is read as it was meant, or said to be doubtful; never turned round, never guessed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.dates import age_on, read_day, read_leaving_year, read_timestamp

DAY = date(2009, 3, 8)


@pytest.mark.parametrize(
    "written",
    [
        "08/03/2009", " 08/03/2009 ", "8/3/2009", "08-03-2009", "08.03.09", "8 3 2009",
        "2009-03-08", "2009/3/8", "8 March 2009", "8th Mar 2009", "08-Mar-09", "8th of March, 2009",
        "Sunday, 8 March 2009", "March 8, 2009", "Mar 8th 2009", "08032009", "20090308", "39880",
        "39880.0", "2009-03-08 00:00:00", "2009-03-08T00:00:00", "08/03/2009 12:30", "'08/03/2009",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_style(written):
    assert read_day(written, 2025).value == DAY


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("abc", "unreadable"),
        ("2009", "unreadable"),
        ("8/3", "unreadable"),
        ("8 Marchember 2009", "unreadable"),
        ("8/3/2009 or so, ask my mum, she will certainly know which day", "unreadable"),
        ("31/02/2009", "impossible"),
        ("29/02/2009", "impossible"),
        ("00/00/0000", "impossible"),
        ("31 February 2009", "impossible"),
        ("2009-25-03", "impossible"),
        ("45/45/2009", "impossible"),
        ("03/25/2009", "month_first"),
        ("03/13/2009", "month_first"),
        ("3-25-09", "month_first"),
    ],
)
def test_a_day_that_is_none_says_why(written, problem):
    day = read_day(written, 2025)

    assert (day.value, day.problem) == (None, problem)


def test_a_year_of_two_digits_is_the_latest_that_can_be():
    assert read_day("08.03.09", 2025).value == DAY
    assert read_day("08.03.25", 2025).value == date(2025, 3, 8)
    assert read_day("08.03.75", 2025).value == date(1975, 3, 8)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("09/06/2025 09:00:09", datetime(2025, 6, 9, 8, 0, 9, tzinfo=UTC)),
        ("09/01/2025 9:00", datetime(2025, 1, 9, 9, 0, tzinfo=UTC)),
        ("2025-06-09 09:00:09", datetime(2025, 6, 9, 8, 0, 9, tzinfo=UTC)),
        ("2025/06/09 9:00:09 PM GMT+1", datetime(2025, 6, 9, 20, 0, 9, tzinfo=UTC)),
        ("2025/06/09 12:05:00 am GMT+1", datetime(2025, 6, 8, 23, 5, tzinfo=UTC)),
        ("2025-06-09T09:00:09.125Z", datetime(2025, 6, 9, 9, 0, 9, tzinfo=UTC)),
        ("2025-06-09T09:00:09+02:00", datetime(2025, 6, 9, 7, 0, 9, tzinfo=UTC)),
        ("09/06/2025", datetime(2025, 6, 8, 23, 0, tzinfo=UTC)),
        ("45817.375", datetime(2025, 6, 9, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_london_time_unless_it_says_otherwise(written, utc):
    read = read_timestamp(written)

    assert read is not None
    assert read.astimezone(UTC) == utc


@pytest.mark.parametrize(
    "written",
    ["", "yesterday", "31/02/2025 09:00", "09/06/2025 25:00", "09/06/1025 09:00", "10000"],
)
def test_a_timestamp_that_is_none_is_none(written):
    assert read_timestamp(written) is None


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2025", 2025), (" 2025", 2025), ("25", 2025), ("'25", 2025), ("2025.0", 2025),
        ("2024/25", 2025), ("2024-2025", 2025), ("24/25", 2025), ("2024–25", 2025),
        ("Y11 2025", 2025), ("Year 13 (2025)", 2025), ("Summer 2025", 2025), ("2025-07-18", 2025),
        ("2024/26", None), ("2024 or 2025", None), ("", None), ("soon", None), ("20255", None),
        ("1925", None),
    ],
)  # fmt: skip
def test_a_leaving_year_is_the_summer_of_leaving(written, year):
    assert read_leaving_year(written) == year


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(2009, 8, 31), 16), (date(2009, 9, 1), 15), (date(2008, 2, 29), 17)],
)
def test_age_counts_completed_years(born, age):
    assert age_on(date(2025, 8, 31), born) == age


@given(st.dates(date(1910, 1, 1), date(2024, 12, 31)))
def test_every_day_survives_being_written(day):
    styles = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d%m%Y", "%B %d, %Y")

    assert {read_day(day.strftime(style)).value for style in styles} == {day}


@given(st.text(max_size=70))
def test_no_text_is_too_strange_to_be_read(text):
    day, stamp = read_day(text), read_timestamp(text)

    assert (day.value is None) is (day.problem is not None)
    assert stamp is None or stamp.tzinfo is not None
    assert read_leaving_year(text) in (None, *range(2000, 2100))
