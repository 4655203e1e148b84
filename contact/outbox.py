"""What whoever sends wants from the memory: everything about many messages, each in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus
from contact.attempt import Attempt
from contact.case import Case
from contact.consent import Consent
from contact.conversation import Conversation
from contact.message import Delivery, Message, MessageKind


class Lane(StrEnum):
    """What answers a reply, and what we start ourselves: neither waits behind the other."""

    ANSWERS = "answers"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Letter:
    """A planned message with all that the gate and the wording look at.

    ``person`` is None where nobody is there (any more); ``addresses`` are theirs
    in order, ``tracking`` their permissions for tracking, oldest first.
    ``case``, ``tries``, ``paused`` and ``talk`` (the conversation of its case)
    are looked up for what we start ourselves only.
    """

    message: Message
    person: Alumnus | None
    addresses: tuple[Address, ...]
    tracking: tuple[Consent, ...]
    case: Case | None = None
    tries: tuple[Attempt, ...] = ()
    paused: bool = False
    talk: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Underway:
    """A claimed message as it stands just before it is sent.

    ``usable`` says that its address may still be written to, ``stopped`` that
    its alumnus withdrew from being followed up.
    """

    message: UUID
    alumnus: UUID | None
    kind: MessageKind
    delivery: Delivery
    lease_until: datetime | None
    usable: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A message that was handed over, without its text, and the case and try it belongs to."""

    message: Message
    case: Case | None
    attempt: Attempt | None


class Outbox(Protocol):
    """Many messages at once: what would be a statement each is one for all."""

    def due(
        self,
        now: datetime,
        most: int,
        only: Sequence[UUID] | None = None,
        lane: Lane | None = None,
    ) -> list[Message]:
        """What (of ``only``, of a ``lane``) may be sent by ``now``: answers first, then the oldest.

        They and whom they are for are this transaction's alone; what somebody
        else has in hand at this moment is left out.
        """

    def letters(self, messages: Sequence[Message]) -> list[Letter]:
        """The messages with all that they are judged by, in the same order."""

    def busy(self, endpoints: Iterable[UUID]) -> dict[UUID, int]:
        """The case of the open conversation on each endpoint that has one."""

    def answered_first(self, people: Iterable[UUID], now: datetime) -> set[UUID]:
        """To whom an answer is on its way, or should be by ``now``."""

    def lock_school(self, school: str) -> None:
        """Let nobody else count or claim what we start for a school until the transaction ends."""

    def open(self, new: Sequence[Conversation]) -> set[UUID]:
        """Open conversations; the ids of those for which person and endpoint were free."""

    def resume(self, changed: Sequence[Conversation]) -> None:
        """Store where conversations stand now."""

    def claim(self, claimed: Sequence[Message]) -> bool:
        """Store that planned messages are being sent; False where one moved meanwhile."""

    def underway(self, which: Sequence[UUID]) -> list[Underway]:
        """How claimed messages stand, those that are still there."""

    def handed(self, which: Sequence[UUID]) -> list[Handed]:
        """What was handed over, in the order of ``which``; nobody else decides about it now."""

    def known(self, channel: ChannelName, provider_ids: Iterable[str]) -> set[str]:
        """Those of a gateway's ids that a message has already."""

    def settle(self, settled: Sequence[Message]) -> bool:
        """Store what became of messages being sent (not their texts); False where one moved."""

    def move(self, tries: Sequence[Attempt], cases: Sequence[Case]) -> None:
        """Store what became of tries, and when their cases are looked at next."""
