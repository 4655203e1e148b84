"""The same leavers are read from CSV and Excel, and every trap gets its action."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from contact.errors import UnreadableFile
from contact.intake import Action, Judged, Seen, judge
from followup.files.leavers import open_leavers
from followup.wordings import questions, shipped_wordings, wording_of

SAMPLES = Path(__file__).parents[2] / "samples"
KNOWN = questions(shipped_wordings().values())
HEADINGS = ["Timestamp", "Name:", "Date of Birth:", "Year of leaving school:", "Do you agree?"]
AMINA = ["09/06/2025 09:00", "Amina Testwell", "14/02/2009", "2025", "Yes"]
BEN = ["09/06/2025 09:01", "Ben Sampleford", "03/09/2008", "2025", "No"]


def judged(path: Path) -> list[Judged]:
    seen = Seen()
    with open_leavers(path, KNOWN) as file:
        lines = [(line.number, judge(line.row, seen, allow_drama=True)) for line in file.lines]
    assert [number for number, _ in lines] == list(range(1, len(lines) + 1))
    return [each for _, each in lines]


def names(path: Path) -> list[str]:
    with open_leavers(path) as file:
        return [line.row.name for line in file.lines]


def sample_cells() -> Iterator[list[str]]:
    with (SAMPLES / "leavers.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def as_typed_in_excel(text: str) -> int | date | str:
    """What Excel makes of a text that is typed into a cell."""
    if text.isdigit():
        return int(text)
    try:
        return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text[2] == "/" else text
    except (ValueError, IndexError):
        return text


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for at, cells in enumerate(sample_cells(), 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(at, column)
            cell.value = as_typed_in_excel(text)
            if text.startswith("="):
                cell.data_type = "s"
    path = tmp_path / "leavers.xlsx"
    book.save(path)
    return path


@pytest.fixture
def written(tmp_path: Path):
    """A function that writes a CSV file from text."""

    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "leavers.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def lines_of(*rows: list[str], delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_trap_of_the_sample_gets_its_action(kind, workbook):
    rows = judged(SAMPLES / "leavers.csv" if kind == "csv" else workbook)

    with (SAMPLES / "leavers_expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [tuple(row.values()) for row in csv.DictReader(file)]
    assert [
        (
            each.action,
            each.reasons[0] if each.reasons else "",
            (each.leaver and each.leaver.phone) or "",
            str((each.leaver and each.leaver.profile.born_on) or ""),
        )
        for each in rows
    ] == expected
    assert {each.action for each in rows} == set(Action)


@pytest.mark.parametrize("name", ["form_a_export.csv", "form_a_export.xlsx"])
def test_the_large_sample_agrees_with_its_truth(name):
    folder = os.environ.get("FOLLOWUP_SAMPLES")
    if not folder:
        pytest.skip("FOLLOWUP_SAMPLES is not set: the large sample is not here")
    inputs = Path(folder) / "inputs"
    truth = json.loads((inputs / "truth.json").read_text("utf-8"))["form_a"]

    rows = judged(inputs / name)

    assert [each.action for each in rows] == [row["action"] for row in truth]
    people = [(each.leaver, row) for each, row in zip(rows, truth, strict=True) if each.leaver]
    assert [leaver.phone for leaver, _ in people] == [row["phone_e164"] for _, row in people]
    assert [
        leaver.profile.born_on and leaver.profile.born_on.isoformat() for leaver, _ in people
    ] == [row["dob"] for _, row in people]


def test_the_heading_of_form_a_is_its_wording():
    with open_leavers(SAMPLES / "leavers.csv", KNOWN) as file:
        wording = wording_of(file.columns.consent_heading, shipped_wordings().values())
        assert file.columns.notes == ()

    assert wording is not None
    assert wording.name == "form_a"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(written, encoding, delimiter):
    zoe = [AMINA[0], "Zoë Mock", *AMINA[2:]]

    path = written(lines_of(HEADINGS, AMINA, zoe, delimiter=delimiter), encoding)

    assert names(path) == ["Amina Testwell", "Zoë Mock"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("\r\n\r\n", "is empty", id="blank"),
        pytest.param(lines_of(HEADINGS, AMINA, delimiter="|"), "one column", id="bars"),
        pytest.param(
            lines_of(["Name", "Shoe size"]), "date of birth or the consent question", id="missing"
        ),
        pytest.param(lines_of(AMINA, BEN), "no column for the name", id="no headings"),
        pytest.param(
            lines_of([*HEADINGS, "I consent to photos"]), "two columns", id="two consents"
        ),
        pytest.param("%PDF-1.7 \x01\x02,\x03", "no CSV or Excel file", id="a PDF"),
        pytest.param("PK\x03\x04 torn", "no Excel file that can be read", id="a torn workbook"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_one_line(written, text, why):
    with pytest.raises(UnreadableFile, match=why) as caught, open_leavers(written(text)):
        pass

    assert str(caught.value).startswith("leavers.csv")
    assert "\n" not in str(caught.value)
    assert "Amina" not in str(caught.value)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(UnreadableFile, match=r"none\.csv cannot be opened"):
        open_leavers(tmp_path / "none.csv").__enter__()


def test_a_bad_row_stops_nothing_and_rows_keep_their_numbers(written):
    endless = [AMINA[0], "x" * 200_000, *AMINA[2:]]
    shifted = [AMINA[0], "Chidi", "Mockridge", *AMINA[2:]]
    ragged = ["09/06/2025 09:00", "Dara Mock"]
    nul = [AMINA[0], "Ewa\0Mock", *AMINA[2:]]
    blank = ["", "", "", "", ""]
    path = written(lines_of(HEADINGS, endless, blank, shifted, ragged, nul, AMINA))

    actions = [(each.action, each.reasons[0]) for each in judged(path)[:4]]

    assert actions == [
        ("reject", "cell_too_long"),
        ("reject", "too_many_cells"),
        ("hold_no_consent", "consent_missing"),
        ("review", "name_characters"),
    ]
    assert names(path)[4] == "Amina Testwell"


def test_quotes_keep_commas_and_line_ends_inside_a_cell(written):
    quoted = [AMINA[0], '"Testwell, ""Ami"""', *AMINA[2:3], '"20\n25"', AMINA[4]]

    with open_leavers(written(lines_of(HEADINGS, quoted, BEN))) as file:
        rows = [line.row for line in file.lines]

    assert (rows[0].name, rows[0].leaving_year) == ('Testwell, "Ami"', "20\n25")
    assert rows[1].name == "Ben Sampleford"


def test_how_much_is_read_grows_to_the_whole(written):
    with open_leavers(written(lines_of(HEADINGS, *[AMINA] * 5000))) as file:
        seen = [file.done() for _ in file.lines]

    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] == 1


def test_a_file_without_line_ends_needs_no_more_memory_than_a_line(written):
    path = written(lines_of(HEADINGS, AMINA) + "x" * 3_000_000)

    assert {each.action for each in judged(path)[1:]} == {Action.REJECT}


def test_the_first_visible_sheet_with_the_form_is_read(tmp_path):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Notes", "nothing here"])
    form = book.create_sheet("Answers")
    form.append(["The answers of our leavers"])
    for cells in ([], HEADINGS, AMINA, BEN):
        form.append(cells)
    form.delete_rows(1)
    path = tmp_path / "book.xlsx"
    book.save(path)

    assert names(path) == ["Amina Testwell", "Ben Sampleford"]


def test_an_empty_workbook_says_so(tmp_path):
    path = tmp_path / "book.xlsx"
    Workbook().save(path)

    with pytest.raises(UnreadableFile, match="empty"):
        open_leavers(path).__enter__()


@pytest.mark.parametrize("corner", ["XFD1048576", "AAA20000", "M1000000"])
def test_a_stray_cell_in_a_far_corner_is_refused_before_it_takes_all_memory(tmp_path, corner):
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (HEADINGS, AMINA):
        sheet.append(cells)
    sheet[corner] = " "
    path = tmp_path / "book.xlsx"
    book.save(path)

    with pytest.raises(UnreadableFile, match="too large to read as Excel: save it as CSV"):
        open_leavers(path).__enter__()
