"""Ten years of clocks that change, jump and stand still: nobody is asked twice or out of hours."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.hours import LONDON, london_day
from contact.message import WE_START, Message
from scheduler.outreach import open_and_plan
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.rehearsal import next_instant
from scheduler.term import default_terms
from storage.people import new_reference
from tests.cast import (
    DAY,
    HOUR,
    MINUTE,
    SCHOOL,
    SMS,
    TERMS,
    Stage,
    consent,
    examples,
    open_cases,
    stage,
)

__all__ = ["stage"]

PLAN = Plan(SCHOOL, load("termly"), default_terms, {"form_a": "any"})
PLANS = {SCHOOL.id: PLAN}
GAP_DAYS, TRIES = 5, 3
#: Leavers of each summer, none of whom ever answers.
EACH_YEAR = 2


def is_clock_change(day: date) -> bool:
    """Whether the London clock is moved on ``day``."""
    midnights = (datetime.combine(each, time(), LONDON) for each in (day, day + DAY))
    offsets = {each.utcoffset() for each in midnights}
    return len(offsets) == 2


def days_of(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


CHANGES = [day for day in days_of(date(2025, 1, 1), date(2035, 12, 31)) if is_clock_change(day)]
LEAP_DAYS = [date(2028, 2, 29), date(2032, 2, 29)]


@dataclass
class Years:
    """A house through the years, whose alumni are all silent; ``asked`` is checked at the end."""

    stage: Stage
    people: list[UUID] = field(default_factory=list)

    def joins(self, leaving_year: int, at: datetime) -> None:
        """The leavers of a summer agree to be asked."""
        for _ in range(EACH_YEAR):
            self.people.append(self.stage.write(_joins, leaving_year, at))

    async def look(self, now: datetime) -> None:
        """One pass of the service's clock, at which nobody gets more than one text."""
        arrived = len(self.stage.sms.arrived)
        await open_and_plan(self.stage.memory, PLANS, self.stage.desk, now)
        await self.stage.tick(now)
        got = Counter(each.to for each in self.stage.sms.arrived[arrived:])
        assert set(got.values()) <= {1}, f"several at once at {now}"

    def asks(self, who: UUID) -> list[Message]:
        """What we started with somebody and really sent, in the order it went out."""
        said = [each for each in self.stage.messages(who) if each.kind in WE_START]
        order = {each.message: place for place, each in enumerate(self.stage.sms.arrived)}
        return sorted((each for each in said if each.id in order), key=lambda each: order[each.id])

    def keeps_its_promises(self) -> None:
        """In hours, within the wave, with the gap between them, three times at most."""
        for who in self.people:
            cases = {each.id: each for each in self.stage.read(lambda w, who=who: w.cases.of(who))}
            asks = self.asks(who)
            for each in asks:
                assert each.claimed_at is not None
                assert each.case is not None
                assert SCHOOL.hours.is_open(each.claimed_at), each.claimed_at
                assert london_day(each.claimed_at) <= cases[each.case].terms.until
            days = [london_day(each.claimed_at) for each in asks if each.claimed_at]
            assert all((later - earlier).days >= GAP_DAYS for earlier, later in pairwise(days))
            assert max(Counter(each.case for each in asks).values(), default=0) <= TRIES


def _joins(work: Any, leaving_year: int, at: datetime, until: date | None = None) -> UUID:
    cohort = Cohort(SCHOOL.id, KeyStage.KS4, leaving_year)
    born = date(leaving_year - 16, 3, 14)
    person = Alumnus(uuid4(), new_reference(), SCHOOL.id, Profile("Amina Yusuf", born), at)
    work.alumni.add(person, None)
    work.cohorts.join(Membership(person.id, cohort))
    work.consents.grant(consent(person.id, granted_at=at, until=until or cohort.consent_ends))
    phone = f"a phone of their own: {person.id}"
    endpoint = work.addresses.meet(ChannelName.SMS, phone, uuid4())
    work.addresses.add(Address(uuid4(), person.id, endpoint.id, SMS, phone, 0))
    return person.id


@pytest.fixture
def years(stage):
    """An empty house."""
    return Years(stage)


def odd_moments(first: date, last: date) -> Iterable[datetime]:
    """When a clock is most likely to go wrong: the nights that change it, leap days, term edges."""
    for day in days_of(first, last):
        midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
        if is_clock_change(day):
            # Every twenty minutes from the evening before, whatever the clock on the wall says.
            yield from (midnight + turn * 20 * MINUTE for turn in range(-9, 34))
        if day in LEAP_DAYS:
            yield from (midnight + turn * HOUR for turn in range(-12, 36))
    edges = (time(0, 1), time(8, 59), time(9), time(12), time(19, 29), time(19, 30), time(23, 59))
    for leaving_year in range(first.year, last.year):
        for wave in PLAN.waves(Cohort(SCHOOL.id, KeyStage.KS4, leaving_year)):
            for day in (wave.opens, wave.last_opening_day, wave.until):
                if first <= day <= last:
                    yield from (datetime.combine(day, at, LONDON).astimezone(UTC) for at in edges)


async def live_through(years: Years, first: int, last: int) -> None:
    """Every moment from the summer of ``first`` to that of ``last`` at which anything is due."""
    now = datetime(first, 8, 1, 8, tzinfo=UTC)
    end = datetime(last, 8, 1, 8, tzinfo=UTC)
    odd = sorted(set(odd_moments(now.date(), end.date())))
    summers = [datetime(year, 8, 1, 9, tzinfo=UTC) for year in range(first, last)]
    while now < end:
        while summers and summers[0] <= now:
            years.joins(summers.pop(0).year, now)
        await years.look(now)
        odd = [at for at in odd if at > now] if odd and odd[0] <= now else odd
        planned = years.stage.read(next_instant, PLANS, now)
        now = min([planned, end, *odd[:1], *summers[:1]])


def test_the_clock_changes_twice_a_year():
    assert len(CHANGES) == 22
    assert {day.weekday() for day in CHANGES} == {6}


async def test_through_leap_day_and_clock_changes_every_wave_is_asked_three_times(years):
    await live_through(years, 2027, 2029)

    years.keeps_its_promises()
    assert [len(years.asks(who)) for who in years.people] == [18, 18, 9, 9]


@pytest.mark.soak
async def test_through_ten_years_every_wave_is_asked_three_times_and_never_out_of_hours(
    years, told
):
    await live_through(years, 2025, 2036)

    years.keeps_its_promises()
    asked = Counter(len(years.asks(who)) for who in years.people)
    told(f"{len(CHANGES)} clock changes: {dict(asked)}")
    # Three waves a year for three years; the last two summers' leavers are not done yet.
    assert asked == {27: 9 * EACH_YEAR, 18: EACH_YEAR, 9: EACH_YEAR}


@pytest.mark.parametrize("day", CHANGES, ids=str)
async def test_around_a_clock_change_nobody_is_asked_twice_or_out_of_hours(years, day):
    """Two whose cases open before it, one of them late in the evening before."""
    for opens in (datetime.combine(day - 4 * DAY, time(10), UTC), late_before(day)):
        who = years.stage.write(_joins, 2025, opens - 30 * DAY, day + 90 * DAY)
        terms = replace(TERMS, until=day + 60 * DAY)
        years.stage.write(open_cases, opens, terms)
        years.people.append(who)
    now = datetime.combine(day - 4 * DAY, time(10), UTC)
    while now < datetime.combine(day + 7 * DAY, time(12), UTC):
        await years.look(now)
        night = abs(now - datetime.combine(day, time(1), UTC)) < 6 * HOUR
        now += HOUR / 3 if night else 4 * HOUR

    years.keeps_its_promises()
    first, second = (len(years.asks(who)) for who in years.people)
    assert first >= 2
    assert second >= 1


def late_before(day: date) -> datetime:
    """The evening before ``day``, after hours."""
    return datetime.combine(day - DAY, time(23), UTC)


JUMPS = st.one_of(
    st.integers(1, 72).map(lambda hours: hours * HOUR),
    st.sampled_from([HOUR, -HOUR, DAY, -DAY, 21 * DAY]),
)


@settings(
    max_examples=examples(25, 200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(jumps=st.lists(JUMPS, min_size=5, max_size=40), seed=st.integers(0, 10))
async def test_however_the_clock_jumps_nobody_is_asked_twice_and_nothing_bursts(stage, jumps, seed):
    years = Years(stage)
    starts = random.Random(seed).choice(PLAN.waves(Cohort(SCHOOL.id, KeyStage.KS4, 2025))).opens
    now = datetime.combine(starts, time(10), LONDON).astimezone(UTC)
    years.joins(2025, now)
    for jump in jumps:
        await years.look(now)
        now += jump

    years.keeps_its_promises()
