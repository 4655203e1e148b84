"""A procedure as a TOML file, read and checked; docs/procedures.md explains every key."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from contact.errors import Misconfigured
from scheduler.procedure import Duty, Part, Procedure, Rules
from scheduler.procedure_keys import WEEKDAYS, DutyKeys, ProcedureKeys, WaveKeys
from scheduler.term import default_terms
from scheduler.toml_lines import KeyPath, key_lines, line_of
from scheduler.wave import check_waves

__all__ = ["CHECKED_YEARS", "WEEKDAYS", "load", "shipped"]

#: Leaving years whose windows are checked at load: early and late Easters, leap
#: years, every weekday a year can begin with.
CHECKED_YEARS = range(2023, 2037)

_SHIPPED = files("scheduler") / "procedures"
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


def shipped() -> tuple[str, ...]:
    """The names of the procedures that come with the service."""
    return tuple(sorted(Path(f.name).stem for f in _SHIPPED.iterdir() if f.name.endswith(".toml")))


def load(name_or_path: str | Path, defaults: Rules | None = None) -> Procedure:
    """The procedure of that shipped name, or in that file (anything with a ``/`` or ``.toml``).

    What the file does not say of tries, days and hours is as in ``defaults``,
    the service's own settings. Misconfigured names the line and the key that
    are wrong; the windows are tried out with the default terms of
    :data:`CHECKED_YEARS`.
    """
    source = _Source.read(_find(name_or_path))
    keys = _parse(source)
    _check_together(keys, source)
    procedure = _procedure(keys, source, defaults or Rules())
    check_waves(procedure, CHECKED_YEARS, default_terms)
    return procedure


def _find(name_or_path: str | Path) -> Traversable:
    text = str(name_or_path)
    if "/" in text or text.endswith(".toml"):
        return Path(text)
    if text not in shipped():
        known = ", ".join(shipped())
        raise Misconfigured(f'no procedure is called "{text}": give a file, or one of {known}')
    return _SHIPPED / f"{text}.toml"


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's name and text, and where its keys stand."""

    name: str
    text: str
    lines: Mapping[KeyPath, int]

    @classmethod
    def read(cls, file: Traversable) -> "_Source":
        try:
            text = file.read_text("utf-8")
        except OSError as error:
            raise Misconfigured(f"{file.name}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise Misconfigured(f"{file.name}:{line}: is not TOML: it is not UTF-8 text") from error
        return cls(file.name, text, key_lines(text))

    def at(self, *path: str | int) -> str:
        """Where ``path``, else what it stands in, is written: ``our.toml:12``."""
        return f"{self.name}:{line_of(self.lines, path)}"

    def unclosed(self) -> int:
        """The line of the last key that could be read: there it was opened."""
        return max((n for path, n in self.lines.items() if isinstance(path[-1], str)), default=1)


def _parse(source: _Source) -> ProcedureKeys:
    try:
        return ProcedureKeys.model_validate(tomllib.loads(source.text))
    except ValidationError as error:
        raise Misconfigured(_first_fault(error, source)) from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(_no_toml(str(error), source)) from error


def _no_toml(said: str, source: _Source) -> str:
    """What tomllib says, but of something left open by the line on which that begins."""
    at = _AT_LINE.search(said)
    left_open = at is None or said.startswith(("Unclosed", "Unterminated"))
    line = source.unclosed() if left_open or at is None else int(at[1])
    return f"{source.name}:{line}: is not TOML: {_AT_LINE.sub('', said)}"


def _first_fault(error: ValidationError, source: _Source) -> str:
    fault = error.errors(include_url=False)[0]
    where = ""
    for part in fault["loc"]:
        where += f" {part + 1}" if isinstance(part, int) else f": {part}"
    said = {"extra_forbidden": "unknown key", "missing": "is missing"}.get(fault["type"])
    text = (said or fault["msg"]).removeprefix("Value error, ")
    return ": ".join(filter(None, (source.at(*fault["loc"]), where.removeprefix(": "), text)))


def _check_together(keys: ProcedureKeys, source: _Source) -> None:
    """What no key can know of another: years, names that come twice, waves that are not there."""
    for section, entries, first in (
        ("wave", keys.wave, 1),
        ("action", keys.action, 0),
        ("return", keys.returns, 0),
    ):
        _check_years(source, section, entries, range(first, keys.tracking_years + 1))
    waves = [(number, plan.name) for number, wave in enumerate(keys.wave) for plan in wave.plans()]
    _check_once(source, "wave", waves, "give one of them a name of its own")
    actions = [
        (number, _name(each)) for number, one in enumerate(keys.action) for each in one.duties()
    ]
    returns = [
        (number, _name(each)) for number, one in enumerate(keys.returns) for each in one.duties()
    ]
    _check_once(source, "action", actions, "give one of them another name")
    _check_once(source, "return", returns, "give one of them another name", {n for _, n in actions})
    wordings = list(enumerate(each.wording for each in keys.consent))
    _check_once(source, "consent", wordings, "take one of them out")
    names = {name for _, name in waves}
    for number, entry in enumerate(keys.returns):
        for duty in entry.duties():
            if duty.wave and duty.wave not in names:
                raise Misconfigured(
                    f"{source.at('return', number, 'wave')}: return {number + 1}: wave: "
                    f"there is no wave {duty.wave}"
                )


def _check_years(
    source: _Source, section: str, entries: Iterable[WaveKeys | DutyKeys], allowed: range
) -> None:
    for number, entry in enumerate(entries):
        for place, year in enumerate(entry.years):
            if year not in allowed:
                raise Misconfigured(
                    f"{source.at(section, number, 'years', place)}: {section} {number + 1}: years: "
                    f"{year} is not between {allowed.start} and {allowed.stop - 1} (tracking_years)"
                )


def _check_once(
    source: _Source,
    section: str,
    named: Iterable[tuple[int, str]],
    advice: str,
    taken: Iterable[str] = (),
) -> None:
    seen = set(taken)
    for number, name in named:
        if name in seen:
            key = "wording" if section == "consent" else "name"
            where = source.at(section, number, key)
            raise Misconfigured(f"{where}: {section}: {name} is there twice: {advice}")
        seen.add(name)


def _name(duty: Duty) -> str:
    return f"y{duty.year}-{duty.name}"


def _procedure(keys: ProcedureKeys, source: _Source, defaults: Rules) -> Procedure:
    return Procedure(
        name=keys.name,
        title=keys.title,
        who=keys.who,
        tracking_years=keys.tracking_years,
        rules=keys.rules.over(defaults),
        waves=tuple(plan for wave in keys.wave for plan in wave.plans()),
        duties=tuple(duty for entry in (*keys.action, *keys.returns) for duty in entry.duties()),
        wordings=tuple(each.promise() for each in keys.consent),
        support_groups=keys.support_groups,
        escalate_to=keys.escalate_to,
        sharing_agreements=tuple(each.agreement() for each in keys.sharing_agreements),
        places=dict(_places(keys, source)),
    )


def _places(keys: ProcedureKeys, source: _Source) -> Iterator[tuple[Part, str]]:
    """Where the parts of a procedure stand, each by its kind, its name and its key."""
    named: list[tuple[str, str, int, str]] = []
    for number, wave in enumerate(keys.wave):
        named += [("wave", "wave", number, plan.name) for plan in wave.plans()]
    for section, entries in (("action", keys.action), ("return", keys.returns)):
        for number, entry in enumerate(entries):
            named += [("duty", section, number, _name(duty)) for duty in entry.duties()]
    named += [("consent", "consent", n, each.wording) for n, each in enumerate(keys.consent)]
    for kind, section, number, name in named:
        yield (kind, name), source.at(section, number)
        for path in source.lines:
            if path[:2] == (section, number) and len(path) == 3:  # noqa: PLR2004  a key of the entry
                yield (kind, name, str(path[2])), source.at(*path)
