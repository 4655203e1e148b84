"""The agenda as a calendar file (iCalendar, RFC 5545) that any calendar program takes in."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from scheduler.agenda import Entry

#: Octets a content line may have before it is folded (RFC 5545, 3.1).
_LONGEST_LINE = 75
_LINE_ENDS = ("\r\n", "\r")
_DELETE = "\x7f"


def calendar(entries: Iterable[Entry], now: datetime) -> str:
    """The text of a calendar with an all-day event for each entry, which takes up nobody's time.

    The same entry keeps its UID, so that taking a newer file in doubles
    nothing. Without entries it is no calendar (RFC 5545, 3.6).
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//alumni-followup//agenda//EN"]
    for entry in entries:
        lines += _event(entry, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, now: datetime) -> list[str]:
    kind = "Return" if entry.is_return else "To do"
    whose = f" (leavers of {entry.leaving_year})" if entry.leaving_year else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.key.replace('/', '-')}@alumni-followup",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.due + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'{kind}: {entry.text}{whose}')}",
        f"DESCRIPTION:{_text(chr(10).join(_details(entry)))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _details(entry: Entry) -> Iterator[str]:
    yield f"{entry.school}: for the {entry.who}"
    if entry.begins:
        yield f"from {entry.begins:%d %B %Y}"
    if entry.work_by != entry.due:
        yield f"the last working day for it is {entry.work_by:%d %B %Y}"
    if entry.by:
        yield f"by {', '.join(entry.by)}"
    if entry.groups:
        yield f"for {', '.join(entry.groups)}"
    if entry.escalate_to:
        yield f"where help is needed: {entry.escalate_to}"


def _text(value: str) -> str:
    """``value`` as a TEXT (RFC 5545, 3.3.11): escaped, and without control characters."""
    for line_end in _LINE_ENDS:
        value = value.replace(line_end, "\n")
    value = "".join(each for each in value if each == "\n" or ord(each) >= ord(" "))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, escaped)
    return value.replace(_DELETE, "")


def _folded(line: str) -> Iterator[str]:
    """``line`` in parts of at most 75 octets, each but the first begun with a space."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _LONGEST_LINE:
            yield part
            part = " "
        part += letter
    yield part
