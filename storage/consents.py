"""Permissions, as the domain sees them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from contact.consent import Consent, Purpose
from storage.statement import Statement
from storage.tables import consent

COLUMNS = (
    consent.c.alumnus_id,
    consent.c.purpose,
    consent.c.wording,
    consent.c.granted_at,
    consent.c.how,
    consent.c.recorded_by,
    consent.c.until,
    consent.c.withdrawn_at,
    consent.c.withdrawn_how,
    consent.c.id,
)
_OF = Statement(
    select(*COLUMNS).where(consent.c.alumnus_id == bindparam("alumnus")).order_by(consent.c.id)
)
_LIVE = Statement(
    select(*COLUMNS).where(
        consent.c.alumnus_id == bindparam("alumnus"),
        consent.c.purpose == bindparam("purpose"),
        consent.c.withdrawn_at.is_(None),
    )
)
_GRANT = Statement(insert(consent))
_WITHDRAW = Statement(
    update(consent)
    .where(
        consent.c.alumnus_id == bindparam("alumnus"),
        consent.c.purpose == bindparam("which"),
        consent.c.withdrawn_at.is_(None),
    )
    .values(withdrawn_at=bindparam("at"), withdrawn_how=bindparam("via"))
)


class Consents:
    """Who agreed to what, under which words, and until when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, who: UUID) -> list[Consent]:
        """Every permission an alumnus gave, oldest first, withdrawn ones included."""
        return [consent_of(row) for row in _OF.rows(self._connection, {"alumnus": who})]

    def live(self, who: UUID, purpose: Purpose) -> Consent | None:
        """The permission for ``purpose`` that was not withdrawn (it may have run out), or None."""
        row = _LIVE.first(self._connection, {"alumnus": who, "purpose": purpose})
        return consent_of(row) if row else None

    def grant(self, given: Consent) -> None:
        """Record a permission; the caller has looked that none is live."""
        _GRANT.changed(
            self._connection,
            {
                "alumnus_id": given.alumnus,
                "purpose": given.purpose,
                "wording": given.wording,
                "granted_at": given.granted_at,
                "how": given.how,
                "recorded_by": given.recorded_by,
                "until": given.until,
            },
        )

    def withdraw(
        self, who: UUID, purposes: Iterable[Purpose], at: datetime, how: str
    ) -> list[Purpose]:
        """End the live permissions for ``purposes``; those that really ended, in order."""
        ended = []
        for purpose in purposes:
            values = {"alumnus": who, "which": purpose, "at": at, "via": how}
            if _WITHDRAW.changed(self._connection, values):
                ended.append(purpose)
        return ended


def consent_of(row: Any) -> Consent:
    """The permission of a row of :data:`COLUMNS`."""
    return Consent(
        alumnus=row[0],
        purpose=Purpose(row[1]),
        wording=row[2],
        granted_at=row[3],
        how=row[4],
        recorded_by=row[5],
        until=row[6],
        withdrawn_at=row[7],
        withdrawn_how=row[8],
        id=row[9],
    )
