"""Somebody can talk to the bot in the terminal, and nobody's record is disturbed by it."""

import re
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contact.address import ChannelName
from followup.cli import app
from followup.founding import found
from followup.talking import invented
from followup.wiring import House
from storage.crypto import new_master_key

ENV = {"NO_COLOR": "1", "COLUMNS": "80"}


def chat(*args: object, says: str = "", config: Path | None = None) -> Result:
    named = ["--config", str(config)] if config else []
    return CliRunner(env=ENV).invoke(app, [*named, "chat", *map(str, args)], input=says)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The settings of a home with Amina in it, who has been asked."""
    config = found(tmp_path / "home").config
    house = House.at(config)
    partner = invented(house, ChannelName.SMS)
    house.memory.write(lambda work: work.alumni.save(partner.person, None)).result()
    house.close()
    return config


def reference(config: Path) -> str:
    house = House.at(config)
    try:
        [person] = house.memory.read(lambda work: list(work.alumni.everybody())).result()
        return person.reference
    finally:
        house.close()


def test_a_whole_conversation_by_numbers_ends_in_a_destination():
    said = "2\nNorthfield College\nplumbing level 2\nsept\n2\n"

    result = chat(says=said)

    assert result.exit_code == 0
    assert "Hi Amina, it's Example High careers team." in result.stdout
    assert "Amina > plumbing level 2" in result.stdout
    assert "Thanks Amina, that's all." in result.stdout
    assert "Recorded: 230 Further education, full-time; Northfield College; plumbing" in (
        result.stdout
    )


def test_nothing_is_left_of_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    result = chat(says="2\n/quit\n")

    assert result.exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["/quit", "/QUIT", "/exit", "/q"])
def test_quit_ends_it_and_nothing_after_is_heard(end):
    result = chat(says=f"{end}\nSTOP\n")

    assert "Amina >" not in result.stdout
    assert "You won't get any more texts" not in result.stdout


def test_a_key_in_the_environment_is_not_asked_for(monkeypatch):
    monkeypatch.setenv("FOLLOWUP_KEY", new_master_key())

    assert chat(says="/quit\n").exit_code == 0


def test_blank_lines_are_no_replies():
    assert "Amina >" not in chat(says="\n   \n\n").stdout


def test_explain_shows_what_was_understood_and_how_sure():
    result = chat("--explain", says="im at wirral met doing plumbing level 2\n")

    shown = " ".join(result.stdout.split())
    assert re.search(r"understood as the answer to “now”: fe college, code 230, .*sure\)", shown)


def test_without_explain_it_is_not_shown():
    assert "understood" not in chat(says="2\n").stdout


def test_a_worry_is_answered_and_staff_are_told():
    result = chat(says="i dont want to be here anymore\n")

    assert "for staff: worry (urgent)" in result.stdout
    assert "Samaritans" in result.stdout


def test_telegram_shows_the_buttons():
    result = chat("--channel", "telegram", says="/quit\n")

    assert "[1 Sixth form]" in result.stdout
    assert "[1 Sixth form]" not in chat(says="/quit\n").stdout


def test_a_channel_that_is_none_is_wrong_usage():
    result = chat("--channel", "letter")

    assert result.exit_code == 2
    assert "sms or telegram" in result.stderr


def test_what_is_no_text_at_all_does_no_harm():
    result = chat(says="\x00\x07\x1b[31m\n" + "x" * 5000 + "\n")

    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_somebody_of_the_database_answers_into_it(home):
    who = reference(home)

    result = chat("--as", who, says="STOP\n", config=home)

    assert result.exit_code == 0
    assert "You won't get any more texts" in result.stdout
    again = chat("--as", who, says="/quit\n", config=home)
    assert "You won't get any more texts" in again.stdout


def test_somebody_of_the_database_is_refused_where_a_message_could_leave(home):
    who = reference(home)
    live = home.read_text().replace('gateway = "sandbox"', 'gateway = "twilio"')
    home.write_text(live)

    result = chat("--as", who, says="2\n", config=home)

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "only where nothing can leave this machine" in result.stderr


@pytest.mark.parametrize(
    ("args", "why"),
    [
        pytest.param(("--as", "AAAA-AAAA"), "AAAA-AAAA", id="nobody"),
        pytest.param(("--channel", "telegram", "--as"), "no telegram address", id="no chat"),
    ],
)
def test_whom_we_cannot_be_is_one_clear_line(home, args, why):
    args = args if args[-1] != "--as" else (*args, reference(home))

    result = chat(*args, says="2\n", config=home)

    assert result.exit_code == 1
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1
