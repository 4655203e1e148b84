"""An Excel workbook as a table: its cells as the text a form would have."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from contact.errors import UnreadableFile
from followup.files.bounds import refuse_huge
from followup.files.table import Recognise, Table, has_content, numbered

#: How many rows may stand above the headings.
_ABOVE: Final = 10

Value = int | float | str | bool | time | date | datetime | timedelta


@contextmanager
def open_workbook(path: Path, recognise: Recognise) -> Iterator[Table]:
    """The table on the visible sheet whose headings are recognised best.

    A sheet is held in memory while it is read: 45 to 65 MB for 50,000 rows of 13 cells.
    Raises UnreadableFile where the workbook is broken, protected, empty or
    huge; OSError where it cannot be opened.
    """
    refuse_huge(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheet = _best_sheet(workbook, recognise)
    except PasswordError as error:
        raise UnreadableFile(f"{path.name} has a password: save a copy without one") from error
    except CalamineError as error:
        raise UnreadableFile(f"{path.name} is no Excel file that can be read") from error
    if sheet is None:
        raise UnreadableFile(f"{path.name} is empty: nothing was imported")
    with workbook:
        rows = _Rows(sheet)
        headings = next(cells for cells, _ in rows if has_content(cells))
        yield Table(tuple(headings), numbered(rows), rows.done)


def text_of(value: Value) -> str:
    """A cell as text: days as 2009-03-28, times as 2025-06-09 09:00:09, whole numbers bare."""
    match value:
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.isoformat(" ", "seconds")
        case float() if value.is_integer():
            return str(int(value))
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


class _Rows:
    """The rows of a sheet as text, once, and how many are read."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._rows = sheet.iter_rows()
        self._height = max(sheet.height, 1)
        self._read = 0

    def __iter__(self) -> Iterator[tuple[Sequence[str], str]]:
        return self

    def __next__(self) -> tuple[Sequence[str], str]:
        cells = [value if type(value) is str else text_of(value) for value in next(self._rows)]
        self._read += 1
        return cells, ""

    def done(self) -> float:
        """The part of the rows that is read, 0 to 1."""
        return self._read / self._height


def _best_sheet(workbook: CalamineWorkbook, recognise: Recognise) -> CalamineSheet | None:
    """The visible sheet whose headings are recognised best, the first of equals."""
    best: tuple[int, CalamineSheet] | None = None
    for index, known in enumerate(workbook.sheets_metadata):
        if known.visible is not SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_index(index)
        top = ([text_of(value) for value in cells] for cells in sheet.to_python(nrows=_ABOVE))
        headings = next((cells for cells in top if has_content(cells)), None)
        if headings and (best is None or recognise(headings) > best[0]):
            best = recognise(headings), sheet
    return best[1] if best else None
