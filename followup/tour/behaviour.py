"""How invented leavers behave: what each of them texts back, and when."""

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files

from contact.errors import Misconfigured
from contact.outcome import Fault

#: Waiting as it is written before a reply: ``+90m``, ``+3h``, ``+20d``.
_WAIT = re.compile(r"\+(\d{1,3})([mhd])(?:\s+(.*))?", re.DOTALL)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
#: Who has begun to text answers the next question soon: seconds, from and to.
_SOON = (20, 240)
#: The first answer takes until the phone is looked at: minutes, from and to.
_FIRST = (2, 150)
#: How a reply that is a picture is written.
PICTURE = "(picture)"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What somebody does with the texts we send, one entry for each of them.

    An empty entry is silence; past the last one there is only silence.
    ``fault`` is what the gateway says of their number, ``code`` in its own
    terms; ``at_once`` where it says so when we send, and not by a receipt.
    """

    says: tuple[str, ...] = ()
    fault: Fault | None = None
    code: str = ""
    at_once: bool = True


@dataclass
class Person:
    """Somebody behind a number: answers our texts one after another."""

    behaviour: Behaviour
    chance: random.Random
    heard: int = field(default=0)
    began: bool = field(default=False)

    def hears(self) -> tuple[timedelta, str] | None:
        """What they say to the next of our texts, and after how long; None for silence."""
        if self.heard >= len(self.behaviour.says):
            return None
        said = self.behaviour.says[self.heard]
        self.heard += 1
        if not said:
            return None
        wait, text = self._waited(said)
        self.began = True
        return wait, text

    def _waited(self, said: str) -> tuple[timedelta, str]:
        written = _WAIT.fullmatch(said)
        if written:
            return timedelta(**{_UNITS[written[2]]: int(written[1])}), written[3] or ""
        if self.began:
            return timedelta(seconds=self.chance.randint(*_SOON)), said
        return timedelta(minutes=self.chance.randint(*_FIRST)), said


def people(behaviours: Mapping[str, Behaviour], seed: int) -> dict[str, Person]:
    """Everybody by their number; the same ``seed`` makes them wait equally long."""
    return {
        number: Person(behaviour, random.Random(f"{seed}:{number}"))  # noqa: S311  nobody guesses it
        for number, behaviour in behaviours.items()
    }


def shipped() -> dict[str, Behaviour]:
    """The behaviour of the shipped leavers, by their number in E.164."""
    return read(files("followup.tour").joinpath("behaviour.toml").read_text("utf-8"))


def read(toml: str) -> dict[str, Behaviour]:
    """Behaviour from its TOML text, a table for each number; Misconfigured names what is wrong."""
    try:
        tables = tomllib.loads(toml)
        return {f"+44{number[1:]}": _behaviour(table) for number, table in tables.items()}
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as error:
        raise Misconfigured(f"the behaviour of the invented leavers is wrong: {error}") from None


def _behaviour(table: Mapping[str, object]) -> Behaviour:
    given = dict(table)
    says, fault = given.pop("says", []), given.pop("fault", None)
    code, at_once = given.pop("code", ""), given.pop("at_once", True)
    if given:
        raise ValueError(f"there is no {', '.join(given)}")
    if not isinstance(says, list) or not all(isinstance(each, str) for each in says):
        raise TypeError("says must be a list of texts")
    return Behaviour(tuple(says), Fault(str(fault)) if fault else None, str(code), bool(at_once))
