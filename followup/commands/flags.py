"""The flags: what staff must look at."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from contact.flag import Decision, FlagKind, Severity
from followup.commands.session import AsJson, By, OfSchool, opened, print_json, signed_in, tell

if TYPE_CHECKING:
    from contact.accepting import Mending
    from contact.ports import Work
    from followup.wiring import House

_Number = Annotated[int, typer.Argument(help="The flag's number.")]


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help="What staff must look at.", no_args_is_help=True)
    group.command("list")(list_flags)
    group.command("show")(show)
    group.command("close")(close)
    group.command("take")(take)
    app.add_typer(group, name="flags")


def list_flags(
    ctx: typer.Context,
    kind: Annotated[FlagKind | None, typer.Option("--kind", help="Of this kind only.")] = None,
    severity: Annotated[
        Severity | None, typer.Option("--severity", help="Of this severity only.")
    ] = None,
    closed_too: Annotated[bool, typer.Option("--all", help="The closed ones too.")] = False,
    school: OfSchool = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """List the open flags, the most urgent first, then the one that is due first."""
    from followup.commands.showing import console, flags_table
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by, school)
        found = staff.memory.read(_listed, kind, severity, closed_too).result()
    if as_json:
        print_json(found)
    elif found:
        console().print(flags_table(found, now()))
    else:
        tell("Nothing to look at.")


def show(ctx: typer.Context, flag: _Number, by: By = None, as_json: AsJson = False) -> None:
    """Show one flag: the reply, what was understood, and what was said before."""
    from followup.commands.showing import console, show_flag
    from followup.wiring import now

    with opened(ctx) as house:
        found = signed_in(house, by).memory.read(_shown, flag).result()
    if as_json:
        print_json(found)
    else:
        show_flag(console(), found, found["said"], now())


def close(
    ctx: typer.Context,
    flag: _Number,
    decision: Annotated[Decision, typer.Option("--decision", help="What is decided.")],
    code: Annotated[str | None, typer.Option("--code", help="NCCIS activity code.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="Where they learn.")] = None,
    employer: Annotated[str | None, typer.Option("--employer", help="Where they work.")] = None,
    course: Annotated[str | None, typer.Option("--course", help="Course or job.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="Level, 1 to 8.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Since when: 2025-09.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="For the next person.")] = None,
    cohort: Annotated[
        str | None, typer.Option("--cohort", help="With accept: cansfield-KS4-2025.")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option("--agreed", help="With accept: where their yes can be seen.")
    ] = None,
    wording: Annotated[
        str | None, typer.Option("--wording", help="With --agreed: what they agreed to.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Close a flag with a decision, and do what it asks for."""
    from contact.recording import Known
    from contact.review import Ruling, close_flag
    from followup.places import numbered
    from followup.wiring import now

    known = Known(code, provider, employer, course, level, start) if code else None
    with opened(ctx) as house:
        staff = signed_in(house, by)
        mending = mending_of(house, cohort, evidence, wording)
        known = numbered(known, house.providers) if known and provider else known
        ruling = Ruling(decision, staff.by, known, note, mending)
        remark = staff.memory.write(close_flag, flag, ruling, house.desk, now()).result()
        closed = staff.memory.read(_shown, flag).result()
    tell(" ".join(filter(None, (f"Flag {flag} is closed: {decision}.", remark))))
    if as_json:
        print_json(closed)


def mending_of(
    house: "House", cohort: str | None, evidence: str | None, wording: str | None
) -> "Mending | None":
    """What a row of an import lacked, as typed; None where nothing is added.

    NotAllowed for what is no cohort's name. The wording is the named one, else
    the school's own, else the form's.
    """
    from contact.accepting import Mending
    from contact.alumnus import Cohort
    from contact.errors import NotAllowed
    from followup.wordings import wording_named

    if cohort is None and evidence is None:
        return None
    try:
        group = Cohort.from_id(cohort) if cohort is not None else None
    except ValueError:
        raise NotAllowed(f"{cohort!r} is no cohort: write it like cansfield-KS4-2025.") from None
    name = wording or _own_wording(house, group.school if group is not None else None)
    agreed = wording_named(name, house.wordings) if name and evidence is not None else None
    return Mending(group, agreed, evidence)


def _own_wording(house: "House", school: str | None) -> str:
    """The wording of the school's form, where it is plain which school it is."""
    schools = house.settings.school
    if school is None:
        return schools[0].wording if len(schools) == 1 else ""
    return house.school(school).wording


def take(
    ctx: typer.Context,
    flag: _Number,
    by: By = None,
    over: Annotated[bool, typer.Option("--over", help="From a colleague who has it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that you look after a flag."""
    from contact.review import take_flag
    from followup.wiring import now

    with opened(ctx) as house:
        staff = signed_in(house, by)
        staff.memory.write(take_flag, flag, staff.by, now(), over=over).result()
        taken = staff.memory.read(_shown, flag).result()
    tell(f"Flag {flag} is with {staff.by}.")
    if as_json:
        print_json(taken)


def _listed(
    work: "Work", kind: FlagKind | None, severity: Severity | None, closed_too: bool
) -> list[dict[str, Any]]:
    from followup.dossier import flag_document

    return [
        flag_document(work, each)
        for each in work.flags.list(closed_too=closed_too)
        if kind in (None, each.kind) and severity in (None, each.severity)
    ]


def _shown(work: "Work", number: int) -> dict[str, Any]:
    from contact.review import flag_of
    from followup.dossier import flag_document
    from followup.timeline import exchange

    flag = flag_of(work, number)
    return {**flag_document(work, flag), "said": exchange(work, flag)}
