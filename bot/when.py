"""When somebody would rather be asked, in their own words ("tuesday", "after 5")."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from bot.survey import plain
from contact.hours import LONDON

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
#: When in a day they are asked who name only the day, or only a part of it.
_USUAL, _MORNING, _AFTERNOON, _EVENING = time(16, 30), time(10), time(15), time(18)
#: "In a bit" is longer than it sounds, and nobody is chased.
_A_BIT = timedelta(hours=3)
#: What comes some day, and nobody can say when.
_SOME_DAY = timedelta(days=14)
_ANY_DAY = datetime(2025, 9, 10, 12, tzinfo=LONDON)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "couple of": 2, "few": 3, "three": 3}

_COUNT = r"(?P<count>\d{1,2}|an?(?: couple(?: of)?| few)?|one|two|three|couple(?: of)?|few)"
_UNIT = r"(?P<unit>min|minute|hr|hour|day|week|month)s?"
_SOON = re.compile(rf"\b(?:in|give me|gimme|after) (?:like |about )?{_COUNT} ?{_UNIT}\b")
_BIT = re.compile(
    r"\bin a (?:bit|while|min|minute|sec|second|moment)\b"
    r"|\b(?:hold on|hang on|brb|1 sec|one sec|1 min|one min)\b"
)
_THIS = (
    r"(?:my |this |the |a |an )?(?:work|school|college|sixth form|6th form|uni|shift|lessons?"
    r"|class|lecture|meeting|exam|training|practice)\b"
)
#: What they are in the middle of, and when it is over: the same evening.
_AT_THIS = re.compile(rf"\b(?:at|in) {_THIS}|\bdriving\b")
_AFTER_THIS = re.compile(
    rf"\b(?:after|when i finish|til i finish|until i finish|i finish) {_THIS}"
    r"|\b(?:when|once|after) (?:i get|i am|im|ive got) (?:home|back)(?! from)\b"
)
_CLOCK = re.compile(
    r"\b(?:after|at|about|around|til|till|until|from|by|past) (?P<half>half )?(?:past )?"
    r"(?P<hour>\d{1,2})(?:[ :.](?P<minute>[0-5]\d))? ?(?P<half_day>am|pm|oclock)?\b"
    r"(?! ?(?:min|hour|hr|day|week|month|st|nd|rd|th))"
    r"|\b(?P<bare>\d{1,2}) ?(?P<bare_half>am|pm|oclock)\b"
    r"|\bhalf (?:past )?(?P<half_past>\d{1,2})\b"
)
_PARTS = (
    (re.compile(r"\b(?:morning|am)\b"), _MORNING),
    (re.compile(r"\bafternoon\b"), _AFTERNOON),
    (re.compile(r"\b(?:evening|night|tonight|tonite|2nite|2night)\b"), _EVENING),
)
# "Sat", "sun" and "wed" are words, too: short ones count at the end, or before a time.
_NAMED_DAY = (
    r"\b(?P<next>next |nxt )?(?P<name>mon|tue|wed|thu|fri|sat|sun)"
    r"(?:(?:day|s|sday|nesday|nsday|urs|rs|r|ursday|rsday|urday)\b|\b(?=$| (?:at|after|about) \d"
    r"| (?:morning|afternoon|evening|night|pls|please|ok|or|x|if|then|thanks|\d)))"
)
_MONTH = (
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?"
)

# Words that may stand around a time without saying anything else.
_AROUND = frozenset(
    "ask text txt msg message call me us again back pls please plz ok okay x xx xxx thanks ta "
    "sorry soz maybe not til till until on at in by after from the my this for free be will can "
    "we u you do it wait better is good best lol then so and or try around about im ill yet later "
    "early late day of its gonna probably i get got finish finished busy".split()
)


def when(text: str, now: datetime) -> datetime | None:
    """The instant that ``text`` names, after ``now``, in London time; None where it names none.

    ``now`` is aware. Days without an hour are meant for after lessons. What
    comes at no known day ("after my mocks") is put two weeks off. Holidays and
    results day are England's usual ones.
    """
    said, here = plain(text), now.astimezone(LONDON)
    soon = _soon(said)
    if soon is not None:
        return here + soon
    day, hour = _day(said, here.date()), _hour(said)
    if day is None and hour is None:
        busy = _AFTER_THIS.search(said) or _AT_THIS.search(said)
        return _next(here.date(), _EVENING, here) if busy else None
    return _next(day or here.date(), hour or _USUAL, here)


def names_only_a_time(text: str) -> bool:
    """Whether ``text`` says when, and nothing else ("tuesday pls", "not til after half term")."""
    said = plain(text)
    rest = said
    for pattern in _ANY_TIME:
        rest = pattern.sub(" ", rest)
    return rest != said and not set(rest.split()) - _AROUND


def names_a_time(text: str) -> bool:
    """Whether ``text`` says when, whatever else it says."""
    return when(text, _ANY_DAY) is not None


def _next(day: date, hour: time, now: datetime) -> datetime:
    """That hour of that day, or of the next where it is past."""
    at = datetime.combine(day, hour, LONDON)
    return at if at > now else datetime.combine(now.date() + _DAY, hour, LONDON)


def _soon(said: str) -> timedelta | None:
    if _BIT.search(said):
        return _A_BIT
    found = _SOON.search(said)
    if found is None:
        return None
    written = found["count"].removeprefix("a ").removeprefix("an ")
    count = int(written) if written.isdecimal() else _COUNTS.get(written, 1)
    units = {"day": _DAY, "week": _WEEK, "month": 30 * _DAY}
    return units[found["unit"]] * count if found["unit"] in units else _A_BIT


def _hour(said: str) -> time | None:
    found = _CLOCK.search(said)
    if found is not None:
        hour = int(found["hour"] or found["bare"] or found["half_past"])
        half_day = found["half_day"] or found["bare_half"]
        # From one to seven it is the afternoon: nobody means five in the morning.
        if half_day == "pm" or (half_day != "am" and 1 <= hour <= 7):  # noqa: PLR2004
            hour = hour % 12 + 12
        if hour < 24:  # noqa: PLR2004
            return time(
                hour, 30 if found["half"] or found["half_past"] else int(found["minute"] or 0)
            )
    return next((part for pattern, part in _PARTS if pattern.search(said)), None)


def _day(said: str, today: date) -> date | None:
    for pattern, found_by in _DAYS:
        found = pattern.search(said)
        if found is not None:
            return found_by(found, today)
    return None


def _named(found: re.Match[str], today: date) -> date:
    """The next day of that name; with "next" that of the following week."""
    wanted = _WEEKDAYS.index(found["name"])
    if found["next"]:
        return today - today.weekday() * _DAY + _WEEK + wanted * _DAY
    return today + ((wanted - today.weekday() - 1) % 7 + 1) * _DAY


def _dated(found: re.Match[str], today: date) -> date:
    """That day of that month, of this month where none is said; the next one that comes."""
    month = _MONTHS.index(found["month"]) + 1 if found["month"] else today.month
    for turn in range(24):
        year, index = divmod(month - 1 + (turn if not found["month"] else 12 * turn), 12)
        try:
            day = date(today.year + year, index + 1, int(found["day"]))
        except ValueError:
            continue
        if day > today:
            return day
    return today + _SOME_DAY


def _month(found: re.Match[str], today: date) -> date:
    """The first of that month; some day soon where it is this one."""
    month = _MONTHS.index(found["month"]) + 1
    if month == today.month:
        return today + _WEEK
    return date(today.year + (month < today.month), month, 1)


def _month_after(found: re.Match[str], today: date) -> date:
    first = _month(found, today)
    return (first.replace(day=1) + 32 * _DAY).replace(day=1)


def _weekend(_: re.Match[str], today: date) -> date:
    return today + ((5 - today.weekday() - 1) % 7 + 1) * _DAY


def _next_week(_: re.Match[str], today: date) -> date:
    return today - today.weekday() * _DAY + _WEEK


def _next_month(_: re.Match[str], today: date) -> date:
    return (today.replace(day=1) + 32 * _DAY).replace(day=1)


def _exams(_: re.Match[str], today: date) -> date:
    """The summer's exams are over in July; of others nobody knows."""
    return date(today.year, 7, 1) if 4 <= today.month <= 6 else today + _SOME_DAY  # noqa: PLR2004


def _results(_: re.Match[str], today: date) -> date:
    """The day after the Thursday on which GCSE results come out, from 20 to 26 August."""
    for year in (today.year, today.year + 1):
        thursday = date(year, 8, 20)
        thursday += (3 - thursday.weekday()) % 7 * _DAY
        if thursday >= today:
            break
    return thursday + _DAY


def _half_term(found: re.Match[str], today: date) -> date:
    """The Monday of the next half-term week, or after it.

    Most schools have the last of May and October, and the third of February.
    """
    firsts = ((2, 15), (5, 25), (10, 25))
    after = _WEEK if found["after"] else timedelta(0)
    for year in (today.year, today.year + 1):
        for month, day in firsts:
            monday = _monday(date(year, month, day)) + after
            if monday > today:
                return monday
    return today + _SOME_DAY


def _monday(first: date) -> date:
    return first + (-first.weekday()) % 7 * _DAY


def _christmas(_: re.Match[str], today: date) -> date:
    """School is back in the first days of January."""
    year = today.year + 1 if today.month > 1 else today.year
    return max(date(year, 1, 5), today + _DAY)


def _summer(_: re.Match[str], today: date) -> date:
    return date(today.year, 9, 5) if 6 <= today.month <= 8 else today + _SOME_DAY  # noqa: PLR2004


def _in(days: timedelta) -> Callable[[re.Match[str], date], date]:
    return lambda _, today: today + days


_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = tuple(
    (re.compile(pattern), found_by)
    for pattern, found_by in (
        (rf"\bexams?\b.*?\b(?:in|til|until) {_MONTH}\b", _month_after),
        (rf"\b(?:end of|late) {_MONTH}\b", _month_after),
        (r"\b(?:tomorrow|tomoz|tomo|tmrw|tmr|tmw|2morrow|2moro|2mrw|2mo)\b", _in(_DAY)),
        (r"\b(?:today|tonight|tonite|2nite|2night)\b", _in(timedelta(0))),
        (r"\bthis (?:morning|afternoon|evening)\b", _in(timedelta(0))),
        (r"\b(?P<after>after )?(?:the )?half ?term\b", _half_term),
        (r"\bresults?(?: day)?\b", _results),
        (r"\b(?:exams|mocks|gcses|resits|finals|after (?:my |the )?a ?levels)\b", _exams),
        (r"\b(?:christmas|xmas|new year)\b", _christmas),
        (r"\b(?:summer|easter)\b", _summer),
        (rf"\b(?P<day>\d{{1,2}}) (?:of )?{_MONTH}\b", _dated),
        (rf"\b(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)(?: (?:of )?{_MONTH})?\b", _dated),
        (_NAMED_DAY, _named),
        (r"\bweekend\b", _weekend),
        (r"\b(?:next|nxt) (?:week|wk)\b", _next_week),
        (r"\b(?:next|nxt) month\b", _next_month),
        (r"\b(?:another day|few days|couple of days)\b", _in(3 * _DAY)),
        (r"\bholidays?\b|\bhols\b", _in(_WEEK)),
        (
            rf"\b(?:in|til|till|until|after|by|from|start of|beginning of|early|mid) {_MONTH}\b",
            _month,
        ),
        (rf"^(?:maybe |probably )?{_MONTH}$", _month),
    )
)
_ANY_TIME = (
    *(pattern for pattern, _ in _DAYS),
    *(_SOON, _BIT, _AFTER_THIS, _CLOCK),
    *(pattern for pattern, _ in _PARTS),
)
