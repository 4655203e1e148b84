"""Rejected rows come back whole, safe to open, or not at all."""

import csv
from pathlib import Path

import pytest

from contact.errors import NotAllowed
from followup.files.rejects import RejectsFile, rejects_path, safe_cell


def content(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rejects_carry_row_field_reason_and_the_cells_as_they_stood(tmp_path):
    path = rejects_path(tmp_path / "leavers.xlsx")

    with RejectsFile(path, ["Name:", "Phone"]) as rejects:
        rejects.add(7, "name", "name_missing", ["", "BTEC\nSport, Zoë"])

    assert path.name == "leavers.xlsx.rejected.csv"
    assert content(path) == [
        ["row", "field", "reason", "Name:", "Phone"],
        ["7", "name", "name_missing", "", "BTEC\nSport, Zoë"],
    ]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'), ("+447700900101", "'+447700900101"),
        ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("＝1", "'＝1"),
        ("\0=1", "'=1"), ("Amina", "Amina"), ("a=1", "a=1"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_taken_for_a_formula(typed, written):
    assert safe_cell(typed) == written


def test_headings_are_made_safe_too(tmp_path):
    with RejectsFile(tmp_path / "r.csv", ["=1+1"]) as rejects:
        rejects.add(1, "row", "too_many_cells", ["=2+2"])

    assert [row[3] for row in content(tmp_path / "r.csv")] == ["'=1+1", "'=2+2"]


def test_without_rejects_nothing_is_written(tmp_path):
    with RejectsFile(tmp_path / "r.csv", ["Name"]):
        pass

    assert list(tmp_path.iterdir()) == []


def test_an_import_that_breaks_off_leaves_the_older_file_as_it_was(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("older")

    def breaks_off() -> None:
        with RejectsFile(path, ["Name"]) as rejects:
            rejects.add(1, "name", "name_missing", [""])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks_off()

    assert [each.read_text() for each in tmp_path.iterdir()] == ["older"]


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path):
    rejects = RejectsFile(tmp_path / "no such folder" / "r.csv", ["Name"])

    with pytest.raises(NotAllowed, match=r"r\.csv cannot be written: no such file.*--rejects"):
        rejects.add(1, "name", "name_missing", [""])
