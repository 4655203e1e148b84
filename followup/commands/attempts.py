"""The tries that staff make themselves."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from contact.address import ChannelName
from followup.commands.session import AsJson, By, instant, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from datetime import datetime

    from contact.desk import Desk
    from contact.ports import Work
    from contact.staff_tries import StaffTry


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Tries that staff make themselves.", no_args_is_help=True)
    group.callback()(_tries)
    group.command("log")(log)
    app.add_typer(group, name="attempts")


def _tries() -> None:
    """Keep the group a group while it has one command."""


def log(
    ctx: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REF", help="Whom you tried to reach.")],
    channel: Annotated[
        Literal["phone", "letter", "email", "event"], typer.Option("--channel", help="How.")
    ],
    outcome: Annotated[
        Literal["answered", "no_answer", "refused", "wrong_person"],
        typer.Option("--outcome", help="What came of it; a letter sent is no_answer."),
    ],
    code: Annotated[str | None, typer.Option("--code", help="NCCIS code, if answered.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="Where they learn.")] = None,
    employer: Annotated[str | None, typer.Option("--employer", help="Where they work.")] = None,
    course: Annotated[str | None, typer.Option("--course", help="Course or job.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="When, if not just now.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="For the next person.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Log a call, a letter, an e-mail or a talk: it counts as a try."""
    from contact.recording import Known
    from contact.staff_tries import StaffTry, TryOutcome
    from followup.wiring import now

    known = Known(code, provider, employer, course) if code else None
    with opened(ctx) as house:
        staff, present = signed_in(house, by), now()
        made = StaffTry(
            channel=ChannelName(channel),
            outcome=TryOutcome(outcome),
            at=instant(at) or present,
            by=staff.by,
            known=known,
            note=note,
        )
        logged = staff.memory.write(_log, reference, made, house.desk, present).result()
    number = f"try {logged['number']}" if logged["number"] else "beside the tries"
    tell(f"{logged['alumnus']}: {outcome} by {channel}, {number} of case {logged['case']}.")
    if as_json:
        print_json(logged)


def _log(
    work: "Work", reference: str, made: "StaffTry", desk: "Desk", now: "datetime"
) -> dict[str, Any]:
    from contact.finding import by_reference
    from contact.staff_tries import log_try

    person = by_reference(work, reference)
    logged = log_try(work, person, made, desk, now)
    case = work.cases.get(logged.case)
    return {
        "alumnus": person.reference,
        "case": logged.case,
        "number": logged.number,
        "channel": made.channel,
        "outcome": made.outcome,
        "at": made.at,
        "by": made.by,
        "state": case and case.state,
    }
