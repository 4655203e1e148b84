"""A message with what it belongs to: its case, its try, its address and its school."""

from dataclasses import dataclass
from uuid import UUID

from contact.address import Address
from contact.attempt import Attempt
from contact.case import Case
from contact.message import Message, MessageKind
from contact.ports import Work
from contact.school import School, Schools


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything that changes with what becomes of a message; only an ask has an attempt."""

    message: Message
    case: Case | None
    attempt: Attempt | None
    address: Address | None
    school: School | None


def matter_of(work: Work, which: UUID, schools: Schools) -> Matter | None:
    """The message with that id as it stands now, and what it belongs to; None without it.

    Nobody else decides about its alumnus meanwhile: an answer that arrives at
    the same instant must not be undone by what was read before it.
    """
    work.alumni.lock_recipient(which)
    message = work.messages.get(which)
    if message is None:
        return None
    case = work.cases.get(message.case) if message.case is not None else None
    attempt = None
    if case is not None and message.kind is MessageKind.ASK:
        tries = work.attempts.of(case.id)
        attempt = next((each for each in tries if each.number == message.attempt), None)
    address = work.addresses.get(message.address) if message.address else None
    return Matter(message, case, attempt, address, schools.get(message.school or ""))
