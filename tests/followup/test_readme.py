"""What README and the docs show is what the program does."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from followup.cli import app
from tests.gates import PACKAGES

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [README, ROOT / "CONTRIBUTING.md", *DOCS]
LEFT_OUT = "…"


def blocks(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def sessions() -> Iterator[tuple[str, list[str]]]:
    """Every command that README shows, with the output it shows for it."""
    for block in blocks("console", README.read_text("utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, shown


def commands() -> Iterator[tuple[str, Any]]:
    """Every command there is, by its words."""

    def below(one: Any, words: list[str]) -> Iterator[tuple[str, Any]]:
        if not hasattr(one, "commands"):
            yield " ".join(words), one
            return
        for name, each in one.commands.items():
            yield from below(each, [*words, name])

    return below(typer.main.get_command(app), [])


COMMANDS = dict(commands())


def test_what_readme_shows_is_what_happens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = 0

    for command, shown in sessions():
        if not command.startswith("followup "):
            continue
        result = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"}).invoke(
            app, shlex.split(command)[1:]
        )
        real = [line.rstrip() for line in (result.stdout + result.stderr).splitlines()]
        assert result.exit_code == 0, (command, result.output)
        assert missing(shown, real) == [], f"README shows what `{command}` does not print"
        ran += 1

    assert ran >= 7


def missing(shown: list[str], real: list[str]) -> list[str]:
    """The lines of ``shown`` that ``real`` does not have in this order."""
    rest = iter(real)
    return [line for line in shown if line != LEFT_OUT and line.rstrip() not in rest]


@pytest.mark.parametrize(
    ("shown", "gone"),
    [
        pytest.param(["one", "three"], [], id="in order, with others between"),
        pytest.param(["three", LEFT_OUT, "one"], ["one"], id="out of order"),
        pytest.param(["one", "four"], ["four"], id="not there"),
    ],
)
def test_a_line_that_is_not_printed_is_seen(shown, gone):
    assert missing(shown, ["one", "two", "three"]) == gone


def test_readme_is_short():
    assert len(README.read_text("utf-8").splitlines()) <= 150


def test_make_has_every_target_that_is_named():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    for page in PAGES:
        named = set(re.findall(r"`make ([a-z]+)`|^\$ make ([a-z]+)", page.read_text("utf-8")))
        assert {one or other for one, other in named} <= targets, page.name


def test_readme_names_every_room():
    map_ = next(each for each in blocks("text", README.read_text("utf-8")))

    assert {f"{name}/" for name in PACKAGES} <= set(map_.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_docs(name):
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")

    assert f"`followup {name}" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_docs_name_no_command_that_is_not_there(page):
    text = page.read_text("utf-8")
    groups = {name.split()[0] for name in COMMANDS if " " in name}

    for words in re.findall(r"(?:^|`|\$ |bin/)followup ((?:--config \S+ )?[^`\n]*)", text):
        typed = [word for word in re.sub(r"--config \S+", "", words).split() if word != "…"]
        if not typed or not re.fullmatch(r"[a-z]+", typed[0]):
            continue
        name = " ".join(typed[:2]) if typed[0] in groups else typed[0]
        assert name in COMMANDS, words


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=COMMANDS)
def test_help_says_what_the_command_and_each_option_is_for(name, command):
    assert command.help, name
    for each in command.params:
        assert getattr(each, "help", None), f"{name}: {each.name}"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_printed(name):
    result = CliRunner().invoke(app, [*name.split(), "--help"])

    assert result.exit_code == 0
    assert "--help" in result.stdout


def test_the_service_unit_runs_a_command_that_exists():
    [unit] = blocks("ini", (ROOT / "docs" / "operating.md").read_text("utf-8"))

    assert re.search(r"^ExecStart=\S+/followup --config \S+ serve$", unit, flags=re.MULTILINE)


def test_every_setting_the_docs_show_is_one():
    example = (ROOT / "config.example.toml").read_text("utf-8")

    for page in DOCS:
        for section, key in re.findall(r"`\[(\w+)\] (\w+)", page.read_text("utf-8")):
            assert re.search(rf"^\[{section}\]", example, flags=re.MULTILINE), section
            assert re.search(rf"^(?:# )?{key} = ", example, flags=re.MULTILINE), key
