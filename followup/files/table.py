"""A file as a table: a line of headings, then rows of text, whatever it is stored as."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

#: How many of these headings mean something to the reader: it tells the right delimiter and sheet.
Recognise = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Cells:
    """One data row, counted from 1; ``fault`` is why its cells could not be read, or empty."""

    number: int
    cells: Sequence[str]
    fault: str = ""

    def __repr__(self) -> str:
        return f"Cells({self.number})"


@dataclass(frozen=True, slots=True)
class Table:
    """An open file: its headings, its rows (read once, as a stream), and the part read, 0 to 1.

    Rows without any content are passed over and not counted.
    """

    headings: tuple[str, ...]
    rows: Iterator[Cells]
    done: Callable[[], float]


def numbered(rows: Iterator[tuple[Sequence[str], str]]) -> Iterator[Cells]:
    """``rows`` of (cells, fault), counted from 1, without those that are wholly blank."""
    number = 0
    for cells, fault in rows:
        if fault or has_content(cells):
            number += 1
            yield Cells(number, cells, fault)


def has_content(cells: Sequence[str]) -> bool:
    """Whether anything is written in a row."""
    return any(cell and not cell.isspace() for cell in cells)
