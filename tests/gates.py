"""The gates of style: the numbers the house holds itself to.

``python -m tests.gates [FOLDER]`` prints them as a table, with what breaks
them, and ends with status 1 where something does.
"""

import ast
import math
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGES = ("bot", "contact", "scheduler", "storage", "followup")
#: Every public function and class here says what it promises.
DOCUMENTED = ("bot", "contact", "scheduler")
#: Names that say nothing about their subject.
NAMELESS = frozenset({"common", "data", "helper", "helpers", "manager", "util", "utils"})
_GENERATED = ("migrations", "versions")

MEDIAN_LINES = 8
P95_LINES = 30
LONGEST_FUNCTION = 45
LONGEST_MODULE = 300
LONGEST_TEST_MODULE = 600
DEEPEST_NESTING = 3
TEST_LINES_A_CODE_LINE = 1.0
_SHOWN = 12

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = Function | ast.ClassDef
_BLOCKS = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its dotted name, where it lies (from the root), its lines and its tree."""

    name: str
    path: Path
    lines: int
    tree: ast.Module

    @property
    def room(self) -> str:
        """The package it belongs to."""
        return self.name.partition(".")[0]

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, inner ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@dataclass(frozen=True, slots=True)
class Gate:
    """One number: what it should be, what it is, and what breaks it."""

    name: str
    limit: str
    now: str
    breaks: list[str] = field(default_factory=list)


def check(root: Path) -> list[Gate]:
    """Measure the house in ``root``; SyntaxError where a module cannot be parsed."""
    code = [module for package in PACKAGES for module in _modules(root, package)]
    tests = list(_modules(root, "tests"))
    return [
        *_function_lengths(code),
        _longest("module lines", code, LONGEST_MODULE),
        _longest("test module lines", tests, LONGEST_TEST_MODULE),
        _nesting(code),
        _cycles(code),
        _annotations(code),
        _documentation(code),
        _names([*code, *tests]),
        _test_lines(code, tests),
    ]


def table(gates: Iterable[Gate]) -> str:
    """The gates as lines of text, each followed by what breaks it."""
    lines = [f"{'gate':<38} {'limit':>7} {'now':>7}"]
    for gate in gates:
        verdict = "  BROKEN" if gate.breaks else ""
        lines.append(f"{gate.name:<38} {gate.limit:>7} {gate.now:>7}{verdict}")
        lines += [f"    {place}" for place in gate.breaks[:_SHOWN]]
        if len(gate.breaks) > _SHOWN:
            lines.append(f"    and {len(gate.breaks) - _SHOWN} more")
    return "\n".join(lines)


def parse(name: str, path: Path, text: str) -> Module:
    """The module ``name`` whose file holds ``text``; SyntaxError where that is no Python."""
    return Module(name, path, len(text.splitlines()), ast.parse(text, str(path)))


def _modules(root: Path, package: str) -> Iterator[Module]:
    for path in sorted((root / package).rglob("*.py")):
        inside = path.relative_to(root)
        if inside.parts[1:3] != _GENERATED:
            parts = inside.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield parse(name, inside, path.read_text(encoding="utf-8"))


def _function_lengths(code: list[Module]) -> Iterator[Gate]:
    sizes = sorted(
        (
            (_length(function), _place(module, function))
            for module in code
            for function in module.functions
        ),
        reverse=True,
    )
    lengths = [size for size, _ in sizes] or [0]
    median = statistics.median(lengths)
    p95 = lengths[::-1][math.ceil(0.95 * len(lengths)) - 1]
    shown = [f"{place}: {size} lines" for size, place in sizes]
    yield _gate("function lines, median", MEDIAN_LINES, median, shown)
    yield _gate("function lines, 95th percentile", P95_LINES, p95, shown)
    too_long = [
        text for text, (size, _) in zip(shown, sizes, strict=True) if size > LONGEST_FUNCTION
    ]
    yield _gate("function lines, longest", LONGEST_FUNCTION, lengths[0], too_long)


def _gate(name: str, limit: float, now: float, breaks: list[str]) -> Gate:
    return Gate(name, f"{limit:g}", f"{now:g}", breaks if now > limit else [])


def _longest(name: str, modules: list[Module], limit: int) -> Gate:
    by_size = sorted(modules, key=lambda module: -module.lines)
    breaks = [f"{module.path}: {module.lines} lines" for module in by_size if module.lines > limit]
    return _gate(name, limit, max((module.lines for module in modules), default=0), breaks)


def _nesting(code: list[Module]) -> Gate:
    depths = [
        (_depth(function), _place(module, function))
        for module in code
        for function in module.functions
    ]
    breaks = [f"{place}: {depth} deep" for depth, place in depths if depth > DEEPEST_NESTING]
    deepest = max((depth for depth, _ in depths), default=0)
    return _gate("nesting", DEEPEST_NESTING, deepest, breaks)


def _cycles(code: list[Module]) -> Gate:
    """One cycle is enough to show; inner imports and imports for types count as well."""
    known = {module.name for module in code}
    graph = {module.name: _imported(module, known) for module in code}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return Gate("import cycles", "0", "some", [" <- ".join(error.args[1])])
    return Gate("import cycles", "0", "0")


def _imported(module: Module, known: set[str]) -> set[str]:
    """The modules of ours that ``module`` names in its imports."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            inner = {f"{base}.{alias.name}" for alias in node.names} & known
            found |= inner or {base}
    return (found & known) - {module.name}


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    above = node.level - (module.path.name == "__init__.py")
    parts = module.name.split(".")
    return ".".join([*parts[: len(parts) - above], *filter(None, [node.module])])


def _annotations(code: list[Module]) -> Gate:
    wanted = [
        (argument.annotation is not None, f"{_place(module, function)}({argument.arg})")
        for module in code
        for function in module.functions
        for argument in _arguments(function)
    ]
    return _share("parameters annotated", wanted)


def _arguments(function: Function) -> Iterator[ast.arg]:
    named = function.args
    every = [*named.posonlyargs, *named.args, named.vararg, *named.kwonlyargs, named.kwarg]
    return (one for one in every if one is not None and one.arg not in {"self", "cls"})


def _documentation(code: list[Module]) -> Gate:
    wanted = [(bool(ast.get_docstring(module.tree)), str(module.path)) for module in code]
    for module in code:
        if module.room in DOCUMENTED:
            wanted += [
                (bool(ast.get_docstring(node)), _place(module, node))
                for node in _public(module.tree)
            ]
    return _share("docstrings", wanted)


def _share(name: str, wanted: list[tuple[bool, str]]) -> Gate:
    """How many of what is wanted is there, rounded down so that 100 % means all."""
    there = sum(is_there for is_there, _ in wanted)
    percent = 100 * there // len(wanted) if wanted else 100
    return Gate(
        name, "100 %", f"{percent} %", [place for is_there, place in wanted if not is_there]
    )


def _public(node: ast.AST) -> Iterator[Documented]:
    """The public functions, classes and methods of a module or class."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Documented) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


def _names(modules: list[Module]) -> Gate:
    breaks = [str(module.path) for module in modules if NAMELESS & set(module.name.split("."))]
    return _gate("modules without a subject", 0, len(breaks), breaks)


def _test_lines(code: list[Module], tests: list[Module]) -> Gate:
    code_lines = sum(module.lines for module in code)
    test_lines = sum(module.lines for module in tests)
    ratio = test_lines / code_lines if code_lines else math.inf
    breaks = [f"{test_lines} lines of tests, {code_lines} of code"]
    limit = TEST_LINES_A_CODE_LINE
    return Gate(
        "test lines a code line", f"{limit:g}", f"{ratio:.2f}", breaks if ratio < limit else []
    )


def _length(function: Function) -> int:
    """Its lines from ``def`` to the end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) and first.end_lineno:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def _depth(node: ast.AST, outer: int = 0) -> int:
    """The deepest block inside ``node``; an ``elif`` is as deep as its ``if``."""
    deepest = outer
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _INNER):
            step = isinstance(child, _BLOCKS) and not _is_elif(node, child)
            deepest = max(deepest, _depth(child, outer + step))
    return deepest


def _is_elif(node: ast.AST, child: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(child, ast.If)
        and node.orelse == [child]
        and child.col_offset == node.col_offset
    )


def _place(module: Module, node: Documented) -> str:
    return f"{module.path}:{node.lineno} {node.name}"


def main(arguments: list[str]) -> int:
    """Print the table for the folder named, or for this one; 1 where a gate is broken."""
    gates = check(Path(arguments[0]) if arguments else Path())
    print(table(gates))
    return int(any(gate.breaks for gate in gates))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
