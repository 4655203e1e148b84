"""A planned message as it would leave: where to, in which words, and in whose name."""

from dataclasses import dataclass, replace
from datetime import datetime

from contact.address import Address, Standing
from contact.alumnus import Alumnus
from contact.asking import as_it_opens, opening_at
from contact.conversation import Talk
from contact.desk import Desk
from contact.message import Message, MessageKind
from contact.outbox import Letter
from contact.ports import Work
from contact.school import School


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter as it would leave: in which words, where to, in whose name; an ask's ``opening``."""

    letter: Letter
    message: Message
    address: Address | None
    school: School
    opening: Talk | None


def ready_to_leave(
    work: Work, letter: Letter, person: Alumnus, school: School, desk: Desk, now: datetime
) -> Ready:
    """The letter to ``person``, addressed and rendered; nothing is stored yet."""
    message, address, opening = letter.message, _address(letter, desk), None
    if message.kind is MessageKind.ASK:
        opening = opening_at(work, letter, address, desk, now)
        message = as_it_opens(message, opening)
    worded = _worded(message, address, person, school, desk)
    return Ready(letter, worded, address, school, opening)


def facts_of(person: Alumnus, school: School) -> dict[str, str]:
    """What every wording may use."""
    return {
        "first_name": person.profile.first_name,
        "school": school.short_name,
        "careers_contact": school.careers_contact,
        "safeguarding_contact": school.safeguarding_contact,
    }


def _address(letter: Letter, desk: Desk) -> Address | None:
    """The planned address, or for an ask another that works now, the ones that fail last."""
    message = letter.message
    planned = next((each for each in letter.addresses if each.id == message.address), None)
    if message.kind is not MessageKind.ASK:
        return planned
    usable = [each for each in letter.addresses if each.usable and each.channel in desk.channels]
    if planned in usable:
        return planned
    return min(
        usable, key=lambda each: (each.standing is Standing.FAILING, each.position), default=planned
    )


def _worded(
    message: Message, address: Address | None, person: Alumnus, school: School, desk: Desk
) -> Message:
    """The message in the words, and of the length, that its channel asks for."""
    if address is None:
        return message
    text = message.text
    if text is None or address.channel is not message.channel:
        text = desk.words.render(message.line, facts_of(person, school), address.channel)
    return replace(
        message,
        address=address.id,
        channel=address.channel,
        text=text,
        segments=desk.words.segments(text),
    )
