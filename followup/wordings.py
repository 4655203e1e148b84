"""The wordings that people agree to, as data: what stood on the form, and what it permits."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contact.consent import Purpose, Wording
from contact.errors import Misconfigured
from followup.files.headings import fold_heading


class _WordingFile(BaseModel):
    """A wording's TOML file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    question: str = Field(min_length=1)
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    cadence: Literal["any", "annual_summer"] = "any"


@cache
def shipped_wordings() -> Mapping[str, Wording]:
    """The wordings that come with the service, by name."""
    folder = files("followup").joinpath("wordings")
    texts = (each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".toml"))
    return {wording.name: wording for wording in sorted(map(read_wording, texts), key=_name)}


def read_wording(toml: str) -> Wording:
    """A wording from its TOML text; Misconfigured, with what is wrong, where it is none."""
    try:
        read = _WordingFile.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"a wording is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Misconfigured(f"a wording is wrong at {where}: {first['msg']}") from error
    return Wording(read.name, read.question, read.purposes, read.cadence)


def wording_named(name: str, wordings: Mapping[str, Wording]) -> Wording:
    """The wording called ``name``; Misconfigured, naming those there are, where there is none."""
    if name not in wordings:
        raise Misconfigured(f"there is no wording {name!r}: there are {', '.join(wordings)}")
    return wordings[name]


def wording_of(heading: str, wordings: Iterable[Wording]) -> Wording | None:
    """The wording that stands in a file as ``heading``; case, spaces and punctuation ignored."""
    folded = fold_heading(heading)
    return next((each for each in wordings if fold_heading(each.question) == folded), None)


def questions(wordings: Iterable[Wording]) -> frozenset[str]:
    """The questions of ``wordings``, folded, by which a form's consent column is known."""
    return frozenset(fold_heading(each.question) for each in wordings)


def _name(wording: Wording) -> str:
    """What wordings are sorted by."""
    return wording.name
