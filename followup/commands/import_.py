"""Files that come in."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contact.alumnus import KeyStage
from followup.commands.roll import take_in_roll
from followup.commands.session import AsJson, By, opened, signed_in, tell

if TYPE_CHECKING:
    from contact.enrolling import Enrolment
    from followup.importing import Outcome
    from followup.wiring import House

group = typer.Typer(no_args_is_help=True, help="Take in what schools and others send.")

#: So many rows are named one by one where a person reads them.
_SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group.command("roll")(take_in_roll)
    app.add_typer(group, name="import")


@group.callback()
def _group() -> None:
    """Take in what schools and others send."""


@group.command("leavers")
def leavers(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The form's answers: CSV or Excel.")],
    school: Annotated[
        str,
        typer.Option("--school", envvar="FOLLOWUP_SCHOOL", help="A school's id in the settings."),
    ],
    key_stage: Annotated[
        KeyStage | None,
        typer.Option("--key-stage", case_sensitive=False, help="Which leaving it was."),
    ] = None,
    wording: Annotated[
        str | None, typer.Option("--wording", help="What was agreed to, where no heading says it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Where rejected rows go.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take in a form's export. The same file again changes nothing; a bad row stops nothing."""
    from followup.importing import Task, import_leavers
    from followup.wiring import now
    from followup.wordings import questions

    beside = _beside(file, rejects, dry_run=dry_run)
    with opened(ctx) as house:
        signed_in(house, by, school)
        task = Task(
            path=file,
            questions=questions(house.wordings.values()),
            terms=_terms(house, school, wording),
            rejects=beside,
            allow_drama=house.settings.sms.drama_allowed,
            key_stage=key_stage,
            dry=dry_run,
        )
        with _progress(file.name) as progress:
            outcomes = import_leavers(house.memory, task, now(), progress)
            summary = _stream(outcomes) if as_json else _summary(outcomes)
    if not as_json:
        _show(summary, task.rejects, dry_run=dry_run)


def _beside(file: Path, rejects: Path | None, *, dry_run: bool) -> Path | None:
    """Where rejected rows go; NotAllowed where that cannot be written."""
    from contact.errors import NotAllowed
    from followup.files.rejects import rejects_path

    if rejects is None:
        # A folder such as "." has no name to stand beside; it is refused where it is opened.
        return None if dry_run or not file.is_file() else rejects_path(file)
    if rejects.is_dir() or not rejects.parent.is_dir():
        # Said before anything is stored, not at the first rejected row.
        raise NotAllowed(f"{rejects} cannot be written: name a file in a folder that is there.")
    return rejects


@dataclass(slots=True)
class _Summary:
    """What an import comes to: the counts, and the rows somebody must look at."""

    read: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    review: list[tuple[int, str]] = field(default_factory=list)

    def count(self, outcome: "Outcome") -> None:
        """Count one row, under one heading only."""
        self.read += 1
        self.actions[outcome.action] += 1
        if outcome.action == "reject":
            self.rejected.append((outcome.row, outcome.field, outcome.reasons[0]))
        elif outcome.action == "review":
            self.review.append((outcome.row, ", ".join(outcome.reasons)))
        elif outcome.change is not None:
            self.changes[outcome.change] += 1


def _terms(house: "House", school: str, wording: str | None) -> "Callable[[str], Enrolment]":
    """What holds for a file, once the heading of its consent question is known."""
    from contact.enrolling import Enrolment
    from contact.sequence import ids_from
    from followup.wiring import now
    from followup.wordings import wording_named, wording_of
    from storage.people import new_reference

    section = house.school(school)
    names = (name for name in (wording, section.wording) if name)
    otherwise = [wording_named(name, house.wordings) for name in names]

    def terms(heading: str) -> Enrolment:
        agreed = wording_of(heading, house.wordings.values())
        agreed = agreed or next(iter(otherwise), None)
        return Enrolment(house.schools[school], agreed, new_reference, fresh=ids_from(now()))

    return terms


def _summary(outcomes: "Iterable[Outcome]") -> _Summary:
    summary = _Summary()
    for outcome in outcomes:
        summary.count(outcome)
    return summary


def _stream(outcomes: "Iterable[Outcome]") -> _Summary:
    """One JSON document, a row as it is stored; the counts come last, when they are known."""
    summary = _Summary()
    write = sys.stdout.write
    before = '{"rows": [\n'
    for outcome in outcomes:
        summary.count(outcome)
        told = {
            "row": outcome.row,
            "action": outcome.action,
            "reference": outcome.reference,
            "reasons": outcome.reasons + outcome.notes,
        }
        write(before + json.dumps(told, ensure_ascii=False))
        before = ",\n"
    write(('{"rows": [' if not summary.read else "\n") + "],\n")
    lists = {
        "rejected": [
            dict(zip(("row", "field", "reason"), e, strict=True)) for e in summary.rejected
        ],
        "review": [dict(zip(("row", "reason"), each, strict=True)) for each in summary.review],
    }
    counts = {name: summary.changes[name] for name in ("created", "updated", "unchanged")}
    rest = json.dumps({"read": summary.read, **counts, **lists}, ensure_ascii=False)
    write(rest.removeprefix("{") + "\n")
    return summary


def _show(summary: _Summary, rejects: Path | None, *, dry_run: bool) -> None:
    """The same for a person."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Nothing was changed (dry run)" if dry_run else None, show_header=False)
    table.add_row("rows read", str(summary.read))
    for name in ("created", "updated", "unchanged"):
        table.add_row(name, str(summary.changes[name]))
    table.add_row("to review", str(len(summary.review)))
    table.add_row("rejected", str(len(summary.rejected)))
    table.add_row("without consent, never contacted", str(summary.actions["hold_no_consent"]))
    table.add_row("without a mobile number", str(summary.actions["import_no_sms"]))
    Console().print(table)
    for row, reason in summary.review[:_SHOWN]:
        tell(f"row {row}: review: {reason}")
    for row, _, reason in summary.rejected[:_SHOWN]:
        tell(f"row {row}: rejected: {reason}")
    if summary.rejected and rejects:
        tell(f"The rejected rows, to be mended and imported again: {rejects}")
    if summary.review and not dry_run:
        tell("Next: followup review")


@contextmanager
def _progress(name: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error, where somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda done: bar.update(task, completed=done)
