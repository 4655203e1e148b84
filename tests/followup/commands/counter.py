"""The staff's commands over a house of their own, at an instant that stands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import freezegun
import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner, Result

from contact.errors import FollowUpError
from followup.commands import (
    attempts,
    case,
    channels,
    cohort,
    destination,
    flags,
    import_,
    person,
    retention,
    review,
)
from tests.staffroom import BY, LATER, Staffroom, desk

SETTINGS = f"""
[service]
secrets_dir = "secrets"
log_level = "error"
staff = ["{BY}", "Mr Reid"]

[telegram]
bot_username = "cansfield_leavers_bot"

[[school]]
id = "cansfield"
name = "Cansfield High School"
short_name = "Cansfield"
procedure = "termly"
"""


class _Group(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except FollowUpError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


def _app() -> typer.Typer:
    app = typer.Typer(cls=_Group, pretty_exceptions_enable=False)
    staff = (review, flags, person, case, attempts, destination, channels)
    for module in (*staff, cohort, retention, import_):
        module.add_to(app)

    @app.callback()
    def _service(ctx: typer.Context, config: Path) -> None:
        ctx.obj = config

    return app


@dataclass
class Counter:
    """Where commands are typed, with the room behind it to look at what they did."""

    config: Path
    room: Staffroom

    def run(self, *words: str, typed: str | None = None) -> Result:
        """Type a command; an unexpected fault fails the test with its traceback."""
        with freezegun.freeze_time(LATER):
            return self.invoke(*words, typed=typed)

    def invoke(self, *words: str, typed: str | None = None) -> Result:
        """The same at whatever time it is."""
        done = CliRunner().invoke(_app(), [str(self.config), *words], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def json(self, *words: str) -> Any:
        """What a command prints as JSON; it must succeed."""
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        """The one line of a command that must fail with status 1."""
        done = self.run(*words)
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert len(lines) == 1, lines
        return lines[0]


@pytest.fixture
def counter(tmp_path, sqlite_template, master_key, memory):
    """The counter over the database that ``memory`` has open, too."""
    (tmp_path / "config.toml").write_text(SETTINGS)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "followup_key").write_text(master_key)
    return Counter(tmp_path / "config.toml", Staffroom(memory, desk()))
