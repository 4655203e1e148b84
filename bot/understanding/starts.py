"""When something started or will start, only where the reply leaves no doubt."""

import re
from datetime import date

from bot.understanding.normalise import fold

_MONTHS = (
    "jan|sty|ian", "feb|lut", "mar", "apr|kwi", "may|maj|mai", "jun|cze|iun", "jul|lip|iul",
    "aug|sie", "sep|wrz", "oct|paz|okt", "nov|lis|noi", "dec|gru",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{i}>(?:{names})[a-z]*)" for i, names in enumerate(_MONTHS, 1))
_NUMERIC = re.compile(r"\b(?:(\d{1,2})[./-])?(\d{1,2})[./-](20\d\d|\d\d)\b")
_WHOLE_YEAR = 4
_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})(?:-(\d{1,2}))?\b")
_NAMED = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?:{_MONTH}),? (?:of )?(?P<year>20\d\d)\b"
)


def _written(year: int, month: int, day: int | None) -> str | None:
    """The date as YYYY-MM-DD or YYYY-MM; None where there is no such day."""
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return None
    return whole.isoformat() if day else whole.isoformat()[:7]


def find_start(text: str) -> str | None:
    """``YYYY-MM-DD`` or ``YYYY-MM`` said in ``text``, or None.

    Without a year nothing is certain ("5th of september" of which year?), so
    nothing is given: the reply as typed is kept beside it. Numbers are read the
    British way, day before month.
    """
    plain = fold(text)
    iso = _ISO.search(plain)
    if iso:
        return _written(int(iso[1]), int(iso[2]), int(iso[3]) if iso[3] else None)
    named = _NAMED.search(plain)
    if named:
        month = next(i for i in range(1, 13) if named[f"m{i}"])
        return _written(int(named["year"]), month, int(named["day"]) if named["day"] else None)
    numeric = _NUMERIC.search(plain)
    if numeric and (numeric[1] or len(numeric[3]) == _WHOLE_YEAR):
        year = int(numeric[3]) if len(numeric[3]) == _WHOLE_YEAR else 2000 + int(numeric[3])
        return _written(year, int(numeric[2]), int(numeric[1]) if numeric[1] else None)
    return None
