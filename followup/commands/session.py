"""What every command does alike: open the house, print data, say what happened."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from followup.staff import Staff
    from followup.wiring import House

#: Every command that prints data takes it: one JSON document and nothing else.
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
#: Who does it, for the audit; the first name in [service] staff where it is left out.
By = Annotated[
    str | None,
    typer.Option("--by", envvar="FOLLOWUP_BY", help="Who does this (a name from the settings)."),
]
#: Whose people are looked at; all that whoever does it may see where it is left out.
OfSchool = Annotated[
    str | None, typer.Option("--school", envvar="FOLLOWUP_SCHOOL", help="Of this school only.")
]


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


def signed_in(house: "House", by: str | None, school: str | None = None) -> "Staff":
    """Who does it, and whose people they see; errors as :func:`followup.staff.sign_in`."""
    from followup.staff import sign_in

    return sign_in(house, by, school)


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
