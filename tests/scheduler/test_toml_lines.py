"""Every key of a TOML text is found on the line it stands on."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.procedure_file import shipped
from scheduler.toml_lines import KeyPath, key_lines, line_of
from tests.scheduler.test_presets import PRESETS

EVERYTHING = '''# a comment with [brackets] and = signs
name = "a"  # and one behind
"quoted key" = 'b'
text = """
x = 1
[no_table] "" \\"""
"""
plain = \'\'\'
[[neither]]\'\'\'
a.b = 3

[rules]
hours = [
  "09:00",  # the first
  { x = 1, y = [1,
    2] },
]
[[wave]]
years = [1]
only_if = { not_known_from = ["provider"] }
[[wave]]
when = 2025-09-01
[wave.more]
deep = true
'''


def test_every_kind_of_entry_is_found():
    tomllib.loads(EVERYTHING)

    assert dict(key_lines(EVERYTHING)) == {
        ("name",): 2,
        ("quoted key",): 3,
        ("text",): 4,
        ("plain",): 8,
        ("a", "b"): 10,
        ("rules",): 12,
        ("rules", "hours"): 13,
        ("rules", "hours", 0): 14,
        ("rules", "hours", 1): 15,
        ("rules", "hours", 1, "x"): 15,
        ("rules", "hours", 1, "y"): 15,
        ("rules", "hours", 1, "y", 0): 15,
        ("rules", "hours", 1, "y", 1): 16,
        ("wave",): 18,
        ("wave", 0): 18,
        ("wave", 0, "years"): 19,
        ("wave", 0, "years", 0): 19,
        ("wave", 0, "only_if"): 20,
        ("wave", 0, "only_if", "not_known_from"): 20,
        ("wave", 0, "only_if", "not_known_from", 0): 20,
        ("wave", 1): 21,
        ("wave", 1, "when"): 22,
        ("wave", 1, "more"): 23,
        ("wave", 1, "more", "deep"): 24,
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("rules", "hours", 1), 15, id="where it stands"),
        pytest.param(("rules", "tries"), 12, id="what is missing: the table it belongs to"),
        pytest.param(("wave", 1, "years", 0), 21, id="what is missing in one of many"),
        pytest.param(("nowhere",), 1, id="nothing of it: the first line"),
        pytest.param((), 1, id="the whole"),
    ],
)
def test_what_is_not_there_is_named_by_what_it_stands_in(path, line):
    assert line_of(key_lines(EVERYTHING), path) == line


@pytest.mark.parametrize(
    ("toml", "found"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("a = 1\nb = [1,\nc = 2", {("a",): 1, ("b",): 2}, id="a list left open"),
        pytest.param("a = 1\nb = { c = 1\nd = 2", {("a",): 1, ("b",): 2}, id="a table left open"),
        pytest.param("a = 1\nb", {("a",): 1, ("b",): 2}, id="a key alone"),
        pytest.param("a = 1\nb =\nc = 2", {("a",): 1, ("b",): 2}, id="no value"),
        pytest.param('a = "x\nb = 2', {("a",): 1}, id="a text left open"),
        pytest.param("a = 1\n[b\nc = 2", {("a",): 1}, id="a heading left open"),
    ],
)
def test_what_is_no_toml_is_read_as_far_as_it_goes(toml, found):
    assert {path: line for path, line in key_lines(toml).items() if len(path) == 1} == found


@pytest.mark.parametrize("name", shipped())
def test_every_key_of_a_shipped_procedure_stands_on_its_line(name):
    text = (PRESETS / f"{name}.toml").read_text("utf-8")
    lines, written = key_lines(text), text.splitlines()

    for path in paths(tomllib.loads(text)):
        line = written[lines[path] - 1]
        assert str(path[-1]) in line if isinstance(path[-1], str) else line.strip()


keys = st.text("abc_-1 .é", min_size=1, max_size=4)
values = st.recursive(
    st.integers() | st.text('ab"\\#[]{}=,', max_size=6),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(keys, values, max_size=3), min_size=1, max_size=4))
def test_whatever_stands_in_a_table_is_found_where_it_was_written(tables):
    lines, expected = [], {}
    for number, table in enumerate(tables):
        lines.append("[[entry]]")
        for key, value in table.items():
            lines += ["# between", f'"{key}" = {written(value)}']
            expected["entry", number, key] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text) == {"entry": tables}

    found = key_lines(text)

    assert {path: found[path] for path in expected} == expected


def written(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    """The ways to everything in a document."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [each for key, below in inner for each in paths(below, (*path, key))]
    return [path, *found] if path else found
