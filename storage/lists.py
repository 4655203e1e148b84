"""The public list of places to study, and the notices that are still to be sent."""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.listed import ListedProvider
from contact.notice import Notice
from storage.statement import Statement
from storage.tables import notice, provider

#: Rows written at once.
_CHUNK = 500
_ALL_GONE = Statement(delete(provider))
_COUNT = Statement(select(func.count()).select_from(provider))
_OPEN = Statement(
    select(
        provider.c.name,
        provider.c.kind,
        provider.c.urn,
        provider.c.ukprn,
        provider.c.town,
        provider.c.postcode,
        provider.c.other_names,
        provider.c.after_16,
        provider.c.source,
    )
    .where(provider.c.after_16.is_(True))
    .order_by(provider.c.name, provider.c.id)
)
_TELL = Statement(insert(notice).on_conflict_do_nothing())
_DUE = Statement(
    select(
        notice.c.id,
        notice.c.school,
        notice.c.flag_id,
        notice.c.created_at,
        notice.c.not_before,
        notice.c.tries,
    )
    .where(notice.c.sent_at.is_(None), notice.c.not_before <= bindparam("now"))
    .order_by(notice.c.not_before, notice.c.id)
    .limit(bindparam("room"))
)
_CLAIM = Statement(
    update(notice)
    .where(
        notice.c.id == bindparam("which"),
        notice.c.tries == bindparam("seen"),
        notice.c.sent_at.is_(None),
    )
    .values(tries=bindparam("seen") + 1, not_before=bindparam("again_at"))
)
_SENT = Statement(
    update(notice).where(notice.c.id == bindparam("which")).values(sent_at=bindparam("at"))
)


class Providers:
    """The public list that was loaded last."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, listed: Iterable[ListedProvider]) -> int:
        """Put ``listed`` in the place of all that is there; how many it now holds."""
        _ALL_GONE.changed(self._connection, {})
        rows = (_row(each) for each in listed)
        while chunk := list(islice(rows, _CHUNK)):
            self._connection.execute(insert(provider), chunk)
        held: int = _COUNT.scalar(self._connection, {})
        return held

    def where_leavers_may_be(self) -> list[ListedProvider]:
        """Those that are open and teach over-16s, by name."""
        return [_provider(row) for row in _OPEN.rows(self._connection, {})]


class Notices:
    """The notices that are still to be sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, school: str, flag: int, now: datetime) -> None:
        """Have a school told of a flag; once, however often it is asked for."""
        values = {"school": school, "flag_id": flag, "created_at": now, "not_before": now}
        _TELL.changed(self._connection, {**values, "tries": 0})

    def due(self, now: datetime, room: int) -> list[Notice]:
        """At most ``room`` notices whose time has come, oldest first."""
        rows = _DUE.rows(self._connection, {"now": now, "room": room})
        return [Notice(*row) for row in rows]

    def claim(self, which: Notice, again_at: datetime) -> bool:
        """Count a try and put the next one off; False where another process does it."""
        values = {"which": which.id, "seen": which.tries, "again_at": again_at}
        return _CLAIM.changed(self._connection, values) == 1

    def sent(self, which: int, at: datetime) -> None:
        """It is done: handed over, or not needed any more."""
        _SENT.changed(self._connection, {"which": which, "at": at})


def _row(listed: ListedProvider) -> dict[str, Any]:
    names = json.dumps(listed.other_names, ensure_ascii=False) if listed.other_names else None
    return {
        "name": listed.name,
        "kind": listed.kind,
        "urn": listed.urn,
        "ukprn": listed.ukprn,
        "town": listed.town,
        "postcode": listed.postcode,
        "other_names": names,
        "after_16": listed.after_16,
        "source": listed.source,
    }


def _provider(row: Any) -> ListedProvider:
    name, kind, urn, ukprn, town, postcode, names, after_16, source = row
    others = tuple(json.loads(names)) if names else ()
    return ListedProvider(name, kind, urn, ukprn, town, postcode, others, bool(after_16), source)
