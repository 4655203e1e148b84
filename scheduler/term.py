"""The school year in England: terms, and the days nobody is written to."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

import holidays

from contact.errors import Misconfigured

_MONDAY, _WEDNESDAY, _THURSDAY, _FRIDAY, _SATURDAY = 0, 2, 3, 4, 5
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(weeks=1)


class Season(StrEnum):
    """The three terms of an academic year, in their order."""

    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Term:
    """One term, first and last day included; ``own`` where the school gave the dates."""

    name: Season
    starts: date
    ends: date
    own: bool = False


#: The months in which a term can begin: in another one the wrong year or term was written.
_BEGINS: Final = {
    Season.AUTUMN: range(8, 13),
    Season.SPRING: range(1, 5),
    Season.SUMMER: range(3, 8),
}


#: The three terms of the academic year that begins in a calendar year's September.
TermsOf = Callable[[int], tuple[Term, Term, Term]]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of an academic year by its date; 29 February is the 28th in a common year."""

    month: int
    day: int

    def on(self, academic_year: int, _terms_of: TermsOf) -> date:
        """The date in the year from September ``academic_year`` to the August after."""
        year = academic_year if self.month >= 9 else academic_year + 1  # noqa: PLR2004
        if (self.month, self.day) == (2, 29) and not _leap(year):
            return date(year, 2, 28)
        return date(year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class TermDay:
    """A day of an academic year by its term: the first, the last, or the end of a week.

    ``week`` 0 is the term's first day, -1 its last; otherwise the Friday of
    that week, the week the term begins in being 1.
    """

    season: Season
    week: int

    def on(self, academic_year: int, terms_of: TermsOf) -> date:
        """The date in the academic year that begins in September ``academic_year``."""
        term = next(term for term in terms_of(academic_year) if term.name is self.season)
        if self.week == 0:
            return term.starts
        if self.week < 0:
            return term.ends
        monday = term.starts - timedelta(days=term.starts.weekday())
        return monday + _WEEK * (self.week - 1) + _DAY * _FRIDAY


@dataclass(frozen=True, slots=True)
class ResultsDay:
    """The day on which results come out: the Thursday from ``first`` August on.

    That is where the exam boards have put it since 2018, the two years without
    exams left out; they confirm it for each year.
    """

    first: int

    def on(self, academic_year: int, _terms_of: TermsOf) -> date:
        """The day in the August that ends the year from September ``academic_year``."""
        return _first(_THURSDAY, date(academic_year + 1, 8, self.first))


#: A levels and other level 3 results, and GCSEs a week later.
ALEVEL_RESULTS: Final = ResultsDay(13)
GCSE_RESULTS: Final = ResultsDay(20)

DayRule = MonthDay | TermDay | ResultsDay


@lru_cache(maxsize=64)
def default_terms(academic_year: int) -> tuple[Term, Term, Term]:
    """Likely terms of the year that begins in September ``academic_year``.

    Autumn: the first weekday from 2 September to the last Friday up to
    21 December. Spring: the first Monday from 3 January to the Easter holiday.
    Summer: from after it to the last Wednesday up to 24 July. The Easter
    holiday is two weeks from the first Monday from 29 March, or a week later
    where Easter Sunday would fall behind it (the councils' standard year). A
    first or last day that is a bank holiday moves inwards.
    """
    year = academic_year + 1
    easter_break = _easter_break(year)
    spans = (
        (date(academic_year, 9, 2), _last(_FRIDAY, date(academic_year, 12, 21))),
        (_first(_MONDAY, date(year, 1, 3)), easter_break - _DAY),
        (easter_break + 2 * _WEEK, _last(_WEDNESDAY, date(year, 7, 24))),
    )
    autumn, spring, summer = (
        Term(name, _inwards(starts, _DAY), _inwards(ends, -_DAY))
        for name, (starts, ends) in zip(Season, spans, strict=True)
    )
    return autumn, spring, summer


def school_terms(given: Mapping[str, Sequence[str | date]]) -> TermsOf:
    """A school's own term dates, with the defaults where it gave none.

    ``given`` is the setting ``terms``: the calendar year and the term, and its
    first and last day: ``{"2025-autumn": ["2025-09-02", "2025-12-19"],
    "2026-spring": …}``. Misconfigured names the entry that is wrong.
    """
    own = {_key(key): _own_term(key, days) for key, days in given.items()}

    def terms_of(academic_year: int) -> tuple[Term, Term, Term]:
        autumn, spring, summer = (
            own.get((academic_year, term.name), term) for term in default_terms(academic_year)
        )
        return autumn, spring, summer

    for academic_year in sorted({year for year, _ in own}):
        _check_order(terms_of, academic_year)
    return terms_of


def missing_terms(terms_of: TermsOf, today: date, ahead: timedelta) -> list[Term]:
    """The terms not over by ``today`` that begin within ``ahead`` and have the usual dates only."""
    year = academic_year_of(today)
    coming = (*terms_of(year), *terms_of(year + 1))
    return [
        term
        for term in coming
        if not term.own and term.ends >= today and term.starts <= today + ahead
    ]


def closed_day(day: date) -> bool:
    """Whether nobody is written to on ``day``: a bank holiday, or 24 December to 2 January."""
    between_the_years = (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2)
    return between_the_years or day in bank_holidays(day.year)


def working_day_before(day: date) -> date:
    """``day`` itself, or the last day before it that is neither weekend nor :func:`closed_day`."""
    return _inwards(day, -_DAY)


def season_on(day: date, terms_of: TermsOf) -> Season:
    """The term that ``day`` lies in, or the one before it where it lies in the holidays."""
    year = academic_year_of(day)
    terms = (*terms_of(year - 1), *terms_of(year), *terms_of(year + 1))
    return max((term for term in terms if term.starts <= day), key=lambda term: term.starts).name


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a calendar year, substitute and extra days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def academic_year_of(day: date) -> int:
    """The calendar year in whose September the academic year of ``day`` began."""
    return day.year if day.month >= 9 else day.year - 1  # noqa: PLR2004  September


def _key(key: str) -> tuple[int, Season]:
    found = re.fullmatch(r"(20\d\d)-(autumn|spring|summer)", key)
    if not found:
        raise Misconfigured(f'terms: "{key}" is not a year and a term, as in "2025-autumn"')
    season = Season(found[2])
    return int(found[1]) - (season is not Season.AUTUMN), season


def _own_term(key: str, days: Sequence[str | date]) -> Term:
    try:
        starts, ends = (day if isinstance(day, date) else date.fromisoformat(day) for day in days)
    except (TypeError, ValueError) as error:
        raise Misconfigured(f"terms: {key}: write its first and last day as YYYY-MM-DD") from error
    if not starts < ends or {starts.year, ends.year} != {int(key[:4])}:
        raise Misconfigured(f"terms: {key}: needs a first and a later last day in {key[:4]}")
    season = _key(key)[1]
    if starts.month not in _BEGINS[season]:
        raise Misconfigured(f"terms: {key}: the {season} term does not begin on {starts}")
    return Term(season, starts, ends, own=True)


def _check_order(terms_of: TermsOf, academic_year: int) -> None:
    for earlier, later in pairwise((*terms_of(academic_year), terms_of(academic_year + 1)[0])):
        if not earlier.ends < later.starts:
            raise Misconfigured(
                f"terms: {later.starts.year}-{later.name} begins on {later.starts}, "
                f"before {earlier.name} has ended on {earlier.ends}"
            )


def _easter_break(year: int) -> date:
    """The Monday on which the Easter holiday of ``year`` begins."""
    monday = _first(_MONDAY, date(year, 3, 29))
    return monday + _WEEK if _easter(year) > monday + _DAY * 13 else monday


def _easter(year: int) -> date:
    """Easter Sunday: two days after Good Friday, the only bank holiday on a Friday in spring."""
    spring = (date(year, 3, 20), date(year, 4, 23))
    return 2 * _DAY + next(
        day
        for day in sorted(bank_holidays(year))
        if spring[0] <= day <= spring[1] and day.weekday() == _FRIDAY
    )


def _inwards(day: date, step: timedelta) -> date:
    while day.weekday() >= _SATURDAY or closed_day(day):
        day += step
    return day


def _first(weekday: int, day: date) -> date:
    return day + _DAY * ((weekday - day.weekday()) % 7)


def _last(weekday: int, day: date) -> date:
    return day - _DAY * ((day.weekday() - weekday) % 7)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
