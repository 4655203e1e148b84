"""What the use cases want from the memory of people, staff and the house, as Protocols."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from contact.address import Address, ChannelName, Endpoint, Standing
from contact.alumnus import Alumnus, Cohort, Membership
from contact.audit import Deed
from contact.consent import Consent, Purpose
from contact.destination import Destination
from contact.flag import Flag, NewFlag
from contact.standing import ChannelStop, Invitation


class Alumni(Protocol):
    """Everybody we follow up."""

    def add(self, person: Alumnus, match_on: str | None) -> None:
        """Store somebody new; ``match_on`` is what a later form is matched by."""

    def save(self, person: Alumnus, match_on: str | None) -> None:
        """Store what a newer form says of somebody, and what to match by from now on."""

    def correct(self, person: Alumnus, match_on: str | None = None) -> None:
        """Store what staff put right in a profile.

        With ``match_on`` they are found by that from now on, and still by what
        their form said.
        """

    def move(self, who: UUID, to: str) -> bool:
        """Let somebody be of the school ``to``; False where it knows the same person already."""

    def no_longer_tracked(self, school: str, day: date) -> list[Alumnus]:
        """Those of a school whose tracking was over on ``day``, by their references."""

    def hold(self, who: UUID, since: datetime) -> bool:
        """Stop all automation for somebody; False where it was stopped already."""

    def release(self, who: UUID) -> bool:
        """End a hold; False where there was none."""

    def get(self, who: UUID) -> Alumnus | None:
        """The alumnus with that id, or None."""

    def by_reference(self, reference: str) -> Alumnus | None:
        """The alumnus with that short reference, or None."""

    def matching(self, school: str, match_on: str) -> Alumnus | None:
        """The alumnus of a school whom a form's name and date of birth fit, or None."""

    def everybody(self, school: str | None = None) -> Iterator[Alumnus]:
        """Everybody (of one school), in a fixed order."""

    def erase(self, who: UUID, at: datetime) -> None:
        """Burn somebody's key: what is sealed with it can never be read again."""

    def lock(self, who: UUID) -> bool:
        """Let nobody else decide about this alumnus until the transaction ends.

        True where somebody else may have until now, so that what was read before is stale.
        """

    def lock_recipient(self, message: UUID) -> None:
        """The same for whoever a message is to, before anything of it is read."""


class Cohorts(Protocol):
    """Who left together, and how far each wave has been swept."""

    def join(self, member: Membership) -> None:
        """Put somebody into a cohort, or store what changed about it."""

    def leave(self, who: UUID, group: str) -> bool:
        """Take somebody out of a cohort; False where they were not in it."""

    def retained(self, group: str) -> list[UUID]:
        """Those of a cohort who stayed in the school's own sixth form."""

    def count(self, group: str) -> tuple[int, int]:
        """How many a cohort has, and how many of them stayed in the school's own sixth form."""

    def of(self, who: UUID) -> list[Membership]:
        """The cohorts an alumnus left with."""

    def all(self) -> list[Cohort]:
        """Every cohort there is."""

    def swept(self, group: str, wave: str, day: date) -> bool:
        """Whether a wave of a cohort was gone through that day, and nothing changed since."""

    def mark_swept(self, group: str, wave: str, day: date) -> None:
        """Remember that a wave of a cohort was gone through that day."""

    def touch(self, who: UUID) -> None:
        """Somebody changed: their cohorts are gone through again."""


class Consents(Protocol):
    """Who agreed to what, under which words, and until when."""

    def of(self, who: UUID) -> list[Consent]:
        """Every permission an alumnus gave, oldest first, withdrawn ones included."""

    def live(self, who: UUID, purpose: Purpose) -> Consent | None:
        """The permission that was not withdrawn (it may have run out), or None."""

    def grant(self, given: Consent) -> None:
        """Record a permission; the caller has looked that none is live."""

    def withdraw(
        self, who: UUID, purposes: Iterable[Purpose], at: datetime, how: str
    ) -> list[Purpose]:
        """End the live permissions for ``purposes``; those that really ended."""


class Addresses(Protocol):
    """Where people can be reached, and what we know of it."""

    def of(self, who: UUID) -> list[Address]:
        """An alumnus's addresses in their order."""

    def get(self, which: UUID) -> Address | None:
        """One address, or None once it is gone."""

    def find(self, channel: ChannelName, value: str) -> Endpoint | None:
        """The endpoint of a number, chat or mailbox, or None where we never met it."""

    def meet(self, channel: ChannelName, value: str, fresh: UUID) -> Endpoint:
        """The endpoint of ``value``, made with the id ``fresh`` where we never met it."""

    def add(self, new: Address) -> None:
        """Store an address at an endpoint that is already met."""

    def remove(self, which: UUID) -> None:
        """Forget an address; its endpoint stays as a keyed hash."""

    def stands(self, which: UUID, standing: Standing, failures: int = 0) -> None:
        """What we now know of one alumnus's address, and its failures in a row."""

    def endpoint_stands(self, which: UUID, standing: Standing) -> None:
        """What we now know of an endpoint, for everybody who shares it."""

    def sharers(self, which: UUID) -> list[UUID]:
        """The alumni who gave this endpoint as theirs, where we do not know better."""

    def givers(self, which: UUID) -> list[UUID]:
        """Everybody who ever gave this endpoint as theirs, rightly or not."""


class Destinations(Protocol):
    """The spells, each with who says so."""

    def refine(self, better: Destination) -> None:
        """Store more of a spell that is being told right now, reply by reply."""

    def add(self, new: Destination) -> bool:
        """Store a spell; False where the case already has its one "unknown"."""

    def take_back(self, which: UUID) -> None:
        """Remove a spell that was never theirs: a stranger told it."""

    def of(self, who: UUID) -> list[Destination]:
        """Every spell of an alumnus, the latest known last."""


class Flags(Protocol):
    """What staff must look at."""

    def raise_(self, new: NewFlag) -> int | None:
        """Open a flag; None where the same subject is flagged already."""

    def get(self, number: int) -> Flag | None:
        """The flag with that number, or None."""

    def of(self, who: UUID) -> list[Flag]:
        """Every flag about an alumnus, oldest first."""

    def list(self, *, closed_too: bool = False) -> list[Flag]:
        """The flags, the most urgent first, then the one that is due first."""

    def count_open(self) -> int:
        """How many flags wait for somebody."""

    def pausing(self, who: UUID) -> bool:
        """Whether an open flag stops automation for this alumnus."""

    def close(self, closed: Flag) -> bool:
        """Close a flag; False where someone else did it first."""

    def take(self, number: int, by: str) -> bool:
        """Note who looks after a flag; False where it is closed already."""

    def hand_over(self, who: UUID, school: str) -> None:
        """Let the open flags about somebody be another school's."""


class Audit(Protocol):
    """Who did what, and when; append-only."""

    def write(self, deed: Deed) -> None:
        """Add a deed."""

    def of(self, who: UUID) -> Sequence[Deed]:
        """The deeds about an alumnus, oldest first."""

    def subjects(self, action: str) -> frozenset[str]:
        """What all deeds of one kind were about."""


class House(Protocol):
    """The service's own state, shared by every process that works on one database."""

    def stops(self) -> dict[ChannelName, ChannelStop]:
        """The channels that rest for now, by name."""

    def stop(self, what: ChannelStop) -> None:
        """Let a channel rest."""

    def resume(self, channel: ChannelName) -> bool:
        """Let a channel go on; False where it was not resting."""

    def beat(self, name: str, at: datetime) -> None:
        """Remember that ``name`` was alive at ``at``."""

    def beaten(self, name: str) -> datetime | None:
        """When ``name`` was last alive, or None."""

    def invite(self, token: str, who: UUID, at: datetime, expires_at: datetime) -> None:
        """Remember an invitation; only a keyed hash of its token is kept."""

    def invitation(self, token: str) -> Invitation | None:
        """The invitation with that token, or None."""

    def accept_invitation(self, token: str, chat: str, at: datetime) -> bool:
        """Use an invitation up; False where it was used already."""

    def same_chat(self, used_by: bytes | None, chat: str) -> bool:
        """Whether an invitation was used by this very chat."""
