"""The service."""

from typing import Annotated

import typer

from followup.commands.session import opened


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(serve)


def serve(
    ctx: typer.Context,
    role: Annotated[str, typer.Option("--role", help="all, or one of web, clock, worker.")] = "all",
) -> None:
    """Run the service: webhooks, Telegram, the clock and sending, until it is told to stop."""
    import asyncio

    from followup.serving import needed
    from followup.serving import serve as run

    if role != "all":
        raise typer.BadParameter("the parts of the service run in one process: use --role all.")
    with opened(ctx) as house:
        needed(house)
        asyncio.run(run(house))
