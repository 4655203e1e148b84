"""What whoever sends must have at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from contact.address import ChannelName
from contact.ports import Words
from contact.school import Schools


@dataclass(frozen=True, slots=True)
class Desk:
    """The schools, the wording, and how messages leave.

    ``channels`` are those configured here; ``callback`` gives the address for
    a message's receipts; ``guests`` the only numbers a trial writes to (None:
    no trial); ``lease`` how long a claim stands, longer than any send
    time-out.
    """

    schools: Schools
    words: Words
    channels: frozenset[ChannelName]
    callback: Callable[[UUID], str | None] = lambda _: None
    guests: frozenset[str] | None = None
    lease: timedelta = timedelta(minutes=2)
