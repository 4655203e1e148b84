"""Every requirement of the five schools has a check of its name, and stands in its preset."""

import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from scheduler.toml_lines import key_lines
from tests.followup.simulation.presets import (
    test_bebington,
    test_cansfield,
    test_connell,
    test_john_port,
    test_lha,
)
from tests.scheduler.test_presets import PRESETS

#: What the service carries out or lists for people, and what it leaves to them altogether.
TABLE = """
preset     prefix  carried out                                                    left to people
john_port  JPS     01-02 05-23                                                    03-04
lha        LHA     01-02 04-23                                                    03
cansfield  CAN     01 03-22                                                       02
bebington  BEB     01-25                                                          -
connell    CON     01-14                                                          -
"""
MODULES = {
    "bebington": test_bebington,
    "cansfield": test_cansfield,
    "connell": test_connell,
    "john_port": test_john_port,
    "lha": test_lha,
}


def rows() -> Iterator[tuple[str, list[str], list[str]]]:
    """Each preset with the ids it carries out and those it leaves to people."""
    for line in TABLE.strip().splitlines()[1:]:
        preset, prefix, carried, left = re.split(r"\s{2,}", line)
        yield preset, list(ids(prefix, carried)), list(ids(prefix, left))


def ids(prefix: str, spans: str) -> Iterator[str]:
    """``JPS`` and ``01-02 05`` as ``JPS-01``, ``JPS-02``, ``JPS-05``."""
    for span in () if spans == "-" else spans.split():
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{prefix}-{number:02}"


def checked(module: ModuleType) -> set[str]:
    """The ids that stand in the names of a module's tests, or in those of their parameters."""
    names = []
    for name, test in vars(module).items():
        if name.startswith("test_"):
            names.append(name.upper().replace("_", "-"))
            marks = getattr(test, "pytestmark", ())
            params = [each for mark in marks for each in mark.args[1] if mark.name == "parametrize"]
            names += [each.id for each in params if getattr(each, "id", None)]
    return {found for name in names for found in re.findall(r"\b[A-Z]{3}-\d\d\b", name)}


CARRIED = [(preset, each) for preset, carried, _ in rows() for each in carried]
LEFT_TO_PEOPLE = [(preset, each) for preset, _, left in rows() for each in left]


def test_the_table_holds_every_requirement():
    assert len(CARRIED) + len(LEFT_TO_PEOPLE) == 23 + 23 + 22 + 25 + 14


@pytest.mark.parametrize(("preset", "requirement"), CARRIED, ids=[each for _, each in CARRIED])
def test_it_has_a_check_and_stands_in_its_preset(preset, requirement):
    assert requirement in checked(MODULES[preset])
    assert requirement in comments(preset)


@pytest.mark.parametrize(
    ("preset", "requirement"), LEFT_TO_PEOPLE, ids=[each for _, each in LEFT_TO_PEOPLE]
)
def test_its_preset_says_that_it_is_left_to_people(preset, requirement):
    assert requirement in comments(preset).partition("Left to people altogether:")[2]


@pytest.mark.parametrize("preset", MODULES)
def test_a_check_and_a_comment_name_no_requirement_that_is_not_there(preset):
    known = {each for _, each in (*CARRIED, *LEFT_TO_PEOPLE)}

    assert checked(MODULES[preset]) <= known
    assert set(re.findall(r"[A-Z]{3}-\d\d", comments(preset))) <= known


@pytest.mark.parametrize("preset", MODULES)
def test_every_action_names_the_requirement_it_carries_out(preset):
    text = (PRESETS / f"{preset}.toml").read_text("utf-8").splitlines()
    tables = {
        path: line
        for path, line in key_lines("\n".join(text)).items()
        if len(path) == 2 and path[0] in ("action", "return")
    }

    assert tables
    for line in tables.values():
        assert re.search(r"# [A-Z]{3}-\d\d", text[line - 1]), text[line]


def comments(preset: str) -> str:
    """All that a preset's file says beside its keys."""
    text = (PRESETS / f"{preset}.toml").read_text("utf-8")
    return " ".join(re.findall(r"#(.*)", text))
