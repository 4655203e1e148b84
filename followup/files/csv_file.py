"""A CSV file as a table: its encoding and delimiter found out, its rows streamed."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from contact.errors import UnreadableFile
from followup.files.table import Recognise, Table, has_content, numbered

DELIMITERS: Final = (",", ";", "\t")
#: Characters. The start of a file that holds its headings whole.
_HEAD: Final = 65_536
#: Characters. A line is read in pieces of this size, so that a file without line ends needs no
#: more memory than another; the csv module refuses a cell of 131,072 long before.
_LINE: Final = 1_048_576
_BLOCK: Final = 1_048_576
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Bytes that no text file has; NUL is not among them, since a stray one must not stop an import.
_BINARY: Final = frozenset(range(1, 32)) - frozenset(b"\t\n\v\f\r\x1a\x1b")


@contextmanager
def open_csv(path: Path, recognise: Recognise) -> Iterator[Table]:
    """The table in a CSV file, whose delimiter is the one whose headings are recognised best.

    Raises UnreadableFile for an empty file, one that is no text, and one
    whose columns cannot be told apart; OSError where it cannot be opened.
    """
    size = path.stat().st_size
    with path.open("rb") as raw:
        encoding = _encoding(raw, path.name)
        raw.seek(0)
        with io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as text:
            delimiter = _delimiter(text.read(_HEAD), recognise, path.name)
            text.seek(0)
            rows = _rows(text, delimiter)
            headings = next((cells for cells, _ in rows if _is_heading(cells)), [])
            yield Table(tuple(headings), numbered(rows), lambda: raw.tell() / max(size, 1))


def _rows(text: TextIO, delimiter: str) -> Iterator[tuple[Sequence[str], str]]:
    """The rows of ``text``; one that the csv module cannot read is a fault, and reading goes on."""
    reader = csv.reader(iter(lambda: text.readline(_LINE), ""), delimiter=delimiter)
    while True:
        try:
            yield next(reader), ""
        except csv.Error:
            yield (), "cell_too_long"
        except StopIteration:
            return


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether this is the line of headings: not blank, and not Excel's ``sep=;``."""
    return has_content(cells) and not cells[0].lower().startswith("sep=")


def _delimiter(head: str, recognise: Recognise, name: str) -> str:
    """The delimiter whose headings are recognised best."""
    if not head.strip("\0\r\n\t ,;"):
        raise UnreadableFile(f"{name} is empty: nothing was imported")
    found = {delimiter: _headings(head, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: (recognise(found[each]), len(found[each])))
    if len(found[best]) < 2:  # noqa: PLR2004
        raise UnreadableFile(
            f"{name} has one column only: save it with commas, semicolons or tabs between columns"
        )
    return best


def _headings(head: str, delimiter: str) -> list[str]:
    """The first line that is not blank, cut at ``delimiter``; empty where it cannot be."""
    try:
        lines = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        return next((cells for cells in lines if _is_heading(cells)), [])
    except csv.Error:
        return []


def _encoding(raw: io.BufferedReader, name: str) -> str:
    """UTF-8 or UTF-16, with a mark or without, else Windows' own; UnreadableFile for no text."""
    head = raw.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) > 3 and (order := _unmarked_utf16(head)):  # noqa: PLR2004
        return order
    if head.startswith(b"%PDF") or sum(byte in _BINARY for byte in head) * 20 > len(head):
        raise UnreadableFile(f"{name} is no CSV or Excel file: export the answers as one of these")
    raw.seek(0)
    return "utf-8" if _is_utf8(raw) else "cp1252"


def _unmarked_utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: every other byte of English headings is NUL."""
    half = len(head) // 2 * 0.4
    if head[1::2].count(0) > half:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half else None


def _is_utf8(raw: io.BufferedReader) -> bool:
    """Whether the whole file is UTF-8, read in blocks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := raw.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
