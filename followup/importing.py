"""A leavers' file taken in: judged row by row, stored in chunks, every row answered for.

Replies get their turn between two chunks. However long the file, it needs the
same memory, but for some bytes a person and what a workbook itself takes.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final

from contact.alumnus import KeyStage
from contact.dates import read_timestamp
from contact.enrolling import Change, Enrolled, Enrolment, enrol_all
from contact.errors import Misconfigured, StorageUnavailable
from contact.intake import Action, Judged, Seen, judge
from contact.ports import Memory
from followup.files.leavers import LeaversFile, Line, open_leavers
from followup.files.rejects import RejectsFile
from followup.rehearsing import Rehearsal, Weighed
from followup.turns import Turns, by_number, in_order, last_rows

log = logging.getLogger(__name__)

#: Rows of one transaction.
CHUNK: Final = 500
#: Why a row that could be read could not be stored.
NOT_STORED: Final = "cannot_be_stored"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; ``change`` and ``reference`` are None where there is none.

    ``reasons`` made the action, ``notes`` did not; ``field`` is what the first is about.
    """

    row: int
    action: Action
    change: Change | None
    reference: str | None
    reasons: tuple[str, ...]
    field: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One import.

    ``questions`` are the known consent wordings, folded; ``terms`` gives what
    holds for the file from the heading of its consent question. ``rejects`` is
    where rejected rows go, None for nowhere; ``dry`` changes nothing; ``chunk``
    is how many rows one transaction takes.
    """

    path: Path
    questions: frozenset[str]
    terms: Callable[[str], Enrolment]
    rejects: Path | None
    allow_drama: bool
    key_stage: KeyStage | None = None
    dry: bool = False
    chunk: int = CHUNK

    def judged(self, line: Line, seen: Seen, *, wording_known: bool = True) -> "_Row":
        """A row with its judgement."""
        verdict = judge(
            line.row,
            seen,
            allow_drama=self.allow_drama,
            key_stage=self.key_stage,
            wording_known=wording_known,
        )
        return _Row(line, verdict)


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    judged: Judged

    @property
    def who(self) -> bytes:
        """Whose it is, as 16 bytes; a rejected one is nobody's."""
        leaver = self.judged.leaver
        text = leaver.match_key if leaver else f"\n{self.line.number}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    @property
    def when(self) -> datetime | None:
        """When it was filled in."""
        return self.judged.leaver.as_of if self.judged.leaver else None


@dataclass(slots=True)
class _Store:
    """Where chunks go: into the memory, or only past it."""

    memory: Memory
    terms: Enrolment
    now: datetime
    rehearsal: Rehearsal | None = None

    def take(self, rows: Sequence[_Row]) -> list[Outcome]:
        """What became of ``rows``, in their order."""
        if self.rehearsal is None:
            return self._stored(rows)
        judged = [row.judged for row in rows]
        weigh_all = self.rehearsal.weigh_all
        weighed = self.memory.read(weigh_all, judged, self.terms, self.now).result()
        return [_outcome(row, each) for row, each in zip(rows, weighed, strict=True)]

    def _stored(self, rows: Sequence[_Row]) -> list[Outcome]:
        """Store ``rows`` as one; where one of them cannot be, find it and store the others."""
        judged = [row.judged for row in rows]
        try:
            done = self.memory.write(enrol_all, judged, self.terms, self.now).result()
        except (StorageUnavailable, Misconfigured):
            raise
        except Exception as error:  # noqa: BLE001  the other rows are none the worse for it
            if len(rows) == 1:
                log.warning(
                    "row %d cannot be stored: %s", rows[0].line.number, type(error).__name__
                )
                return [_not_stored(rows[0])]
            half = len(rows) // 2
            return self._stored(rows[:half]) + self._stored(rows[half:])
        return [_outcome(row, _told(each)) for row, each in zip(rows, done, strict=True)]


def import_leavers(
    memory: Memory,
    task: Task,
    now: datetime,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Take a file in; the outcome of every row, in the order of the file, as it is stored.

    No row stops it: one that cannot be stored is rejected, and nothing of it
    stays. Raises UnreadableFile before anything is stored; StorageUnavailable
    where the database goes away (what came out by then is durable, and the
    same file again stores the rest). ``progress`` is told the part done.
    """
    turns = _turns(task)
    with open_leavers(task.path, task.questions) as file, _rejects(task, file) as rejects:
        terms = task.terms(file.columns.consent_heading)
        store = _Store(memory, terms, now, Rehearsal() if task.dry else None)
        rows = _in_turn(task, file, turns, wording_known=terms.wording is not None)

        def taken() -> Iterator[tuple[Outcome, _Row]]:
            for chunk in _chunks(rows, task.chunk):
                yield from zip(store.take(chunk), chunk, strict=True)
                progress(file.done())

        for outcome, row in by_number(taken(), lambda each: each[0].row):
            if rejects is not None and outcome.action is Action.REJECT:
                rejects.add(outcome.row, outcome.field, outcome.reasons[0], row.line.cells)
            yield outcome


def _turns(task: Task) -> Turns[_Row]:
    """The order in which rows are taken, found out by reading the file before."""
    last = {}
    with open_leavers(task.path, task.questions) as file:
        ordered = in_order(read_timestamp(line.row.timestamp) for line in file.lines)
    if not ordered:
        with open_leavers(task.path, task.questions) as file:
            seen = Seen()
            rows = (task.judged(line, seen) for line in file.lines)
            last = last_rows((row.line.number, row.who, row.when) for row in rows)
    return Turns(last, lambda row: row.when)


def _in_turn(
    task: Task, file: LeaversFile, turns: Turns[_Row], *, wording_known: bool
) -> Iterator[_Row]:
    seen = Seen()
    for line in file.lines:
        row = task.judged(line, seen, wording_known=wording_known)
        yield from turns.take(line.number, row.who if turns else None, row)


def _chunks(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk


def _rejects(task: Task, file: LeaversFile) -> AbstractContextManager[RejectsFile | None]:
    return RejectsFile(task.rejects, file.headings) if task.rejects else nullcontext()


def _told(enrolled: Enrolled | None) -> Weighed | None:
    return (enrolled.change, enrolled.reference) if enrolled else None


def _outcome(row: _Row, told: Weighed | None) -> Outcome:
    judged = row.judged
    change, reference = told or (None, None)
    return Outcome(
        row.line.number,
        judged.action,
        change,
        reference,
        judged.reasons,
        judged.field,
        judged.notes,
    )


def _not_stored(row: _Row) -> Outcome:
    return Outcome(row.line.number, Action.REJECT, None, None, (NOT_STORED,), "row")
