"""One alumnus: found, shown, and what staff do for them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.roll import move, roll
from followup.commands.session import (
    AsJson,
    By,
    OfSchool,
    day,
    opened,
    print_json,
    signed_in,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contact.alumnus import Alumnus
    from contact.ports import Work
    from followup.staff import Staff

_Reference = Annotated[str, typer.Argument(metavar="REF", help="Their reference, A7K3-Q2M9.")]


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="One alumnus.", no_args_is_help=True)
    for name, command in (
        ("find", find),
        ("show", show),
        ("hold", hold),
        ("release", release),
        ("withdraw", withdraw),
        ("correct", correct),
        ("export", export),
        ("erase", erase),
        ("link", link),
        ("roll", roll),
        ("move", move),
    ):
        group.command(name)(command)
    app.add_typer(group, name="person")


def find(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Part of the name.")],
    school: OfSchool = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Find somebody by name; case and accents do not matter."""
    from followup.commands.showing import console, grid

    with opened(ctx) as house:
        found = signed_in(house, by, school).memory.read(_found, text).result()
    if as_json:
        print_json(found)
    elif found:
        console().print(grid(("alumnus", "name", "cohort"), [row.values() for row in found]))
    else:
        tell("Nobody has that in their name.")


def show(ctx: typer.Context, reference: _Reference, by: By = None, as_json: AsJson = False) -> None:
    """Show all that is known of somebody, as one story."""
    from followup.commands.showing import console, show_person
    from followup.dossier import dossier

    with opened(ctx) as house:
        found = signed_in(house, by).memory.read(_of, reference, dossier).result()
    if as_json:
        print_json(found)
    else:
        show_person(console(), found)


def hold(ctx: typer.Context, reference: _Reference, by: By = None, as_json: AsJson = False) -> None:
    """Stop everything we start for somebody, until `release`."""
    from contact.orders import hold as order
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        _do(staff, reference, order, staff.by, now())
        _tell_of(staff, reference, "is held: nothing is sent to them", as_json)


def release(
    ctx: typer.Context, reference: _Reference, by: By = None, as_json: AsJson = False
) -> None:
    """End a hold: what waited goes on."""
    from contact.orders import release as order
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        _do(staff, reference, order, staff.by, now())
        _tell_of(staff, reference, "is released", as_json)


def withdraw(
    ctx: typer.Context,
    reference: _Reference,
    how: Annotated[
        str, typer.Option("--how", help="How they told you, in a word or two.", show_default=True)
    ] = "told staff",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """They want to hear no more of us: as final as their own STOP."""
    from contact.orders import withdraw_for
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        _do(staff, reference, withdraw_for, house.schools, how[:60], staff.by, now())
        _tell_of(staff, reference, "has withdrawn: nobody writes to them", as_json)


def correct(
    ctx: typer.Context,
    reference: _Reference,
    name: Annotated[str | None, typer.Option("--name", help="The whole name.")] = None,
    preferred: Annotated[
        str | None, typer.Option("--preferred", help="What to call them; empty for none.")
    ] = None,
    born_on: Annotated[str | None, typer.Option("--born-on", help="2009-03-14.")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="Their mobile.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Their mailbox.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Put right what is wrong about somebody."""
    from contact.correcting import Correction
    from followup.wiring import now

    right = Correction(name, preferred, day(born_on), phone, email)
    with opened(ctx) as house:
        drama = house.settings.sms.drama_allowed
        staff = signed_in(house, by)
        changed = _do(staff, reference, _correct, right, staff.by, now(), drama)
        _tell_of(staff, reference, f"is corrected: {', '.join(changed)}", as_json)


def export(
    ctx: typer.Context,
    reference: _Reference,
    out: Annotated[Path | None, typer.Option("--out", help="A new file to write it to.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Everything about somebody, as JSON: the answer to a request for access."""
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        found = _do(staff, reference, _export, staff.by, now())
    if out is None:
        print_json(found)
        return
    _write(out, found)
    tell(f"Written to {out}: it holds personal data, hand it over safely and delete it.")


def erase(
    ctx: typer.Context,
    reference: _Reference,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Erase somebody for good: name, addresses and texts; counts stay."""
    from contact.finding import by_reference
    from contact.orders import erase as order
    from followup.wiring import now
    from storage.erasures import remember_erasure

    with opened(ctx) as house:
        staff = signed_in(house, by)
        person = staff.memory.read(by_reference, reference).result()
        if not yes:
            typer.confirm(
                f"Erase {person.profile.name} ({person.reference}) for good?", abort=True, err=True
            )
        # First the list that a restored backup obeys: who stands on it wrongly
        # can only have been meant to be erased.
        remember_erasure(house.erasures, house.vault, person.id)
        _do(staff, person.reference, order, staff.by, now())
    tell(f"{person.reference} is erased.")
    if as_json:
        print_json({"alumnus": person.reference, "erased": True})


def link(ctx: typer.Context, reference: _Reference, by: By = None, as_json: AsJson = False) -> None:
    """An invitation to the Telegram bot: for one person, for one use."""
    from followup.inviting import invite
    from followup.wiring import now

    with opened(ctx) as house:
        made = invite(house, reference, now(), signed_in(house, by))
    if as_json:
        print_json({"alumnus": made.alumnus, "url": made.url, "expires_at": made.expires_at})
    else:
        typer.echo(made.url)


def _do(staff: "Staff", reference: str, order: "Callable[..., Any]", *args: Any) -> Any:
    """One use case for the alumnus called ``reference``, in one transaction."""
    return staff.memory.write(_ordered, reference, order, args).result()


def _ordered(
    work: "Work", reference: str, order: "Callable[..., Any]", args: tuple[Any, ...]
) -> Any:
    from contact.finding import by_reference

    return order(work, by_reference(work, reference), *args)


def _tell_of(staff: "Staff", reference: str, what: str, as_json: bool) -> None:
    from followup.dossier import alumnus_of

    found = staff.memory.read(_of, reference, alumnus_of).result()
    tell(f"{found['reference']} {what}.")
    if as_json:
        print_json(found)


def _of(work: "Work", reference: str, view: "Callable[[Work, Alumnus], Any]") -> Any:
    from contact.finding import by_reference

    return view(work, by_reference(work, reference))


def _found(work: "Work", text: str) -> list[dict[str, Any]]:
    from contact.finding import search
    from followup.dossier import found

    return found(work, list(search(work, text)))


def _correct(
    work: "Work", person: "Alumnus", right: Any, by: str, now: "datetime", drama: bool
) -> list[str]:
    from contact.correcting import correct as put_right

    return put_right(work, person, right, by, now, allow_drama=drama)


def _export(work: "Work", person: "Alumnus", by: str, now: "datetime") -> dict[str, Any]:
    from contact.audit import Deed
    from followup.dossier import everything

    work.audit.write(Deed(now, by, "export", person.id))
    return everything(work, person)


def _write(out: Path, document: Any) -> None:
    """Write a new file that only its owner can read; UnreadableFile where that cannot be."""
    import os
    import sys
    from contextlib import redirect_stdout

    from contact.errors import UnreadableFile

    try:
        handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise UnreadableFile(f"{out} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file, redirect_stdout(file):
        print_json(document)
    sys.stdout.flush()
