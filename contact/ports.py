"""What the use cases want from the rest of the house, as Protocols."""

from collections.abc import Callable, Generator, Mapping
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from contact.address import ChannelName
from contact.conversation import Prompt, Talk
from contact.destination import Destination
from contact.ledgers import Attempts, Cases, Conversations, DueList, Messages, Replies
from contact.listed import Providers
from contact.message import MessageKind
from contact.notice import Notices, Reminders
from contact.outbox import Outbox
from contact.outcome import Claimed, Outcome, Trace
from contact.repositories import (
    Addresses,
    Alumni,
    Audit,
    Cohorts,
    Consents,
    Destinations,
    Flags,
    House,
)

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: The clock, where a loop outlives its instant: the aware present.
Clock = Callable[[], datetime]


class Pending(Protocol[T_co]):
    """The answer of a transaction: awaited on the loop, ``.result()`` elsewhere."""

    def __await__(self) -> Generator[Any, None, T_co]: ...

    def result(self, timeout: float | None = None) -> T_co:
        """The answer, waited for ``timeout`` seconds at most; raises what the transaction did."""


class Memory(Protocol):
    """The database as a runner of transactions; StorageUnavailable where it is away."""

    def write(
        self, use_case: Callable[Concatenate["Work", P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``use_case(work, …)`` as one transaction; durable once it is answered."""

    def read(
        self, query: Callable[Concatenate["Work", P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]:
        """Run ``query(work, …)`` on one consistent picture."""


class Channel(Protocol):
    """A gateway."""

    @property
    def name(self) -> ChannelName:
        """Which way to reach somebody it is."""

    async def send(self, message: Claimed) -> Outcome:
        """Hand over one message and say what became of it; never raise for its answer."""

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """What the gateway's list shows with the same recipient and text, for an unsure one.

        Empty where a gateway keeps no list; GatewayAway where it does not answer.
        """

    async def check(self) -> str:
        """Prove the credentials without messaging anyone; Misconfigured or GatewayAway."""

    async def close(self) -> None:
        """Let go of its connections."""


class Words(Protocol):
    """The wording: a line's name becomes a text."""

    def render(self, line: str, facts: Mapping[str, str], channel: ChannelName) -> str:
        """The text of ``line`` for a channel, no longer than it allows."""

    def choices(self, line: str) -> tuple[tuple[str, str], ...]:
        """The (number, label) pairs a chat shows as buttons under ``line``."""

    def segments(self, text: str) -> int:
        """How many SMS parts ``text`` takes."""

    def opening(self, known: Destination | None = None) -> Talk:
        """The state of the survey once an ask has gone out, to somebody of whom ``known`` is."""

    def resume(self, talk: Talk, kind: MessageKind) -> Prompt | None:
        """The open question as a nudge or an appointment; None when there is nothing to ask."""


class Work(Protocol):
    """One transaction's view of the memory."""

    @property
    def alumni(self) -> Alumni:
        """Everybody we follow up."""

    @property
    def cohorts(self) -> Cohorts:
        """Who left together."""

    @property
    def consents(self) -> Consents:
        """Who agreed to what."""

    @property
    def addresses(self) -> Addresses:
        """Where people can be reached."""

    @property
    def due(self) -> DueList:
        """Who is due."""

    @property
    def cases(self) -> Cases:
        """The obligations."""

    @property
    def attempts(self) -> Attempts:
        """Their tries."""

    @property
    def messages(self) -> Messages:
        """What we said or mean to say."""

    @property
    def outbox(self) -> Outbox:
        """Many messages at once, for whoever sends them."""

    @property
    def replies(self) -> Replies:
        """What came in."""

    @property
    def conversations(self) -> Conversations:
        """Where the survey stands."""

    @property
    def destinations(self) -> Destinations:
        """What became of people."""

    @property
    def flags(self) -> Flags:
        """What staff must look at."""

    @property
    def audit(self) -> Audit:
        """Who did what."""

    @property
    def house(self) -> House:
        """The service's own state."""

    @property
    def providers(self) -> Providers:
        """The public list of places to study."""

    @property
    def notices(self) -> Notices:
        """Whom a school must still be told about."""

    @property
    def reminders(self) -> Reminders:
        """Which schools have been reminded of what is due."""
