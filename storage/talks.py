"""Replies and conversations, as the domain sees them."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.address import ChannelName
from contact.conversation import Conversation, Talk
from contact.reply import Label, Reading, Reply, Slots
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import conversation, reply

_TEXT = "reply.text"
_READING = "reply.reading"
_TALK = "conversation.talk"

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
_SAME = Statement(
    select(reply.c.id)
    .where(
        reply.c.endpoint_id == bindparam("endpoint"),
        reply.c.digest == bindparam("digest"),
        reply.c.received_at >= bindparam("since"),
        reply.c.id != bindparam("this"),
    )
    .limit(1)
)
_HOW_MANY = Statement(
    select(func.count()).where(
        reply.c.endpoint_id == bindparam("endpoint"), reply.c.received_at >= bindparam("since")
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


_COLUMNS = (
    conversation.c.id,
    conversation.c.alumnus_id,
    conversation.c.endpoint_id,
    conversation.c.case_id,
    conversation.c.talk,
    conversation.c.opened_at,
    conversation.c.updated_at,
    conversation.c.nudged_at,
    conversation.c.closed_at,
)
_OPEN = conversation.c.closed_at.is_(None)
_ON = Statement(select(*_COLUMNS).where(conversation.c.endpoint_id == bindparam("endpoint"), _OPEN))
_WITH = Statement(select(*_COLUMNS).where(conversation.c.alumnus_id == bindparam("alumnus"), _OPEN))
_OF_CASE = Statement(select(*_COLUMNS).where(conversation.c.case_id == bindparam("case_id")))
_LAST_ON = Statement(
    select(*_COLUMNS)
    .where(conversation.c.endpoint_id == bindparam("endpoint"))
    .order_by(conversation.c.opened_at.desc())
    .limit(1)
)
_NEW = Statement(insert(conversation).on_conflict_do_nothing())
_SAVE = Statement(
    update(conversation)
    .where(conversation.c.id == bindparam("which"))
    .values(
        endpoint_id=bindparam("where"),
        talk=bindparam("sealed"),
        updated_at=bindparam("updated"),
        nudged_at=bindparam("nudged"),
        closed_at=bindparam("closed"),
    )
)


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

    def repeats(self, one: Reply, since: datetime) -> bool:
        """Whether the same words came from the same endpoint since ``since``."""
        values = {
            "endpoint": one.endpoint,
            "digest": self._digest(one.text or ""),
            "since": since,
            "this": one.id,
        }
        return _SAME.first(self._connection, values) is not None

    def count_since(self, endpoint: UUID, since: datetime) -> int:
        """How many replies came from an endpoint since ``since``."""
        values = {"endpoint": endpoint, "since": since}
        return int(_HOW_MANY.scalar(self._connection, values))

    def unclaimed(self, endpoint: UUID) -> list[Reply]:
        """The replies from an endpoint that are nobody's yet, in the order of arrival."""
        rows = _UNCLAIMED.rows(self._connection, {"endpoint": endpoint})
        return [self._one(row) for row in rows]

    def _digest(self, text: str) -> bytes:
        return self._keys.vault.index("reply", text.strip().casefold())

    def _one(self, row: Any) -> Reply:
        key = self._keys.of(row[6])
        text = None if row[5] is None else key.open(_TEXT, row[0].bytes, row[5])
        read = None if row[9] is None else key.open(_READING, row[0].bytes, row[9])
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


class Conversations:
    """Where the survey stands."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def open(self, new: Conversation) -> bool:
        """Open a conversation; False where the person or the endpoint is in one already."""
        values = {
            "id": new.id,
            "alumnus_id": new.alumnus,
            "endpoint_id": new.endpoint,
            "case_id": new.case,
            "talk": self._sealed(new),
            "opened_at": new.opened_at,
            "updated_at": new.updated_at,
            "nudged_at": new.nudged_at,
            "closed_at": new.closed_at,
        }
        return _NEW.changed(self._connection, values) == 1

    def on(self, endpoint: UUID) -> Conversation | None:
        """The open conversation on an endpoint, or None."""
        return self._first(_ON, {"endpoint": endpoint})

    def with_(self, who: UUID) -> Conversation | None:
        """The open conversation with an alumnus, or None."""
        return self._first(_WITH, {"alumnus": who})

    def of_case(self, number: int) -> Conversation | None:
        """The conversation of a case, open or closed, or None."""
        return self._first(_OF_CASE, {"case_id": number})

    def last_on(self, endpoint: UUID) -> Conversation | None:
        """The conversation opened last on an endpoint, open or closed, or None."""
        return self._first(_LAST_ON, {"endpoint": endpoint})

    def save(self, changed: Conversation) -> None:
        """Store where it stands now."""
        _SAVE.changed(
            self._connection,
            {
                "which": changed.id,
                "where": changed.endpoint,
                "sealed": self._sealed(changed),
                "updated": changed.updated_at,
                "nudged": changed.nudged_at,
                "closed": changed.closed_at,
            },
        )

    def _first(self, query: Statement, values: dict[str, Any]) -> Conversation | None:
        row = query.first(self._connection, values)
        if row is None:
            return None
        clear = self._keys.of(row[1]).open(_TALK, row[0].bytes, row[4])
        return Conversation(
            row[0],
            row[1],
            row[2],
            row[3],
            Talk(**json.loads(clear)),
            row[5],
            row[6],
            row[7],
            row[8],
        )

    def _sealed(self, one: Conversation) -> bytes:
        clear = json.dumps(asdict(one.talk), ensure_ascii=False)
        return self._keys.of(one.alumnus).seal(_TALK, one.id.bytes, clear)


def reading_text(read: Reading) -> str:
    """A reading as JSON text."""
    return json.dumps(asdict(read), ensure_ascii=False)


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
