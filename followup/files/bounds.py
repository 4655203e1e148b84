"""How much memory a workbook would need, found out before it is opened."""

import re
import zipfile
from pathlib import Path
from typing import Final

from contact.errors import UnreadableFile

#: Bytes, unpacked.
LARGEST: Final = 512 * 1024 * 1024
#: Cells of one sheet's rectangle. The reader holds the whole of it, about 32 bytes a cell, so
#: that one stray space in the last corner (XFD1048576) would ask for 550 GB and end the process.
MOST_CELLS: Final = 10_000_000
_BLOCK: Final = 1_048_576
#: Bytes. No cell's opening tag is longer, so none is overlooked where two blocks meet.
_OVERLAP: Final = 64
_ROW = re.compile(rb'<(?:\w+:)?row [^<>]{0,40}?\br="(\d{1,7})"')
# Forms have fewer than 26 questions: single letters are not looked at, which is most of the work.
_WIDE = re.compile(rb'\br="([A-Z]{2,3})\d{1,7}"')
_LETTERS: Final = 26


def refuse_huge(path: Path) -> None:
    """UnreadableFile for a workbook that would unpack to more than is safe to hold.

    So is a broken one, whose size nobody can tell. The old kinds are no
    archives; they have 65,536 rows of 256 cells at most.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            fits = unpacked <= LARGEST and all(
                _cells(archive, member) <= MOST_CELLS
                for member in archive.namelist()
                if member.startswith("xl/worksheets/") and member.endswith(".xml")
            )
    except Exception as error:  # a torn archive fails in a dozen ways
        raise UnreadableFile(f"{path.name} is no Excel file that can be read") from error
    if not fits:
        raise UnreadableFile(f"{path.name} is too large to read as Excel: save it as CSV")


def _cells(archive: zipfile.ZipFile, member: str) -> int:
    """The area of a sheet, from its first cell to its last row and column."""
    rows, columns, before = 1, _LETTERS, b""
    with archive.open(member) as sheet:
        while block := sheet.read(_BLOCK):
            text = before + block
            rows = max(rows, *map(int, _ROW.findall(text)), 1)
            columns = max(columns, *map(_column, set(_WIDE.findall(text))), 1)
            before = block[-_OVERLAP:]
    return rows * columns


def _column(letters: bytes) -> int:
    """The number of a column: AA is 27."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number
