"""A gateway that does what the test says next, and remembers what it was given."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from contact.address import ChannelName
from contact.outcome import Accepted, Claimed, Fault, Outcome, Refused, Trace, Unsure

#: What a script may hold: an answer, an exception to raise, or a deed done before accepting.
Cue = Outcome | Exception | Callable[[Claimed], Outcome]

BUSY: Final = Refused(Fault.BUSY, "503")
OURS: Final = Refused(Fault.OURS, "21606")
TIMED_OUT: Final = Unsure("no answer in time")


class Scripted:
    """A gateway that answers from a script, and accepts once the script is at its end."""

    def __init__(self, name: ChannelName = ChannelName.SMS, script: Iterable[Cue] = ()) -> None:
        self.name = name
        self.script: deque[Cue] = deque(script)
        #: What came in, accepted or not.
        self.given: list[Claimed] = []
        #: What the recipient got.
        self.arrived: list[Claimed] = []
        #: What the gateway's list shows, whoever is asked for; an exception where it is away.
        self.listed: list[Trace] | Exception = []
        self.asked_since: list[date | None] = []

    def then(self, *cues: Cue) -> None:
        """Go on with the script."""
        self.script.extend(cues)

    @property
    def texts(self) -> list[str]:
        """What arrived, oldest first."""
        return [message.text for message in self.arrived]

    async def send(self, message: Claimed) -> Outcome:
        """Answer with the next cue."""
        self.given.append(message)
        cue = self.script.popleft() if self.script else self.accepted(message)
        if isinstance(cue, Exception):
            raise cue
        outcome = cue(message) if callable(cue) else cue
        if isinstance(outcome, Accepted):
            self.arrived.append(message)
        return outcome

    @staticmethod
    def accepted(message: Claimed) -> Accepted:
        """What it says when all is well."""
        return Accepted(f"SM{message.message.hex}")

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """What the test put on the list."""
        self.asked_since.append(since)
        if isinstance(self.listed, Exception):
            raise self.listed
        return self.listed

    async def check(self) -> str:
        """Always well."""
        return "scripted"

    async def close(self) -> None:
        """Nothing to close."""
