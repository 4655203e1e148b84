"""Who is due, and who is not."""

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from followup.commands.session import AsJson, By, OfSchool, day, opened, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from rich.table import Table

    from contact.ports import Work
    from followup.duty import Duty
    from followup.wiring import House

#: So many people are named where a person reads them; --json has them all.
_SHOWN = 25


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("due")(due)


def due(
    ctx: typer.Context,
    on: Annotated[str | None, typer.Option("--on", help="That day; today where left out.")] = None,
    school: OfSchool = None,
    why: Annotated[str | None, typer.Option("--why", help="Explain one alumnus (REF).")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say of everybody whether a case would be opened for them, and why. Nothing is changed."""
    from contact.hours import london_day
    from followup.wiring import now

    chosen = day(on)
    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        today = chosen or london_day(now())
        tell_them = _stream if as_json else _table if why is None else _explain
        # Told as it is read: a million alumni are never held at once.
        look = _look(house, today, school, why, tell_them)
        staff.memory.read(look).result()


def _look(
    house: "House",
    today: "date",
    school: str | None,
    why: str | None,
    tell_them: "Callable[[Iterator[Duty], date], None]",
) -> "Callable[[Work], None]":
    from followup.duty import everybody, named

    def look(work: "Work") -> None:
        only = named(work, why).id if why is not None else None
        tell_them(everybody(work, house.plans, today, school, only), today)

    return look


def _stream(found: "Iterator[Duty]", _today: "date") -> None:
    """One JSON list, a person as they are read."""
    before = "[\n"
    for each in found:
        told = {
            "alumnus": each.alumnus,
            "cohort": each.cohort,
            "wave": each.wave,
            "due": each.due,
            "reason": {"code": each.reason.code, "text": each.reason.text},
        }
        sys.stdout.write(before + json.dumps(told, ensure_ascii=False))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def _explain(found: "Iterator[Duty]", today: "date") -> None:
    """Sentences about one person."""
    for each in found:
        verdict = "due" if each.due else "not due"
        where = f" in {each.cohort}" if each.cohort else ""
        typer.echo(f"{each.alumnus}{where} is {verdict} on {today.day} {today:%B %Y}.")
        typer.echo(f"{each.reason.text} ({each.reason.code})")


def _table(found: "Iterator[Duty]", today: "date") -> None:
    """How many for each reason, and the first of those who are due."""
    from rich.console import Console
    from rich.table import Table

    counts: Counter[tuple[str, str, str]] = Counter()
    table = Table(title=f"Due on {today.day} {today:%B %Y}")
    for heading in ("alumnus", "cohort", "wave"):
        table.add_column(heading)
    for each in found:
        counts[each.cohort or "no cohort", each.wave or "no wave", each.reason.code] += 1
        if each.due and table.row_count < _SHOWN:
            table.add_row(each.alumnus, each.cohort, each.wave)
    console = Console()
    console.print(table)
    console.print(_summary(counts))


def _summary(counts: Counter[tuple[str, str, str]]) -> "Table":
    from rich.table import Table

    summary = Table(title="Everybody, by reason (`--why REF` explains one, `--json` names all)")
    for heading in ("cohort", "wave", "reason", "people"):
        summary.add_column(heading, justify="right" if heading == "people" else "left")
    for key in sorted(counts):
        summary.add_row(*key, str(counts[key]))
    return summary
