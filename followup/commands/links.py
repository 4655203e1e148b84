"""Invitations to the Telegram bot, a whole cohort at a time."""

from pathlib import Path
from typing import Annotated

import typer

from followup.commands.session import AsJson, By, opened, print_json, signed_in, tell

group = typer.Typer(no_args_is_help=True, help="Invitations to the Telegram bot.")


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    app.add_typer(group, name="links")


@group.callback()
def _group() -> None:
    """Invitations to the Telegram bot."""


@group.command("print")
def print_links(
    ctx: typer.Context,
    cohort: Annotated[str, typer.Option("--cohort", help="Such as cansfield-KS4-2025.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="A new file: .html for a page, else plain text.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a sheet of invitations for those of a cohort who may be asked."""
    from contact.errors import NotAllowed
    from followup.founding import write_new
    from followup.inviting import invite_cohort
    from followup.sheet import as_html, as_text
    from followup.wiring import now

    if out is not None and out.exists():
        raise NotAllowed(f"{out} is there already and is not overwritten: name another --out.")
    with opened(ctx) as house:
        links = list(invite_cohort(house, cohort, now(), signed_in(house, by)))
    if out is not None:
        page = out.suffix.lower() in (".html", ".htm")
        write_new(out, (as_html if page else as_text)(links), 0o600)
        tell(f"{len(links)} invitations in {out}: they name people, so keep the file to yourself.")
    if as_json:
        keys = ("alumnus", "url", "expires_at")
        print_json([{key: getattr(each, key) for key in keys} for each in links])
    elif out is None:
        typer.echo(as_text(links), nl=False)
