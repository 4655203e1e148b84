"""What staff must do and by when."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.session import AsJson, By, OfSchool, day, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from contact.ports import Work
    from followup.staff import Staff
    from scheduler.agenda import Entry
    from scheduler.plan import Plan
    from scheduler.reaching import Reached

_DAYS = 120
#: The years whose holidays can be worked out.
_YEARS = range(1980, 2100)
#: An action is looked for this many days back, and ahead.
_AROUND = 366


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("agenda")(agenda)


def agenda(
    ctx: typer.Context,
    first: Annotated[str | None, typer.Option("--from", help="The first day; today.")] = None,
    last: Annotated[str | None, typer.Option("--until", help="The last day; 120 days on.")] = None,
    school: OfSchool = None,
    ics: Annotated[Path | None, typer.Option("--ics", help="Write a calendar file.")] = None,
    reach: Annotated[
        str | None, typer.Option("--reach", help="List whom this action is about (its name).")
    ] = None,
    done: Annotated[str | None, typer.Option("--done", help="Tick this action off.")] = None,
    leavers: Annotated[
        int | None, typer.Option("--leavers", help="Of those who left in this year.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """List what people must do and by when, as each school's procedure says."""
    from contact.hours import london_day
    from followup.wiring import now

    today = london_day(now())
    begin, end = _span(first, last, today)
    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        plans = [plan for name, plan in house.plans.items() if name in staff.schools]
        if reach is not None:
            _tell_whom(staff, plans, reach, leavers, day(first) or today, as_json)
        elif done is not None:
            _tick_off(staff, plans, done, leavers, today)
        else:
            _list(staff, plans, (begin, end), leavers, today, ics, as_json)


def _span(first: str | None, last: str | None, today: "date") -> tuple["date", "date"]:
    from datetime import timedelta

    begin = day(first) or today
    end = day(last) or begin + timedelta(days=_DAYS)
    if end < begin:
        raise typer.BadParameter(f"--until {end} is before --from {begin}.")
    if begin.year not in _YEARS or end.year not in _YEARS:
        raise typer.BadParameter(f"the agenda is known from {_YEARS[0]} to {_YEARS[-1]} only.")
    return begin, end


def _list(
    staff: "Staff",
    plans: "list[Plan]",
    span: tuple["date", "date"],
    leavers: int | None,
    today: "date",
    ics: Path | None,
    as_json: bool,
) -> None:
    from scheduler.agenda import agenda as entries_of
    from scheduler.ticking_off import ticked_off

    found = [each for plan in plans for each in entries_of(plan, *span)]
    entries = [each for each in found if leavers in (None, each.leaving_year)]
    entries.sort(key=lambda each: (each.due, each.school))
    ticked = staff.memory.read(ticked_off).result()
    if ics is not None:
        _write(ics, entries)
    if as_json:
        print_json([_row(each, today, each.key in ticked) for each in entries])
    elif ics is None:
        _table(entries, today, ticked)


def _write(file: Path, entries: "list[Entry]") -> None:
    from followup.calendar_file import calendar
    from followup.founding import write_new
    from followup.wiring import now

    if not entries:
        # A calendar without anything in it is none (RFC 5545, 3.6).
        tell(f"Nothing is due in that time: {file} is not written.")
        return
    write_new(file, calendar(entries, now()), 0o644)
    tell(f"{len(entries)} entries written to {file}.")


def _tick_off(
    staff: "Staff", plans: "list[Plan]", name: str, leavers: int | None, today: "date"
) -> None:
    from contact.errors import NotAllowed
    from followup.wiring import now
    from scheduler.ticking_off import tick_off, ticked_off

    ticked = staff.memory.read(ticked_off).result()
    found = _named(plans, name, leavers, today)
    entry = _the_first([each for each in found if each.key not in ticked])
    if entry is None:
        raise NotAllowed(f"{name} is ticked off already.")
    staff.memory.write(tick_off, entry, staff.by, now()).result()
    tell(f"{entry.key} is done; it was due on {entry.due.day} {entry.due:%B %Y}.")


def _named(plans: "Sequence[Plan]", name: str, leavers: int | None, today: "date") -> "list[Entry]":
    """The entries of that name, what is due or overdue first; NotAllowed where there is none."""
    from datetime import timedelta

    from contact.errors import NotAllowed
    from scheduler.agenda import LOOKED_BACK
    from scheduler.agenda import agenda as entries_of

    first, last = today - LOOKED_BACK, today + timedelta(days=_AROUND)
    found = [each for plan in plans for each in entries_of(plan, first, last)]
    named = [each for each in found if each.name == name and leavers in (None, each.leaving_year)]
    if not named:
        names = ", ".join(sorted({each.name for each in found})) or "nothing"
        raise NotAllowed(f"No action of that time is called {name!r}: there is {names}.")
    return sorted(named, key=lambda each: each.due)


def _the_first(entries: "Sequence[Entry]") -> "Entry | None":
    """What is due first, or None; NotAllowed where that is several at once."""
    from contact.errors import NotAllowed

    together = [each for each in entries if each.due == entries[0].due]
    if len(together) > 1:
        kinds = ", ".join(f"{each.school}, leavers of {each.leaving_year}" for each in together)
        raise NotAllowed(
            f"{together[0].name} is due on {together[0].due} for several ({kinds}): "
            "add --leavers YEAR, or --school ID."
        )
    return together[0] if together else None


def _tell_whom(
    staff: "Staff",
    plans: "list[Plan]",
    name: str,
    leavers: int | None,
    on: "date",
    as_json: bool,
) -> None:
    from contact.errors import NotAllowed
    from scheduler.reaching import to_reach

    entry = _the_first([each for each in _named(plans, name, leavers, on) if each.due >= on])
    if entry is None or entry.reach is None:
        raise NotAllowed(f"{name} lists nobody: it says itself what there is to do.")
    plan = next(each for each in plans if each.school.id == entry.school)

    def look(work: "Work") -> "Reached":
        return to_reach(work, plan, entry, on)

    found = staff.memory.read(look).result()
    if as_json:
        print_json(_whom(entry, found))
    else:
        _show_whom(entry, found)


def _whom(entry: "Entry", found: "Reached") -> dict[str, object]:
    return {
        "action": entry.name,
        "school": entry.school,
        "leavers": entry.leaving_year,
        "due": entry.due,
        "people": [
            {
                "alumnus": each.reference,
                "name": each.name,
                "cohort": each.cohort,
                "addresses": [{"channel": a.channel, "value": a.value} for a in each.addresses],
            }
            for each in found.people
        ],
        "providers": [
            {
                "provider": each.provider,
                "leavers": each.leavers,
                "permitted": each.permitted,
                "agreement": each.agreement,
            }
            for each in found.providers
        ],
        "left_out": dict(found.left_out),
    }


def _show_whom(entry: "Entry", found: "Reached") -> None:
    from followup.commands.showing import console, grid

    out = console()
    tell(f"{entry.text} (leavers of {entry.leaving_year}, by {entry.due.day} {entry.due:%B %Y})")
    if found.providers:
        rows: list[list[Any]] = [
            [each.provider, each.leavers, each.permitted, "yes" if each.agreement else "no"]
            for each in found.providers
        ]
        out.print(grid(("provider", "leavers", "may be shared", "agreement"), rows))
    elif found.people:
        rows = [
            [each.reference, each.name, ", ".join(a.value for a in each.addresses)]
            for each in found.people
        ]
        out.print(grid(("alumnus", "name", "addresses"), rows))
    else:
        tell("Nobody.")
    for reason, count in found.left_out:
        tell(f"{count} left out: {reason.replace('_', ' ')}")


def _row(each: "Entry", today: "date", done: bool) -> dict[str, object]:
    late = each.is_overdue(today) and not done
    return {
        "school": each.school,
        "leavers": each.leaving_year,
        "year": each.year,
        "name": each.name,
        "text": each.text,
        "who": each.who,
        "from": each.begins,
        "due": each.due,
        "work_by": each.work_by,
        "by": list(each.by),
        "reach": each.reach,
        "support_groups": list(each.groups),
        "return": each.is_return,
        "done": done,
        "overdue": late,
        "escalate_to": each.escalate_to if late else None,
    }


def _table(entries: "list[Entry]", today: "date", ticked: "frozenset[str]") -> None:
    from followup.commands.showing import console, grid

    rows = [
        [
            f"{each.due:%a %d %b %Y}" + _mark(each, today, ticked),
            each.school,
            each.leaving_year,
            each.name,
            each.text + (f" ({', '.join(each.groups)})" if each.groups else ""),
            each.who,
        ]
        for each in entries
    ]
    if not rows:
        tell("Nothing is due in that time.")
        return
    console().print(grid(("due", "school", "leavers", "name", "what", "who"), rows))


def _mark(each: "Entry", today: "date", ticked: "frozenset[str]") -> str:
    if each.key in ticked:
        return " done"
    if not each.is_overdue(today):
        return ""
    return f" overdue: {each.escalate_to}" if each.escalate_to else " overdue"
