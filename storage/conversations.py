"""Conversations, as the domain sees them."""

import json
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.conversation import Conversation, Talk
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import conversation

_TALK = "conversation.talk"
_SAID = tuple(field.name for field in fields(Talk))

COLUMNS = (
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
_ON = Statement(select(*COLUMNS).where(conversation.c.endpoint_id == bindparam("endpoint"), _OPEN))
_WITH = Statement(select(*COLUMNS).where(conversation.c.alumnus_id == bindparam("alumnus"), _OPEN))
_OF_CASE = Statement(select(*COLUMNS).where(conversation.c.case_id == bindparam("case_id")))
_LAST_ON = Statement(
    select(*COLUMNS)
    .where(conversation.c.endpoint_id == bindparam("endpoint"))
    .order_by(conversation.c.opened_at.desc())
    .limit(1)
)
NEW = Statement(insert(conversation).on_conflict_do_nothing())
SAVE = Statement(
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


class Conversations:
    """Where the survey stands."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def open(self, new: Conversation) -> bool:
        """Open a conversation; False where the person or the endpoint is in one already."""
        return NEW.changed(self._connection, new_values(new, self._keys)) == 1

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
        SAVE.changed(self._connection, changed_values(changed, self._keys))

    def _first(self, query: Statement, values: dict[str, Any]) -> Conversation | None:
        row = query.first(self._connection, values)
        return conversation_of(row, self._keys) if row else None


def conversation_of(row: Any, keys: Keys) -> Conversation:
    """The conversation of a row of :data:`COLUMNS`."""
    clear = keys.of(row[1]).open(_TALK, row[0].bytes, row[4])
    talk = Talk(**json.loads(clear))
    return Conversation(row[0], row[1], row[2], row[3], talk, row[5], row[6], row[7], row[8])


def new_values(new: Conversation, keys: Keys) -> dict[str, Any]:
    """What :data:`NEW` stores."""
    return {
        "id": new.id,
        "alumnus_id": new.alumnus,
        "endpoint_id": new.endpoint,
        "case_id": new.case,
        "talk": _sealed(new, keys),
        "opened_at": new.opened_at,
        "updated_at": new.updated_at,
        "nudged_at": new.nudged_at,
        "closed_at": new.closed_at,
    }


def changed_values(changed: Conversation, keys: Keys) -> dict[str, Any]:
    """What :data:`SAVE` stores."""
    return {
        "which": changed.id,
        "where": changed.endpoint,
        "sealed": _sealed(changed, keys),
        "updated": changed.updated_at,
        "nudged": changed.nudged_at,
        "closed": changed.closed_at,
    }


def _sealed(one: Conversation, keys: Keys) -> bytes:
    clear = json.dumps({name: getattr(one.talk, name) for name in _SAID}, ensure_ascii=False)
    return keys.of(one.alumnus).seal(_TALK, one.id.bytes, clear)
