"""The channels: which of them rest, and letting them go on."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from contact.address import ChannelName
from followup.commands.session import AsJson, By, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from datetime import datetime

    from contact.ports import Work


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="The ways messages leave.", no_args_is_help=True)
    group.command("list")(list_channels)
    group.command("resume")(resume)
    app.add_typer(group, name="channels")


def list_channels(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the channels that are configured, and which of them rest."""
    from followup.commands.showing import console, grid
    from followup.wiring import now

    with opened(ctx) as house:
        configured = house.desk.channels
        found = house.memory.read(_states, configured, now()).result()
    if as_json:
        print_json(found)
        return
    columns = ("channel", "state", "stopped_at", "retry_at", "code")
    rows = [[each[name] for name in columns] for each in found]
    console().print(grid([name.replace("_", " ") for name in columns], rows))


def resume(
    ctx: typer.Context,
    channel: Annotated[Literal["sms", "telegram"], typer.Argument(help="Which one.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Let a channel go on now, because what was wrong is mended."""
    from contact.errors import NotAllowed
    from contact.resuming import resume_channel
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        if not staff.everything:
            raise NotAllowed(
                f"{channel} is every school's: somebody of [service] staff lets it go on."
            )
        resumed = house.memory.write(resume_channel, ChannelName(channel), staff.by, now()).result()
    tell(f"{channel} goes on." if resumed else f"{channel} was not resting: nothing was changed.")
    if as_json:
        print_json({"channel": channel, "resumed": resumed})


def _states(
    work: "Work", configured: frozenset[ChannelName], now: "datetime"
) -> list[dict[str, Any]]:
    stops = work.house.stops()
    rows = []
    for channel in sorted(configured | set(stops)):
        stop = stops.get(channel)
        rests = stop is not None and stop.rests(now)
        rows.append(
            {
                "channel": channel,
                "state": "resting" if rests else "open",
                "stopped_at": stop.stopped_at if stop else None,
                "retry_at": stop.retry_at if stop else None,
                "code": stop.code if stop else None,
                "failures": stop.failures if stop else 0,
            }
        )
    return rows
