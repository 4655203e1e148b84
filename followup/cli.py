"""The command `followup`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from contact.errors import FollowUpError
from followup.commands import (
    agenda,
    attempts,
    case,
    channels,
    chat,
    cohort,
    database,
    demo,
    destination,
    doctor,
    due,
    flags,
    import_,
    init,
    links,
    optouts,
    person,
    providers,
    retention,
    review,
    serve,
    simulate,
    survey,
    tick,
    understand,
)


class _Group(TyperGroup):
    """The commands; an expected fault is one line and exit status 1, wherever it comes from."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``--config`` may stand anywhere: people add it at the end."""
        return super().parse_args(ctx, _config_first(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except FollowUpError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    # Plain help: the richer one costs a tenth of a second at every start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Asks school leavers where they went, and keeps the answers safe.",
)

for _module in (
    init,
    doctor,
    demo,
    import_,
    due,
    tick,
    serve,
    understand,
    chat,
    review,
    flags,
    person,
    case,
    attempts,
    destination,
    cohort,
    retention,
    links,
    channels,
    optouts,
    agenda,
    simulate,
    survey,
    providers,
    database,
):
    _module.add_to(app)


@app.callback()
def _service(
    ctx: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", envvar="FOLLOWUP_CONFIG", help="The settings file.")
    ] = Path("config.toml"),
) -> None:
    ctx.obj = config


def _config_first(args: list[str]) -> list[str]:
    for place, arg in enumerate(args):
        if arg == "--":
            break
        if arg.startswith("--config="):
            return [arg, *args[:place], *args[place + 1 :]]
        if arg == "--config" and place + 1 < len(args):
            return [arg, args[place + 1], *args[:place], *args[place + 2 :]]
    return args


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.exit(0)
