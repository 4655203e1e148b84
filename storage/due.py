"""Who is due: the facts of everybody, and one statement that opens the cases."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from contact.candidate import Candidate, Facts, WaveCase, WaveWindow, wave_case_of
from contact.case import CaseState, Disposition
from storage.due_conditions import (
    IN_REVIEW,
    IN_USE,
    LIVE,
    NOT_ENDED,
    PAUSED,
    SHARES,
    USABLE,
    WITHDREW,
    just_answered,
    known_from,
    mine,
)
from storage.schema import Day
from storage.statement import Statement
from storage.tables import alumnus, case, consent, ending
from storage.tables import membership as member

#: As many waves as are ever open at once, and then some.
_WINDOWS = 256


class DueList:
    """The selection the scheduler works from."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, window: WaveWindow, only: UUID | None = None) -> Iterator[Candidate]:
        """Everybody of the cohort with the facts about this wave, in a fixed order."""
        query = _facts(window)
        if only is not None:
            query = query.where(mine == only)
        for row in self._connection.execute(query, execution_options={"yield_per": 1000}):
            yield _candidate(row, window)

    def select(self, window: WaveWindow, day: date) -> Iterator[UUID]:
        """The alumni who are due on ``day`` and share no number, in no fixed order."""
        query = _due(window, day).where(not_(SHARES))
        yield from self._connection.execute(query, execution_options={"yield_per": 5000}).scalars()

    def open(self, window: WaveWindow, day: date, now: datetime) -> int:
        """Open a case for everybody who is due on ``day``; how many were opened.

        Those who share a number come one after another, each looked at again
        after the one before: the second of two twins waits.
        """
        if not _somebody(window).rows(self._connection, {"day": day}):
            return 0
        due = _due(window, day)
        opened = self._insert(window, due.where(not_(SHARES)), now)
        sharing = self._connection.execute(due.where(SHARES).order_by(mine)).scalars().all()
        for who in sharing:
            opened += self._insert(window, due.where(not_(IN_USE), mine == who), now)
        return opened

    def skip_answered(self, window: WaveWindow, day: date, now: datetime) -> int:
        """End at once what waited for a case that has just been answered; how many."""
        people = _waiting(window).rows(self._connection, {"day": day})
        for row in people:
            self._end_just_answered(window, row[0], now)
        return len(people)

    def _end_just_answered(self, window: WaveWindow, who: UUID, now: datetime) -> None:
        values = {"alumnus_id": who, **_terms(window, now), "ended_at": now}
        values |= {"state": CaseState.ENDED, "act_at": None}
        number = self._connection.execute(insert(case).returning(case.c.id), values).scalar_one()
        self._connection.execute(
            insert(ending),
            {
                "case_id": number,
                "at": now,
                "disposition": Disposition.OTHER,
                "detail": "just_answered",
            },
        )

    def _insert(self, window: WaveWindow, due: Select[Any], now: datetime) -> int:
        values = _terms(window, now)
        columns = [literal(value, case.c[name].type) for name, value in values.items()]
        chosen = due.with_only_columns(mine, *columns)
        into = insert(case).from_select(["alumnus_id", *values], chosen)
        once = into.on_conflict_do_nothing()
        kept = {"preserve_rowcount": True}
        return self._connection.execute(once, execution_options=kept).rowcount


def _terms(window: WaveWindow, now: datetime) -> dict[str, Any]:
    terms = window.terms
    return {
        "school": window.school,
        "cohort_id": window.cohort,
        "wave": window.wave,
        "state": CaseState.OPEN,
        "tries": terms.tries,
        "gap_days": terms.gap_days,
        "reply_days": terms.reply_days,
        "late_reply_days": terms.late_reply_days,
        "until": terms.until,
        "opened_at": now,
        "act_at": now,
    }


@lru_cache(_WINDOWS)
def _somebody(window: WaveWindow) -> Statement:
    """One who is due on ``:day``: on most days there is none, and no more is asked."""
    return Statement(_due(window, bindparam("day", type_=Day)).limit(1))


@lru_cache(_WINDOWS)
def _waiting(window: WaveWindow) -> Statement:
    """Who would be due on ``:day``, had another case not just been answered."""
    waiting = _due(window, bindparam("day", type_=Day), answered_too=True)
    return Statement(waiting.where(just_answered(window)))


def _due(
    window: WaveWindow, day: date | BindParameter[date], *, answered_too: bool = False
) -> Select[Any]:
    """Who is due in an open wave; the pure rule in ``scheduler.due`` says the same."""
    this_wave = exists().where(
        case.c.alumnus_id == mine,
        case.c.cohort_id == window.cohort,
        case.c.wave == window.wave,
    )
    live = [LIVE, consent.c.until >= day]
    if window.wordings is not None:
        live.append(or_(false(), *(consent.c.wording == each for each in window.wordings)))
    query = (
        select(mine)
        .select_from(member)
        .join(alumnus, member.c.alumnus_id == mine)
        .where(
            member.c.cohort_id == window.cohort,
            # First, because on all days but the wave's first it settles the matter for most.
            not_(this_wave.correlate(alumnus)),
            not_(member.c.retained),
            alumnus.c.held_since.is_(None),
            not_(NOT_ENDED),
            exists().where(*live).correlate(alumnus),
            USABLE,
            not_(IN_REVIEW),
            not_(PAUSED),
        )
    )
    if window.not_known_from:
        query = query.where(not_(known_from(window, [str(each) for each in window.not_known_from])))
    if not answered_too:
        query = query.where(not_(just_answered(window)))
    return query


def _facts(window: WaveWindow) -> Select[Any]:
    this_wave = and_(
        case.c.alumnus_id == mine,
        case.c.cohort_id == window.cohort,
        case.c.wave == window.wave,
    )
    newest = (
        select(ending.c.disposition, ending.c.detail)
        .join(case, case.c.id == ending.c.case_id)
        .where(this_wave)
        .order_by(ending.c.id.desc())
        .limit(1)
        .correlate(alumnus)
    )
    sources = [known_from(window, [str(each)]) for each in window.not_known_from]
    return (
        select(
            mine,
            alumnus.c.reference,
            member.c.retained,
            alumnus.c.held_since.is_not(None),
            consent.c.until,
            consent.c.wording,
            and_(consent.c.id.is_(None), WITHDREW),
            IN_REVIEW,
            PAUSED,
            USABLE,
            IN_USE,
            SHARES,
            select(case.c.state).where(this_wave).correlate(alumnus).scalar_subquery(),
            newest.with_only_columns(ending.c.disposition).scalar_subquery(),
            newest.with_only_columns(ending.c.detail).scalar_subquery(),
            NOT_ENDED,
            just_answered(window),
            *sources,
        )
        .select_from(member)
        .join(alumnus, member.c.alumnus_id == mine)
        .outerjoin(consent, LIVE)
        .where(member.c.cohort_id == window.cohort)
        .order_by(mine)
    )


def _candidate(row: Any, window: WaveWindow) -> Candidate:
    wave_case = None
    if row[12] is not None:
        how = Disposition(row[13]) if row[13] else None
        wave_case = wave_case_of(CaseState(row[12]), how, row[14] or "")
    elif row[16]:
        wave_case = WaveCase.ANSWERED
    known = zip(window.not_known_from, row[17:], strict=True)
    facts = Facts(
        retained=row[2],
        opted_out=bool(row[6]),
        consent_granted=row[5] is not None,
        consent_until=row[4],
        in_review=bool(row[7]),
        held=bool(row[3]),
        paused=bool(row[8]),
        usable_address=bool(row[9]),
        number_in_use=bool(row[10]),
        wave_case=wave_case,
        other_case_open=bool(row[15]) and wave_case is not WaveCase.RUNNING,
        known_sources=frozenset(str(source) for source, said in known if said),
    )
    return Candidate(row[0], row[1], row[5], facts, bool(row[11]))
