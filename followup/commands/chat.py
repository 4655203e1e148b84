"""The bot in the terminal: talk to it as an alumnus would."""

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contact.address import ChannelName
from followup.commands.session import By, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from contact.destination import Destination
    from contact.flag import Flag
    from contact.outcome import Claimed
    from contact.reply import Reply
    from followup.talking import Partner

#: The ways the service itself can write; the others are people's work.
_CHANNELS = (ChannelName.SMS.value, ChannelName.TELEGRAM.value)
#: What somebody may say whatever we ask.
_SAID_ANYWHERE = (
    "stop_optout", "distress_safeguarding", "abusive", "question_to_us", "wrong_person", "refuses"
)  # fmt: skip
_QUIT = ("/quit", "/q", "/exit")


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("chat")(chat)


def chat(
    ctx: typer.Context,
    reference: Annotated[
        str | None,
        typer.Option("--as", help="An alumnus of the database (sandbox only), by reference."),
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="sms or telegram; sms where it is left out.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what is understood from each reply.")
    ] = False,
    who: By = None,
) -> None:
    """Talk to the bot as a leaver would. No gateway; without --as nothing is kept. /quit ends."""
    import asyncio

    from followup.commands.showing import console

    if channel not in (None, *_CHANNELS):
        raise typer.BadParameter("write sms or telegram.", param_hint="--channel")
    by = ChannelName(channel) if channel else None
    with _partner(ctx, reference, by, who) as partner:
        asyncio.run(_talk(partner, console(), fresh=reference is None, explain=explain))


@contextmanager
def _partner(
    ctx: typer.Context, reference: str | None, channel: ChannelName | None, who: str | None
) -> "Iterator[Partner]":
    from tempfile import TemporaryDirectory

    from followup.founding import found
    from followup.talking import invented, stored
    from followup.tour.stage import InventedHouse
    from followup.wiring import House, now

    if reference is not None:
        # What the gate lets through is logged for the service, not into a conversation.
        with closing(House.at(ctx.obj)) as house:
            yield stored(house, reference, channel, now, signed_in(house, who).memory)
        return
    with TemporaryDirectory(prefix="followup-chat-") as folder:
        config = found(Path(folder)).config
        with closing(InventedHouse.at(config)) as house:
            yield invented(house, channel or ChannelName.SMS)


async def _talk(partner: "Partner", console: "Console", *, fresh: bool, explain: bool) -> None:
    """One line typed, our answer; until there are no more lines."""
    school = partner.house.schools[partner.person.school].short_name
    name = partner.person.profile.first_name
    if fresh:
        console.print(f"You are {name}, who left {school} last summer (invented).", style="dim")
        console.print("Nothing is sent and nothing is kept. /quit ends.\n", style="dim")
        _print_ours(console, school, await partner.begin())
    else:
        await _recall(partner, console, school)
    await partner.new_flags()
    for text in _typed(console, name):
        answers = await partner.say(text)
        if explain:
            _print_reading(console, await partner.last_reply())
        for flag in await partner.new_flags():
            _print_flag(console, flag)
        _print_ours(console, school, answers)
        if not answers:
            _print(console, "(no answer)", "dim")
    for told in await partner.told():
        _print_told(console, told)


async def _recall(partner: "Partner", console: "Console", school: str) -> None:
    from followup.talking import last_said

    console.print(
        f"You are {partner.person.profile.first_name} ({partner.person.reference}). What you say "
        "is kept in this database; nothing leaves the machine. /quit ends.\n",
        style="dim",
    )
    said = await partner.house.memory.read(last_said, partner.person.id)
    if said is None:
        console.print("You have not been asked anything yet.", style="dim")
    else:
        _print_text(console, school, said)


def _typed(console: "Console", name: str) -> "Iterator[str]":
    """The lines that are typed, until /quit or the end; piped ones are shown as well."""
    import sys
    from io import TextIOWrapper

    from followup.commands.showing import styled

    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    typing = sys.stdin.isatty()
    while True:
        try:
            line = console.input(styled(f"{name} > ", "bold")) if typing else input()
        except EOFError:
            if typing:
                console.print()
            return
        text = line.strip()
        if text.casefold() in _QUIT:
            return
        if text and not typing:
            console.print(styled(f"{name} > {text}", "bold"))
        if text:
            yield text


def _print_ours(console: "Console", school: str, messages: "list[Claimed]") -> None:
    for message in messages:
        _print_text(console, school, message.text)
        if message.channel is ChannelName.TELEGRAM and message.choices:
            buttons = (f"[{number} {label}]" for number, label in message.choices)
            _print(console, "  ".join(buttons), "dim")


def _print_text(console: "Console", school: str, text: str) -> None:
    console.print(f"{school}:", style="cyan")
    for line in text.splitlines():
        _print(console, line)
    console.print()


def _print_reading(console: "Console", reply: "Reply | None") -> None:
    from dataclasses import asdict

    if reply is None or reply.reading is None:
        return
    reading = reply.reading
    # To the other questions they say where or when; what they do is known by then.
    says_what = reply.question in (None, "now") or reading.label.value in _SAID_ANYWHERE
    parts = [f"{reading.label.value.replace('_', ' ')}"] if says_what else []
    parts += [f"code {reading.code}"] if reading.code else []
    parts += [f"{name} {value}" for name, value in asdict(reading.slots).items() if value]
    parts += [f"also {each.value.replace('_', ' ')}" for each in reading.flags]
    asked = f" as the answer to “{reply.question}”" if reply.question else ""
    what = ", ".join(parts) or "as it is typed"
    _print(console, f"understood{asked}: {what} ({reading.confidence:.0%} sure)", "dim")


def _print_flag(console: "Console", flag: "Flag") -> None:
    kind = flag.kind.value.replace("_", " ")
    style = "bold red" if flag.severity == "urgent" else "yellow"
    _print(console, f"for staff: {kind} ({flag.severity.value})", style)


def _print_told(console: "Console", told: "Destination") -> None:
    from contact.nccis import ACTIVITIES
    from followup.commands.showing import styled

    activity = ACTIVITIES.get(told.code)
    what = f"{told.code} {activity.name}" if activity else told.code
    facts = (
        told.provider,
        told.employer,
        told.course,
        told.level and f"level {told.level}",
        told.start and f"since {told.start}",
    )
    recorded = "; ".join([what, *(each for each in facts if each)])
    console.print(styled(f"Recorded: {recorded}", "green"))


def _print(console: "Console", text: str, style: str = "") -> None:
    """A line, indented."""
    from rich.padding import Padding

    from followup.commands.showing import styled

    console.print(Padding(styled(text, style), (0, 0, 0, 2), expand=False))
