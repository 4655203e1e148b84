"""A procedure's promises: how often its wordings allow contact, and what supports its waves."""

from datetime import date
from textwrap import dedent

import pytest

from contact.errors import Misconfigured
from scheduler.procedure import Agreement, Procedure
from scheduler.procedure_file import load


@pytest.fixture
def written(tmp_path):
    """A procedure with a wave each in autumn and summer, and ``rest`` of its file."""

    def write(rest: str = "") -> Procedure:
        head = """
            name = "own"
            title = "Two waves"
            who = ["KS4"]
            [[wave]]
            years = [1]
            term = "summer"
            [[wave]]
            years = [1]
            term = "autumn"
        """
        path = tmp_path / "own.toml"
        path.write_text(dedent(head) + dedent(rest), "utf-8")
        return load(path)

    return write


YEARLY = """
    [[consent]]
    wording = "form"
    cadence = "annual_summer"
"""
ANY = """
    [[consent]]
    wording = "form"
"""


@pytest.mark.parametrize(
    ("rest", "known", "cadence"),
    [
        pytest.param(YEARLY, "any", "annual_summer", id="the procedure promised less"),
        pytest.param(ANY, "annual_summer", "annual_summer", id="the form promised less"),
        pytest.param(ANY, "any", "any", id="both allow any time"),
        pytest.param("", "any", "any", id="a wording it does not rely on"),
        pytest.param("", "annual_summer", "annual_summer", id="that promises summers"),
    ],
)
def test_of_two_promises_about_a_wording_the_narrower_holds(written, rest, known, cadence):
    assert written(rest).cadences({"form": known}) == {"form": cadence}


@pytest.mark.parametrize(
    ("rest", "known"),
    [
        pytest.param(ANY, {"form": "any"}, id="its own"),
        pytest.param("", {"form": "any"}, id="none named, one that allows it is known"),
        pytest.param(YEARLY + ANY.replace('"form"', '"other"'), {"form": "any", "other": "any"},
                     id="one of two"),
    ],
)  # fmt: skip
def test_a_procedure_that_a_wording_supports_is_accepted(written, rest, known):
    written(rest).check_wordings(known)


@pytest.mark.parametrize(
    ("rest", "known", "said"),
    [
        pytest.param(
            YEARLY, {"form": "any"},
            "own.toml:10: no consent wording allows wave y1-autumn: change the wave",
            id="its own promise",
        ),
        pytest.param(
            ANY, {"form": "annual_summer"},
            "own.toml:10: no consent wording allows wave y1-autumn: change the wave",
            id="what the form promised",
        ),
        pytest.param(
            "", {"form": "annual_summer"},
            "own.toml:10: no consent wording allows wave y1-autumn: change the wave",
            id="none named, and none that is known allows it",
        ),
        pytest.param(
            ANY, {"form_a": "any"},
            "own.toml:13: there is no consent wording form: there are form_a.",
            id="a wording nobody could have agreed to",
        ),
    ],
)  # fmt: skip
def test_a_procedure_that_no_wording_supports_is_refused_by_its_line(written, rest, known, said):
    with pytest.raises(Misconfigured) as refused:
        written(rest).check_wordings(known)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("agreement", "holds"),
    [
        pytest.param(Agreement("A"), True, id="without an end"),
        pytest.param(Agreement("A", date(2026, 8, 31)), True, id="its last day"),
        pytest.param(Agreement("A", date(2026, 8, 30)), False, id="it has ended"),
    ],
)
def test_an_agreement_holds_to_its_last_day(agreement, holds):
    assert agreement.holds_on(date(2026, 8, 31)) is holds
