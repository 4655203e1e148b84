"""Who left together, as the domain sees it."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from contact.alumnus import Cohort, KeyStage, Membership
from storage.statement import Statement
from storage.tables import alumnus, cohort, membership, sweep

_new_member = insert(membership)
_JOIN = Statement(
    _new_member.on_conflict_do_update(
        index_elements=["alumnus_id", "cohort_id"],
        set_={"retained": _new_member.excluded.retained},
    )
)
_LEAVE = Statement(
    delete(membership).where(
        membership.c.alumnus_id == bindparam("alumnus"),
        membership.c.cohort_id == bindparam("cohort"),
    )
)
_RETAINED = Statement(
    select(membership.c.alumnus_id)
    .join(alumnus, alumnus.c.id == membership.c.alumnus_id)
    .where(
        membership.c.cohort_id == bindparam("cohort"),
        membership.c.retained.is_(True),
        alumnus.c.data_key.is_not(None),
    )
    .order_by(membership.c.alumnus_id)
)
_COUNTS = Statement(
    select(membership.c.retained, func.count())
    .where(membership.c.cohort_id == bindparam("cohort"))
    .group_by(membership.c.retained)
)
_NEW_COHORT = Statement(insert(cohort).on_conflict_do_nothing())
_MEMBERSHIPS = Statement(
    select(membership.c.cohort_id, membership.c.retained).where(
        membership.c.alumnus_id == bindparam("alumnus")
    )
)
_COHORTS = Statement(
    select(cohort.c.school, cohort.c.key_stage, cohort.c.leaving_year).order_by(cohort.c.id)
)
_SWEPT = Statement(
    select(
        exists().where(
            sweep.c.cohort_id == bindparam("cohort"),
            sweep.c.wave == bindparam("wave"),
            sweep.c.swept_on == bindparam("day"),
        )
    )
)
_new_sweep = insert(sweep)
_MARK = Statement(
    _new_sweep.on_conflict_do_update(
        index_elements=["cohort_id", "wave"], set_={"swept_on": _new_sweep.excluded.swept_on}
    )
)
_TOUCH = Statement(
    delete(sweep).where(
        sweep.c.cohort_id.in_(
            select(membership.c.cohort_id).where(membership.c.alumnus_id == bindparam("alumnus"))
        )
    )
)


class Cohorts:
    """Who left together, and how far each wave has been swept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def join(self, member: Membership) -> None:
        """Put an alumnus in a cohort, or store whether they were retained; twice is once."""
        group = member.cohort
        _NEW_COHORT.changed(
            self._connection,
            {
                "id": group.id,
                "school": group.school,
                "key_stage": group.key_stage,
                "leaving_year": group.leaving_year,
            },
        )
        _JOIN.changed(
            self._connection,
            {"alumnus_id": member.alumnus, "cohort_id": group.id, "retained": member.retained},
        )

    def leave(self, who: UUID, group: str) -> bool:
        """Take an alumnus out of a cohort; False where they were not in it."""
        return _LEAVE.changed(self._connection, {"alumnus": who, "cohort": group}) == 1

    def retained(self, group: str) -> list[UUID]:
        """Those of a cohort who stayed in the school's own sixth form."""
        return [row[0] for row in _RETAINED.rows(self._connection, {"cohort": group})]

    def count(self, group: str) -> tuple[int, int]:
        """How many a cohort has, and how many of them stayed in the school's own sixth form."""
        rows = _COUNTS.rows(self._connection, {"cohort": group})
        return sum(row[1] for row in rows), sum(row[1] for row in rows if row[0])

    def of(self, who: UUID) -> list[Membership]:
        """The cohorts of an alumnus."""
        rows = _MEMBERSHIPS.rows(self._connection, {"alumnus": who})
        return [Membership(who, Cohort.from_id(row[0]), row[1]) for row in rows]

    def all(self) -> list[Cohort]:
        """Every cohort there is, in the order of their names."""
        rows = _COHORTS.rows(self._connection, {})
        return [Cohort(row[0], KeyStage(row[1]), row[2]) for row in rows]

    def swept(self, group: str, wave: str, day: date) -> bool:
        """Whether the wave was already opened for this cohort on ``day`` and nothing changed."""
        values = {"cohort": group, "wave": wave, "day": day}
        return bool(_SWEPT.scalar(self._connection, values))

    def mark_swept(self, group: str, wave: str, day: date) -> None:
        """Remember that the wave was opened for this cohort on ``day``."""
        _MARK.changed(self._connection, {"cohort_id": group, "wave": wave, "swept_on": day})

    def touch(self, who: UUID) -> None:
        """Something changed that may make ``who`` due: look at their cohorts again."""
        _TOUCH.changed(self._connection, {"alumnus": who})
