"""Flags and the audit trail, as the domain sees them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.audit import Deed
from contact.flag import PAUSING, Decision, Flag, FlagKind, NewFlag, Severity, urgency
from storage.keys import Keys
from storage.schema import spelt_out
from storage.statement import Statement
from storage.tables import audit, flag

_PLACE = "flag.note"
_DEED = "audit.note"
_COLUMNS = (
    flag.c.id,
    flag.c.kind,
    flag.c.severity,
    flag.c.school,
    flag.c.opened_at,
    flag.c.due_at,
    flag.c.alumnus_id,
    flag.c.case_id,
    flag.c.reply_id,
    flag.c.subject,
    flag.c.detail,
    flag.c.taken_by,
    flag.c.closed_at,
    flag.c.decision,
    flag.c.closed_by,
    flag.c.note,
)
_OPEN = flag.c.closed_at.is_(None)
_BY_ID = Statement(select(*_COLUMNS).where(flag.c.id == bindparam("id")))
_OF = Statement(
    select(*_COLUMNS).where(flag.c.alumnus_id == bindparam("alumnus")).order_by(flag.c.id)
)
_BY_DUE = select(*_COLUMNS).order_by(flag.c.due_at, flag.c.id)
_ALL = Statement(_BY_DUE)
_STILL_OPEN = Statement(_BY_DUE.where(_OPEN))
_HOW_MANY_OPEN = Statement(select(func.count()).select_from(flag).where(_OPEN))
_PAUSED = Statement(
    select(flag.c.id)
    .where(
        flag.c.alumnus_id == bindparam("alumnus"),
        _OPEN,
        flag.c.kind.in_(spelt_out(PAUSING)),
    )
    .limit(1)
)
_NEW = Statement(insert(flag).on_conflict_do_nothing().returning(flag.c.id))
_CLOSE = Statement(
    update(flag)
    .where(flag.c.id == bindparam("which"), _OPEN)
    .values(
        closed_at=bindparam("at"),
        decision=bindparam("decided"),
        closed_by=bindparam("who"),
        note=bindparam("sealed"),
    )
)
_TAKE = Statement(
    update(flag).where(flag.c.id == bindparam("which"), _OPEN).values(taken_by=bindparam("who"))
)
_HAND_OVER = Statement(
    update(flag)
    .where(flag.c.alumnus_id == bindparam("alumnus"), _OPEN)
    .values(school=bindparam("to"))
)
_WRITE = Statement(insert(audit))
_SUBJECTS = Statement(
    select(audit.c.subject)
    .where(audit.c.action == bindparam("action"), audit.c.subject.is_not(None))
    .distinct()
)
_DEEDS = Statement(
    select(
        audit.c.at,
        audit.c.by,
        audit.c.action,
        audit.c.alumnus_id,
        audit.c.subject,
        audit.c.detail,
        audit.c.note,
    )
    .where(audit.c.alumnus_id == bindparam("alumnus"))
    .order_by(audit.c.id)
)


class Flags:
    """What staff must look at."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def raise_(self, new: NewFlag) -> int | None:
        """Open a flag; None where the same subject is flagged already."""
        values = {
            "kind": new.kind,
            "severity": new.severity,
            "school": new.school,
            "alumnus_id": new.alumnus,
            "case_id": new.case,
            "reply_id": new.reply,
            "subject": new.subject,
            "detail": new.detail,
            "opened_at": new.opened_at,
            "due_at": new.due_at,
        }
        found: int | None = _NEW.scalar(self._connection, values)
        return found

    def get(self, number: int) -> Flag | None:
        """The flag with that number, or None."""
        row = _BY_ID.first(self._connection, {"id": number})
        return self._one(row) if row else None

    def of(self, who: UUID) -> list[Flag]:
        """Every flag about an alumnus, oldest first."""
        return [self._one(row) for row in _OF.rows(self._connection, {"alumnus": who})]

    def list(self, *, closed_too: bool = False) -> list[Flag]:
        """The flags, the most urgent first, then the one that is due first."""
        query = _ALL if closed_too else _STILL_OPEN
        return sorted((self._one(row) for row in query.rows(self._connection, {})), key=urgency)

    def count_open(self) -> int:
        """How many flags wait for somebody."""
        return int(_HOW_MANY_OPEN.scalar(self._connection, {}))

    def pausing(self, who: UUID) -> bool:
        """Whether an open flag stops automation for this alumnus."""
        return _PAUSED.first(self._connection, {"alumnus": who}) is not None

    def close(self, closed: Flag) -> bool:
        """Close a flag; False where someone else did it first."""
        values = {
            "which": closed.id,
            "at": closed.closed_at,
            "decided": closed.decision,
            "who": closed.closed_by,
            "sealed": self._sealed(closed),
        }
        return _CLOSE.changed(self._connection, values) == 1

    def take(self, number: int, by: str) -> bool:
        """Note who looks after a flag; False where it is closed already."""
        return _TAKE.changed(self._connection, {"which": number, "who": by}) == 1

    def hand_over(self, who: UUID, school: str) -> None:
        """Let the open flags about somebody be another school's."""
        _HAND_OVER.changed(self._connection, {"alumnus": who, "to": school})

    def _sealed(self, closed: Flag) -> bytes | None:
        if closed.note is None:
            return None
        row = closed.id.to_bytes(8, "big")
        return self._keys.of(closed.alumnus).seal(_PLACE, row, closed.note)

    def _one(self, row: Any) -> Flag:
        note = None
        if row[15] is not None:
            note = self._keys.of(row[6]).open(_PLACE, row[0].to_bytes(8, "big"), row[15])
        return Flag(
            id=row[0],
            kind=FlagKind(row[1]),
            severity=Severity(row[2]),
            school=row[3],
            opened_at=row[4],
            due_at=row[5],
            alumnus=row[6],
            case=row[7],
            reply=row[8],
            subject=row[9],
            detail=row[10],
            taken_by=row[11],
            closed_at=row[12],
            decision=Decision(row[13]) if row[13] else None,
            closed_by=row[14],
            note=note,
        )


class Audit:
    """Who did what, and when; append-only."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def write(self, deed: Deed) -> None:
        """Add a deed."""
        _WRITE.changed(
            self._connection,
            {
                "at": deed.at,
                "by": deed.by,
                "action": deed.action,
                "alumnus_id": deed.alumnus,
                "subject": deed.subject,
                "detail": deed.detail,
                "note": self._sealed(deed),
            },
        )

    def of(self, who: UUID) -> Sequence[Deed]:
        """The deeds about an alumnus, oldest first."""
        rows = _DEEDS.rows(self._connection, {"alumnus": who})
        return [
            Deed(row[0], row[1], row[2], row[3], row[4], row[5], self._opened(who, row[6]))
            for row in rows
        ]

    def subjects(self, action: str) -> frozenset[str]:
        """What all deeds of one kind were about."""
        return frozenset(row[0] for row in _SUBJECTS.rows(self._connection, {"action": action}))

    def _sealed(self, deed: Deed) -> bytes | None:
        if deed.note is None:
            return None
        # The database numbers these rows, so the note is bound to whom it is about.
        row = deed.alumnus.bytes if deed.alumnus else b""
        return self._keys.of(deed.alumnus).seal(_DEED, row, deed.note)

    def _opened(self, who: UUID, sealed: bytes | None) -> str | None:
        return None if sealed is None else self._keys.of(who).open(_DEED, who.bytes, sealed)
