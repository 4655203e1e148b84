"""A new home for the service, from the first command to a restored backup; and what it refuses."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followup.cli import app
from tests.fakes import twilio_gateway as twilio
from tests.journeys.world import AMINA, settings, telegram_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def alone(monkeypatch):
    """An environment without any setting of ours."""
    for name in [name for name in os.environ if name.startswith("FOLLOWUP_")]:
        monkeypatch.delenv(name)


def followup(config: Path, *argv: str, status: int = 0):
    """What `followup` answers; it must end with ``status``."""
    done = CliRunner().invoke(app, ["--config", str(config), *argv])
    assert done.exit_code == status, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


@pytest.fixture
def sandbox(tmp_path: Path, alone) -> Path:
    """The settings of a home as `init` makes it."""
    followup(tmp_path / "none.toml", "init", "--dir", str(tmp_path / "home"))
    return tmp_path / "home" / "config.toml"


def test_init_makes_a_home_that_the_doctor_finds_well(tmp_path, alone):
    home = tmp_path / "a" / "home"

    made = json.loads(followup(home, "init", "--dir", str(home), "--json").stdout)

    assert Path(made["config"]) == home / "config.toml"
    key = Path(made["key_file"])
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(made["database"]).stat().st_mode) == 0o600
    checks = json.loads(followup(home / "config.toml", "doctor", "--json").stdout)["checks"]
    assert all(check["ok"] for check in checks)
    assert {"config", "key", "database", "clock", "procedures"} <= {c["name"] for c in checks}


def test_init_never_overwrites(sandbox):
    before = {path: path.read_bytes() for path in sandbox.parent.rglob("*") if path.is_file()}

    said = followup(sandbox, "init", "--dir", str(sandbox.parent), status=1)

    assert len(said.stderr.splitlines()) == 1
    assert {path: path.read_bytes() for path in before} == before


class TestTheDoctor:
    @pytest.fixture
    def config(self, home: Path, gateway, bot, alone) -> Path:
        config = home / "config.toml"
        config.write_text(settings(sms=gateway.url, rest=telegram_settings(bot.url)))
        return config

    def test_asks_the_gateways_and_messages_nobody(self, config, gateway, bot):
        checks = json.loads(followup(config, "doctor", "--json").stdout)["checks"]

        assert {"sms", "telegram"} <= {check["name"] for check in checks}
        assert all(check["ok"] for check in checks)
        assert gateway.texts == []
        assert bot.texts == []

    @pytest.mark.parametrize("gateway_name", ["twilio_auth_token", "telegram_token"])
    def test_finds_a_wrong_secret(self, config, home, gateway_name):
        (home / "secrets" / f"followup_{gateway_name}").write_text("123:wrong")

        checks = json.loads(followup(config, "doctor", "--json", status=1).stdout)["checks"]

        (wrong,) = [check for check in checks if not check["ok"]]
        assert f"FOLLOWUP_{gateway_name.upper()}" in wrong["detail"]
        assert "123:wrong" not in json.dumps(checks)

    def test_finds_a_gateway_that_is_away(self, config, gateway):
        with gateway.refusing():
            said = followup(config, "doctor", status=1)

        assert "FAIL  sms: Twilio does not answer" in said.output

    def test_asks_nobody_offline(self, config, gateway):
        with gateway.refusing():
            followup(config, "doctor", "--offline")

    def test_finds_a_wording_that_is_not_there(self, sandbox):
        text = sandbox.read_text().replace('wording = "form_a"', 'wording = "form_b"')
        sandbox.write_text(text)

        said = followup(sandbox, "doctor", "--offline", status=1).output

        assert "FAIL  procedures: there is no wording 'form_b'" in said

    def test_finds_a_key_that_others_can_read(self, sandbox):
        (sandbox.parent / "secrets" / "followup_key").chmod(0o644)

        assert "chmod 600" in followup(sandbox, "doctor", status=1).output


WRONG = {
    "a misspelt key": ("[contact]\ngap_day = 5", "contact.gap_day"),
    "a value that cannot be": ("[contact]\ntries = 0", "contact.tries"),
    "no TOML": ("[contact", "not TOML"),
    "a procedure nobody has": (
        '[[school]]\nid = "x"\nname = "X"\nprocedure = "nobodys"',
        "nobodys",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("command", ["tick", "serve"])
def test_wrong_settings_are_refused_in_one_line(sandbox, wrong, command):
    text, named = WRONG[wrong]
    if "[contact" in text:
        sandbox.write_text(text)
    else:
        sandbox.write_text(sandbox.read_text() + text)

    said = followup(sandbox, command, status=1)

    assert len(said.stderr.splitlines()) == 1
    assert named in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("command", ["tick", "serve"])
class TestASecret:
    @pytest.fixture
    def config(self, home: Path, gateway, alone) -> Path:
        config = home / "config.toml"
        config.write_text(settings(sms=gateway.url))
        return config

    @pytest.mark.parametrize("content", [None, "", " \n"], ids=["missing", "empty", "blank"])
    @pytest.mark.parametrize("name", ["followup_key", "followup_twilio_auth_token"])
    def test_that_is_missing_is_named(self, config, home, command, name, content):
        file = home / "secrets" / name
        file.unlink()
        if content is not None:
            file.write_text(content)

        said = followup(config, command, status=1)

        assert len(said.stderr.splitlines()) == 1
        assert name.upper() in said.stderr

    def test_of_another_database_opens_nothing(self, config, home, command):
        (home / "secrets" / "followup_key").write_text("A" * 43 + "=")

        said = followup(config, command, status=1)

        assert len(said.stderr.splitlines()) == 1
        assert "key" in said.stderr


def test_a_webhook_without_its_secret_is_not_served(home, gateway, bot, alone):
    config = home / "config.toml"
    config.write_text(settings(sms=gateway.url, rest=telegram_settings(bot.url)))
    (home / "secrets" / "followup_telegram_secret").unlink()

    said = followup(config, "serve", status=1)

    assert len(said.stderr.splitlines()) == 1
    assert "FOLLOWUP_TELEGRAM_SECRET" in said.stderr


@pytest.mark.parametrize("command", ["tick", "serve"])
@pytest.mark.parametrize(
    ("harm", "named"),
    [
        pytest.param(Path.unlink, "db upgrade", id="missing"),
        pytest.param(lambda file: file.write_bytes(b"not a database" * 999), "database", id="none"),
    ],
)
def test_a_database_that_is_not_there_is_told_in_one_line(sandbox, command, harm, named):
    harm(sandbox.parent / "followup.db")

    said = followup(sandbox, command, status=1)

    assert len(said.stderr.splitlines()) == 1
    assert named in said.stderr


def test_a_locked_database_is_told_in_one_line(sandbox):
    sandbox.write_text(sandbox.read_text().replace("followup.db", "followup.db?timeout=0.1"))
    with closing(sqlite3.connect(sandbox.parent / "followup.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = followup(sandbox, "tick", status=1)

    assert said.stderr.splitlines() == [
        "The database is locked by another process: try again in a moment."
    ]


def test_the_command_itself_shows_no_traceback(tmp_path, alone):
    done = subprocess.run(
        [sys.executable, "-c", "from followup.cli import main; main()", "tick"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "There is no config.toml: run `followup init`, or name your file with --config.\n"
    )


@pytest.mark.parametrize("api_base", ["https://api.twilio.com", "https://example.org"])
def test_a_tick_of_another_time_is_refused_where_a_text_could_leave(home, alone, api_base):
    config = home / "config.toml"
    config.write_text(settings(sms=api_base))

    said = followup(config, "tick", "--at", "2025-11-03T16:30", status=1)

    assert "--at" in said.stderr


def test_a_backup_made_at_work_brings_everything_back(world, home, alone):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick()
    followup(world.config, "db", "backup", str(home / "copy.db"))
    world.writes(AMINA, "STOP")
    assert world.codes(amina) == ["830"]
    world.close()
    assert stat.S_IMODE((home / "copy.db").stat().st_mode) == 0o600
    assert (
        "exists" in followup(world.config, "db", "backup", str(home / "copy.db"), status=1).stderr
    )
    assert (
        "exists" in followup(world.config, "db", "restore", str(home / "copy.db"), status=1).stderr
    )

    for suffix in ("", "-wal", "-shm"):
        (home / f"followup.db{suffix}").unlink(missing_ok=True)
    followup(world.config, "db", "restore", str(home / "copy.db"))

    shown = json.loads(followup(world.config, "person", "show", amina.reference, "--json").stdout)
    assert [each["code"] for each in shown["destinations"]] == []
    assert len(shown["attempts"]) == 1
    followup(world.config, "doctor")


FORM = """\
Timestamp,Name:,Date of Birth:,Year of leaving school:,Telephone number:,"{consent}"
2025-06-09 09:00:00,Amina Yusuf,14/03/2009,2025,07700900101,"Yes, I agree"
2025-06-09 09:05:00,Ben Adeyemi,02/10/2008,2025,447700900102,"Yes, I agree"
2025-06-09 09:10:00,Chidi Okoro,30/08/2009,2025,07700900103,"No, I do not agree"
2025-06-09 09:15:00,Dana Miles,11/05/2009,2025,01512345678,"Yes, I agree"
2025-06-09 09:20:00,,11/05/2009,2025,07700900104,"Yes, I agree"
"""


def test_from_the_leavers_file_to_an_answer(world, home):
    from followup.wordings import shipped_wordings

    consent = shipped_wordings()["form_a"].question.replace('"', '""')
    form = home / "leavers.csv"
    form.write_text(FORM.format(consent=consent))

    came = world.followup("import", "leavers", str(form), "--school", "cansfield")
    again = world.followup("import", "leavers", str(form), "--school", "cansfield")
    due = world.followup("due")
    ticked = world.tick()

    actions = [row["action"] for row in came["rows"]]
    assert actions == ["import", "import", "hold_no_consent", "import_no_sms", "reject"]
    assert [row["action"] for row in again["rows"]] == actions
    assert (again["created"], again["updated"]) == (0, 0)
    assert sorted(row["reason"]["code"] for row in due) == [
        "due",
        "due",
        "no_address",
        "no_consent",
    ]
    assert (ticked["opened"], ticked["sent"]) == (2, 2)
    world.writes(AMINA, "2", "Carmel College", "plumbing level 2", "sept 2025", "2")
    (amina,) = world.followup("person", "find", "Amina")
    shown = world.followup("person", "show", amina["alumnus"])
    assert shown["destinations"][0]["code"] == "230"
    assert twilio.SENDER not in json.dumps(shown)
