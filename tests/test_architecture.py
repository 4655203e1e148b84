"""How the house is built: who knows whom, who reads the clock, what comes with it."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

import pytest

from tests.gates import PACKAGES, check, table

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


# Who knows whom.

#: For every contract of pyproject.toml, imports that break it and nothing but it.
BREACHES = {
    "The rooms lie in layers": [("bot.talk", "scheduler.term"), ("storage.rows", "followup.cli")],
    "The domain knows nobody": [("contact.gate", "bot.talk")],
    "Nobody inside knows a gateway": [
        ("contact.delivery", "contact.channels.sandbox"),
        ("bot.replies", "contact.channels.sandbox"),
    ],
    "Gateways do not know each other": [
        ("contact.channels.sandbox", "contact.channels.twilio_sms"),
    ],
    "No vendor inside the domain and the use cases": [
        ("contact.case", "pydantic"),
        ("scheduler.due", "uvicorn"),
        ("bot.survey", "pydantic"),
    ],
    "Only storage speaks to the database": [("followup.reports", "sqlalchemy")],
    "Only the engine winds the clock": [("followup.wiring", "apscheduler.schedulers")],
    "Only gateways know their vendors": [
        ("followup.web", "twilio.rest"),
        ("followup.wiring", "telegram"),
    ],
    "Only commands speak to the terminal": [
        ("followup.files", "rich.progress"),
        ("storage.migrate", "typer"),
    ],
    "Only the web knows HTTP": [("followup.cli", "starlette.applications")],
}
#: Each of these is somebody's business.
ALLOWED = [
    ("bot.replies", "contact.case"),
    ("contact.channels.twilio_codes", "contact.case"),
    ("contact.channels.twilio_sms", "contact.channels.twilio_codes"),
    ("contact.channels.twilio_sms", "twilio.rest"),
    ("followup.cli", "typer"),
    ("followup.commands.tick", "rich.table"),
    ("followup.web", "starlette.routing"),
    ("followup.wiring", "contact.channels.sandbox"),
    ("followup.wiring", "storage.rows"),
    ("scheduler.engine", "apscheduler.schedulers"),
    ("scheduler.procedure_file", "pydantic"),
    ("scheduler.procedure_keys", "pydantic"),
    ("storage.rows", "sqlalchemy"),
]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the house in ``root``."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache", "--no-logo"],
        check=False,
        cwd=root,
        env=os.environ | {"COLUMNS": "200", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )


def build(root: Path, imports: Iterable[tuple[str, str]]) -> Path:
    """An empty house under our contracts, with these imports in it."""
    shutil.copy(ROOT / "pyproject.toml", root)
    for package in (*PACKAGES, "contact/channels", "followup/commands"):
        (root / package).mkdir()
        (root / package / "__init__.py").touch()
    for importer, imported in imports:
        for module in (importer, imported):
            if module.partition(".")[0] in PACKAGES:
                (root / f"{module.replace('.', '/')}.py").touch()
        with (root / f"{importer.replace('.', '/')}.py").open("a") as file:
            file.write(f"import {imported}\n")
    return root


def contracts() -> list[str]:
    """The names of our contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def test_the_rooms_keep_their_contracts():
    verdict = lint_imports(ROOT)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_what_the_contracts_allow(tmp_path):
    verdict = lint_imports(build(tmp_path, ALLOWED))

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("contract", "importer", "imported"),
    [
        pytest.param(contract, *breach, id=f"{breach[0]} imports {breach[1]}")
        for contract, breaches in BREACHES.items()
        for breach in breaches
    ],
)
def test_a_breach_breaks_its_contract(tmp_path, contract, importer, imported):
    verdict = lint_imports(build(tmp_path, [(importer, imported)]))

    assert verdict.returncode == 1
    assert f"{contract} BROKEN" in verdict.stdout


def test_every_contract_can_be_broken():
    assert set(BREACHES) == set(contracts())


# What shape it is in.


def test_the_house_keeps_its_gates():
    gates = check(ROOT)

    assert not any(gate.breaks for gate in gates), "\n" + table(gates)


# Who reads the clock.

CLOCK = Path("followup", "wiring.py")
_READERS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
             "localtime", "gmtime", "ctime"},
    "func": {"now", "current_timestamp", "current_date", "localtimestamp"},
}  # fmt: skip


def readings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a module reads the clock: the line, and by which name.

    To hand over ``time.monotonic`` is to read it later, so names count as well
    as calls; the database's own clock is a clock too.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if node.attr in _READERS.get(owner, ()):
                yield node.lineno, f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names = {alias.name for alias in node.names} & _READERS["time"]
            yield from ((node.lineno, f"time.{name}") for name in names)


def test_only_the_wiring_reads_the_clock():
    found = [
        f"{path}:{line} {name}"
        for package in PACKAGES
        for path in sorted(Path(ROOT, package).rglob("*.py"))
        if path.relative_to(ROOT) != CLOCK
        for line, name in readings(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("datetime.now(UTC)", "datetime.now", id="the moment"),
        pytest.param("import datetime\ndatetime.datetime.now()", "datetime.now", id="by module"),
        pytest.param("datetime.utcnow()", "datetime.utcnow", id="the old way"),
        pytest.param("date.today()", "date.today", id="the day"),
        pytest.param("time.time()", "time.time", id="seconds"),
        pytest.param("wait(clock=time.monotonic)", "time.monotonic", id="handed over"),
        pytest.param("from time import monotonic", "time.monotonic", id="by its bare name"),
        pytest.param("func.now()", "func.now", id="the database's clock"),
    ],
)
def test_a_reading_of_the_clock_is_seen(text, name):
    assert [found for _, found in readings(ast.parse(text))] == [name]


@pytest.mark.parametrize(
    "text", ["now.date()", "wiring.now()", "time(9)", "from time import sleep"]
)
def test_what_is_no_reading_of_the_clock(text):
    assert list(readings(ast.parse(text))) == []


# What is loaded.

HEAVY = ("alembic", "apscheduler", "sqlalchemy", "starlette", "telegram", "twilio")
HELP = f"""
import json, sys
from followup.cli import main
sys.argv = ["followup", "--help"]
try:
    main()
except SystemExit as end:
    status = end.code
print(json.dumps([status, [name for name in {HEAVY} if name in sys.modules]]))
"""


def test_help_loads_nothing_heavy():
    run = subprocess.run(
        [sys.executable, "-c", HELP], check=True, cwd=ROOT, capture_output=True, text=True
    )

    *text, last = run.stdout.splitlines()
    assert "Usage: followup" in "\n".join(text)
    assert json.loads(last) == [0, []]


# What comes with it.


def locked(lock: str) -> list[str]:
    """The names of the packages that ``lock`` holds."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / lock).read_text(), flags=re.MULTILINE)


def takes_our_name(package: Distribution) -> set[str]:
    """The top-level names of ours that ``package`` would put in their place."""
    tops = {path.parts[0].removesuffix(".py") for path in package.files or ()}
    return tops & set(PACKAGES)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_dependency_takes_the_name_of_a_room(lock):
    seen = 0
    for name in locked(lock):
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # another system's
        seen += 1
        assert takes_our_name(package) == set(), name

    assert seen > 0.8 * len(locked(lock))


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        pytest.param(["bot/__init__.py", "bot/x.py"], {"bot"}, id="a package"),
        pytest.param(["storage.py"], {"storage"}, id="a module"),
        pytest.param(["robot/bot/__init__.py", "robot.py"], set(), id="only inside its own"),
    ],
)
def test_a_package_that_takes_our_name_is_seen(tmp_path, files, taken):
    info = tmp_path / "robot-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: robot\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in files))
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    (package,) = distributions(path=[str(tmp_path)])

    assert takes_our_name(package) == taken


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()

    assert not re.search(r"https?:|file:|^\s*-(-|i|f)|@|\s/", text.replace("    --hash=", ""),
                         flags=re.MULTILINE)  # fmt: skip
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in requirement, requirement


def test_the_tests_run_on_what_is_shipped():
    shipped = set(re.findall(r"^\S+==\S+", (ROOT / LOCKS[0]).read_text(), flags=re.MULTILINE))
    tested = set(re.findall(r"^\S+==\S+", (ROOT / LOCKS[1]).read_text(), flags=re.MULTILINE))

    assert shipped <= tested


def test_the_package_holds_the_rooms_whole_and_nothing_else(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")

    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    rooms = {str(path) for path in kept() if path.parts[0] in PACKAGES}
    # What `followup init` copies stands at the top of a checkout, and inside a wheel.
    assert packed == rooms | {"followup/config.example.toml"}


# What a stranger finds.


def kept() -> list[Path]:
    """The files a checkout holds, from its root: what no tool made."""
    made = re.compile(
        r"(^|/)(\.git|\.venv[^/]*|\.\w+_cache|\.hypothesis|__pycache__|demo|dist)/|\.pyc$"
    )
    every = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(path for path in every if not made.search(path.as_posix()))


def test_no_file_knows_where_it_lies():
    places = {str(ROOT), str(Path.home())} - {"/", tempfile.gettempdir()}
    beside = str(Path("..", "shared"))
    found = []
    for path in kept():
        text = (ROOT / path).read_text(encoding="utf-8", errors="ignore")
        if path.as_posix() != ".ci/run":
            text = text.replace(beside, str(ROOT))
        found += [f"{path}: {place}" for place in places if place in text]

    assert found == []
