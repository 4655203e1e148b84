"""What staff know of destinations."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from contact.destination import Source
from followup.commands.session import AsJson, By, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from datetime import datetime

    from contact.ports import Work
    from contact.recording import Known


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="What staff know of destinations.", no_args_is_help=True)
    group.callback()(_destinations)
    group.command("record")(record)
    app.add_typer(group, name="destination")


def _destinations() -> None:
    """Keep the group a group while it has one command."""


def record(
    ctx: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="Whose destination it is.")],
    code: Annotated[str, typer.Option("--code", help="NCCIS activity code.")],
    source: Annotated[
        Literal["staff", "results_day", "parent"], typer.Option("--source", help="Who says so.")
    ],
    provider: Annotated[str | None, typer.Option("--provider", help="Where they learn.")] = None,
    course: Annotated[str | None, typer.Option("--course", help="Course or job.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="Level, 1 to 8.")] = None,
    employer: Annotated[str | None, typer.Option("--employer", help="Where they work.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Since when: 2025-09.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Record what you know: a running case then ends, and nobody is asked for it."""
    from contact.recording import Known
    from followup.places import numbered
    from followup.wiring import now

    known = Known(code.strip(), provider, employer, course, level, start)
    with opened(ctx) as house:
        staff, told = signed_in(house, by), Source(source)
        known = numbered(known, house.providers) if provider else known
        write = staff.memory.write
        made = write(_record, reference, known, told, staff.by, now()).result()
    ended = f" Case {made['case_ended']} is ended." if made["case_ended"] else ""
    tell(f"{made['alumnus']}: {made['code']} {made['name']}.{ended}")
    if as_json:
        print_json(made)


def _record(
    work: "Work", reference: str, known: "Known", source: Source, by: str, now: "datetime"
) -> dict[str, Any]:
    from contact.finding import by_reference
    from contact.nccis import activity
    from contact.recording import record_destination

    person = by_reference(work, reference)
    ended = record_destination(work, person, known, source, by, now)
    return {
        "alumnus": person.reference,
        "code": known.code,
        "name": activity(known.code).name,
        "source": source,
        "known_since": now,
        "by": by,
        "case_ended": ended,
    }
