"""The cases: one alumnus in one wave."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.session import AsJson, By, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from contact.ports import Work

_Number = Annotated[int, typer.Argument(help="The case's number.")]


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="One alumnus in one wave.", no_args_is_help=True)
    group.command("show")(show)
    group.command("close")(close)
    app.add_typer(group, name="case")


def show(ctx: typer.Context, case: _Number, by: By = None, as_json: AsJson = False) -> None:
    """Show a case: its tries, its messages and how it ended."""
    from followup.commands.showing import console, grid, plain, show_case, styled

    with opened(ctx) as house:
        found = signed_in(house, by).memory.read(_in_full, case).result()
    if as_json:
        print_json(found)
        return
    out = console()
    show_case(out, found)
    columns = ("number", "state", "channel", "planned_for", "asked_at", "outcome", "by")
    rows = [[each[name] for name in columns] for each in found["attempts"]]
    out.print(grid([name.replace("_", " ") for name in columns], rows))
    for said in found["messages"]:
        state = " ".join(
            filter(None, (said["kind"], said["channel"], said["delivery"], said["code"]))
        )
        out.print(styled(f"{plain(said['at'])}  {state}: {said['text'] or '(not yet written)'}"))


def close(
    ctx: typer.Context,
    case: _Number,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, in a few words; kept in clear, so no names.")
    ],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """End a case by hand: nothing more of it is sent."""
    from contact.closing import close_case
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        staff.memory.write(close_case, case, reason, staff.by, now()).result()
        found = staff.memory.read(_in_full, case).result()
    tell(f"Case {case} is ended.")
    if as_json:
        print_json(found)


def _in_full(work: "Work", number: int) -> dict[str, Any]:
    from contact.closing import case_of
    from followup.dossier import case_in_full

    return case_in_full(work, case_of(work, number))
