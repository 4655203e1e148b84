"""The gates of style, held against small bad houses."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.gates import PACKAGES, Gate, check, main, table

GOOD = '"""This is fine."""\n'


@pytest.fixture
def house(tmp_path: Path) -> Callable[..., Path]:
    """Builds a house that keeps every gate, with ``files`` in it besides."""

    def build(**files: str) -> Path:
        for package in PACKAGES:
            write(tmp_path, f"{package}/__init__.py", GOOD)
        write(tmp_path, "tests/test_house.py", GOOD * 500)
        for place, text in files.items():
            write(tmp_path, f"{place.replace('__', '/')}.py", text)
        return tmp_path

    return build


def write(root: Path, place: str, text: str) -> None:
    """Put ``text`` where it goes."""
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def function(lines: int, name: str = "rule", docstring: str = "A rule.") -> str:
    """A public function of so many lines without its docstring."""
    body = "\n".join(["x = 1"] * (lines - 1))
    return f'def {name}() -> None:\n    """{docstring}"""\n{indent(body, "    ")}\n'


def module(*parts: str) -> str:
    """A module with a docstring."""
    return GOOD + "\n".join(dedent(part) for part in parts)


def broken(root: Path) -> dict[str, list[str]]:
    """The names of the broken gates, with what breaks them."""
    return {gate.name: gate.breaks for gate in check(root) if gate.breaks}


def test_a_good_house_breaks_nothing(house):
    root = house(contact__rules=module(function(8), function(8, "b"), function(30, "c")))

    assert broken(root) == {}


CYCLE_A = "from contact import b"
CYCLE_B = "def late() -> None:\n    '''Late.'''\n    from contact.a import x"


@pytest.mark.parametrize(
    ("files", "gate", "place"),
    [
        pytest.param(
            {"contact__rules": module(function(9))},
            "function lines, median",
            "contact/rules.py:2 rule: 9 lines",
            id="functions of nine lines",
        ),
        pytest.param(
            {"contact__rules": module(*[function(2, f"r{i}") for i in range(18)], function(31),
                                      function(31))},
            "function lines, 95th percentile",
            "rule: 31 lines",
            id="more than one in twenty above thirty",
        ),
        pytest.param(
            {"contact__rules": module(*[function(2, f"r{i}") for i in range(30)], function(46))},
            "function lines, longest",
            "rule: 46 lines",
            id="a function of forty-six lines",
        ),
        pytest.param(
            {"bot__words": GOOD + "x = 1\n" * 300},
            "module lines",
            "bot/words.py: 301 lines",
            id="a module of three hundred and one lines",
        ),
        pytest.param(
            {"tests__test_all": GOOD + "x = 1\n" * 600},
            "test module lines",
            "tests/test_all.py: 601 lines",
            id="a test module of six hundred and one lines",
        ),
        pytest.param(
            {"contact__rules": module("""
                def rule(x: int) -> None:
                    '''A rule.'''
                    for _ in ():
                        with x:
                            try:
                                if x:
                                    pass
                            finally:
                                pass
            """)},
            "nesting",
            "rule: 4 deep",
            id="four blocks deep",
        ),
        pytest.param(
            {"contact__a": module("import contact.b"), "contact__b": module("import contact.a")},
            "import cycles",
            "contact.a",
            id="two modules that import each other",
        ),
        pytest.param(
            {"contact__a": module(CYCLE_A), "contact__b": module(CYCLE_B)},
            "import cycles",
            "contact.b",
            id="a cycle through an import inside a function",
        ),
        pytest.param(
            {"contact__in__a": module("from . import b"),
             "contact__in__b": module("from .a import x")},
            "import cycles",
            "contact.in.a",
            id="a cycle through relative imports",
        ),
        pytest.param(
            {"storage__rows": module("def rows(one, *two, three: int) -> None: ...")},
            "parameters annotated",
            "storage/rows.py:2 rows(one)",
            id="a parameter without its type",
        ),
        pytest.param(
            {"storage__rows": "x = 1\n"},
            "docstrings",
            "storage/rows.py",
            id="a module without a docstring",
        ),
        pytest.param(
            {"scheduler__rules": module("def rule() -> None: ...")},
            "docstrings",
            "scheduler/rules.py:2 rule",
            id="a public function without one",
        ),
        pytest.param(
            {"bot__rules": module("class Rule:\n    '''A rule.'''\n    def holds(self): ...")},
            "docstrings",
            "bot/rules.py:4 holds",
            id="a public method without one",
        ),
        pytest.param(
            {"contact__utils": GOOD},
            "modules without a subject",
            "contact/utils.py",
            id="a module that says nothing",
        ),
        pytest.param(
            {"contact__long": GOOD + "x = 1\n" * 299, "contact__longer": GOOD + "x = 1\n" * 299},
            "test lines a code line",
            "500 lines of tests, 605 of code",
            id="less test than code",
        ),
    ],
)  # fmt: skip
def test_a_gate_that_is_broken_says_where(house, files, gate, place):
    found = broken(house(**files))

    assert list(found) == [gate]
    assert any(place in line for line in found[gate])


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"contact__rules": module(function(8, docstring="Long.\n" * 40))},
            id="a docstring is no line of a function",
        ),
        pytest.param(
            {"contact__rules": module("""
                def rule(x: int) -> None:
                    '''A rule.'''
                    if x == 1: pass
                    elif x == 2: pass
                    elif x == 3: pass
                    elif x == 4: pass
                    elif x == 5: pass
            """)},
            id="an elif is as deep as its if",
        ),
        pytest.param(
            {"contact__a": module("from contact.b import x"), "contact__b": module("import bot")},
            id="one imports another",
        ),
        pytest.param(
            {"contact__rules": module("def _rule() -> None: ...")},
            id="a private function may go without a docstring",
        ),
        pytest.param(
            {"storage__rows": module("class Rows:\n    def all(self) -> None: ...")},
            id="so may a repository, whose port has one",
        ),
        pytest.param(
            {"storage__migrations__versions__0001": "def upgrade(x): ...\n" + "x = 1\n" * 400},
            id="migrations are written once",
        ),
    ],
)  # fmt: skip
def test_what_the_gates_let_through(house, files):
    assert broken(house(**files)) == {}


def test_the_command_ends_with_status_1_where_a_gate_is_broken(house, capsys):
    assert main([str(house())]) == 0
    assert "BROKEN" not in capsys.readouterr().out

    assert main([str(house(contact__utils=GOOD))]) == 1
    assert "contact/utils.py" in capsys.readouterr().out


def test_a_long_list_is_cut_short_and_says_so():
    text = table([Gate("docstrings", "100 %", "10 %", [f"place {n}" for n in range(20)])])

    assert "place 11" in text
    assert "place 12" not in text
    assert text.endswith("and 8 more")
