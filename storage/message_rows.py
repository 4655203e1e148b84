"""A message as it stands in its row: the columns, and how they become a value."""

from typing import Any

from contact.address import ChannelName
from contact.message import Delivery, Message, MessageKind
from storage.keys import Keys
from storage.tables import message

_PLACE = "message.text"
#: In the order in which :func:`message_of` reads them.
COLUMNS = (
    message.c.id,
    message.c.alumnus_id,
    message.c.address_id,
    message.c.channel,
    message.c.kind,
    message.c.line,
    message.c.delivery,
    message.c.created_at,
    message.c.not_before,
    message.c.case_id,
    message.c.attempt,
    message.c.in_reply_to,
    message.c.text,
    message.c.lease_until,
    message.c.claimed_at,
    message.c.accepted_at,
    message.c.unsure_since,
    message.c.settled_at,
    message.c.provider_id,
    message.c.code,
    message.c.detail,
    message.c.segments,
    message.c.resend_of,
    message.c.school,
    message.c.priority,
)


def message_of(row: Any, keys: Keys) -> Message:
    """The message of a row of :data:`COLUMNS`."""
    return _message(row, _opened(row, keys))


def head_of(row: Any) -> Message:
    """The same without its text, which is left sealed: not to be stored as it is."""
    return _message(row, None)


def sealed_text(keys: Keys, one: Message) -> bytes | None:
    """The text of a message as it is stored."""
    # What still comes of a message to somebody erased is noted without its text.
    key = keys.find(one.alumnus)
    if one.text is None or key is None:
        return None
    return key.seal(_PLACE, one.id.bytes, one.text)


def _opened(row: Any, keys: Keys) -> str | None:
    if row[12] is None:
        return None
    return keys.of(row[1]).open(_PLACE, row[0].bytes, row[12])


def _message(row: Any, text: str | None) -> Message:
    return Message(
        id=row[0],
        alumnus=row[1],
        address=row[2],
        channel=ChannelName(row[3]),
        kind=MessageKind(row[4]),
        line=row[5],
        delivery=Delivery(row[6]),
        created_at=row[7],
        not_before=row[8],
        case=row[9],
        attempt=row[10],
        in_reply_to=row[11],
        text=text,
        lease_until=row[13],
        claimed_at=row[14],
        accepted_at=row[15],
        unsure_since=row[16],
        settled_at=row[17],
        provider_id=row[18],
        code=row[19],
        detail=row[20],
        segments=row[21],
        resend_of=row[22],
        school=row[23],
        priority=row[24],
    )
