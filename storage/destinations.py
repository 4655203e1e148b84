"""What became of people, as the domain sees it."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.destination import Destination, Source
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import destination

_PLACE = "destination.details"
_DETAILS = ("provider", "employer", "course", "level", "start", "expected")
_OF = Statement(
    select(
        destination.c.id,
        destination.c.alumnus_id,
        destination.c.code,
        destination.c.source,
        destination.c.known_since,
        destination.c.case_id,
        destination.c.reply_id,
        destination.c.details,
        destination.c.ended_on,
        destination.c.by,
        destination.c.urn,
        destination.c.ukprn,
    )
    .where(destination.c.alumnus_id == bindparam("alumnus"))
    .order_by(destination.c.known_since, destination.c.id)
)
_NEW = Statement(insert(destination).on_conflict_do_nothing())
_REFINE = Statement(
    update(destination)
    .where(destination.c.id == bindparam("which"))
    .values(
        code=bindparam("coded"),
        reply_id=bindparam("told_in"),
        details=bindparam("more"),
        urn=bindparam("its_urn"),
        ukprn=bindparam("its_ukprn"),
    )
)
_TAKE_BACK = Statement(delete(destination).where(destination.c.id == bindparam("which")))


class Destinations:
    """The spells, each with who says so."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, new: Destination) -> bool:
        """Store a spell; False where the case already has its one "unknown"."""
        values = {
            "id": new.id,
            "alumnus_id": new.alumnus,
            "code": new.code,
            "source": new.source,
            "known_since": new.known_since,
            "case_id": new.case,
            "reply_id": new.reply,
            "details": self._sealed(new),
            "ended_on": new.ended_on,
            "by": new.by,
            "urn": new.urn,
            "ukprn": new.ukprn,
        }
        return _NEW.changed(self._connection, values) == 1

    def refine(self, better: Destination) -> None:
        """Store more of a spell that is being told right now, reply by reply."""
        values = {
            "which": better.id,
            "coded": better.code,
            "told_in": better.reply,
            "more": self._sealed(better),
            "its_urn": better.urn,
            "its_ukprn": better.ukprn,
        }
        _REFINE.changed(self._connection, values)

    def take_back(self, which: UUID) -> None:
        """Remove a spell that was never theirs: a stranger told it."""
        _TAKE_BACK.changed(self._connection, {"which": which})

    def of(self, who: UUID) -> list[Destination]:
        """Every spell of an alumnus, the latest known last."""
        return [self._one(row) for row in _OF.rows(self._connection, {"alumnus": who})]

    def _sealed(self, one: Destination) -> bytes | None:
        details = {name: getattr(one, name) for name in _DETAILS if getattr(one, name)}
        if not details:
            return None
        clear = json.dumps(details, ensure_ascii=False)
        return self._keys.of(one.alumnus).seal(_PLACE, one.id.bytes, clear)

    def _one(self, row: Any) -> Destination:
        details: dict[str, str] = {}
        if row[7] is not None:
            details = json.loads(self._keys.of(row[1]).open(_PLACE, row[0].bytes, row[7]))
        return Destination(
            id=row[0],
            alumnus=row[1],
            code=row[2],
            source=Source(row[3]),
            known_since=row[4],
            case=row[5],
            reply=row[6],
            ended_on=row[8],
            by=row[9],
            urn=row[10],
            ukprn=row[11],
            **details,
        )
