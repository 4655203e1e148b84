"""`understand --retrain`: refused while there is too little, and the shipped model comes back."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.understanding import understand
from bot.understanding.calibrate import shipped
from bot.understanding.learnt import as_shipped
from bot.understanding.training.again import Measure, Trained
from contact.reply import Label
from followup.cli import app
from followup.hearing import Hearing
from followup.learnt_file import keep
from followup.relearning import document, lines
from followup.wiring import House
from tests.followup.office import Office, founded, office  # noqa: F401  fixtures
from tests.followup.test_learnt_file import SURE, packed

GOOD = Measure(read=331, right=320, alone=240, alone_right=238, worries=25, stops=24, alarms=0)


def run(office: Office, *args: object) -> Result:  # noqa: F811
    return CliRunner().invoke(app, ["--config", str(office.config), *map(str, args)])


def folder(office: Office) -> Path:  # noqa: F811
    house = House.at(office.config)
    return house.settings.secrets_dir


def test_too_few_decisions_are_refused_in_one_line(office: Office):  # noqa: F811
    refused = run(office, "understand", "--retrain")

    assert refused.exit_code == 1
    assert "decided about 0 replies" in refused.stderr


def test_a_model_that_is_there_is_used_at_once_and_can_be_forgotten(office: Office):  # noqa: F811
    keep(folder(office), packed(Label.GAP_YEAR), SURE)
    used = run(office, "understand", "some words or other", "--json")
    forgot = run(office, "understand", "--retrain", "--forget", "--json")
    after = run(office, "understand", "some words or other", "--json")

    assert '"gap_year"' in used.stdout
    assert '"forgotten": true' in forgot.stdout
    assert '"gap_year"' not in after.stdout


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("--forget",), id="forget alone"),
        pytest.param(("--retrain", "some text"), id="with a text"),
        pytest.param(("--retrain", "--question", "now"), id="with a question"),
    ],
)
def test_what_does_not_go_together_is_refused(office: Office, args: tuple[str, ...]):  # noqa: F811
    assert run(office, "understand", *args).exit_code == 2


def test_a_running_service_takes_up_a_new_model_and_a_new_list(
    office: Office,  # noqa: F811
    tmp_path: Path,
):
    house = House.at(office.config)
    heard = Hearing(house.memory, tmp_path, None)
    listed = tmp_path / "list.csv"
    listed.write_text("name,type,phase,urn\nHawthorn College,College,16-18,130003\n", "utf-8")

    nothing_new = heard.look_again()
    keep(tmp_path, packed(Label.GAP_YEAR), SURE)
    run(office, "providers", "load", listed)
    something = heard.look_again()

    assert (nothing_new, something, heard.look_again()) == (False, True, False)
    assert heard("some words or other", "now").label is Label.GAP_YEAR
    assert heard.providers is not None
    house.close()


def test_what_was_measured_is_told_with_and_without_a_refusal():
    good = Trained(b"", as_shipped(), GOOD, GOOD, 40, 9, None)
    bad = Trained(b"", as_shipped(), GOOD, GOOD, 40, 9, "it sees 1 fewer of the worries")

    assert document(good)["in_use"] is True
    assert lines(good)[-1] == "The new model is in use."
    assert document(bad)["refused"] == "it sees 1 fewer of the worries"
    assert lines(bad)[-1] == "Not used: it sees 1 fewer of the worries."
    assert document(good)["before"]["worries"] == 25


def test_without_a_model_of_its_own_the_shipped_one_is_used(tmp_path: Path, office: Office):  # noqa: F811
    house = House.at(office.config)
    heard = Hearing(house.memory, tmp_path, shipped().threshold)

    assert heard("at college doing hair", "now") == understand("at college doing hair", "now")
    house.close()
