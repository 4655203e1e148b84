"""An Excel cell becomes the text that the form would have."""

from datetime import date, datetime, time, timedelta

import pytest

from followup.files.workbook import text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Amina ", " Amina "),
        (7700900101.0, "7700900101"),
        (45817.375, "45817.375"),
        (2025, "2025"),
        (True, "TRUE"),
        (date(2009, 2, 14), "2009-02-14"),
        (datetime(2025, 6, 9, 9, 0, 9, 500), "2025-06-09 09:00:09"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=1), "1:00:00"),
        (float("inf"), "inf"),
    ],
)
def test_a_cell_as_text(value, text):
    assert text_of(value) == text
