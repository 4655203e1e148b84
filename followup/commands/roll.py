"""The school's own roll: who stays in its sixth form, and who moves to another school."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from followup.commands.session import (
    AsJson,
    By,
    day,
    opened,
    print_json,
    signed_in,
    tell,
)

if TYPE_CHECKING:
    from datetime import datetime

    from contact.alumnus import Cohort
    from contact.ports import Work
    from contact.school import School
    from followup.files.roll import RollRow

#: So many rows are named one by one where a person reads them.
_SHOWN = 20
#: Somebody in Year 12 has had this birthday within the academic year before.
_AGE_OF_THE_YOUNGEST = 14

_Reference = Annotated[str, typer.Argument(metavar="REF", help="Their reference, A7K3-Q2M9.")]


def take_in_roll(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The roll: CSV or Excel with names and births.")],
    school: Annotated[
        str, typer.Option("--school", envvar="FOLLOWUP_SCHOOL", help="A school's id.")
    ],
    year: Annotated[Literal["12", "13"], typer.Option("--year", help="Which year's roll it is.")],
    on: Annotated[
        str | None, typer.Option("--on", help="The day it was taken; today where left out.")
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="It is the whole roll: who is not on it has left.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take in the roll of the school's own sixth form: who is on it is retained, never texted."""
    from contact.alumnus import Cohort, KeyStage
    from contact.hours import london_day
    from followup.files.roll import open_roll
    from followup.wiring import now
    from scheduler.term import academic_year_of

    taken_on = day(on) or london_day(now())
    left = academic_year_of(taken_on) - (int(year) - 12)
    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        cohort = Cohort(school, KeyStage.KS4, left)
        with open_roll(file, taken_on.year - _AGE_OF_THE_YOUNGEST) as rows:
            pupils = list(rows)
        take = _undone if dry_run else _taken
        try:
            found = staff.memory.write(take, pupils, cohort, complete, staff.by, now()).result()
        except _Undone as undone:
            found = undone.found
    if as_json:
        print_json(found)
    else:
        _tell(found, dry_run=dry_run)


def roll(
    ctx: typer.Context,
    reference: _Reference,
    where: Annotated[
        Literal["on", "off"],
        typer.Argument(help="on: in the school's own sixth form; off: they left it early."),
    ],
    year: Annotated[
        int | None, typer.Option("--left", help="The summer they left Year 11 in.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that somebody is on the roll of the school's own sixth form, or has left it."""
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        told = staff.memory.write(_rolled, reference, where, staff.by, now(), year).result()
    what = {
        "on": "is retained in the sixth form: nothing is sent to them",
        "off": "has left the sixth form: they are asked like other leavers",
    }
    before = "" if told["changed"] else ", as was known"
    tell(f"{told['alumnus']} {what[where]}{before}.")
    if as_json:
        print_json(told)


def move(
    ctx: typer.Context,
    reference: _Reference,
    to: Annotated[str, typer.Option("--to", help="The school's id in the settings.")],
    covers: Annotated[
        str | None,
        typer.Option(
            "--permission-covers",
            help="Why what they agreed to is good for that school too; else it ends.",
        ),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody be an alumnus of another school of the trust, with all their history."""
    from contact.errors import NotAllowed
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        if not staff.everything and to not in staff.schools:
            raise NotAllowed(f"{staff.by} is not on the staff of a school {to!r}.")
        house.school(to)
        school = house.schools[to]
        told = staff.memory.write(_moved, reference, school, staff.by, now(), covers).result()
    tell(" ".join(filter(None, (f"{told['alumnus']} is of {to} now.", told["remark"]))))
    if as_json:
        print_json(told)


def _taken(
    work: "Work",
    pupils: list["RollRow"],
    cohort: "Cohort",
    complete: bool,
    by: str,
    now: "datetime",
) -> dict[str, Any]:
    from contact.registering import Registered, missing, register, strike_off

    readable = [each for each in pupils if each.match_on is not None]
    keys = [each.match_on for each in readable if each.match_on is not None]
    entries = register(work, keys, cohort, by, now)
    known = [each.reference for each in entries if each.reference]
    gone = missing(work, known, cohort)
    if complete:
        strike_off(work, gone, cohort, by, now)
    counts = Counter(each.came_to for each in entries)
    unmatched = [
        {"row": row.number, "reason": entry.came_to}
        for row, entry in zip(readable, entries, strict=True)
        if entry.came_to in (Registered.UNKNOWN, Registered.OTHER_YEAR)
    ]
    rejected = [
        {"row": each.number, "reason": each.fault} for each in pupils if each.match_on is None
    ]
    return {
        "cohort": cohort.id,
        "read": len(pupils),
        "retained": counts[Registered.RETAINED],
        "unchanged": counts[Registered.UNCHANGED],
        "unmatched": unmatched,
        "rejected": rejected,
        "left" if complete else "missing": gone,
    }


class _Undone(Exception):
    """A transaction that is given up, with what it would have done."""

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__()
        self.found = found


def _undone(work: "Work", *args: Any) -> dict[str, Any]:
    raise _Undone(_taken(work, *args))


def _tell(found: dict[str, Any], *, dry_run: bool) -> None:
    """The same for a person."""
    tell(
        f"{found['cohort']}: {found['read']} rows, {found['retained']} retained now, "
        f"{found['unchanged']} known before, {len(found['unmatched'])} not known here, "
        f"{len(found['rejected'])} unreadable."
    )
    for each in [*found["rejected"], *found["unmatched"]][:_SHOWN]:
        tell(f"row {each['row']}: {each['reason'].replace('_', ' ')}")
    if found.get("left"):
        tell(f"Left the sixth form: {', '.join(found['left'])}")
    if found.get("missing"):
        tell(f"Retained, and not on this roll (--complete says they left): {found['missing']}")
    if dry_run:
        tell("Nothing was changed (dry run).")


def _rolled(
    work: "Work", reference: str, where: str, by: str, now: "datetime", year: int | None
) -> dict[str, Any]:
    from contact.finding import by_reference
    from contact.roll import leaves, stays_on

    person = by_reference(work, reference)
    order = stays_on if where == "on" else leaves
    changed = order(work, person, by, now, year)
    members = {each.cohort.id: each.retained for each in work.cohorts.of(person.id)}
    return {"alumnus": person.reference, "changed": changed, "retained": members}


def _moved(
    work: "Work", reference: str, to: "School", by: str, now: "datetime", covers: str | None
) -> dict[str, Any]:
    from contact.finding import by_reference
    from contact.moving import move as order

    person = by_reference(work, reference)
    remark = order(work, person, to, by, now, covers=covers)
    cohorts = [each.cohort.id for each in work.cohorts.of(person.id)]
    return {"alumnus": person.reference, "school": to.id, "cohorts": cohorts, "remark": remark}
