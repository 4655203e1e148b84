"""The agenda as a calendar file (iCalendar, RFC 5545) that any calendar program takes in."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from scheduler.agenda import Entry

#: Octets a content line may have before it is folded (RFC 5545, 3.1).
_LONGEST_LINE = 75


def calendar(entries: Iterable[Entry], now: datetime) -> str:
    """The text of a calendar with an all-day event for each entry; the same entry keeps its UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//alumni-followup//agenda//EN"]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, now: datetime) -> list[str]:
    kind = "Return" if entry.is_return else "To do"
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.school}-{entry.leaving_year}-{entry.name}@alumni-followup",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.due + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'{kind}: {entry.text} (leavers of {entry.leaving_year})')}",
        f"DESCRIPTION:{_text(f'{entry.school}: for the {entry.who}')}",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> Iterator[str]:
    """``line`` in parts of at most 75 octets, each but the first begun with a space."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LONGEST_LINE:
            yield part
            part = " "
        part += letter
    yield part
