"""Where Twilio's block list and our own ledger of opt-outs differ.

Twilio keeps its list to itself: its Consent API takes entries and gives none,
and there is no call that lists who sent STOP. So its list is worked out from
what it shows us: the keywords it acts on, as they reached us; the texts it
refused with 21610; and the texts it took since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus
from contact.message import Message
from contact.ports import Work
from contact.reply import Reply
from contact.withdrawal import has_stopped

#: Whole texts that put a number on Twilio's list, and take it off again (its support article
#: on opt-out keywords); case and spaces around them do not count.
BLOCKING = frozenset("stop stopall unsubscribe cancel end quit revoke optout".split())
UNBLOCKING = frozenset("start yes unstop".split())
#: Twilio's code for a text to a number that is on its list.
REFUSED_AS_BLOCKED = "21610"


class Side(StrEnum):
    """Who keeps somebody from being written to, alone.

    ``twilio``: we would write, and it would refuse. ``ours``: it would pass a
    text on, and only our own ledger keeps us from sending one.
    """

    TWILIO = "twilio"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that shows how a number stands at Twilio, and since when.

    ``what`` is ``keyword``, ``21610`` or ``accepted``.
    """

    at: datetime
    blocked: bool
    what: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that one side would write to and the other would not; never the number itself.

    ``evidence`` is the last sign of how Twilio sees it, None where there is none.
    """

    alumnus: str
    position: int
    only: Side
    evidence: Evidence | None


def differences(work: Work) -> Iterator[Difference]:
    """Every text number on which the two lists differ, person by person."""
    for person in work.alumni.everybody():
        numbers = [each for each in work.addresses.of(person.id) if _is_ours(each)]
        if numbers:
            yield from _of_person(work, person, numbers)


def standing_at_twilio(
    address: Address, messages: list[Message], replies: list[Reply]
) -> Evidence | None:
    """The last sign of how Twilio sees a number; None where it never showed."""
    signs = [*_from_messages(address, messages), *_from_replies(address, replies)]
    return max(signs, key=lambda each: each.at, default=None)


def _of_person(work: Work, person: Alumnus, numbers: list[Address]) -> Iterator[Difference]:
    stopped = has_stopped(work, person.id)
    messages, replies = work.messages.of(person.id), work.replies.of(person.id)
    for address in numbers:
        seen = standing_at_twilio(address, messages, replies)
        ours = stopped or address.standing is Standing.OPTED_OUT
        theirs = seen is not None and seen.blocked
        if ours != theirs:
            side = Side.TWILIO if theirs else Side.OURS
            yield Difference(person.reference, address.position, side, seen)


def _is_ours(address: Address) -> bool:
    """Whether the number is still theirs and a text could go there but for an opt-out."""
    gone = (Standing.DEAD, Standing.NOT_THEIRS)
    return address.channel is ChannelName.SMS and address.standing not in gone


def _from_messages(address: Address, messages: list[Message]) -> Iterator[Evidence]:
    for each in messages:
        if each.address != address.id:
            continue
        at = each.settled_at or each.claimed_at
        if each.code == REFUSED_AS_BLOCKED and at is not None:
            yield Evidence(at, blocked=True, what=REFUSED_AS_BLOCKED)
        elif each.accepted_at is not None:
            yield Evidence(each.accepted_at, blocked=False, what="accepted")


def _from_replies(address: Address, replies: list[Reply]) -> Iterator[Evidence]:
    for each in replies:
        word = (each.text or "").strip().casefold()
        if each.endpoint == address.endpoint and word in BLOCKING | UNBLOCKING:
            yield Evidence(each.received_at, blocked=word in BLOCKING, what="keyword")
