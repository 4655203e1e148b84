"""A school's roll as rows of names and dates of birth, whatever else stands in the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contact.dates import read_day
from contact.errors import UnreadableFile
from contact.names import match_key, read_name
from followup.files.headings import read_headings, recognised
from followup.files.leavers import reader_of

#: What a roll must have; the form's own files need the consent as well.
_NEEDS = (("name", "name"), ("born_on", "date of birth"))


@dataclass(frozen=True, slots=True)
class RollRow:
    """One pupil: the row from 1, and what a leaver's form is matched by.

    ``match_on`` is None where the name or the date of birth cannot be read;
    then ``fault`` says which.
    """

    number: int
    match_on: str | None
    fault: str | None = None

    def __repr__(self) -> str:
        return f"RollRow({self.number}, {self.fault})"


@contextmanager
def open_roll(path: Path, newest_birth: int) -> Iterator[Iterator[RollRow]]:
    """The pupils in a CSV or Excel file; ``newest_birth`` is the last year one can be born in.

    Raises UnreadableFile, naming the file and what is the matter.
    """
    with reader_of(path)(path, recognised) as table:
        try:
            read = read_headings(table.headings, needs=_NEEDS).reader()
        except UnreadableFile as error:
            raise UnreadableFile(f"{path.name}: {error}") from error

        def rows() -> Iterator[RollRow]:
            for each in table.rows:
                if each.fault:
                    yield RollRow(each.number, None, each.fault)
                else:
                    row = read(each.cells)
                    fault = row.fault or None
                    yield _row(each.number, row.name, row.born_on, newest_birth, fault)

        yield rows()


def _row(
    number: int, typed_name: str, typed_birth: str, newest_birth: int, fault: str | None
) -> RollRow:
    name, born = read_name(typed_name), read_day(typed_birth, newest_birth)
    if not name.name:
        fault = fault or "name_missing"
    elif born.value is None:
        fault = fault or f"dob_{born.problem or 'unreadable'}"
    if fault or born.value is None:
        return RollRow(number, None, fault)
    return RollRow(number, match_key(name.name, born.value))
