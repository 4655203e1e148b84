"""Replies, as the domain sees them."""

import json
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.address import ChannelName
from contact.reply import Earlier, Label, Reading, Reply, Slots
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import reply

_TEXT = "reply.text"
_READING = "reply.reading"
_READ = tuple(field.name for field in fields(Reading))
_SLOTS = tuple(field.name for field in fields(Slots))

_REPLY_COLUMNS = (
    reply.c.id,
    reply.c.channel,
    reply.c.provider_id,
    reply.c.endpoint_id,
    reply.c.received_at,
    reply.c.text,
    reply.c.alumnus_id,
    reply.c.case_id,
    reply.c.question,
    reply.c.reading,
)
_REPLY = Statement(select(*_REPLY_COLUMNS).where(reply.c.id == bindparam("id")))
_REPLIES = Statement(
    select(*_REPLY_COLUMNS)
    .where(reply.c.alumnus_id == bindparam("alumnus"))
    .order_by(reply.c.received_at, reply.c.id)
)
_LATELY = Statement(
    select(reply.c.received_at, reply.c.digest).where(
        reply.c.endpoint_id == bindparam("endpoint"),
        reply.c.received_at >= bindparam("since"),
        reply.c.id != bindparam("this"),
    )
)
_UNCLAIMED = Statement(
    select(*_REPLY_COLUMNS)
    .where(reply.c.endpoint_id == bindparam("endpoint"), reply.c.alumnus_id.is_(None))
    .order_by(reply.c.received_at, reply.c.id)
)
_UNDERSTOOD: dict[Any, Any] = {
    reply.c.alumnus_id: bindparam("whose"),
    reply.c.case_id: bindparam("about"),
    reply.c.question: bindparam("answers"),
    reply.c.text: bindparam("sealed"),
    reply.c.digest: bindparam("hashed"),
    reply.c.label: bindparam("says"),
    reply.c.code: bindparam("coded"),
    reply.c.confidence: bindparam("how_sure"),
    reply.c.reading: bindparam("read"),
}
_NEW_REPLY = Statement(
    insert(reply)
    .values(
        {
            reply.c.id: bindparam("id"),
            reply.c.channel: bindparam("channel"),
            reply.c.provider_id: bindparam("provider_id"),
            reply.c.endpoint_id: bindparam("endpoint_id"),
            reply.c.received_at: bindparam("received_at"),
            **_UNDERSTOOD,
        }
    )
    .on_conflict_do_nothing()
)
_SAVE_REPLY = Statement(update(reply).where(reply.c.id == bindparam("which")).values(_UNDERSTOOD))


class Replies:
    """Everything that came in."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def keep(self, new: Reply) -> bool:
        """Store a reply; False where the gateway already delivered it once."""
        values = {
            "id": new.id,
            "channel": new.channel,
            "provider_id": new.provider_id,
            "endpoint_id": new.endpoint,
            "received_at": new.received_at,
            **self._understood(new),
        }
        return _NEW_REPLY.changed(self._connection, values) == 1

    def save(self, one: Reply) -> None:
        """Store whose it is after all, and what was read in it; a text of None is deleted."""
        _SAVE_REPLY.changed(self._connection, {"which": one.id, **self._understood(one)})

    def _understood(self, one: Reply) -> dict[str, Any]:
        """What may change: all of it follows the reply to another alumnus's key."""
        key = self._keys.of(one.alumnus)
        row = one.id.bytes
        read = one.reading
        return {
            "whose": one.alumnus,
            "about": one.case,
            "answers": one.question,
            "sealed": None if one.text is None else key.seal(_TEXT, row, one.text),
            "hashed": None if one.text is None else self._digest(one.text),
            "says": read and read.label,
            "coded": read and read.code,
            "how_sure": read and read.confidence,
            "read": read and key.seal(_READING, row, reading_text(read)),
        }

    def get(self, which: UUID) -> Reply | None:
        """The reply with that id, or None."""
        row = _REPLY.first(self._connection, {"id": which})
        return self._one(row) if row else None

    def of(self, who: UUID) -> list[Reply]:
        """Every reply of an alumnus, in the order of arrival."""
        return [self._one(row) for row in _REPLIES.rows(self._connection, {"alumnus": who})]

    def lately(self, one: Reply, since: datetime) -> list[Earlier]:
        """What came from the endpoint of ``one`` since ``since``, itself left out."""
        values = {"endpoint": one.endpoint, "since": since, "this": one.id}
        rows = _LATELY.rows(self._connection, values)
        said = self._digest(one.text or "") if rows else b""
        return [Earlier(row[0], row[1] == said) for row in rows]

    def unclaimed(self, endpoint: UUID) -> list[Reply]:
        """The replies from an endpoint that are nobody's yet, in the order of arrival."""
        rows = _UNCLAIMED.rows(self._connection, {"endpoint": endpoint})
        return [self._one(row) for row in rows]

    def _digest(self, text: str) -> bytes:
        return self._keys.vault.index("reply", text.strip().casefold())

    def _opened(self, place: str, row: Any, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        return self._keys.of(row[6]).open(place, row[0].bytes, sealed)

    def _one(self, row: Any) -> Reply:
        # Nothing of somebody erased is sealed any more, and there is no key either.
        text = self._opened(_TEXT, row, row[5])
        read = self._opened(_READING, row, row[9])
        return Reply(
            id=row[0],
            channel=ChannelName(row[1]),
            provider_id=row[2],
            endpoint=row[3],
            received_at=row[4],
            text=text,
            alumnus=row[6],
            case=row[7],
            question=row[8],
            reading=reading_from(read) if read else None,
        )


def reading_text(read: Reading) -> str:
    """A reading as JSON text."""
    made = {name: getattr(read, name) for name in _READ}
    made["slots"] = {name: getattr(read.slots, name) for name in _SLOTS}
    return json.dumps(made, ensure_ascii=False)


def reading_from(clear: str) -> Reading:
    """A reading from its JSON text."""
    made = json.loads(clear)
    return Reading(
        label=Label(made["label"]),
        code=made["code"],
        confidence=made["confidence"],
        review=made["review"],
        slots=Slots(**made["slots"]),
        flags=tuple(Label(each) for each in made["flags"]),
        evidence=tuple(made["evidence"]),
        guesses=tuple(Label(each) for each in made["guesses"]),
        choice=made["choice"],
        later=made["later"],
    )
