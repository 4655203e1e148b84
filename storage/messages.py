"""The ledger of what was sent, as the domain sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.address import ChannelName
from contact.message import Delivery, Message
from storage.keys import Keys
from storage.limits import ASKED_SINCE, BOOKED, BRING_FORWARD, NO_RECEIPT, PUT_OFF, SEGMENTS_SINCE
from storage.message_rows import COLUMNS, message_of, sealed_text
from storage.schema import spelt
from storage.statement import Statement
from storage.tables import message, receipt

_FIRST = UUID(int=0)
_BY_ID = Statement(select(*COLUMNS).where(message.c.id == bindparam("id")))
_BY_PROVIDER = Statement(
    select(*COLUMNS).where(
        message.c.channel == bindparam("channel"), message.c.provider_id == bindparam("provider_id")
    )
)
_OF_CASE = Statement(
    select(*COLUMNS)
    .where(message.c.case_id == bindparam("case_id"))
    .order_by(message.c.created_at, message.c.id)
)
_OF = Statement(
    select(*COLUMNS)
    .where(message.c.alumnus_id == bindparam("alumnus"))
    .order_by(message.c.created_at, message.c.id)
)
_NEXT_PLANNED = Statement(
    select(func.min(message.c.not_before)).where(message.c.delivery == spelt(Delivery.PLANNED))
)
_EXPIRED = Statement(
    select(*COLUMNS).where(
        message.c.delivery == spelt(Delivery.SENDING), message.c.lease_until <= bindparam("now")
    )
)
_UNSURE = Statement(
    select(*COLUMNS)
    .where(message.c.delivery == spelt(Delivery.UNSURE), message.c.id > bindparam("after"))
    .order_by(message.c.id)
    .limit(500)
)
_SAVE = Statement(
    update(message)
    .where(message.c.id == bindparam("which"), message.c.delivery == bindparam("was"))
    .values(
        delivery=bindparam("now_is"),
        address_id=bindparam("where"),
        channel=bindparam("via"),
        line=bindparam("worded"),
        text=bindparam("sealed"),
        segments=bindparam("parts"),
        not_before=bindparam("earliest"),
        lease_until=bindparam("lease"),
        claimed_at=bindparam("claimed"),
        unsure_since=bindparam("unsure"),
        accepted_at=bindparam("accepted"),
        settled_at=bindparam("settled"),
        provider_id=bindparam("theirs"),
        code=bindparam("error"),
        detail=bindparam("word"),
    )
)
_NEW_RECEIPT = Statement(insert(receipt).on_conflict_do_nothing())


class Messages:
    """Everything we said or mean to say, and what became of it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        #: What this transaction planned.
        self.fresh: list[Message] = []

    def plan(self, new: Message) -> bool:
        """Store a message to send; False where its reply or attempt already has one."""
        stored = _NEW.changed(self._connection, self._values(new)) == 1
        if stored:
            self.fresh.append(new)
        return stored

    def get(self, which: UUID) -> Message | None:
        """The message with that id, or None."""
        row = _BY_ID.first(self._connection, {"id": which})
        return message_of(row, self._keys) if row else None

    def by_provider(self, channel: ChannelName, provider_id: str) -> Message | None:
        """The message a gateway calls ``provider_id``, or None."""
        values = {"channel": channel, "provider_id": provider_id}
        row = _BY_PROVIDER.first(self._connection, values)
        return message_of(row, self._keys) if row else None

    def of_case(self, number: int) -> list[Message]:
        """The messages of a case, oldest first."""
        return self._all(_OF_CASE, {"case_id": number})

    def of(self, who: UUID) -> list[Message]:
        """Every message to an alumnus, oldest first."""
        return self._all(_OF, {"alumnus": who})

    def next_planned(self) -> datetime | None:
        """The earliest instant at which a planned message may leave; None where none is planned."""
        at: datetime | None = _NEXT_PLANNED.scalar(self._connection, {})
        return at

    def expired(self, now: datetime) -> list[Message]:
        """What somebody claimed and never recorded: its lease ran out."""
        return self._all(_EXPIRED, {"now": now})

    def unsure(self, after: UUID = _FIRST) -> list[Message]:
        """What may or may not have left, some 500 at a time, in the order of their ids."""
        return self._all(_UNSURE, {"after": after})

    def save(self, changed: Message, was: Delivery) -> bool:
        """Store what became of a message that was ``was``; False where it moved meanwhile."""
        values = {
            "which": changed.id,
            "was": was,
            "now_is": changed.delivery,
            "where": changed.address,
            "via": changed.channel,
            "worded": changed.line,
            "sealed": sealed_text(self._keys, changed),
            "parts": changed.segments,
            "earliest": changed.not_before,
            "lease": changed.lease_until,
            "claimed": changed.claimed_at,
            "unsure": changed.unsure_since,
            "accepted": changed.accepted_at,
            "settled": changed.settled_at,
            "theirs": changed.provider_id,
            "error": changed.code,
            "word": changed.detail,
        }
        return _SAVE.changed(self._connection, values) == 1

    def asked_since(self, school: str, since: datetime) -> int:
        """How many messages of ours to start with were claimed for ``school`` since then."""
        values = {"school": school, "since": since}
        return int(ASKED_SINCE.scalar(self._connection, values))

    def booked(self, school: str) -> list[tuple[datetime, int]]:
        """For when messages we start are planned for ``school``, and how many at each instant."""
        rows = BOOKED.rows(self._connection, {"school": school})
        return [(row[0], row[1]) for row in rows]

    def segments_since(self, school: str, since: datetime) -> int:
        """How many SMS segments were claimed for ``school`` since then."""
        values = {"school": school, "since": since}
        return int(SEGMENTS_SINCE.scalar(self._connection, values))

    def put_off(self, channel: ChannelName, now: datetime, until: datetime) -> int:
        """Let what is due by a channel that rests wait until then; how many wait."""
        values = {"via": channel, "now": now, "until": until}
        return PUT_OFF.changed(self._connection, values)

    def bring_forward(self, channel: ChannelName, now: datetime) -> int:
        """Let what waits for a channel go out after all; how many waited."""
        return BRING_FORWARD.changed(self._connection, {"via": channel, "now": now})

    def note_silence(self, channels: Sequence[ChannelName], before: datetime) -> int:
        """Mark ``no_receipt`` what was accepted by ``before`` and never reported on; how many."""
        marked = (
            NO_RECEIPT.changed(self._connection, {"via": each, "before": before})
            for each in channels
        )
        return sum(marked)

    def keep_receipt(
        self, which: UUID | None, provider_id: str, status: str, code: str | None, at: datetime
    ) -> bool:
        """Keep a receipt as it came; False for one that came before."""
        values = {
            "message_id": which,
            "provider_id": provider_id,
            "status": status,
            "code": code or "",
            "received_at": at,
        }
        return _NEW_RECEIPT.changed(self._connection, values) == 1

    def _all(self, query: Statement, values: dict[str, Any]) -> list[Message]:
        return [message_of(row, self._keys) for row in query.rows(self._connection, values)]

    def _values(self, new: Message) -> dict[str, Any]:
        values: dict[str, Any] = {
            column.name: getattr(new, _FIELDS.get(column.name, column.name)) for column in COLUMNS
        }
        values["text"] = sealed_text(self._keys, new)
        return values


_NEW = Statement(insert(message).on_conflict_do_nothing())
_FIELDS = {"alumnus_id": "alumnus", "address_id": "address", "case_id": "case"}
