"""Which leaving it was follows from age; what cannot be is looked at."""

from datetime import date, datetime

import pytest

from contact.alumnus import KeyStage
from contact.birth import read_birth
from contact.dates import LONDON

JUNE = datetime(2025, 6, 9, 9, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("born", "stage"),
    [
        pytest.param("01/09/2010", None, id="14"),
        pytest.param("31/08/2010", KeyStage.KS4, id="15 on the last day"),
        pytest.param("01/09/2008", KeyStage.KS4, id="16, the oldest"),
        pytest.param("31/08/2008", KeyStage.KS5, id="17 on the last day"),
        pytest.param("01/09/2005", KeyStage.KS5, id="19, the oldest"),
        pytest.param("31/08/2005", None, id="20"),
    ],
)
def test_the_key_stage_follows_from_age_on_the_31st_of_august(born, stage):
    birth = read_birth(born, "2025", JUNE)

    assert birth.key_stage is stage
    assert birth.doubts == (() if stage else ("age_doubtful",))
    assert (birth.sure is None) is (stage is None)


@pytest.mark.parametrize(
    ("born", "leaving", "doubts"),
    [
        ("14/02/2009", "2025", ()),
        ("", "2025", ("dob_missing",)),
        ("abc", "2025", ("dob_unreadable",)),
        ("31/02/2009", "2025", ("dob_impossible",)),
        ("02/14/2009", "2025", ("dob_month_first",)),
        ("10/06/2025", "2025", ("dob_this_year",)),
        ("14/02/2009", "", ("leaving_year_missing",)),
        ("14/02/2009", "soon", ("leaving_year_unreadable",)),
        ("14/02/2009", "2035", ("leaving_year_doubtful",)),
        ("14/02/2009", "Year 13 2025", ("key_stage_doubtful",)),
        ("abc", "", ("dob_unreadable", "leaving_year_missing")),
    ],
)
def test_what_is_doubtful_is_named_even_where_the_key_stage_is_given(born, leaving, doubts):
    assert read_birth(born, leaving, JUNE).doubts == doubts
    assert read_birth(born, leaving, JUNE, KeyStage.KS4).doubts == doubts


def test_a_given_key_stage_settles_which_leaving_it_was():
    assert read_birth("31/08/2008", "2025", JUNE, KeyStage.KS4).key_stage is KeyStage.KS4


def test_without_a_timestamp_the_leaving_year_tells_the_century():
    birth = read_birth("14.02.09", "2025", None)

    assert (birth.sure, birth.key_stage) == (date(2009, 2, 14), KeyStage.KS4)
