"""The survey and its wording together: how the house speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.answers import Finding
from bot.conversation import begin, resume
from bot.segments import count
from bot.survey import Survey
from bot.wording import Words
from contact.address import ChannelName
from contact.conversation import Prompt, Talk
from contact.destination import Destination
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots


class Understand(Protocol):
    """Reply text and the open question become a reading."""

    def __call__(
        self, text: str, question: str | None = None, *, context: Label | None = None
    ) -> Reading:
        """What ``text`` says; ``context`` is what they already told us they do."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What we say and how we listen; it satisfies ``contact.ports.Words``."""

    words: Words
    survey: Survey
    understand: Understand

    def render(self, line: str, facts: Mapping[str, str], channel: ChannelName) -> str:
        """The text of ``line``; KeyError where the wording has no such line."""
        return self.words.render(line, facts, channel)

    def choices(self, line: str) -> tuple[tuple[str, str], ...]:
        """The (number, label) pairs a chat shows as buttons under ``line``."""
        return self.words.choices(line)

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
        return Prompt(again[0], again[1].line, again[1].facts) if again else None


def _found(known: Destination) -> Finding:
    slots = Slots(known.provider, known.employer, known.course, known.level, known.start)
    return Finding(known.code, slots=slots)
