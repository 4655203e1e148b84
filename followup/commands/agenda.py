"""What staff must do and by when."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followup.commands.session import AsJson, day, opened, print_json, tell

if TYPE_CHECKING:
    from datetime import date

    from followup.wiring import House
    from scheduler.agenda import Entry

_DAYS = 120


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("agenda")(agenda)


def agenda(
    ctx: typer.Context,
    first: Annotated[str | None, typer.Option("--from", help="The first day; today.")] = None,
    last: Annotated[str | None, typer.Option("--until", help="The last day; 120 days on.")] = None,
    school: Annotated[str | None, typer.Option("--school", help="One school only.")] = None,
    ics: Annotated[Path | None, typer.Option("--ics", help="Write a calendar file.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what people must do and by when, as each school's procedure says."""
    from followup.wiring import now

    with opened(ctx) as house:
        entries = _entries(house, first, last, school)
        today = now().date()
    if ics is not None:
        _write(ics, entries)
    if as_json:
        print_json([_row(each, today) for each in entries])
    elif ics is None:
        _table(entries, today)


def _entries(
    house: "House", first: str | None, last: str | None, school: str | None
) -> list["Entry"]:
    from datetime import timedelta

    from contact.hours import london_day
    from followup.wiring import now
    from scheduler.agenda import agenda as entries_of

    begin = day(first) or london_day(now())
    end = day(last) or begin + timedelta(days=_DAYS)
    if school is not None:
        house.school(school)
    plans = [plan for name, plan in house.plans.items() if school in (None, name)]
    entries = (each for plan in plans for each in entries_of(plan, begin, end))
    return sorted(entries, key=lambda each: (each.due, each.school))


def _write(file: Path, entries: list["Entry"]) -> None:
    from followup.calendar_file import calendar
    from followup.founding import write_new
    from followup.wiring import now

    write_new(file, calendar(entries, now()), 0o644)
    tell(f"{len(entries)} entries written to {file}.")


def _row(each: "Entry", today: "date") -> dict[str, object]:
    return {
        "school": each.school,
        "leavers": each.leaving_year,
        "name": each.name,
        "text": each.text,
        "who": each.who,
        "due": each.due,
        "return": each.is_return,
        "overdue": each.is_overdue(today),
    }


def _table(entries: list["Entry"], today: "date") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Due", "School", "Leavers", "What", "Who", box=None, header_style="bold")
    for each in entries:
        due = f"{each.due:%a %d %b %Y}"
        table.add_row(
            f"[red]{due}[/red]" if each.is_overdue(today) else due,
            each.school,
            str(each.leaving_year),
            f"[bold]{each.text}[/bold]" if each.is_return else each.text,
            each.who,
        )
    if not entries:
        tell("Nothing is due in that time.")
        return
    Console().print(table)
