"""An e-mail to a school about a flag, which is never lost and says nothing of what was written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Notice:
    """A school is to be told of a flag.

    ``not_before`` is when it may be tried (again), in UTC; ``tries`` counts
    the tries so far.
    """

    id: int
    school: str
    flag: int
    created_at: datetime
    not_before: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail: to one mailbox, in plain text."""

    to: str
    subject: str
    text: str


class Notices(Protocol):
    """The notices that are still to be sent."""

    def add(self, school: str, flag: int, now: datetime) -> None:
        """Have a school told of a flag; once, however often it is asked for."""

    def due(self, now: datetime, room: int) -> list[Notice]:
        """At most ``room`` notices whose time has come, oldest first."""

    def claim(self, which: Notice, again_at: datetime) -> bool:
        """Count a try and put the next one off; False where another process does it."""

    def sent(self, which: int, at: datetime) -> None:
        """It is done: handed over, or not needed any more."""


class Reminders(Protocol):
    """Which schools have been reminded of what is due, day by day."""

    def claim(self, school: str, day: date, now: datetime) -> bool:
        """Whether this caller is to send that day's; nobody else is then."""

    def refused(self, school: str, day: date, again_at: datetime) -> None:
        """The mail did not take it: it may be claimed again from ``again_at`` on."""

    def sent(self, school: str, day: date, at: datetime) -> None:
        """The mail took it."""


class Post(Protocol):
    """Where e-mail is handed over."""

    async def send(self, letter: Letter) -> None:
        """Hand over one e-mail; GatewayAway where it was not taken."""

    async def check(self) -> str:
        """Prove that it answers without writing to anyone; GatewayAway where it does not."""
