"""What the use cases want from the memory of what was asked, sent and said, as Protocols."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from contact.address import ChannelName
from contact.attempt import Attempt
from contact.candidate import Candidate, WaveWindow
from contact.case import Case, Ending
from contact.conversation import Conversation
from contact.message import Delivery, Message
from contact.reply import Earlier, Reply


class DueList(Protocol):
    """The selection the scheduler works from."""

    def candidates(self, window: WaveWindow, only: UUID | None = None) -> Iterator[Candidate]:
        """Everybody of the cohort with the facts about this wave."""

    def open(self, window: WaveWindow, day: date, now: datetime) -> int:
        """Open a case for everybody who is due on ``day``; how many were opened."""

    def skip_answered(self, window: WaveWindow, day: date, now: datetime) -> int:
        """End at once what waited for a case just answered; how many."""


class Cases(Protocol):
    """The obligations: who is followed up in which wave, and how it ended."""

    def get(self, number: int) -> Case | None:
        """The case with that number, or None."""

    def of(self, who: UUID) -> list[Case]:
        """Every case of an alumnus, oldest first."""

    def current(self, who: UUID) -> Case | None:
        """The one case of an alumnus that is not ended, or None."""

    def to_act(self, now: datetime, most: int) -> list[Case]:
        """The cases the clock must look at by ``now``, the longest overdue first."""

    def past_permission(self, day: date, most: int) -> list[Case]:
        """The cases that run though nothing allows to ask for them any more on ``day``."""

    def save(self, one: Case) -> bool:
        """Store state and times; False where somebody ended it meanwhile."""

    def end(self, how: Ending) -> None:
        """Add an ending; an earlier one of the same case stays, superseded."""

    def endings(self, number: int) -> list[Ending]:
        """The endings of a case, the one that stands last."""


class Attempts(Protocol):
    """The tries of a case."""

    def of(self, number: int) -> list[Attempt]:
        """The attempts of a case in their order."""

    def plan(self, new: Attempt) -> None:
        """Store an attempt under a number that is free."""

    def save(self, changed: Attempt) -> None:
        """Store what became of an attempt."""


class Messages(Protocol):
    """Everything we said or mean to say, and what became of it."""

    def plan(self, new: Message) -> bool:
        """Store a message to send; False where its reply or attempt already has one."""

    def get(self, which: UUID) -> Message | None:
        """The message with that id, or None."""

    def by_provider(self, channel: ChannelName, provider_id: str) -> Message | None:
        """The message a gateway calls ``provider_id``, or None."""

    def of_case(self, number: int) -> list[Message]:
        """The messages of a case, oldest first."""

    def of(self, who: UUID) -> list[Message]:
        """Every message to an alumnus, oldest first."""

    def next_planned(self) -> datetime | None:
        """The earliest instant at which a planned message may leave; None where none is planned."""

    def expired(self, now: datetime) -> list[Message]:
        """What somebody claimed and never recorded: its lease ran out."""

    def unsure(self, after: UUID = ...) -> list[Message]:
        """What may or may not have left, some hundreds at a time, in the order of their ids."""

    def save(self, changed: Message, was: Delivery) -> bool:
        """Store what became of a message that was ``was``; False where it moved meanwhile."""

    def asked_since(self, school: str, since: datetime) -> int:
        """How many messages we started were claimed for ``school`` since then."""

    def booked(self, school: str) -> list[tuple[datetime, int]]:
        """For when messages we start are planned for ``school``, and how many at each instant."""

    def segments_since(self, school: str, since: datetime) -> int:
        """How many SMS segments were claimed for ``school`` since then."""

    def put_off(self, channel: ChannelName, now: datetime, until: datetime) -> int:
        """Let what is due by a channel that rests wait until then; how many wait."""

    def bring_forward(self, channel: ChannelName, now: datetime) -> int:
        """Let what waits for a channel go out after all; how many waited."""

    def note_silence(self, channels: Sequence[ChannelName], before: datetime) -> int:
        """Mark ``no_receipt`` what was accepted by ``before`` and never reported on; how many.

        How one that was unsure became known to have left stays beside it.
        """

    def keep_receipt(
        self, which: UUID | None, provider_id: str, status: str, code: str | None, at: datetime
    ) -> bool:
        """Keep a receipt as it came; False for one that came before."""


class Replies(Protocol):
    """Everything that came in."""

    def keep(self, new: Reply) -> bool:
        """Store a reply; False where the gateway already delivered it once."""

    def save(self, one: Reply) -> None:
        """Store whose it is after all, and what was read in it; a text of None is deleted."""

    def get(self, which: UUID) -> Reply | None:
        """The reply with that id, or None."""

    def of(self, who: UUID) -> list[Reply]:
        """Every reply of an alumnus, in the order of arrival."""

    def lately(self, one: Reply, since: datetime) -> list[Earlier]:
        """What came from the endpoint of ``one`` since ``since``, itself left out."""

    def unclaimed(self, endpoint: UUID) -> list[Reply]:
        """The replies from an endpoint that are nobody's yet."""


class Conversations(Protocol):
    """Where the survey stands."""

    def open(self, new: Conversation) -> bool:
        """Open one; False where the person or the endpoint is in one already."""

    def on(self, endpoint: UUID) -> Conversation | None:
        """The open conversation on an endpoint, or None."""

    def with_(self, who: UUID) -> Conversation | None:
        """The open conversation with an alumnus, or None."""

    def of_case(self, number: int) -> Conversation | None:
        """The conversation of a case, open or closed, or None."""

    def last_on(self, endpoint: UUID) -> Conversation | None:
        """The conversation opened last on an endpoint, open or closed, or None."""

    def save(self, changed: Conversation) -> None:
        """Store where it stands now."""
