"""`followup simulate`: from the command line to a table, a document and a page."""

import json

import pytest
from typer.testing import CliRunner

from followup.cli import app
from followup.simulation.script import leaving_year, script_of

TERM = ("--from", "2025-09-01", "--until", "2025-12-19", "--alumni", "12")


def run(*args):
    environment = {"NO_COLOR": "1", "COLUMNS": "80", "FOLLOWUP_CONFIG": "/nowhere/config.toml"}
    return CliRunner(env=environment).invoke(app, ["simulate", *map(str, args)])


def test_it_needs_no_settings_and_prints_one_document():
    result = run("--procedure", "cansfield", *TERM, "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told) == {"waves", "totals"}
    assert [(each["wave"], each["from"]) for each in told["waves"]] == [("y1-autumn", "2025-09-02")]
    assert told["waves"][0]["due"] == told["totals"]["due"] > 0


def test_it_shows_a_table_of_80_columns():
    result = run("--procedure", "lha", *TERM)

    assert "y1-autumn" in result.stdout
    assert "nobody was written to" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_runs_give_ranges():
    told = json.loads(run("--procedure", "cansfield", *TERM, "--runs", 3, "--json").stdout)

    assert told["totals"]["runs"] == 3
    low, middle, high = told["totals"]["ranges"]["messages"].values()
    assert low <= middle <= high


def test_two_procedures_are_compared_on_the_same_alumni(tmp_path):
    html = tmp_path / "two.html"

    result = run("--compare", "cansfield", "john_port", *TERM, "--json", "--html", html)

    told = json.loads(result.stdout)["procedures"]
    assert [each["procedure"] for each in told] == ["cansfield", "john_port"]
    # Their first terms are the same wave, so the same draw answers alike.
    assert told[0]["waves"] == told[1]["waves"]
    assert html.read_text("utf-8").count("<section>") == 2


def test_a_behaviour_file_and_leaving_years_are_taken(tmp_path):
    nobody = tmp_path / "nobody.toml"
    nobody.write_text("[people]\nconsent = 0.0\n", "utf-8")

    told = json.loads(
        run(
            *("--procedure", "cansfield", *TERM, "--behaviour", nobody),
            *("--cohorts", "2024,2025", "--json"),
        ).stdout
    )

    assert [(each["wave"], each["due"]) for each in told["waves"]] == [
        ("y2-autumn", 0),
        ("y1-autumn", 0),
    ]


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        pytest.param(("--procedure", "nowhere", *TERM), 1, "no procedure is called", id="unknown"),
        pytest.param(TERM, 2, "--procedure", id="no procedure at all"),
        pytest.param(
            ("--procedure", "lha", "--compare", "lha", "lha", *TERM), 2, "two with", id="both"
        ),
        pytest.param(
            ("--procedure", "lha", "--from", "2025-09-01", "--until", "2025-09-01", "--alumni", 1),
            1, "not after", id="until before from",
        ),
        pytest.param(
            ("--procedure", "lha", "--from", "soon", "--until", "2025-09-01", "--alumni", 1),
            2, "is no date", id="no date",
        ),
        pytest.param(("--procedure", "lha", *TERM[:-1], 0), 2, "alumni", id="nobody"),
        pytest.param(
            ("--procedure", "lha", *TERM, "--cohorts", "x"), 1, "leaving years", id="no year"
        ),
        pytest.param(
            ("--procedure", "lha", *TERM, "--cohorts", "1066"), 1, "lie between", id="far away"
        ),
        pytest.param(
            ("--procedure", "lha", *TERM, "--behaviour", "/nowhere/b.toml"), 1, "cannot be read",
            id="no file",
        ),
        pytest.param(
            ("--procedure", "lha", *TERM, "--html", "/nowhere/b.html"), 1, "cannot be written",
            id="nowhere to write",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_rehearsed_is_refused_in_a_line(args, status, said):
    result = run(*args)

    assert result.exit_code == status
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("day", "year"),
    [
        pytest.param("2025-09-01", 2025, id="September: they have just left"),
        pytest.param("2025-07-01", 2025, id="July: they are leaving"),
        pytest.param("2026-01-05", 2025, id="January: their first spring"),
        pytest.param("2026-06-30", 2025, id="June: their first summer"),
    ],
)
def test_the_leaving_year_fits_the_first_day(day, year):
    from datetime import date

    starts = date.fromisoformat(day)

    assert leaving_year(starts) == year
    assert script_of("connell", starts, date(2030, 1, 1), 1).cohorts[0].id.endswith(f"KS5-{year}")
