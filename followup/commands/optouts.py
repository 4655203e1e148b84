"""Opt-outs: where Twilio's list and ours differ."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from followup.commands.session import AsJson, By, OfSchool, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from contact.optouts import Difference
    from contact.ports import Work


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Who is not to be written to.", no_args_is_help=True)
    group.callback()(_group)
    group.command("compare")(compare)
    app.add_typer(group, name="optouts")


def _group() -> None:
    """Keep `compare` a command of its own while there is no other."""


def compare(
    ctx: typer.Context, school: OfSchool = None, by: By = None, as_json: AsJson = False
) -> None:
    """List the numbers that one of us would write to and the other would not.

    Twilio does not show its list, so it is worked out from what came and went:
    the keywords it acts on, texts it refused as blocked, and texts it took.
    """
    from followup.commands.showing import console, grid

    with opened(ctx) as house:
        found = signed_in(house, by, school).memory.read(_found).result()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        tell("Twilio's list and ours agree, as far as it shows.")
        return
    rows = [(each.alumnus, each.position + 1, each.only, *_evidence(each)) for each in found]
    console().print(grid(["alumnus", "number", "stopped only by", "last sign", "at"], rows))


def _found(work: "Work") -> "list[Difference]":
    from contact.optouts import differences

    return list(differences(work))


def _evidence(each: "Difference") -> tuple[object, object]:
    return (each.evidence.what, each.evidence.at) if each.evidence else ("none", None)
