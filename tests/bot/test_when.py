"""When somebody would rather be asked, from what sixteen-year-olds type."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import names_a_time, names_only_a_time, when
from contact.hours import LONDON

#: A Wednesday, 10:31 in London.
NOW = datetime(2025, 9, 10, 9, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("ask me tomorrow", "Thu 11 Sep 16:30"),
        ("tmrw pls", "Thu 11 Sep 16:30"),
        ("do it 2moro morning", "Thu 11 Sep 10:00"),
        ("tonight", "Wed 10 Sep 18:00"),
        ("this afternoon", "Wed 10 Sep 15:00"),
        ("tuesday", "Tue 16 Sep 16:30"),
        ("tues", "Tue 16 Sep 16:30"),
        ("next tuesday", "Tue 16 Sep 16:30"),
        ("next friday", "Fri 19 Sep 16:30"),
        ("friday", "Fri 12 Sep 16:30"),
        ("wed", "Wed 17 Sep 16:30"),
        ("can u text me sat", "Sat 13 Sep 16:30"),
        ("call me at the weekend", "Sat 13 Sep 16:30"),
        ("friday night", "Fri 12 Sep 18:00"),
        ("next week", "Mon 15 Sep 16:30"),
        ("next month", "Wed 01 Oct 16:30"),
        ("in 2 weeks", "Wed 24 Sep 10:31"),
        ("give me a couple of days", "Fri 12 Sep 10:31"),
        ("after 5", "Wed 10 Sep 17:00"),
        ("at half 5", "Wed 10 Sep 17:30"),
        ("5pm", "Wed 10 Sep 17:00"),
        ("at 10am", "Thu 11 Sep 10:00"),
        ("ring me after 5 on tuesday", "Tue 16 Sep 17:00"),
        ("ring me 4pm thurs", "Thu 11 Sep 16:00"),
        ("soz at work til 6", "Wed 10 Sep 18:00"),
        ("in a bit", "Wed 10 Sep 13:31"),
        ("gimme 10 mins", "Wed 10 Sep 13:31"),
        ("in an hour", "Wed 10 Sep 13:31"),
        ("in a lesson rn", "Wed 10 Sep 18:00"),
        ("when i get home", "Wed 10 Sep 18:00"),
        ("when im back from holiday", "Wed 17 Sep 16:30"),
        ("on the 20th", "Sat 20 Sep 16:30"),
        ("the 5th", "Sun 05 Oct 16:30"),
        ("3 oct", "Fri 03 Oct 16:30"),
        ("20th of september", "Sat 20 Sep 16:30"),
        ("in october", "Wed 01 Oct 16:30"),
        ("end of october", "Sat 01 Nov 16:30"),
        ("in september", "Wed 17 Sep 16:30"),
        ("in may", "Fri 01 May 16:30"),
        ("half term", "Mon 27 Oct 16:30"),
        ("after half term", "Mon 03 Nov 16:30"),
        ("after xmas", "Mon 05 Jan 16:30"),
        ("after results day", "Fri 21 Aug 16:30"),
        ("after my exams", "Wed 24 Sep 16:30"),
        ("after exams finish in june", "Wed 01 Jul 16:30"),
    ],
)
def test_the_time_that_is_named(text: str, at: str) -> None:
    found = when(text, NOW)

    assert found is not None
    assert f"{found:%a %d %b %H:%M}" == at


@pytest.mark.parametrize(
    ("now", "text", "at"),
    [
        pytest.param((2026, 5, 4, 12), "after my exams", "01 Jul 2026", id="the summer's exams"),
        pytest.param((2026, 5, 4, 12), "half term", "25 May 2026", id="in May"),
        pytest.param((2026, 1, 20, 12), "half term", "16 Feb 2026", id="in February"),
        pytest.param((2026, 5, 4, 12), "after results", "21 Aug 2026", id="before results day"),
        pytest.param((2026, 8, 21, 12), "after results", "27 Aug 2027", id="the day after it"),
        pytest.param((2026, 7, 4, 12), "after the summer", "05 Sep 2026", id="in summer"),
        pytest.param((2026, 12, 30, 12), "after new year", "05 Jan 2027", id="at Christmas"),
        pytest.param((2026, 1, 31, 12), "the 31st", "31 Mar 2026", id="a month without a 31st"),
        pytest.param((2026, 3, 28, 12), "sunday at 3", "29 Mar 2026", id="the night of the clocks"),
        pytest.param((2026, 9, 10, 17), "after 5", "11 Sep 2026", id="it is past five already"),
    ],
)
def test_it_depends_on_the_day_they_write(
    now: tuple[int, int, int, int], text: str, at: str
) -> None:
    found = when(text, datetime(*now, tzinfo=UTC))

    assert found is not None
    assert f"{found:%d %b %Y}" == at


@pytest.mark.parametrize(
    "text",
    [
        "2", "later", "busy", "college", "im working at asda", "sixth form", "may be", "maybe",
        "doing a levels", "level 3", "apprenticeship with sun valley motors", "", "monsters inc",
    ],
)  # fmt: skip
def test_what_names_no_time(text: str) -> None:
    assert when(text, NOW) is None
    assert not names_a_time(text)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        pytest.param("not til after half term pls", True, id="not before"),
        pytest.param("ask me again on tuesday", True, id="asked for"),
        pytest.param("next month", True, id="a month"),
        pytest.param("i start college in september", False, id="a plan"),
        pytest.param("at college", False, id="what they do"),
        pytest.param("at work", False, id="what they do, or where they are"),
        pytest.param("working weekends at asda", False, id="a weekend job"),
        pytest.param("later", False, id="no time"),
    ],
)
def test_whether_a_reply_says_when_and_nothing_else(text: str, only: bool) -> None:
    assert names_only_a_time(text) is only


@given(st.text(max_size=60), st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)))
def test_whatever_they_write_it_is_later_than_now_or_nothing(text: str, at: datetime) -> None:
    now = at.replace(tzinfo=LONDON)

    found = when(text, now)

    assert found is None or found > now


@given(
    st.lists(
        st.sampled_from(
            "after the 31st 29 feb of may next tue half term at 5 25 0 pm am in 99 weeks a "
            "couple months results exams june til 12 oclock weekend".split()
        ),
        max_size=7,
    ),
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),
)
def test_no_heap_of_such_words_breaks_it(words: list[str], at: datetime) -> None:
    now = at.replace(tzinfo=LONDON)

    found = when(" ".join(words), now)

    assert found is None or found > now
