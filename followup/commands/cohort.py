"""The cohorts: who left together, and the roll-over each September."""

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

    from contact.ports import Work


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="Who left together.", no_args_is_help=True)
    group.command("list")(list_cohorts)
    group.command("roll-over")(roll_over)
    app.add_typer(group, name="cohort")


def list_cohorts(
    ctx: typer.Context, school: OfSchool = None, by: By = None, as_json: AsJson = False
) -> None:
    """List the cohorts: how many left, how many stayed on, and when tracking ends."""
    from followup.commands.showing import console, grid

    with opened(ctx) as house:
        found = signed_in(house, by, school).memory.read(_cohorts).result()
    if as_json:
        print_json(found)
    elif found:
        headings = ("cohort", "people", "retained", "tracked until")
        console().print(grid(headings, [row.values() for row in found]))
    else:
        tell("There is no cohort yet: `followup import leavers` makes them.")


def roll_over(
    ctx: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", help="As of that day; today where left out.")
    ] = None,
    school: OfSchool = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make leavers of those whose Year 13 is over; the service does so by itself in September."""
    from contact.hours import london_day
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        chosen = day(on) or london_day(now())
        schools = sorted(staff.schools)
        told = staff.memory.write(_rolled, schools, chosen, staff.by, now()).result()
    for each in told:
        tell(f"{each['school']}: {len(each['left'])} left at Year 13.")
    if as_json:
        print_json(told)


def _cohorts(work: "Work") -> list[dict[str, Any]]:
    rows = []
    for each in work.cohorts.all():
        people, retained = work.cohorts.count(each.id)
        ends = each.consent_ends
        rows.append({"cohort": each.id, "people": people, "retained": retained, "until": ends})
    return rows


def _rolled(
    work: "Work", schools: list[str], chosen: "date", by: str, now: "datetime"
) -> list[dict[str, Any]]:
    from contact.roll import roll_over as order

    told = []
    for school in schools:
        people = (work.alumni.get(who) for who in order(work, school, chosen, by, now))
        left = sorted(each.reference for each in people if each is not None)
        told.append({"school": school, "left": left})
    return told
