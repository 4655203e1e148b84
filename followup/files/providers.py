"""A public list of schools, colleges and universities, read from its file.

Two layouts are known by their headings: the extract of all establishments that
the DfE's register (GIAS) offers, and a plain list with the columns kind, urn,
ukprn, name, town, postcode, type, phase, synonyms, source.
"""

import gzip
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contact.errors import UnreadableFile
from contact.listed import ListedProvider
from followup.files.bounds import LARGEST
from followup.files.csv_file import open_csv
from followup.files.table import Table

#: Each layout's headings: those it needs, by the names used here. Case is ignored.
PLAIN: Final = {
    each: each
    for each in (
        *("kind", "urn", "ukprn", "name", "town", "postcode", "type", "phase", "synonyms"),
        "source",
    )
}
GIAS: Final = {
    "urn": "URN",
    "ukprn": "UKPRN",
    "name": "EstablishmentName",
    "town": "Town",
    "postcode": "Postcode",
    "type": "TypeOfEstablishment (name)",
    "phase": "PhaseOfEducation (name)",
    "status": "EstablishmentStatus (name)",
    "further": "FurtherEducationType (name)",
    "sixth_form": "OfficialSixthForm (name)",
    "oldest": "StatutoryHighAge",
}
_NEEDED: Final = ("name", "type", "phase")
_SIXTEEN: Final = 16
_BLOCK: Final = 1_048_576
_SIXTH_FORM = re.compile(r"\b(sixth|6th)[ -]?form\b|\b16[ -](?:to[ -])?19\b", re.IGNORECASE)
#: What a leaver cannot be at: phases of the register and of the performance tables.
_TOO_YOUNG = re.compile(r"primary|nursery|^KS4$|middle", re.IGNORECASE)
#: The performance tables' phase of a place for over-16s only: an academy so marked is one for 16
#: to 19, as most sixth-form colleges are by now.
_ONLY_16_TO_18: Final = "16-18"
#: What one list knows by number, and another by kind.
_COLLEGES: Final = ("college", "fe_college", "sixth_form_college")
_URN = re.compile(r"^\d{6}$")
_UKPRN = re.compile(r"^[1-9]\d{7}$")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its entries, and how many rows were read and passed over."""

    listed: tuple[ListedProvider, ...]
    read: int
    passed_over: int


def read_providers(path: Path) -> Reading:
    """The entries of ``path`` (CSV, plain or gzipped).

    A row without a name is passed over. UnreadableFile where it cannot be
    opened, is no list, or lacks a column that is needed.
    """
    try:
        with _unpacked(path) as plain, open_csv(plain, _recognised) as table:
            return _reading(table, path)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or "it is damaged"
        raise UnreadableFile(f"{path} cannot be read: {why.lower()}.") from None


def _reading(table: Table, path: Path) -> Reading:
    columns = _columns(table.headings)
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        layout = "name, type, phase; or EstablishmentName, TypeOfEstablishment (name) …"
        raise UnreadableFile(f"{path} has no column for the {missing[0]}: expected {layout}.")
    read, found = 0, []
    for cells in table.rows:
        read += 1
        row = {name: _cell(cells.cells, place) for name, place in columns.items()}
        if row["name"] and not cells.fault:
            found.append(_provider(row))
    return Reading(tuple(_joined(found)), read, read - len(found))


def _columns(headings: Sequence[str]) -> dict[str, int]:
    """Where each of our names stands; the layout is the one of which more is there."""
    places = {heading.strip().casefold(): place for place, heading in enumerate(headings)}

    def there(layout: Mapping[str, str]) -> dict[str, int]:
        known = {name: heading.casefold() for name, heading in layout.items()}
        return {name: places[heading] for name, heading in known.items() if heading in places}

    return max(there(GIAS), there(PLAIN), key=len)


def _recognised(headings: Sequence[str]) -> int:
    return len(_columns(headings))


def _cell(cells: Sequence[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def _provider(row: Row) -> ListedProvider:
    names = tuple(each.strip() for each in re.split(r"[;|]", row.get("synonyms", "")))
    return ListedProvider(
        name=row["name"][:200],
        kind=_kind(row),
        urn=_number(row.get("urn", ""), _URN),
        ukprn=_number(row.get("ukprn", ""), _UKPRN),
        town=row.get("town", "")[:80] or None,
        postcode=row.get("postcode", "")[:8] or None,
        other_names=tuple(each for each in names if each),
        after_16=_is_open(row) and _teaches_after_16(row),
        source=row.get("source", "")[:200] or None,
    )


def _number(text: str, shape: re.Pattern[str]) -> str | None:
    return text if shape.match(text) else None


def _kind(row: Row) -> str:
    """What a place is, by what the register or the list says of it, then by its name."""
    said = f"{row.get('kind', '')} {row['type']}".replace("_", " ").casefold()
    named = " ".join((row["type"], row.get("further", ""), row["name"]))
    # The register of higher education lists, without a number, colleges that teach some of it.
    taught = "higher education" in said and not row.get("ukprn") and not row.get("urn")
    if taught and "college" in row["name"].casefold():
        return "college"
    college = "college" in row["type"].casefold() or "further education" in said
    if "special post 16" in said:
        return "special"
    if "higher education" in said:
        return "higher_education"
    if row["phase"] == _ONLY_16_TO_18 and not college:
        return "sixth_form_college"
    if _SIXTH_FORM.search(named) and (college or _SIXTH_FORM.search(row["type"])):
        return "sixth_form_college"
    if "fe college" in said or "further education" in said:
        return "fe_college"
    return "college" if college else "school"


def _is_open(row: Row) -> bool:
    """The register says ``Closed`` or ``Proposed to open``; lists write ``HE closed 2013``."""
    status = row.get("status", "").casefold()
    return not status.startswith(("closed", "proposed")) and "closed" not in row["type"].casefold()


def _teaches_after_16(row: Row) -> bool:
    if _TOO_YOUNG.search(row["phase"]) or row.get("sixth_form") == "Does not have a sixth form":
        return False
    oldest = row.get("oldest", "")
    return not oldest.isdecimal() or int(oldest) > _SIXTEEN


def _joined(found: list[ListedProvider]) -> Iterator[ListedProvider]:
    """``found`` with an entry that has no number added to the one of the same name that has.

    One list gives the number of a college, another says that it is one of
    further education: they are one place, and two would be rivals.
    """
    numbered = {_plain(each.name) for each in found if each.urn and each.kind in _COLLEGES}
    bare = _without_number(found)
    for each in found:
        name = _plain(each.name)
        twin = bare.get(name)
        if twin is None or each.kind not in _COLLEGES:
            yield each
        elif each.urn:
            kind = twin.kind if each.kind == "college" else each.kind
            names = tuple(dict.fromkeys((*each.other_names, *twin.other_names)))
            yield replace(each, kind=kind, ukprn=each.ukprn or twin.ukprn, other_names=names)
        elif name not in numbered and each is twin:
            yield each


def _without_number(found: Sequence[ListedProvider]) -> dict[str, ListedProvider]:
    """The colleges without a number by name; of two the one whose kind is known."""
    bare = [each for each in found if not each.urn and each.kind in _COLLEGES]
    bare.sort(key=lambda each: each.kind != "college")
    return {_plain(each.name): each for each in bare}


def _plain(name: str) -> str:
    """``name`` as two lists may both write it: without "the", signs and capitals."""
    return re.sub(r"[^a-z0-9]+", "", re.sub(r"^the ", "", name.casefold().replace("&", "and")))


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """``path`` as a plain file; a gzipped one is unpacked to a temporary file first."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    if not packed:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / path.with_suffix("").name
        _unpack(path, plain)
        yield plain


def _unpack(path: Path, plain: Path) -> None:
    with gzip.open(path) as source, plain.open("wb") as target:
        while block := source.read(_BLOCK):
            target.write(block)
            if target.tell() > LARGEST:
                raise UnreadableFile(f"{path} is too large: load it without compressing.")
