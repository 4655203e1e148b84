"""The database: its version, its backups."""

from pathlib import Path
from typing import Annotated

import typer

from followup.commands.session import tell

group = typer.Typer(no_args_is_help=True, help="The database: upgrade, backup, restore.")


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(group, name="db")


@group.command("upgrade")
def upgrade(ctx: typer.Context) -> None:
    """Bring the database to this program's version; safe to run again."""
    from followup.wiring import House
    from storage.upgrade import upgrade as bring_up

    house = House.at(ctx.obj)
    bring_up(house.settings.database_url, house.vault)
    tell("The database is of this program's version.")


@group.command("backup")
def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="The new file.")]) -> None:
    """Write a consistent copy, also while the service runs."""
    from followup.wiring import House
    from storage.backup import backup as copy

    house = House.at(ctx.obj)
    copy(house.settings.database_url, file, house.vault)
    tell(f"Copied to {file}. Keep the key file elsewhere: a copy with its key is no secret.")


@group.command("restore")
def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(help="A file made by backup.")]
) -> None:
    """Put a copy in the database's place, and erase again whoever was erased since."""
    from followup.wiring import House, now
    from storage.restore import restore as put_back

    house = House.at(ctx.obj)
    again = put_back(file, house.settings.database_url, house.vault, house.erasures, now())
    tell(f"Restored from {file}; {again} people who were erased since were erased again.")
