"""A school's office: a new home of the service in a folder, and its commands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner, Result

from contact.errors import FollowUpError
from followup.commands import due, import_, links
from followup.founding import found
from followup.wiring import House

app = typer.Typer(pretty_exceptions_enable=False)
for _group in (import_, due, links):
    _group.add_to(app)


@app.callback()
def _settings(ctx: typer.Context, config: Annotated[Path, typer.Option()]) -> None:
    ctx.obj = config


@dataclass
class Office:
    """Runs commands on a home of its own."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "home" / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "home" / "followup.db"

    def run(self, *args: object) -> Result:
        """A command that works; its result."""
        result = CliRunner().invoke(app, ["--config", str(self.config), *map(str, args)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    def json(self, *args: object) -> Any:
        """What a command prints with ``--json``."""
        return json.loads(self.run(*args, "--json").stdout)

    def refusal(self, *args: object) -> str:
        """The one line of a command that refuses."""
        with pytest.raises(FollowUpError) as refused:
            self.run(*args)
        line = str(refused.value)
        assert "\n" not in line
        return line

    def take_in(self, file: Path, *args: object) -> Any:
        """Import ``file`` and give what the command says of it."""
        return self.json("import", "leavers", file, "--school", "cansfield", *args)

    def ask(self, query: Any, *args: Any) -> Any:
        """What ``query`` finds in the database."""
        house = House.at(self.config)
        try:
            return house.memory.read(query, *args).result()
        finally:
            house.close()

    def change(self, use_case: Any, *args: Any) -> Any:
        """Let ``use_case`` change the database."""
        house = House.at(self.config)
        try:
            return house.memory.write(use_case, *args).result()
        finally:
            house.close()

    def settings(self, old: str, new: str) -> None:
        """Change a line of the settings."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home as `followup init` makes it; copied, never used."""
    office = Office(tmp_path_factory.mktemp("office"))
    found(office.folder / "home")
    office.settings('id = "example"', 'id = "cansfield"')
    office.settings('bot_username = ""', 'bot_username = "@sample_bot"')
    return office


@pytest.fixture
def office(founded: Office, tmp_path: Path) -> Office:
    """A new office of the school `cansfield`."""
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    for file in ("config.toml", "followup.db", "secrets/followup_key"):
        (home / file).write_bytes((founded.folder / "home" / file).read_bytes())
    return Office(tmp_path)
