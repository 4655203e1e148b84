"""Those whose tracking is over: who is to be erased, and erasing them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from datetime import date, datetime

    from contact.alumnus import Alumnus
    from contact.ports import Work
    from contact.tracking import Leftover
    from followup.staff import Staff
    from followup.wiring import House


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("retention")(retention)


def retention(
    ctx: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", help="As of that day; today where left out.")
    ] = None,
    erase: Annotated[bool, typer.Option("--erase", help="Erase those who are due now.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    school: OfSchool = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """List whose tracking is over, and from when they are to be erased; nothing goes by itself."""
    from contact.errors import NotAllowed
    from contact.hours import london_day
    from followup.wiring import now

    if erase and on is not None:
        raise NotAllowed("--erase is as of today: leave --on out.")
    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        today = day(on) or london_day(now())
        keep = house.settings.retention.keep_days
        found = staff.memory.read(_leftovers, sorted(staff.schools), today, keep).result()
        erased = _erase(house, staff, found, today, yes=yes) if erase else []
    rows = [_row(each, today, each.alumnus.reference in erased) for each in found]
    if as_json:
        print_json(rows)
    else:
        _tell(rows, erased=erase)


def _leftovers(work: "Work", schools: list[str], today: "date", keep: int) -> "list[Leftover]":
    from contact.tracking import leftovers

    return [each for school in schools for each in leftovers(work, school, today, keep)]


def _erase(
    house: "House", staff: "Staff", found: "list[Leftover]", today: "date", *, yes: bool
) -> set[str]:
    """Erase those who are due, one transaction each; their references."""
    from followup.wiring import now
    from storage.erasures import remember_erasure

    due = [each.alumnus for each in found if each.is_due(today)]
    if due and not yes:
        typer.confirm(f"Erase {len(due)} people for good?", abort=True, err=True)
    keep = house.settings.retention.keep_days
    gone = set()
    for person in due:
        if not staff.memory.read(_is_still_due, person, today, keep).result():
            tell(f"{person.reference} is kept: something changed meanwhile.")
            continue
        # First the list that a restored backup obeys, as in `person erase`.
        remember_erasure(house.erasures, house.vault, person.id)
        if staff.memory.write(_gone, person, staff.by, today, keep, now()).result():
            gone.add(person.reference)
    return gone


def _is_still_due(work: "Work", person: "Alumnus", today: "date", keep: int) -> bool:
    """Whether they still are to be erased: a hold, a flag or a form may have come meanwhile."""
    from contact.tracking import leftover_of

    known = work.alumni.get(person.id)
    return known is not None and leftover_of(work, known, keep).is_due(today)


def _gone(
    work: "Work", person: "Alumnus", by: str, today: "date", keep: int, now: "datetime"
) -> bool:
    """Whether they were erased, in one transaction with the last look at them."""
    from contact.orders import erase

    work.alumni.lock(person.id)
    if not _is_still_due(work, person, today, keep):
        return False
    erase(work, person, by, now)
    return True


def _row(one: "Leftover", today: "date", erased: bool) -> dict[str, Any]:
    return {
        "alumnus": one.alumnus.reference,
        "school": one.alumnus.school,
        "cohort": one.cohort,
        "ended": one.ended,
        "erase_from": one.erase_from,
        "due": one.is_due(today),
        "kept_for": one.kept_for,
        "erased": erased,
    }


def _tell(rows: list[dict[str, Any]], *, erased: bool) -> None:
    from followup.commands.showing import console, grid

    if not rows:
        tell("Nobody's tracking is over.")
        return
    names = ("alumnus", "cohort", "ended", "erase_from", "due", "kept_for")
    shown = [
        [("yes" if each[name] else "") if name == "due" else each[name] for name in names]
        for each in rows
    ]
    console().print(grid([name.replace("_", " ") for name in names], shown))
    due = sum(each["due"] for each in rows)
    if erased:
        tell(f"{sum(each['erased'] for each in rows)} erased.")
    elif due:
        tell(f"{due} to be erased: followup retention --erase")
