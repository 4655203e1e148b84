"""What whoever sends must have at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from contact.address import Address, ChannelName
from contact.message import Message
from contact.outcome import Claimed
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


def handed(message: Message, address: Address, desk: Desk) -> Claimed:
    """A claimed message as its gateway needs it."""
    school = desk.schools.get(message.school or "")
    return Claimed(
        message=message.id,
        channel=message.channel,
        to=address.value,
        text=message.text or "",
        claimed_at=message.claimed_at or message.created_at,
        callback=desk.callback(message.id),
        sender=school.sms_sender if school and message.channel is ChannelName.SMS else "",
        choices=desk.words.choices(message.line),
    )
