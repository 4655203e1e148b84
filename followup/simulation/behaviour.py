"""The behaviour file: how invented alumni, networks and staff act, checked key by key."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from contact.errors import Misconfigured
from contact.flag import FlagKind

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Many = Annotated[float, Field(ge=0, le=10_000)]

#: What a leaver may do, as the behaviour file calls it.
Doing = Literal[
    "sixth_form", "fe_college", "university", "apprenticeship",
    "training_job", "job", "looking", "else",
]  # fmt: skip


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class People(_Section):
    """Who the alumni are: shares of the cohort, and of a year."""

    consent: Share
    mobile: Share
    telegram: Share
    second_number: Share
    dead_number: Share
    shared_phone: Share
    own_sixth_form: Share
    changes_number: Share
    tells_new_number: Share
    number_given_away: Share
    known_from_provider: Share


class Replies(_Section):
    """How likely an ask is answered, by try, channel and year."""

    sms: tuple[Share, ...] = Field(min_length=1)
    telegram: tuple[Share, ...] = Field(min_length=1)
    by_year: tuple[Annotated[float, Field(ge=0, le=10)], ...] = Field(min_length=1)
    spread: Share
    goes_on: Share
    nudged: Share


class Delays(_Section):
    """How long answers take: medians in minutes, sigmas of a log-normal."""

    first_minutes: Annotated[float, Field(gt=0)]
    first_sigma: Annotated[float, Field(ge=0, le=4)]
    next_minutes: Annotated[float, Field(gt=0)]
    next_sigma: Annotated[float, Field(ge=0, le=4)]


class Answers(_Section):
    """The kinds of first answer, as weights."""

    number: Weight
    words: Weight
    typing_mistakes: Weight
    other_language: Weight
    unclear: Weight
    picture: Weight
    later: Weight
    question_to_us: Weight
    wants_a_call: Weight
    refuses: Weight

    @model_validator(mode="after")
    def _some(self) -> Self:
        _need_weight(self.model_dump().values())
        return self


class Incidents(_Section):
    """What an ask may bring instead of an answer: shares of the asks that arrive."""

    stop: Share
    distress: Share
    abuse: Share
    wrong_person: Share

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.stop + self.distress + self.abuse + self.wrong_person > 1:
            raise ValueError("together they are more than every ask")
        return self


class Activities(_Section):
    """What they do, as weights, before and from the year they turn 18."""

    before_18: dict[Doing, Weight]
    after_18: dict[Doing, Weight]

    @field_validator("before_18", "after_18")
    @classmethod
    def _some(cls, weights: dict[Doing, float]) -> dict[Doing, float]:
        _need_weight(weights.values())
        return weights


class Networks(_Section):
    """What gateways and networks do."""

    outages_a_year: Many
    outage_hours: Annotated[float, Field(gt=0, le=168)]
    time_outs: Share
    unreachable: Share


class Staff(_Section):
    """When staff look, how long a flag takes them, and how much time they have."""

    hours_a_week: Annotated[float, Field(gt=0, le=168)]
    at: time
    codes: Share
    finds_number: Share
    minutes: dict[FlagKind | Literal["other"], Many]

    def takes(self, kind: str) -> float:
        """Minutes for a flag of ``kind``."""
        own: float | None = self.minutes.get(FlagKind(kind))
        return own if own is not None else self.minutes.get("other", 0.0)


class Money(_Section):
    """What a text costs, and what a month may."""

    segment_pence: Annotated[int, Field(ge=0)]
    monthly_budget_pence: Annotated[int, Field(ge=0)]


class Behaviour(_Section):
    """The whole file; docs/simulation.md explains it."""

    people: People
    replies: Replies
    delays: Delays
    answers: Answers
    incidents: Incidents
    doing: Activities
    networks: Networks
    staff: Staff
    money: Money


def load(path: Path | None = None) -> Behaviour:
    """The shipped behaviour, with what the file at ``path`` says instead.

    Misconfigured names the key that is wrong, or the file that cannot be read.
    """
    content = tomllib.loads(files(__package__).joinpath("behaviour.toml").read_text("utf-8"))
    name = path.name if path else "behaviour.toml"
    try:
        own = tomllib.loads(path.read_text("utf-8")) if path else {}
        return Behaviour.model_validate(_over(content, own))
    except OSError as error:
        raise Misconfigured(f"{name}: cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{name}: is not TOML: {error}.") from None
    except ValidationError as error:
        raise Misconfigured(f"{name}: {_first(error)}.") from None


def _over(given: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` with the keys of ``own``; a list, or the weights of one kind, stay together."""
    merged = dict(given)
    for key, value in own.items():
        mine = merged.get(key)
        # `minutes` may name some kinds only; weights mean nothing without each other.
        deeper = isinstance(mine, dict) and isinstance(value, dict) and "18" not in key
        merged[key] = _over(mine, value) if deeper else value  # type: ignore[arg-type]
    return merged


def _need_weight(weights: Iterable[float]) -> None:
    if sum(weights) <= 0:
        raise ValueError("one of the weights must be more than 0")


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    said = {"extra_forbidden": "there is no such key"}.get(fault["type"], fault["msg"])
    return f"{where}: {said.removeprefix('Value error, ')}" if where else said
