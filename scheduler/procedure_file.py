"""A procedure as a TOML file, read and checked; docs/procedures.md explains every key."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from contact.alumnus import KeyStage
from contact.destination import Source
from contact.errors import Misconfigured
from scheduler.procedure import Duty, Procedure, Promise, Rules, WavePlan
from scheduler.term import DayRule, MonthDay, Season, TermDay, default_terms
from scheduler.wave import check_waves

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Leaving years whose windows are checked at load: early and late Easters, leap
#: years, every weekday a year can begin with.
CHECKED_YEARS = range(2023, 2037)

_SHIPPED = files("scheduler") / "procedures"
_DAY = re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)")
_TERM_DAY = re.compile(r"(?P<term>autumn|spring|summer) (?P<at>start|end|week (?P<week>[1-9]\d?))")


def shipped() -> tuple[str, ...]:
    """The names of the procedures that come with the service."""
    return tuple(sorted(Path(f.name).stem for f in _SHIPPED.iterdir() if f.name.endswith(".toml")))


def load(name_or_path: str | Path, defaults: Rules | None = None) -> Procedure:
    """The procedure of that shipped name, or in that file (anything with a ``/`` or ``.toml``).

    What the file does not say of tries, days and hours is as in ``defaults``,
    the service's own settings. Misconfigured names the key that is wrong; the
    windows are tried out with the default terms of :data:`CHECKED_YEARS`.
    """
    file = _find(name_or_path)
    procedure = _parse(file).to_procedure(defaults or Rules())
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


def _parse(file: Traversable) -> "_ProcedureFile":
    try:
        return _ProcedureFile.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise Misconfigured(f"{file.name}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise Misconfigured(f"{file.name}: {_first_fault(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file.name}: is not TOML: {error}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ""
    for part in fault["loc"]:
        where += f" {part + 1}" if isinstance(part, int) else f": {part}"
    said = {"extra_forbidden": "unknown key", "missing": "is missing"}.get(fault["type"])
    text = (said or fault["msg"]).removeprefix("Value error, ")
    return f"{where.removeprefix(': ')}: {text}" if where else text


def _day_rule(text: object) -> DayRule:
    if found := _TERM_DAY.fullmatch(str(text)):
        week = int(found["week"]) if found["week"] else 0 if found["at"] == "start" else -1
        return TermDay(Season(found["term"]), week)
    if not (found := _DAY.fullmatch(str(text))):
        raise ValueError('write a day as "MM-DD", "autumn start", "autumn end" or "autumn week 2"')
    # Checked in a leap year, so that 29 February may be named.
    day = date(2024, int(found["month"]), int(found["day"]))
    return MonthDay(day.month, day.day)


def _clock(text: object) -> time:
    if not re.fullmatch(r"[0-2]\d:[0-5]\d", str(text)):
        raise ValueError('write a time as "HH:MM"')
    return time.fromisoformat(str(text))


def _weekday(text: object) -> int:
    if text not in WEEKDAYS:
        raise ValueError(f"write days as {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(str(text))


_Day = Annotated[MonthDay | TermDay, BeforeValidator(_day_rule)]
_Clock = Annotated[time, BeforeValidator(_clock)]
_Weekday = Annotated[int, BeforeValidator(_weekday)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rules(_Section):
    tries: int | None = Field(default=None, ge=1, le=9)
    gap_days: int | None = Field(default=None, ge=1, le=60)
    reply_days: int | None = Field(default=None, ge=1, le=60)
    late_reply_days: int | None = Field(default=None, ge=0, le=366)
    hours: tuple[_Clock, _Clock] | None = None
    days: frozenset[_Weekday] | None = Field(default=None, min_length=1)
    max_messages_per_day: int | None = Field(default=None, ge=1)
    monthly_budget_pence: int | None = Field(default=None, ge=0)

    @field_validator("hours")
    @classmethod
    def _opens_first(cls, hours: tuple[time, time] | None) -> tuple[time, time] | None:
        if hours and not hours[0] < hours[1]:
            raise ValueError("must open before they close")
        return hours

    def over(self, defaults: Rules) -> Rules:
        given = self.model_dump(exclude_none=True)
        if hours := given.pop("hours", None):
            given |= {"opens": hours[0], "closes": hours[1]}
        return replace(defaults, **given)


class _OnlyIf(_Section):
    not_known_from: frozenset[Source] = Field(min_length=1)


class _Wave(_Section):
    years: tuple[int, ...] = Field(min_length=1)
    term: Season
    name: _Name | None = None
    opens: _Day | None = Field(default=None, alias="from")
    until: _Day | None = None
    only_if: _OnlyIf | None = None

    def plans(self) -> Iterator[WavePlan]:
        for year in self.years:
            yield WavePlan(
                name=f"y{year}-{self.name or self.term}",
                year=year,
                term=self.term,
                opens=self.opens or TermDay(self.term, 0),
                until=self.until or TermDay(self.term, -1),
                not_known_from=self.only_if.not_known_from if self.only_if else frozenset(),
            )


class _Consent(_Section):
    wording: _Name
    cadence: Literal["any", "annual_summer"] = "any"


class _Duty(_Section):
    name: _Name
    text: str = Field(min_length=1)
    years: tuple[int, ...] = Field(min_length=1)
    due: _Day
    who: str = "careers leader"

    def duties(self) -> Iterator[Duty]:
        for year in self.years:
            yield Duty(self.name, self.text, year, self.due, self.who)


class _Return(_Duty):
    wave: _Name | None = None

    def duties(self) -> Iterator[Duty]:
        for duty in super().duties():
            wave = f"y{duty.year}-{self.wave}" if self.wave else None
            yield replace(duty, wave=wave, is_return=True)


class _ProcedureFile(_Section):
    name: _Name
    title: str
    who: frozenset[KeyStage] = Field(min_length=1)
    tracking_years: int = Field(default=3, ge=1, le=3)
    rules: _Rules = _Rules()
    wave: tuple[_Wave, ...] = Field(min_length=1)
    consent: tuple[_Consent, ...] = ()
    action: tuple[_Duty, ...] = ()
    returns: tuple[_Return, ...] = Field(default=(), alias="return")
    support_groups: tuple[str, ...] = ()
    escalate_to: str | None = None
    sharing_agreements: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _check_years("wave", self.wave, range(1, self.tracking_years + 1))
        _check_years("action", self.action, range(self.tracking_years + 1))
        _check_years("return", self.returns, range(self.tracking_years + 1))
        names = [plan.name for wave in self.wave for plan in wave.plans()]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"wave: {twice[0]} is there twice: give one of them a name of its own")
        for number, entry in enumerate(self.returns, 1):
            for duty in entry.duties():
                if duty.wave and duty.wave not in names:
                    raise ValueError(f"return {number}: wave: there is no wave {duty.wave}")
        return self

    def to_procedure(self, defaults: Rules) -> Procedure:
        return Procedure(
            name=self.name,
            title=self.title,
            who=self.who,
            tracking_years=self.tracking_years,
            rules=self.rules.over(defaults),
            waves=tuple(plan for wave in self.wave for plan in wave.plans()),
            duties=tuple(
                duty for entry in (*self.action, *self.returns) for duty in entry.duties()
            ),
            wordings=tuple(Promise(each.wording, each.cadence) for each in self.consent),
            support_groups=self.support_groups,
            escalate_to=self.escalate_to,
            sharing_agreements=self.sharing_agreements,
        )


def _check_years(section: str, entries: Iterable[_Wave | _Duty], allowed: range) -> None:
    for number, entry in enumerate(entries, 1):
        for year in entry.years:
            if year not in allowed:
                raise ValueError(
                    f"{section} {number}: years: {year} is not between "
                    f"{allowed.start} and {allowed.stop - 1} (tracking_years)"
                )
