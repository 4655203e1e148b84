"""What every command does alike: open the house, print data, say what happened."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from followup.wiring import House

#: Every command that prints data takes it: one JSON document and nothing else.
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
#: Who does it, for the audit; the first name in [service] staff where it is left out.
By = Annotated[str | None, typer.Option("--by", help="Who does this (a name from the settings).")]


@contextmanager
def opened(ctx: typer.Context, *, serving: bool = False) -> Iterator["House"]:
    """The house that the settings describe, with its database closed at the end.

    Only the service logs every step; a command says what it has to say
    itself, and logs no more than warnings unless the level is ``debug``.
    """
    from followup.logs import set_up
    from followup.wiring import House

    house = House.at(ctx.obj)
    level = house.settings.service.log_level
    set_up(level if serving or level == "debug" else "warning")
    _warn_of_trial(house)
    try:
        yield house
    finally:
        house.close()


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, default=_plain, indent=2)
    sys.stdout.write("\n")


def tell(text: str) -> None:
    """A line for the person, on standard error."""
    typer.echo(text, err=True)


def staff_member(house: "House", by: str | None) -> str:
    """Who does it; Misconfigured where a name is not one of [service] staff."""
    from contact.errors import Misconfigured

    staff = house.settings.service.staff
    if by is None:
        return staff[0] if staff else "staff"
    if staff and by not in staff:
        raise Misconfigured(
            f"{by!r} is not in [service] staff of the settings: {', '.join(staff)}."
        )
    return by


def instant(text: str | None) -> datetime | None:
    """A date and time as typed (London where it has no zone); BadParameter where it is none."""
    if text is None:
        return None
    from contact.hours import LONDON

    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date and time: write 2026-01-12T16:30.") from None
    return (given if given.tzinfo else given.replace(tzinfo=LONDON)).astimezone(UTC)


def day(text: str | None) -> date | None:
    """A date as typed; BadParameter where it is none."""
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: write 2026-01-12.") from None


def _warn_of_trial(house: "House") -> None:
    if house.settings.sms.trial:
        tell("Trial: messages go to the guest list in [sms] guests only.")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
