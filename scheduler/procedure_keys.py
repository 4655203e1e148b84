"""The keys of a procedure's TOML file, each checked by itself."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from contact.alumnus import KeyStage
from contact.destination import Source
from scheduler.procedure import Agreement, Duty, Promise, Reach, Rules, WavePlan
from scheduler.term import ALEVEL_RESULTS, GCSE_RESULTS, DayRule, MonthDay, Season, TermDay

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = re.compile(r"(?P<month>\d\d)-(?P<day>\d\d)")
_TERM_DAY = re.compile(r"(?P<term>autumn|spring|summer) (?P<at>start|end|week (?P<week>[1-9]\d?))")
_RESULTS = {"gcse results": GCSE_RESULTS, "a-level results": ALEVEL_RESULTS}


def _day_rule(text: object) -> DayRule:
    if str(text) in _RESULTS:
        return _RESULTS[str(text)]
    if found := _TERM_DAY.fullmatch(str(text)):
        week = int(found["week"]) if found["week"] else 0 if found["at"] == "start" else -1
        return TermDay(Season(found["term"]), week)
    if not (found := _DAY.fullmatch(str(text))):
        raise ValueError(
            'write a day as "MM-DD", "autumn start", "autumn end", "autumn week 2", '
            '"gcse results" or "a-level results"'
        )
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


_Day = Annotated[DayRule, BeforeValidator(_day_rule)]
_Clock = Annotated[time, BeforeValidator(_clock)]
_Weekday = Annotated[int, BeforeValidator(_weekday)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Section(BaseModel):
    """Frozen, and a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleKeys(Section):
    """``[rules]``: what is left out is the service's own setting."""

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
        """The rules, with ``defaults`` for what is not said here."""
        given = self.model_dump(exclude_none=True)
        if hours := given.pop("hours", None):
            given |= {"opens": hours[0], "closes": hours[1]}
        return replace(defaults, **given)


class OnlyIfKeys(Section):
    """``only_if`` of a wave."""

    not_known_from: frozenset[Source] = Field(min_length=1)


class WaveKeys(Section):
    """``[[wave]]``."""

    years: tuple[int, ...] = Field(min_length=1)
    term: Season
    name: _Name | None = None
    opens: _Day | None = Field(default=None, alias="from")
    until: _Day | None = None
    only_if: OnlyIfKeys | None = None

    def plans(self) -> Iterator[WavePlan]:
        """A plan for each of its years."""
        for year in self.years:
            yield WavePlan(
                name=f"y{year}-{self.name or self.term}",
                year=year,
                term=self.term,
                opens=self.opens or TermDay(self.term, 0),
                until=self.until or TermDay(self.term, -1),
                not_known_from=self.only_if.not_known_from if self.only_if else frozenset(),
            )


class ConsentKeys(Section):
    """``[[consent]]``."""

    wording: _Name
    cadence: Literal["any", "annual_summer"] = "any"

    def promise(self) -> Promise:
        """The wording with what it promised."""
        return Promise(self.wording, self.cadence)


class DutyKeys(Section):
    """What ``[[action]]`` and ``[[return]]`` share."""

    name: _Name
    text: str = Field(min_length=1)
    years: tuple[int, ...] = Field(min_length=1)
    begins: _Day | None = Field(default=None, alias="from")
    due: _Day
    who: str = Field(default="careers leader", min_length=1)

    def duties(self) -> Iterator[Duty]:
        """A duty for each of its years."""
        for year in self.years:
            yield Duty(self.name, self.text, year, self.due, self.who, begins=self.begins)


class ActionKeys(DutyKeys):
    """``[[action]]``."""

    by: tuple[Literal["email", "phone", "letter", "event", "social"], ...] = ()
    reach: Reach | None = None
    support: bool = False

    def duties(self) -> Iterator[Duty]:
        """A duty for each of its years, with whom to reach."""
        for duty in super().duties():
            yield replace(duty, by=self.by, reach=self.reach, support=self.support)


class ReturnKeys(DutyKeys):
    """``[[return]]``."""

    wave: _Name | None = None

    def duties(self) -> Iterator[Duty]:
        """A return for each of its years, on the wave it names."""
        for duty in super().duties():
            wave = f"y{duty.year}-{self.wave}" if self.wave else None
            yield replace(duty, wave=wave, is_return=True)


class AgreementKeys(Section):
    """One of ``sharing_agreements``: a provider's name, or a table with its last day too."""

    provider: str = Field(min_length=1)
    until: date | None = None

    def agreement(self) -> Agreement:
        """As a value."""
        return Agreement(self.provider, self.until)


def _agreement(given: object) -> object:
    return {"provider": given} if isinstance(given, str) else given


#: A provider's name alone says that there is an agreement without an end.
AgreementList = tuple[Annotated[AgreementKeys, BeforeValidator(_agreement)], ...]


class ProcedureKeys(Section):
    """A whole file."""

    name: _Name
    title: str
    who: frozenset[KeyStage] = Field(min_length=1)
    tracking_years: int = Field(default=3, ge=1, le=3)
    rules: RuleKeys = RuleKeys()
    wave: tuple[WaveKeys, ...] = Field(min_length=1)
    consent: tuple[ConsentKeys, ...] = ()
    action: tuple[ActionKeys, ...] = ()
    returns: tuple[ReturnKeys, ...] = Field(default=(), alias="return")
    support_groups: tuple[str, ...] = ()
    escalate_to: str | None = Field(default=None, min_length=1)
    sharing_agreements: AgreementList = ()
