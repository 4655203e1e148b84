"""One pass of the clock."""

from typing import Annotated

import typer

from followup.commands.session import AsJson, instant, opened, print_json, tell


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("tick")(tick)


def tick(
    ctx: typer.Context,
    at: Annotated[
        str | None, typer.Option("--at", help="Act as if it were then (sandbox only).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Do everything that is due now, once: what a cron job would call."""
    import asyncio

    from followup.passes import one_pass
    from followup.wiring import refuse_at

    with opened(ctx) as house:
        when = instant(at)
        refuse_at(house.settings, when)
        tally = asyncio.run(one_pass(house, when))
    if as_json:
        print_json(tally)
    else:
        tell(", ".join(f"{count} {name}" for name, count in tally.items()))
