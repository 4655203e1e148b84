"""Dates, years and times as people and spreadsheets write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
#: Day 0 of Excel's calendar as it counts today's dates.
EXCEL_EPOCH: Final = date(1899, 12, 30)
#: Longer than any date; what is longer is not one.
_LONGEST: Final = 60
#: Nobody filled in a form before or after these; it keeps every time convertible, too.
_YEARS_OF_FORMS: Final = range(2000, 2100)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class DateProblem(StrEnum):
    """Why a written day is no day."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Day:
    """A written day: ``value``, else its ``problem``."""

    value: date | None
    problem: DateProblem | None = None


_NUMERIC = re.compile(r"(\d{1,2})([/.\- ])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})", re.ASCII)
_WORDY = re.compile(
    r"(?:[a-z]{3,9}day,? )?(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ \-/.]*([a-z]{3,9})\.?,?[ \-/.]*"
    r"(\d{4}|\d{2})",
    re.ASCII,
)
_MONTH_NAMED_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
_EIGHT = re.compile(r"\d{8}", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_STAMP = re.compile(
    r"(.{6,30}?)[t, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(?:([ap])\.?m\.?)?"
    r" ?(z|(?:utc|gmt|bst)?(?: ?[+-]\d{1,2}(?::?\d{2})?)?)",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_ACADEMIC = re.compile(r"(\d{4}|\d{2}) ?[/\-–] ?(\d{4}|\d{2})", re.ASCII)
_CENTURY_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)", re.ASCII)
_SHORT_YEAR = re.compile(r"['’]?(\d{2})", re.ASCII)


def read_day(text: str, not_after: int = 2099) -> Day:
    """The day written in ``text``, day before month.

    A day that can only be read month first is doubtful, never turned round. A
    year of two digits is the latest that is not after ``not_after``.
    """
    if len(text) > _LONGEST:
        return Day(None, DateProblem.UNREADABLE)
    plain = _plain(text)
    if not plain or not plain.strip("-./?"):
        return Day(None, DateProblem.MISSING)
    day = _read(plain, not_after)
    if day is None and (stamp := _STAMP.fullmatch(plain)):
        day = _read(stamp[1], not_after)
    return day or Day(None, DateProblem.UNREADABLE)


def read_timestamp(text: str) -> datetime | None:
    """When a form was filled in, aware, in London; None where ``text`` does not say clearly.

    Without a zone of its own the time is London's, as the form shows it.
    """
    plain = _plain(text[:_LONGEST])
    if serial := _SERIAL.fullmatch(plain):
        return _of_serial(int(serial[1]), float(serial[2] or 0))
    stamp = _STAMP.fullmatch(plain)
    day = read_day(stamp[1] if stamp else plain)
    if day.value is None or day.value.year not in _YEARS_OF_FORMS:
        return None
    if stamp is None:
        return datetime.combine(day.value, time(), LONDON)
    return _at(day.value, stamp)


def read_leaving_year(text: str) -> int | None:
    """The year of the summer somebody left: 2025, 25, 2024/25, Y11 2025; None where unclear."""
    plain = _plain(text[:_LONGEST]).removesuffix(".0")
    if (academic := _ACADEMIC.fullmatch(plain)) and not plain.isdigit():
        first, second = (_century(int(part)) for part in academic.groups())
        return second if second == first + 1 else None
    if short := _SHORT_YEAR.fullmatch(plain):
        return 2000 + int(short[1])
    years = set(_CENTURY_YEAR.findall(plain))
    return int(years.pop()) if len(years) == 1 else None


def age_on(day: date, born_on: date) -> int:
    """Completed years on ``day``."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _plain(text: str) -> str:
    """``text`` in lower case, single-spaced, without a spreadsheet's apostrophe."""
    return " ".join(text.lower().strip("'\u200e\u200f\ufeff ").split())


def _read(text: str, not_after: int) -> Day | None:
    """The day in ``text``; None where it has not the shape of a day."""
    if found := _NUMERIC.fullmatch(text):
        return _made(_full_year(found[4], not_after), int(found[3]), int(found[1]))
    if found := _YEAR_FIRST.fullmatch(text):
        # Year first is read one way only: 2009-25-03 is impossible.
        return _made(int(found[1]), int(found[3]), int(found[4]), turned=DateProblem.IMPOSSIBLE)
    if found := _WORDY.fullmatch(text):
        return _named(_full_year(found[3], not_after), found[2], found[1])
    if found := _MONTH_NAMED_FIRST.fullmatch(text):
        return _named(int(found[3]), found[1], found[2])
    if _EIGHT.fullmatch(text):
        return _made(*_eight(text))
    if found := _SERIAL.fullmatch(text):
        return Day(EXCEL_EPOCH + timedelta(days=int(found[1])))
    return None


def _made(year: int, month: int, day: int, turned: DateProblem = DateProblem.MONTH_FIRST) -> Day:
    """The day of these numbers, or why there is none: ``turned`` where month and day changed."""
    try:
        return Day(date(year, month, day))
    except ValueError:
        backwards = 12 < month <= 31 and 1 <= day <= 12  # noqa: PLR2004
        return Day(None, turned if backwards else DateProblem.IMPOSSIBLE)


def _named(year: int, month: str, day: str) -> Day | None:
    """The day where the month is a word: a name of a month or its beginning ("sept")."""
    number = next((at for at, name in enumerate(_MONTHS, 1) if name.startswith(month)), None)
    return _made(year, number, int(day)) if number else None


def _eight(text: str) -> tuple[int, int, int]:
    """28032009 or 20090328: no day fits both, because there is no month 19 or 20."""
    if text[4:6] in ("19", "20"):
        return int(text[4:]), int(text[2:4]), int(text[:2])
    return int(text[:4]), int(text[4:6]), int(text[6:])


def _full_year(text: str, not_after: int) -> int:
    """A year of two digits in the last century that keeps it at or before ``not_after``."""
    if len(text) == 4:  # noqa: PLR2004
        return int(text)
    year = 2000 + int(text)
    return year if year <= not_after else year - 100


def _century(year: int) -> int:
    """``year`` in this century where it was written with two digits."""
    return year if year >= 100 else 2000 + year  # noqa: PLR2004


def _of_serial(days: int, fraction: float) -> datetime | None:
    """Excel's number for a time, to the second."""
    start = datetime.combine(EXCEL_EPOCH + timedelta(days=days), time(), LONDON)
    if start.year not in _YEARS_OF_FORMS:
        return None
    return start + timedelta(seconds=round(fraction * 86400))


def _at(day: date, stamp: re.Match[str]) -> datetime | None:
    """``day`` at the stamp's time of day, in its zone, as London shows it."""
    hour, minute, second = int(stamp[2]), int(stamp[3]), int(stamp[4] or 0)
    if stamp[5]:
        hour = hour % 12 + (12 if stamp[5] == "p" else 0)
    try:
        local = datetime.combine(day, time(hour, minute, second))
        return local.replace(tzinfo=_zone(stamp[6])).astimezone(LONDON)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> tzinfo:
    """The zone that a stamp names, else London's."""
    if offset := _OFFSET.search(text):
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-size if offset[1] == "-" else size)
    if text == "bst":
        return timezone(timedelta(hours=1))
    # A stamp that says GMT alone is what sheets show in London all year round.
    return UTC if text in ("z", "utc") else LONDON
