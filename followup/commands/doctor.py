"""A look at everything the service needs, without messaging anyone."""

from typing import Annotated

import typer

from followup.commands.session import AsJson, By, OfSchool, print_json, tell


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("doctor")(doctor)


def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the gateways.")] = False,
    school: OfSchool = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Check settings, key, database, procedures and gateways; exit 1 if anything is wrong."""
    import asyncio
    from dataclasses import asdict

    from followup.checkup import examine

    whose = None if by is None and school is None else (by, school)
    checks = asyncio.run(examine(ctx.obj, offline=offline, whose=whose))
    if as_json:
        print_json({"checks": [asdict(each) for each in checks]})
    else:
        for each in checks:
            sign = "FAIL" if not each.ok else "note" if each.warning else "ok  "
            tell(f"{sign}  {each.name}: {each.detail}")
    if not all(each.ok for each in checks):
        raise typer.Exit(1)
