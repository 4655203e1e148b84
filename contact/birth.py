"""When a leaver was born and left, and so which leaving it was."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from contact.alumnus import KeyStage
from contact.dates import DateProblem, age_on, read_day, read_leaving_year

#: Ages on 31 August of the leaving year, in completed years.
AGES: Final = {15: KeyStage.KS4, 16: KeyStage.KS4} | dict.fromkeys((17, 18, 19), KeyStage.KS5)
#: How many years a form may be filled in after the leaving year, and before it.
_LATE, _EARLY = 3, 2


@dataclass(frozen=True, slots=True)
class Birth:
    """Day of birth and leaving: ``read`` as written, ``sure`` None where that is doubtful.

    ``doubts`` are words for staff: ``dob_missing``, ``dob_unreadable``,
    ``dob_impossible``, ``dob_month_first``, ``dob_this_year``, ``age_doubtful``,
    ``leaving_year_missing``, ``leaving_year_unreadable``,
    ``leaving_year_doubtful``, ``key_stage_doubtful``.
    """

    read: date | None
    sure: date | None
    leaving_year: int | None
    key_stage: KeyStage | None
    doubts: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Birth({self.doubts})"


def read_birth(
    born_on: str, leaving: str, filled_in: datetime | None, given: KeyStage | None = None
) -> Birth:
    """What the two cells say; when the form was filled in tells which years are plausible.

    ``given`` settles the key stage and nothing else: what is doubtful stays so.
    """
    year, year_doubt = _leaving_year(leaving, filled_in)
    day = read_day(born_on, _newest_birth(filled_in, year))
    if day.value is None:
        doubt = f"dob_{day.problem or DateProblem.UNREADABLE}"
        return Birth(None, None, year, given, (doubt, *year_doubt))
    if filled_in is not None and day.value.year >= filled_in.year:
        return Birth(day.value, None, year, given, ("dob_this_year", *year_doubt))
    if year is None or year_doubt:
        return Birth(day.value, day.value, year, given, year_doubt)
    stage = AGES.get(age_on(date(year, 8, 31), day.value))
    if stage is None:
        return Birth(day.value, None, year, given, ("age_doubtful",))
    doubts = () if _typed_stage(leaving) in (None, stage) else ("key_stage_doubtful",)
    return Birth(day.value, day.value, year, given or stage, doubts)


def _leaving_year(text: str, filled_in: datetime | None) -> tuple[int | None, tuple[str, ...]]:
    """The leaving year and what is doubtful in it."""
    year = _year_typed(text[:40])
    if year is None:
        return None, ("leaving_year_unreadable" if text.strip() else "leaving_year_missing",)
    if filled_in and not filled_in.year - _LATE <= year <= filled_in.year + _EARLY:
        return year, ("leaving_year_doubtful",)
    return year, ()


@lru_cache(maxsize=64)  # a file has a handful of ways to write its one or two years
def _year_typed(text: str) -> int | None:
    """The leaving year in ``text``."""
    return read_leaving_year(text)


def _newest_birth(filled_in: datetime | None, leaving_year: int | None) -> int:
    """The last year in which a leaver can be born, to read a year of two digits."""
    known = filled_in.year if filled_in else leaving_year
    return known if known is not None else 2099


def _typed_stage(text: str) -> KeyStage | None:
    """The key stage that "Y11 2025" or "Year 13 2025" names."""
    words = text.casefold().replace("year", "y").replace(" ", "")
    if "y11" in words:
        return KeyStage.KS4
    return KeyStage.KS5 if "y13" in words else None
