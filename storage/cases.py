"""Cases, their attempts and endings, as the domain sees them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition, Ending, Terms
from contact.consent import Purpose
from storage.schema import spelt
from storage.statement import Statement
from storage.tables import attempt, case, consent, ending

COLUMNS = (
    case.c.id,
    case.c.alumnus_id,
    case.c.school,
    case.c.cohort_id,
    case.c.wave,
    case.c.state,
    case.c.tries,
    case.c.gap_days,
    case.c.reply_days,
    case.c.late_reply_days,
    case.c.until,
    case.c.opened_at,
    case.c.act_at,
    case.c.paused_since,
    case.c.ended_at,
)
_BY_ID = Statement(select(*COLUMNS).where(case.c.id == bindparam("id")))
_OF = Statement(
    select(*COLUMNS).where(case.c.alumnus_id == bindparam("alumnus")).order_by(case.c.id)
)
_NOT_ENDED = case.c.state != spelt(CaseState.ENDED)
_CURRENT = Statement(select(*COLUMNS).where(case.c.alumnus_id == bindparam("alumnus"), _NOT_ENDED))
_TO_ACT = Statement(
    select(*COLUMNS)
    .where(case.c.act_at.is_not(None), case.c.act_at <= bindparam("now"))
    .order_by(case.c.act_at)
    .limit(bindparam("most"))
)
_PAST = Statement(
    select(*COLUMNS)
    .where(
        _NOT_ENDED,
        ~exists().where(
            consent.c.alumnus_id == case.c.alumnus_id,
            consent.c.purpose == spelt(Purpose.TRACKING),
            consent.c.withdrawn_at.is_(None),
            consent.c.until >= bindparam("day"),
        ),
    )
    .order_by(case.c.id)
    .limit(bindparam("most"))
)
SAVE_CASE = Statement(
    update(case)
    .where(case.c.id == bindparam("case_id"), _NOT_ENDED)
    .values(
        state=bindparam("new_state"),
        act_at=bindparam("next_look"),
        paused_since=bindparam("paused"),
        ended_at=bindparam("ended"),
    )
)
_END = Statement(insert(ending))
_ENDINGS = Statement(
    select(ending.c.case_id, ending.c.at, ending.c.disposition, ending.c.detail, ending.c.code)
    .where(ending.c.case_id == bindparam("case_id"))
    .order_by(ending.c.id)
)

ATTEMPT_COLUMNS = (
    attempt.c.case_id,
    attempt.c.number,
    attempt.c.state,
    attempt.c.planned_for,
    attempt.c.channel,
    attempt.c.address_id,
    attempt.c.asked_at,
    attempt.c.answer_by,
    attempt.c.ended_at,
    attempt.c.outcome,
    attempt.c.by,
)
_ATTEMPTS = Statement(
    select(*ATTEMPT_COLUMNS)
    .where(attempt.c.case_id == bindparam("case_id"))
    .order_by(attempt.c.number)
)
_PLAN = Statement(insert(attempt))
SAVE_ATTEMPT = Statement(
    update(attempt)
    .where(attempt.c.case_id == bindparam("case"), attempt.c.number == bindparam("nr"))
    .values(
        state=bindparam("new_state"),
        planned_for=bindparam("planned"),
        channel=bindparam("via"),
        address_id=bindparam("where"),
        asked_at=bindparam("asked"),
        answer_by=bindparam("deadline"),
        ended_at=bindparam("ended"),
        outcome=bindparam("how"),
        by=bindparam("who"),
    )
)


class Cases:
    """The obligations: who is followed up in which wave, and how it ended."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, number: int) -> Case | None:
        """The case with that number, or None."""
        row = _BY_ID.first(self._connection, {"id": number})
        return case_of(row) if row else None

    def of(self, who: UUID) -> list[Case]:
        """Every case of an alumnus, oldest first."""
        return [case_of(row) for row in _OF.rows(self._connection, {"alumnus": who})]

    def current(self, who: UUID) -> Case | None:
        """The one case of an alumnus that is not ended, or None."""
        row = _CURRENT.first(self._connection, {"alumnus": who})
        return case_of(row) if row else None

    def to_act(self, now: datetime, most: int) -> list[Case]:
        """The cases the clock must look at by ``now``, the longest overdue first."""
        rows = _TO_ACT.rows(self._connection, {"now": now, "most": most})
        return [case_of(row) for row in rows]

    def past_permission(self, day: date, most: int) -> list[Case]:
        """The cases that run though no permission lasts to ``day``, oldest first."""
        rows = _PAST.rows(self._connection, {"day": day, "most": most})
        return [case_of(row) for row in rows]

    def save(self, one: Case) -> bool:
        """Store state and times; False where somebody ended it meanwhile (theirs stands)."""
        return SAVE_CASE.changed(self._connection, case_values(one)) == 1

    def end(self, how: Ending) -> None:
        """Add an ending; an earlier one of the same case stays, superseded."""
        _END.changed(
            self._connection,
            {
                "case_id": how.case,
                "at": how.at,
                "disposition": how.disposition,
                "detail": how.detail,
                "code": how.code,
            },
        )

    def endings(self, number: int) -> list[Ending]:
        """The endings of a case, the one that stands last."""
        rows = _ENDINGS.rows(self._connection, {"case_id": number})
        return [Ending(row[0], row[1], Disposition(row[2]), row[3], row[4]) for row in rows]


class Attempts:
    """The tries of a case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, number: int) -> list[Attempt]:
        """The attempts of a case in their order."""
        rows = _ATTEMPTS.rows(self._connection, {"case_id": number})
        return [attempt_of(row) for row in rows]

    def plan(self, new: Attempt) -> None:
        """Store an attempt under a number that is free."""
        _PLAN.changed(
            self._connection,
            {
                "case_id": new.case,
                "number": new.number,
                "state": new.state,
                "planned_for": new.planned_for,
                "channel": new.channel,
                "address_id": new.address,
                "asked_at": new.asked_at,
                "answer_by": new.answer_by,
                "ended_at": new.ended_at,
                "outcome": new.outcome,
                "by": new.by,
            },
        )

    def save(self, changed: Attempt) -> None:
        """Store what became of an attempt."""
        SAVE_ATTEMPT.changed(self._connection, attempt_values(changed))


def case_values(one: Case) -> dict[str, Any]:
    """What :data:`SAVE_CASE` stores."""
    return {
        "case_id": one.id,
        "new_state": one.state,
        "next_look": one.act_at,
        "paused": one.paused_since,
        "ended": one.ended_at,
    }


def attempt_values(changed: Attempt) -> dict[str, Any]:
    """What :data:`SAVE_ATTEMPT` stores."""
    return {
        "case": changed.case,
        "nr": changed.number,
        "new_state": changed.state,
        "planned": changed.planned_for,
        "via": changed.channel,
        "where": changed.address,
        "asked": changed.asked_at,
        "deadline": changed.answer_by,
        "ended": changed.ended_at,
        "how": changed.outcome,
        "who": changed.by,
    }


def case_of(row: Any) -> Case:
    """The case of a row of :data:`COLUMNS`."""
    return Case(
        id=row[0],
        alumnus=row[1],
        school=row[2],
        cohort=row[3],
        wave=row[4],
        state=CaseState(row[5]),
        terms=Terms(row[6], row[7], row[8], row[9], row[10]),
        opened_at=row[11],
        act_at=row[12],
        paused_since=row[13],
        ended_at=row[14],
    )


def attempt_of(row: Any) -> Attempt:
    """The try of a row of :data:`ATTEMPT_COLUMNS`."""
    return Attempt(
        case=row[0],
        number=row[1],
        state=AttemptState(row[2]),
        planned_for=row[3],
        channel=row[4],
        address=row[5],
        asked_at=row[6],
        answer_by=row[7],
        ended_at=row[8],
        outcome=row[9],
        by=row[10],
    )
