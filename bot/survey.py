"""The survey as data: its numbered choices, its paths and the small words it listens for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contact.reply import Label

#: The closed set of question codes; ``which`` is asked of a shared phone.
QUESTIONS = ("now", "where", "what", "level", "start", "help", "who", "confirm", "which")

#: What a path may ask after ``now``, in the order in which it is asked.
FOLLOW_UPS = ("where", "what", "level", "start", "help")

#: Answers to the questions of yes and no.
YES, NO = 1, 2

_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")


@dataclass(frozen=True, slots=True)
class Choice:
    """A numbered answer to ``now``; without a label it asks for their own words."""

    number: int
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """What follows for some labels.

    ``where`` says whether the place is a ``provider`` or an ``employer``;
    ``wording`` gives the variant of a question's text, by question code.
    """

    labels: tuple[Label, ...]
    asks: tuple[str, ...]
    where: str
    wording: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that people ask us and that the wording answers (``answer.<code>``)."""

    code: str
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey and its version.

    ``codes`` gives the NCCIS activity code of a label where a reading has none
    of its own, ``refines`` the codes that may make a code more exact.
    ``max_messages`` counts the ask, the questions, those in other words and
    the thanks. Phrases listened for are plain (see :func:`plain`).
    """

    name: str
    version: int
    max_messages: int
    choices: tuple[Choice, ...]
    codes: Mapping[Label, str]
    refines: Mapping[str, tuple[str, ...]]
    paths: tuple[Path, ...]
    topics: tuple[Topic, ...]
    small_words: Mapping[str, tuple[str, ...]]

    @property
    def script(self) -> str:
        """The name that stored answers carry: ``destinations-1``."""
        return f"{self.name}-{self.version}"

    def choice(self, number: int) -> Choice | None:
        """The numbered answer ``number``, None where there is no such number."""
        return next((choice for choice in self.choices if choice.number == number), None)

    def number_of(self, label: Label) -> int | None:
        """The number that stands for ``label``; that of "something else" where none does."""
        for choice in self.choices:
            if choice.label is label:
                return choice.number
        return next((choice.number for choice in self.choices if choice.label is None), None)

    def label_of(self, code: str) -> Label | None:
        """The label that the NCCIS activity code ``code`` goes by, None where none does."""
        exact = (label for label, known in self.codes.items() if known == code)
        finer = (
            label for label, known in self.codes.items() if code in self.refines.get(known, ())
        )
        return next(exact, None) or next(finer, None)

    def path(self, label: str | None) -> Path | None:
        """What follows for ``label``; None before anything is known."""
        return next((path for path in self.paths if label in path.labels), None)

    def topic(self, text: str) -> Topic | None:
        """The question we can answer that ``text`` asks, None where it asks no such."""
        return next((topic for topic in self.topics if holds(text, topic.heard)), None)

    def hearing(
        self, heard: Mapping[str, tuple[str, ...]], asked: Mapping[str, tuple[str, ...]]
    ) -> "Survey":
        """This survey, listening also for the small words ``heard`` and the questions ``asked``."""
        kinds = {**self.small_words, **heard}
        small_words = {
            kind: (*self.small_words.get(kind, ()), *heard.get(kind, ())) for kind in kinds
        }
        topics = tuple(
            replace(topic, heard=(*topic.heard, *asked.get(topic.code, ())))
            for topic in self.topics
        )
        return replace(self, small_words=small_words, topics=topics)

    def hears(self, kind: str, text: str) -> bool:
        """Whether ``text`` holds one of the small words of ``kind`` (``yes``, ``call`` …)."""
        return holds(text, self.small_words.get(kind, ()))

    def is_just(self, kind: str, text: str) -> bool:
        """Whether ``text`` is one of the small words of ``kind`` and nothing else."""
        return plain(text) in self.small_words.get(kind, ())


def plain(text: str) -> str:
    """``text`` without case, apostrophes, stops and double spaces, for comparing phrases."""
    return " ".join(re.findall(r"\w+", text.casefold().translate(_APOSTROPHES)))


def holds(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of ``phrases``, which are plain, stands in ``text`` as whole words."""
    padded = f" {plain(text)} "
    return any(f" {phrase} " in padded for phrase in phrases)
