"""How the service listens: with the list of places and the model that are the newest."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.understanding import Learnt, ProviderIndex, understand
from contact.ports import Memory, Work
from contact.reply import Label, Reading
from followup.learnt_file import learnt_in, stamp_of
from followup.places import places

#: Under this name the memory keeps when the list was last loaded.
LIST = "providers"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is listened with, and the stamps by which a newer one is known."""

    providers: ProviderIndex | None
    loaded_at: datetime | None
    learnt: Learnt | None
    stamp: int | None


class Hearing:
    """Reply text becomes a reading; ``look_again`` takes up what was loaded or trained since."""

    def __init__(self, memory: Memory, folder: Path, threshold: float | None) -> None:
        """``folder`` is where a retrained model lies; ``threshold`` that of the settings."""
        self._memory = memory
        self._folder = folder
        self._threshold = threshold
        self._known = _Known(places(memory), self._loaded_at(), learnt_in(folder), stamp_of(folder))

    def __call__(
        self, text: str, question: str | None = None, *, context: Label | None = None
    ) -> Reading:
        """What ``text`` says, as the answer to ``question``; see :func:`understand`."""
        known = self._known
        return understand(
            text,
            question,
            context=context,
            providers=known.providers,
            threshold=self._threshold,
            learnt=known.learnt,
        )

    @property
    def providers(self) -> ProviderIndex | None:
        """The list of places, None where none was loaded."""
        return self._known.providers

    def look_again(self) -> bool:
        """Take up a newer list or model; whether there was one. Takes a second or so if there was.

        Whoever is being read meanwhile is read with the old ones.
        """
        before, loaded_at, stamp = self._known, self._loaded_at(), stamp_of(self._folder)
        if (loaded_at, stamp) == (before.loaded_at, before.stamp):
            return False
        listed = before.providers if loaded_at == before.loaded_at else places(self._memory)
        learnt = before.learnt if stamp == before.stamp else learnt_in(self._folder)
        self._known = _Known(listed, loaded_at, learnt, stamp)
        return True

    def _loaded_at(self) -> datetime | None:
        return self._memory.read(_loaded_at).result()


def _loaded_at(work: Work) -> datetime | None:
    return work.house.beaten(LIST)
