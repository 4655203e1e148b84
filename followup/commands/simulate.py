"""Years of a procedure, rehearsed with invented alumni before the first text is sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.progress import progress_of
from followup.commands.session import AsJson, day, print_json, tell

if TYPE_CHECKING:
    from followup.simulation.figures import Figures
    from followup.simulation.run import Script


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("simulate")(simulate)


def simulate(
    starts: Annotated[str, typer.Option("--from", help="The first day: 2025-09-01.")],
    until: Annotated[str, typer.Option("--until", help="The last day: 2028-08-31.")],
    alumni: Annotated[int, typer.Option(min=1, help="How many leavers a year.")],
    procedure: Annotated[
        str | None, typer.Option(help="A shipped name, or the path of a file.")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two procedures instead, with the same invented alumni."),
    ] = None,
    cohorts: Annotated[
        str | None,
        typer.Option(
            help="Leaving years, such as 2024,2025; the one that fits --from if left out."
        ),
    ] = None,
    behaviour: Annotated[
        Path | None, typer.Option(help="How alumni, networks and staff act: a TOML file.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rehearsal.")] = 1,
    runs: Annotated[int, typer.Option(min=1, help="Rehearse so often, for ranges.")] = 1,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rehearse a procedure: who is asked, what they answer, what it costs. Nobody is written to."""
    from followup.simulation.script import script_of

    names = list(compare) if compare else [procedure] if procedure else []
    if not names or (compare and procedure):
        raise typer.BadParameter("name one --procedure, or two with --compare.")
    first, last = day(starts), day(until)
    assert first is not None  # noqa: S101  typer asks for both
    assert last is not None  # noqa: S101
    scripts = [
        script_of(name, first, last, alumni, cohorts=cohorts, behaviour=behaviour, seed=seed)
        for name in names
    ]
    sides = [(each.procedure.name, _play(each, runs)) for each in scripts]
    if html is not None:
        _write(html, scripts, sides)
    if as_json:
        print_json(_document(sides))
    else:
        _show(sides)


def _play(script: "Script", runs: int) -> "list[Figures]":
    import asyncio
    from dataclasses import replace
    from datetime import datetime, time

    from contact.hours import LONDON
    from followup.simulation.run import rehearse

    starts, ends = (datetime.combine(at, time(), LONDON) for at in (script.starts, script.ends))
    found = []
    for number in range(runs):
        with progress_of(starts, ends) as progress:
            once = rehearse(replace(script, seed=script.seed + number), progress)
            found.append(asyncio.run(once))
    return found


def _document(sides: "list[tuple[str, list[Figures]]]") -> dict[str, Any]:
    from followup.simulation.document import document

    if len(sides) == 1:
        return document(sides[0][1])
    return {"procedures": [{"procedure": name, **document(runs)} for name, runs in sides]}


def _write(file: Path, scripts: "list[Script]", sides: "list[tuple[str, list[Figures]]]") -> None:
    from contact.errors import NotAllowed
    from followup.simulation.page import page

    first = scripts[0]
    title = first.procedure.title
    if len(scripts) > 1:
        title = " or ".join(each.procedure.name for each in scripts)
    about = (
        f"{first.alumni} leavers a year, {first.starts:%d.%m.%Y} to {first.ends:%d.%m.%Y}, "
        f"seed {first.seed}."
    )
    try:
        file.write_text(page(title, about, sides), "utf-8")
    except OSError as error:
        raise NotAllowed(f"{file} cannot be written: {error.strerror}.") from None
    tell(f"The page is {file}: open it in a browser.")


def _show(sides: "list[tuple[str, list[Figures]]]") -> None:
    from rich.console import Console

    console = Console()
    for name, runs in sides:
        _table(console, name, runs)


def _table(console: Any, name: str, runs: "list[Figures]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from followup.simulation.document import document

    found = document(runs)
    title = f"{name}, rehearsed: invented alumni, nobody was written to"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Wave", no_wrap=True)
    table.add_column("From", no_wrap=True)
    for heading in ("Due", "Tries", "Answered", "Unknown", "Refused", "Cost", "Staff"):
        table.add_column(heading, justify="right")
    for row in found["waves"]:
        counts = ("due", "tries", "answered", "unknown", "refused")
        table.add_row(
            row["wave"],
            row["from"],
            *(str(row[each]) for each in counts),
            f"£{row['cost_pence'] / 100:.2f}",
            f"{row['staff_hours']:.1f} h",
        )
    console.print(table)
    _totals(console, found["totals"])


def _totals(console: Any, totals: dict[str, Any]) -> None:
    console.print(
        f"{totals['messages']} messages in {totals['segments']} SMS parts, "
        f"£{totals['cost_pence'] / 100:.2f}; {totals['replies']} replies, "
        f"{totals['staff_hours']:.1f} hours of staff."
    )
    for name, within in totals.get("ranges", {}).items():
        spread = f"{within['p10']:g} to {within['p90']:g}, the middle {within['p50']:g}"
        console.print(f"{name.replace('_', ' ')}: {spread} ({totals['runs']} runs)")
    for warning in totals["warnings"]:
        console.print(warning, style="yellow")
