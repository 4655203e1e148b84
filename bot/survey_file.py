"""Where surveys and wordings are read from their TOML files and checked."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from bot.language import Signs, phrases
from bot.lettering import Lettering
from bot.survey import FOLLOW_UPS, Choice, Path, Survey, Topic, plain
from bot.wording import Words
from contact.errors import Misconfigured
from contact.reply import Label


def load_survey(name: str = "destinations") -> Survey:
    """The shipped survey ``name``; Misconfigured where it is missing or not in order."""
    return read_survey(_shipped("surveys", name), name)


def load_words(language: str = "en") -> Words:
    """The shipped wording in ``language`` (ISO 639-1); Misconfigured where there is none."""
    return read_words(_shipped("wordings", language), language)


def surveys() -> list[str]:
    """The names of the shipped surveys, in order."""
    return _names("surveys")


def languages() -> list[str]:
    """The languages of the shipped wordings (ISO 639-1), in order."""
    return _names("wordings")


def read_survey(text: str, name: str) -> Survey:
    """The survey that the TOML ``text`` holds; Misconfigured, with what is wrong, if it is not."""
    content = _parsed(text, f"survey {name}")
    try:
        survey = _survey(content)
    except (KeyError, TypeError, ValueError) as error:
        raise Misconfigured(f"survey {name}: {_why(error)}") from error
    return survey


def read_words(text: str, language: str) -> Words:
    """The wording that the TOML ``text`` holds; Misconfigured, with what is wrong, if it is not."""
    content = _parsed(text, f"wording {language}")
    try:
        return Words(
            language=language,
            lines=_strings(content["lines"]),
            options={
                question: tuple((str(number), str(label)) for number, label in options.items())
                for question, options in content["choices"].items()
            },
            labels=_strings(content["labels"]),
            months=tuple(content["months"]),
            stand_ins=_strings(content["stand_ins"]),
            checked=bool(content.get("checked", True)),
            name=str(content.get("name", language)),
            lettering=Lettering(content.get("lettering", "plain")),
            signs=_signs(content.get("signs", {})),
            heard=_listened_for(content.get("heard", {})),
            topics=_listened_for(content.get("topics", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Misconfigured(f"wording {language}: {_why(error)}") from error


def _shipped(folder: str, name: str) -> str:
    # A name is a plain word, so that a setting can never name another file.
    if not name.replace("-", "").replace("_", "").isalnum():
        raise Misconfigured(f"{folder}: {name!r} is not the name of one")
    try:
        return (files("bot") / folder / f"{name}.toml").read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{folder}: there is none called {name}") from error


def _names(folder: str) -> list[str]:
    found = (files("bot") / folder).iterdir()
    return sorted(each.name.removesuffix(".toml") for each in found if each.name.endswith(".toml"))


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{what}: {error}") from error


def _survey(content: dict[str, Any]) -> Survey:
    return Survey(
        name=str(content["name"]),
        version=int(content["version"]),
        max_messages=int(content["max_messages"]),
        choices=tuple(_choice(row) for row in content["choice"]),
        codes={Label(label): str(code) for label, code in content["codes"].items()},
        refines={code: tuple(finer) for code, finer in content["refines"].items()},
        paths=tuple(_path(row) for row in content["path"]),
        topics=tuple(Topic(row["code"], _phrases(row["heard"])) for row in content["topic"]),
        small_words={kind: _phrases(words) for kind, words in content["heard"].items()},
    )


def _choice(row: Mapping[str, Any]) -> Choice:
    return Choice(int(row["number"]), Label(row["label"]) if "label" in row else None)


def _path(row: Mapping[str, Any]) -> Path:
    asks = tuple(row["asks"])
    if asks != tuple(code for code in FOLLOW_UPS if code in asks):
        raise ValueError(f"asks {', '.join(asks)}: known questions only, in the order they go")
    if row["where"] not in ("provider", "employer"):
        raise ValueError(f"where is {row['where']!r}, not provider or employer")
    labels = tuple(Label(label) for label in row["labels"])
    return Path(labels, asks, row["where"], dict(row.get("wording", {})))


def _phrases(written: list[str]) -> tuple[str, ...]:
    return tuple(plain(phrase) for phrase in written)


def _signs(table: Mapping[str, Any]) -> Signs:
    return Signs(
        english=str(table.get("english", "")),
        letters=frozenset(str(table.get("letters", ""))),
        words=frozenset(phrases(table.get("words", ()))),
        sure=frozenset(phrases(table.get("sure", ()))),
        names=frozenset(phrases(table.get("names", ()))),
        asks=frozenset(phrases(table.get("asks", ()))),
    )


def _listened_for(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(kind): phrases(written) for kind, written in table.items()}


def _strings(table: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in table.items()}


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
