"""A look at everything the service needs, without messaging anyone."""

from typing import Annotated

import typer

from followup.commands.session import AsJson, print_json, tell


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("doctor")(doctor)


def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the gateways.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check settings, key, database, procedures and gateways; exit 1 if anything is wrong."""
    import asyncio
    from dataclasses import asdict

    from followup.checkup import examine

    checks = asyncio.run(examine(ctx.obj, offline=offline))
    if as_json:
        print_json({"checks": [asdict(each) for each in checks]})
    else:
        for each in checks:
            sign = "FAIL" if not each.ok else "note" if each.warning else "ok  "
            tell(f"{sign}  {each.name}: {each.detail}")
    if not all(each.ok for each in checks):
        raise typer.Exit(1)
