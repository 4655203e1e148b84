"""How the terminal shows what staff look at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_SEVERITY = {"urgent": "bold red", "soon": "yellow", "routine": ""}
_KIND = {"reply": "bold cyan", "message": "green", "flag": "yellow", "case": "bold"}
_NEVER_SHOWN = "\N{REPLACEMENT CHARACTER}"


def console() -> "Console":
    """Standard output; colours only where it is a terminal."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def plain(value: Any) -> str:
    """A value for people: times by the London clock, and nothing that could steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        from contact.hours import LONDON

        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return "".join(
        each if each.isprintable() else " " if each.isspace() else _NEVER_SHOWN
        for each in str(value)
    )


def styled(value: Any, style: str = "") -> "Text":
    """A value as a text that is shown as it is, whatever somebody typed."""
    from rich.text import Text

    return Text(plain(value), style=style)


def grid(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> "Table":
    """A table of plain values."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(*headings, box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for row in rows:
        made.add_row(*(styled(cell) for cell in row))
    return made


def by_when(due: datetime) -> str:
    """A due time for people: the day whose end it is, or the hour of today's urgent ones."""
    from contact.hours import LONDON

    local = due.astimezone(LONDON)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%a %d %b}"
    return f"{local:%a %d %b %H:%M}"


def flags_table(flags: Iterable[Mapping[str, Any]], now: datetime) -> "Table":
    """Flags, the one due first first; what is overdue says so."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    headings = ("id", "kind", "severity", "alumnus", "due", "taken by", "text")
    made = Table(*headings, box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for flag in flags:
        late = flag["closed_at"] is None and flag["due_at"] < now
        due = by_when(flag["due_at"]) + (" overdue" if late else "")
        made.add_row(
            styled(flag["id"]),
            styled(flag["kind"]),
            styled(flag["severity"], _SEVERITY[flag["severity"]]),
            styled(flag["alumnus"] or "-"),
            styled(due, "bold red" if late else ""),
            styled(flag["closed_by"] or flag["taken_by"]),
            styled(flag["text"] or flag["detail"]),
        )
    return made


def _where_they_are(
    destinations: Sequence[Mapping[str, Any]],
) -> list[tuple[str, Mapping[str, Any]]]:
    """The newest spell that somebody knows of; what the form only planned is said to be a plan."""
    told = [each for each in destinations if not each["code"].startswith("8")]
    known = [each for each in told if each["source"] != "intended"]
    if known:
        return [("last known", known[-1])]
    return [("planned", each) for each in told[-1:]]


def show_flag(
    out: "Console", flag: Mapping[str, Any], said: Iterable[Mapping[str, Any]], now: datetime
) -> None:
    """A flag: what was said, what was understood, and by when it must be looked at."""
    late = flag["closed_at"] is None and flag["due_at"] < now
    head = f"Flag {flag['id']}  {flag['kind']}  {flag['severity']}"
    out.print(styled(head, _SEVERITY[flag["severity"]] or "bold"))
    whom = flag["alumnus"] or "nobody we know"
    due = by_when(flag["due_at"]) + (" (overdue)" if late else "")
    out.print(styled(f"about {whom}, opened {plain(flag['opened_at'])}, due {due}"))
    for name in ("detail", "taken_by", "decision", "closed_by", "note"):
        if flag[name]:
            out.print(styled(f"{name.replace('_', ' ')}: {flag[name]}"))
    for line in said:
        arrow, style = ("<", "bold cyan") if line["who"] == "they" else (">", "green")
        out.print(styled(f"  {plain(line['at'])} {arrow} {line['text']}", style))
    if flag["text"] is not None:
        out.print(styled(f"reply: {flag['text']}", "bold cyan"))
    if flag["reading"] is not None:
        out.print(styled(f"understood: {understood(flag['reading'])}"))


def understood(reading: Mapping[str, Any]) -> str:
    """A reading in a line: label, code, how sure, the facts, the other guesses."""
    parts = [str(reading["label"])]
    if reading["code"]:
        parts.append(f"code {reading['code']}")
    parts.append(f"{reading['confidence']:.0%} sure")
    parts += [f"{name} {value}" for name, value in reading["slots"].items() if value]
    if reading["flags"]:
        parts.append("also " + ", ".join(reading["flags"]))
    if reading["guesses"]:
        parts.append("or " + ", ".join(reading["guesses"]))
    return " · ".join(parts)


def show_case(out: "Console", case: Mapping[str, Any]) -> None:
    """A case in a line, and what it came to."""
    how = f", {case['disposition']} {case['code'] or ''} ({case['detail']})"
    ended = how if case["disposition"] else ""
    out.print(styled(f"case {case['id']}  {case['wave']}  {case['state']}{ended}", "bold"))
    until = plain(case["until"])
    out.print(styled(f"opened {plain(case['opened_at'])}, until {until}, {case['tries']} tries"))


def show_person(out: "Console", shown: Mapping[str, Any]) -> None:
    """One alumnus as a story: who, where, under what permission, and what happened."""
    who = shown["alumnus"]
    called = f" ({who['preferred']})" if who["preferred"] else ""
    held = "  HELD" if who["held"] else ""
    out.print(styled(f"{who['reference']}  {who['name']}{called}{held}", "bold"))
    out.print(styled(f"born {plain(who['born_on']) or 'unknown'}  {', '.join(who['cohorts'])}"))
    for each in shown["addresses"]:
        out.print(styled(f"  {each['channel']:<9} {each['value']}  {each['standing']}"))
    for each in shown["consents"]:
        gone = each["withdrawn_at"]
        ends = f"withdrawn {plain(gone)}" if gone else f"until {plain(each['until'])}"
        out.print(styled(f"  {each['purpose']:<16} {ends}"))
    for said, each in _where_they_are(shown["destinations"]):
        where = each["provider"] or each["employer"] or ""
        out.print(styled(f"{said}: {each['code']} {each['name'] or ''} {where}".rstrip()))
    out.print()
    for event in shown["timeline"]:
        text = styled(f"{plain(event['at'])}  {event['what']:<11} ")
        text.append_text(styled(event["text"], _KIND.get(event["what"], "")))
        out.print(text)
