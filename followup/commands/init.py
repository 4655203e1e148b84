"""A new home for the service: settings, key and database."""

from pathlib import Path
from typing import Annotated

import typer

from followup.commands.session import AsJson, print_json, tell


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("init")(init)


def init(
    directory: Annotated[
        Path, typer.Option("--dir", help="Where; it is made if it is not there.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the settings and a key, and create the database. Nothing is ever overwritten."""
    from followup.founding import found

    made = found(directory)
    if as_json:
        print_json({"config": made.config, "database": made.database, "key_file": made.key_file})
        return
    tell(f"Settings  {made.config}  (read it through, it is commented)")
    tell(f"Key       {made.key_file}  (copy it somewhere safe: without it nothing can be read)")
    tell(f"Database  {made.database}")
    tell(f"Next: followup --config {made.config} doctor")
