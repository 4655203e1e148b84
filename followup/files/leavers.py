"""A leavers' file as rows of a form, with their cells as they stand for the rejects file."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contact.errors import UnreadableFile
from contact.intake import FormRow
from followup.files.csv_file import open_csv
from followup.files.headings import Columns, read_headings, recognised
from followup.files.table import Recognise, Table
from followup.files.workbook import open_workbook

# What Excel's files begin with: the new kinds are ZIP archives, the old ones OLE documents.
_EXCEL: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: its number from 1, its cells as they stand, and what they mean."""

    number: int
    cells: Sequence[str]
    row: FormRow

    def __repr__(self) -> str:
        return f"Line({self.number})"


@dataclass(frozen=True, slots=True)
class LeaversFile:
    """An open leavers' file. ``lines`` are read once; ``done`` is the part read, 0 to 1."""

    headings: tuple[str, ...]
    columns: Columns
    lines: Iterator[Line]
    done: Callable[[], float]


@contextmanager
def open_leavers(path: Path, questions: Collection[str] = ()) -> Iterator[LeaversFile]:
    """The form's answers in a CSV or Excel file, known by its content, not by its name.

    ``questions`` are the known consent wordings, folded. Raises UnreadableFile,
    naming the file and what is the matter.
    """
    with reader_of(path)(path, recognised) as table:
        try:
            columns = read_headings(table.headings, questions)
        except UnreadableFile as error:
            raise UnreadableFile(f"{path.name}: {error}") from error
        yield LeaversFile(table.headings, columns, _lines(table, columns), table.done)


def _lines(table: Table, columns: Columns) -> Iterator[Line]:
    """The rows of ``table`` with their meaning; none of them stops the reading."""
    read = columns.reader()
    for each in table.rows:
        row = FormRow(fault=each.fault) if each.fault else read(each.cells)
        yield Line(each.number, each.cells, row)


def reader_of(path: Path) -> Callable[[Path, Recognise], AbstractContextManager[Table]]:
    """Which module reads ``path``; UnreadableFile where it cannot be opened at all."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise UnreadableFile(f"{path.name or path} cannot be opened: {why}") from error
    return open_workbook if head in _EXCEL else open_csv
