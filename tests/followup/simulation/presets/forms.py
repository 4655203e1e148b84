"""A form's export of one row, read as an import reads it."""

import csv
from collections.abc import Mapping
from pathlib import Path

from contact.intake import Leaver, Seen, judge
from followup.files.leavers import open_leavers
from followup.wordings import questions, shipped_wordings


def read_form(folder: Path, answers: Mapping[str, str]) -> Leaver:
    """The leaver whom ``answers`` (heading and cell) describe; they agree under Form A."""
    wording = shipped_wordings()["form_a"]
    row = {"Timestamp": "09/06/2025 09:00", **answers, wording.question: "Yes"}
    path = folder / "form.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([row.keys(), row.values()])
    with open_leavers(path, questions([wording])) as file:
        (judged,) = (judge(line.row, Seen(), allow_drama=True) for line in file.lines)
    assert judged.leaver is not None
    return judged.leaver
