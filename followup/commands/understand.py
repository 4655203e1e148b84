"""What the bot makes of a reply, without anybody having sent one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.session import AsJson, opened, print_json, tell

if TYPE_CHECKING:
    from contact.reply import Label, Reading
    from followup.config import Settings


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("understand")(understand)


def understand(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(help="A reply, as somebody might text it.")] = None,
    question: Annotated[
        str | None,
        typer.Option(
            "--question", help="The question it answers: now, where, what, level, start, help …"
        ),
    ] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option("--jsonl", help="A file of JSON lines, - for standard input."),
    ] = None,
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Train the model again with what staff decided.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="With --retrain: go back to the shipped model.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the bot makes of a text, or of every line of a file."""
    if retrain or forget:
        if text is not None or jsonl is not None or question is not None or not retrain:
            raise typer.BadParameter("--retrain goes with nothing but --forget and --json.")
        _learn(ctx, forget=forget, as_json=as_json)
        return
    if (text is None) == (jsonl is None):
        raise typer.BadParameter("give a TEXT, or --jsonl FILE; not both.")
    if jsonl is not None:
        if question is not None:
            raise typer.BadParameter(
                'with --jsonl each line has its own "question_code".', param_hint="--question"
            )
        _print_lines(jsonl, _reader(ctx))
        return
    reading = _reader(ctx)(text or "", _known(question), None)
    if as_json:
        from followup.reading_lines import document

        print_json(document(None, reading))
    else:
        _print(reading)


def _reader(ctx: typer.Context) -> "Callable[[str, str | None, Label | None], Reading]":
    """The bot's own understanding; with the settings' threshold and model where there are some."""
    from bot.understanding import understand as read
    from followup.learnt_file import learnt_in

    settings = _settings(ctx)
    threshold = settings.understanding.threshold if settings else None
    learnt = learnt_in(settings.secrets_dir) if settings else None
    return lambda text, question, context: read(
        text, question, context=context, threshold=threshold, learnt=learnt
    )


def _settings(ctx: typer.Context) -> "Settings | None":
    """The settings; None where nobody named any and there are none."""
    from followup.config import Settings

    config: Path = ctx.obj
    source = ctx.parent.get_parameter_source("config") if ctx.parent else None
    if source is not None and source.name == "DEFAULT" and not config.exists():
        return None
    return Settings.load(config)


def _learn(ctx: typer.Context, *, forget: bool, as_json: bool) -> None:
    """Train the model again with what staff decided, or go back to the shipped one."""
    from followup import learnt_file, relearning

    with opened(ctx) as house:
        folder = house.settings.secrets_dir
        if forget:
            there = learnt_file.forget(folder)
            tell("The shipped model is in use." if there else "The shipped model was in use.")
            if as_json:
                print_json({"forgotten": there})
            return
        tell("This takes a few minutes …")
        done = relearning.relearn(house.memory, folder)
    if as_json:
        print_json(relearning.document(done))
    else:
        typer.echo("\n".join(relearning.lines(done)))
    if done.refused is not None:
        raise typer.Exit(1)


def _known(question: str | None) -> str | None:
    from bot.survey import QUESTIONS

    if question is not None and question not in QUESTIONS:
        raise typer.BadParameter(
            f"{question!r} is no question: {', '.join(QUESTIONS)}.", param_hint="--question"
        )
    return question


def _print_lines(path: Path, read: "Callable[[str, str | None, Label | None], Reading]") -> None:
    import json
    import sys

    from followup.reading_lines import readings

    with _opened(path) as lines:
        for each in readings(lines, read):
            line = json.dumps(each, ensure_ascii=False)
            # Half a character that somebody sent as JSON goes out as JSON again.
            sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")
            # A reader at the other end of a pipe gets each answer as it is there.
            sys.stdout.buffer.flush()


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    import sys

    from contact.errors import UnreadableFile

    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise UnreadableFile(f"{path} cannot be opened: {why}.") from None
    with stream:
        yield stream


def _print(reading: "Reading") -> None:
    from dataclasses import asdict

    from contact.nccis import ACTIVITIES

    activity = ACTIVITIES.get(reading.code or "")
    code = f"{reading.code}  {activity.name}" if activity else reading.code
    facts: list[tuple[str, Any]] = [
        ("says", reading.label.value.replace("_", " ")),
        ("code", code),
        *asdict(reading.slots).items(),
        ("picked", reading.choice),
        ("sure", f"{reading.confidence:.0%}{', for staff to look at' * reading.review}"),
        ("also", ", ".join(each.value.replace("_", " ") for each in reading.flags)),
        ("or", ", ".join(each.value.replace("_", " ") for each in reading.guesses)),
        ("later", "wants to be asked another time" if reading.later else ""),
        ("because of", " … ".join(f"“{each}”" for each in reading.evidence)),
    ]
    for name, value in facts:
        if value not in (None, ""):
            typer.echo(f"{name:<12}{value}")
