"""The service."""

from typing import Annotated, Literal

import typer

from followup.commands.session import opened


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(serve)


def serve(
    ctx: typer.Context,
    role: Annotated[
        Literal["all", "web", "clock", "worker"],
        typer.Option("--role", help="Only this part of it (on PostgreSQL, in any number)."),
    ] = "all",
) -> None:
    """Run the service: webhooks, Telegram, the clock and sending, until it is told to stop."""
    import asyncio

    from followup.serving import needed
    from followup.serving import serve as run

    with opened(ctx, serving=True) as house:
        needed(house)
        if role == "all" and house.settings.database_url.startswith("sqlite"):
            asyncio.run(run(house))
            return
        from followup.crew import Role, serve_as

        asyncio.run(serve_as(house, Role(role)))
