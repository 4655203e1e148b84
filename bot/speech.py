"""The survey and its wording together: how the house speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.answers import Finding
from bot.conversation import begin, resume
from bot.language import Signs, asked_for, written_in
from bot.segments import count
from bot.survey import Survey
from bot.wording import Words
from contact.address import ChannelName
from contact.conversation import Prompt, Talk
from contact.destination import Destination
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots
from contact.school import ENGLISH, School
from contact.speaking import in_language, of_line


class Understand(Protocol):
    """Reply text and the open question become a reading."""

    def __call__(
        self, text: str, question: str | None = None, *, context: Label | None = None
    ) -> Reading:
        """What ``text`` says; ``context`` is what they already told us they do."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What we say and how we listen; it satisfies ``contact.ports.Words``.

    ``words`` are the English ones, ``others`` those of the languages that some
    school has turned on, by language.
    """

    words: Words
    survey: Survey
    understand: Understand
    others: Mapping[str, Words] = field(default_factory=dict)

    def render(self, line: str, facts: Mapping[str, str], channel: ChannelName) -> str:
        """The text of ``line`` in the language it names; KeyError where there is no such line."""
        words, bare = self._worded(line)
        return words.render(bare, facts, channel)

    def choices(self, line: str) -> tuple[tuple[str, str], ...]:
        """The (number, label) pairs a chat shows as buttons under ``line``."""
        words, bare = self._worded(line)
        return words.choices(bare)

    def segments(self, text: str) -> int:
        """How many SMS parts ``text`` takes."""
        return count(text)

    def hear(self, text: str, talk: Talk | None) -> Reading:
        """What a reply says where the survey stands at ``talk``."""
        label = talk.label if talk else None
        if talk and talk.question == "confirm":
            label = talk.known.get("label")
        told = Label(label) if label else None
        return self.understand(text, talk.question if talk else None, context=told)

    def opening(self, known: Destination | None = None) -> Talk:
        """The state of the survey once an ask has gone out, to somebody of whom ``known`` is."""
        return begin(self.survey, _found(known) if known else None)

    def resume(self, talk: Talk, kind: MessageKind) -> Prompt | None:
        """The open question as a nudge or an appointment; None when there is nothing to ask."""
        again = resume(talk, kind, self.survey)
        if again is None:
            return None
        return Prompt(again[0], in_language(again[1].line, talk.language), again[1].facts)

    def survey_in(self, language: str) -> Survey:
        """The survey as it listens to somebody we write to in ``language``."""
        words = self.others.get(language)
        return self.survey.hearing(words.heard, words.topics) if words else self.survey

    def asks_for(self, text: str, talk: Talk | None, school: School) -> str | None:
        """The language that ``text`` asks to be written to in, of those turned on; or None."""
        named = talk is None or talk.question != "what"
        return asked_for(text, self._signs(school), named=named) if school.languages else None

    def language_of(self, text: str, talk: Talk | None, school: School) -> str:
        """The language to answer ``text`` in, and to go on in: only those turned on at ``school``.

        It is what they ask for, else what they surely write, else what we
        spoke before.
        """
        if not school.languages:
            return ENGLISH
        chosen = self.asks_for(text, talk, school) or written_in(text, self._signs(school))
        return chosen or school.speaks(talk.language if talk else ENGLISH)

    def _signs(self, school: School) -> dict[str, Signs]:
        turned_on = {name: self.others[name] for name in school.languages if name in self.others}
        return {name: words.signs for name, words in {ENGLISH: self.words, **turned_on}.items()}

    def _worded(self, line: str) -> tuple[Words, str]:
        language, bare = of_line(line)
        return self.others.get(language, self.words), bare


def _found(known: Destination) -> Finding:
    slots = Slots(
        known.provider,
        known.employer,
        known.course,
        known.level,
        known.start,
        known.urn,
        known.ukprn,
    )
    return Finding(known.code, slots=slots)
