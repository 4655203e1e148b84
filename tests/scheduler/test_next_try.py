"""The next try: at another place, at another time of the day, in other words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.address import Address, ChannelName, Standing
from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Terms
from contact.hours import LONDON, Hours, deadline, london_day
from scheduler.next_try import ask_line, next_address, next_time

SMS, TELEGRAM, EMAIL = ChannelName.SMS, ChannelName.TELEGRAM, ChannelName.EMAIL
BOTH = (SMS, TELEGRAM)
#: A Wednesday in term, 16:30 in London.
ASKED = datetime(2025, 9, 10, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOURS = Hours(time(9), time(19, 30), frozenset(range(6)), lambda _: False)
TERMS = Terms(tries=3, gap_days=5, reply_days=4, late_reply_days=60, until=date(2025, 12, 19))
CASE = Case(1, UUID(int=1), "cansfield", "cansfield-KS4-2025", "y1-autumn", CaseState.OPEN, TERMS,
            ASKED - DAY)  # fmt: skip


def place(number: int, channel: ChannelName = SMS, **changes) -> Address:
    """An address that nobody has tried."""
    where = Address(UUID(int=number), CASE.alumnus, UUID(int=100 + number), channel, "x", number)
    return replace(where, **changes)


def tried(
    number: int, at: Address, outcome: str | None = "no_answer", asked: datetime | None = ASKED
) -> Attempt:
    """A try that was made there and failed."""
    when = asked or ASKED
    return Attempt(
        CASE.id, number, AttemptState.FAILED, when, str(at.channel), at.id, asked,
        deadline(when, TERMS.reply_days), when, outcome,
    )  # fmt: skip


ONE, TWO, THREE = place(1), place(2), place(3)


@pytest.mark.parametrize(
    ("number", "tries", "again", "line"),
    [
        pytest.param(1, 3, 0, "ask.1", id="the first"),
        pytest.param(2, 3, 0, "ask.2", id="the second"),
        pytest.param(3, 3, 0, "ask.last", id="the last says that it is the last"),
        pytest.param(1, 1, 0, "ask.last", id="the only one is the last"),
        pytest.param(4, 3, 0, "ask.last", id="so is one too many"),
        pytest.param(1, 3, 1, "ask.2", id="asked once more in other words"),
        pytest.param(2, 5, 2, "ask.4", id="and in other words again"),
        pytest.param(3, 3, 2, "ask.last", id="the last stays the last"),
    ],
)
def test_the_wording_of_an_ask(number, tries, again, line):
    assert ask_line(number, tries, again) == line


@pytest.mark.parametrize(
    ("known", "attempts", "channels", "chosen"),
    [
        pytest.param([], [], BOTH, None, id="nowhere to go"),
        pytest.param([ONE], [], BOTH, ONE, id="the only one"),
        pytest.param([TWO, ONE], [], BOTH, ONE, id="the one they gave first"),
        pytest.param([ONE, TWO], [tried(1, ONE)], BOTH, TWO, id="then the other"),
        pytest.param(
            [ONE, TWO], [tried(1, ONE), tried(2, TWO)], BOTH, ONE, id="then the first again"
        ),
        pytest.param([ONE], [tried(1, ONE)], BOTH, ONE, id="the only one again"),
        pytest.param([ONE], [tried(1, ONE, "failing")], BOTH, ONE, id="even where it just failed"),
        pytest.param(
            [ONE, TWO],
            [tried(1, TWO), tried(2, TWO), tried(3, ONE, "failing")],
            BOTH,
            TWO,
            id="but elsewhere rather, however often that was asked",
        ),
        pytest.param(
            [replace(ONE, standing=Standing.FAILING), TWO], [tried(1, TWO)], BOTH, TWO,
            id="what works before what fails",
        ),
        pytest.param(
            [replace(ONE, standing=Standing.FAILING)], [], BOTH,
            replace(ONE, standing=Standing.FAILING), id="what fails before nothing",
        ),
        pytest.param(
            [ONE, replace(TWO, standing=Standing.FAILING)], [tried(1, ONE, "failing")], BOTH,
            replace(TWO, standing=Standing.FAILING), id="where it just failed comes last of all",
        ),
        pytest.param([replace(ONE, standing=Standing.DEAD)], [], BOTH, None, id="never the dead"),
        pytest.param(
            [replace(ONE, standing=Standing.OPTED_OUT), TWO], [], BOTH, TWO, id="nor a stop"
        ),
        pytest.param(
            [replace(ONE, standing=Standing.NOT_THEIRS), TWO], [], BOTH, TWO, id="nor a stranger"
        ),
        pytest.param([place(1, TELEGRAM), TWO], [], (SMS,), TWO, id="no channel we have not"),
        pytest.param([place(1, TELEGRAM)], [], (SMS,), None, id="not even alone"),
        pytest.param([place(1, EMAIL)], [], (EMAIL, *BOTH), None, id="no work of people's"),
        pytest.param([ONE], [], (), None, id="no channel at all"),
    ],
)  # fmt: skip
def test_where_to_ask(known, attempts, channels, chosen):
    assert next_address(known, attempts, channels) == chosen


STANDINGS = st.sampled_from(Standing)
PLACES = st.lists(
    st.builds(
        lambda number, channel, standing: place(number, channel, standing=standing),
        st.integers(1, 9),
        st.sampled_from(ChannelName),
        STANDINGS,
    ),
    unique_by=lambda each: each.id,
    max_size=5,
)


@given(PLACES, st.lists(st.integers(0, 4), max_size=3))
def test_whatever_is_known_the_place_can_be_sent_to_and_none_that_is_asked_less_is_passed_over(
    known, asked
):
    attempts = [tried(at, known[each]) for at, each in enumerate(asked, 1) if each < len(known)]

    chosen = next_address(known, attempts, BOTH)

    usable = [each for each in known if each.usable]
    if not usable:
        assert chosen is None
        return
    assert chosen in usable
    assert chosen is not None
    times = {each.id: sum(one.address == each.id for one in attempts) for each in usable}
    sound = [each for each in usable if each.standing is not Standing.FAILING] or usable
    assert times[chosen.id] == min(times[each.id] for each in sound)


def test_the_first_try_goes_out_at_once_in_open_hours():
    assert next_time(CASE, [], ONE, 1, HOURS, ASKED) == ASKED


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param(datetime(2025, 9, 10, 3), datetime(2025, 9, 10, 8), id="before nine"),
        pytest.param(datetime(2025, 9, 10, 18, 30), datetime(2025, 9, 11, 8), id="at closing time"),
        pytest.param(datetime(2025, 9, 14, 12), datetime(2025, 9, 15, 8), id="on a Sunday"),
        pytest.param(datetime(2025, 11, 10, 3), datetime(2025, 11, 10, 9), id="in winter time"),
    ],
)
def test_the_first_try_waits_for_the_next_open_hour(now, opens):
    at = next_time(CASE, [], ONE, 1, HOURS, now.replace(tzinfo=UTC))

    assert at == opens.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "at", "waits"),
    [
        pytest.param("no_answer", ONE, True, id="silence, at the same number"),
        pytest.param("no_answer", TWO, True, id="silence, wherever the next one goes"),
        pytest.param("dead", ONE, False, id="nobody read what a dead number got"),
        pytest.param("dead", TWO, False, id="nor at another place"),
        pytest.param("failing", TWO, False, id="out of reach: elsewhere at once"),
        pytest.param("failing", ONE, True, id="out of reach: the same one after the gap"),
        pytest.param("gone", TWO, False, id="a blocked chat: elsewhere at once"),
    ],
)
def test_whether_the_gap_applies(outcome, at, waits):
    now = ASKED + timedelta(hours=1)

    planned = next_time(CASE, [tried(1, ONE, outcome)], at, 2, HOURS, now)

    assert (planned > now) is waits
    if waits:
        assert london_day(planned) - london_day(ASKED) >= TERMS.gap_days * DAY


def test_a_message_that_never_left_starts_no_gap():
    now = ASKED + timedelta(hours=1)

    assert next_time(CASE, [tried(1, ONE, "failing", None)], ONE, 2, HOURS, now) == now


def test_it_is_never_planned_for_the_past():
    now = ASKED + 40 * DAY

    assert next_time(CASE, [tried(1, ONE)], ONE, 2, HOURS, now) >= now


@given(
    asked=st.datetimes(datetime(2025, 9, 1), datetime(2026, 7, 20), timezones=st.just(UTC)),
    number=st.integers(2, 3),
    gap=st.integers(1, 14),
    patience=st.integers(1, 14),
)
def test_after_silence_the_gap_and_the_reply_time_are_over_and_the_house_is_open(
    asked, number, gap, patience
):
    asked = HOURS.next_open(asked)
    case = replace(CASE, terms=replace(TERMS, gap_days=gap, reply_days=patience))
    over = deadline(asked, patience)
    silent = replace(tried(number - 1, ONE), asked_at=asked, planned_for=asked, answer_by=over)

    at = next_time(case, [silent], ONE, number, HOURS, over)

    assert HOURS.is_open(at)
    assert at >= over
    assert (london_day(at) - london_day(asked)).days >= gap


@given(asked=st.datetimes(datetime(2025, 9, 1), datetime(2026, 7, 20), timezones=st.just(UTC)))
def test_the_next_try_falls_in_another_part_of_the_day(asked):
    """Who is in class at one time may be free at another."""
    asked = HOURS.next_open(asked)
    over = deadline(asked, TERMS.reply_days)
    silent = replace(tried(1, ONE), asked_at=asked, planned_for=asked, answer_by=over)

    at = next_time(CASE, [silent], ONE, 2, HOURS, over).astimezone(LONDON)

    before = asked.astimezone(LONDON)
    apart = abs((at.hour * 60 + at.minute) - (before.hour * 60 + before.minute))
    assert apart >= 60
