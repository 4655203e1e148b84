"""Who is due: the facts of everybody, and one statement that opens the cases."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    literal,
    not_,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from contact.address import SENDABLE, UNUSABLE, Standing
from contact.candidate import ANSWERS, Candidate, Facts, WaveCase, WaveWindow, wave_case_of
from contact.case import CaseState, Disposition
from contact.consent import Purpose
from contact.flag import PAUSING, FlagKind
from contact.hours import start_of_day
from storage.schema import spelt, spelt_out
from storage.tables import address, alumnus, case, consent, destination, ending, endpoint, flag
from storage.tables import membership as member

_mine = alumnus.c.id
_other_address = address.alias("other_address")
_other_case = case.alias("other_case")


_USABLE = (
    exists()
    .where(
        address.c.alumnus_id == _mine,
        address.c.channel.in_(spelt_out(SENDABLE)),
        address.c.standing.not_in(spelt_out(UNUSABLE)),
        endpoint.c.id == address.c.endpoint_id,
        endpoint.c.standing.not_in(spelt_out(UNUSABLE)),
    )
    .correlate(alumnus)
)
_sharing = and_(
    address.c.alumnus_id == _mine,
    address.c.channel.in_(spelt_out(SENDABLE)),
    address.c.standing.not_in(spelt_out(UNUSABLE)),
    endpoint.c.id == address.c.endpoint_id,
    endpoint.c.standing.not_in(spelt_out(UNUSABLE)),
    _other_address.c.endpoint_id == address.c.endpoint_id,
    _other_address.c.alumnus_id != _mine,
    _other_address.c.standing != spelt(Standing.NOT_THEIRS),
)
_SHARES = exists().where(_sharing).correlate(alumnus)
_IN_USE = (
    exists()
    .where(
        _sharing,
        _other_case.c.alumnus_id == _other_address.c.alumnus_id,
        _other_case.c.state != spelt(CaseState.ENDED),
    )
    .correlate(alumnus)
)
_open_flag = and_(flag.c.alumnus_id == _mine, flag.c.closed_at.is_(None))
_IN_REVIEW = (
    exists().where(_open_flag, flag.c.kind == spelt(FlagKind.IMPORT_REVIEW)).correlate(alumnus)
)
_PAUSED = exists().where(_open_flag, flag.c.kind.in_(spelt_out(PAUSING))).correlate(alumnus)
_NOT_ENDED = (
    exists()
    .where(case.c.alumnus_id == _mine, case.c.state != spelt(CaseState.ENDED))
    .correlate(alumnus)
)
_live = and_(
    consent.c.alumnus_id == _mine,
    consent.c.purpose == spelt(Purpose.TRACKING),
    consent.c.withdrawn_at.is_(None),
)
_withdrawn = consent.alias("withdrawn")
_WITHDREW = (
    exists()
    .where(_withdrawn.c.alumnus_id == _mine, _withdrawn.c.purpose == spelt(Purpose.TRACKING))
    .correlate(alumnus)
)


class DueList:
    """The selection the scheduler works from."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, window: WaveWindow, only: UUID | None = None) -> Iterator[Candidate]:
        """Everybody of the cohort with the facts about this wave, in a fixed order."""
        query = _facts(window)
        if only is not None:
            query = query.where(_mine == only)
        for row in self._connection.execute(query, execution_options={"yield_per": 1000}):
            yield _candidate(row, window)

    def select(self, window: WaveWindow, day: date) -> Iterator[UUID]:
        """The alumni who are due on ``day`` and share no number, in no fixed order."""
        query = _due(window, day).where(not_(_SHARES))
        yield from self._connection.execute(query, execution_options={"yield_per": 5000}).scalars()

    def open(self, window: WaveWindow, day: date, now: datetime) -> int:
        """Open a case for everybody who is due on ``day``; how many were opened.

        Those who share a number come one after another, each looked at again
        after the one before: the second of two twins waits.
        """
        due = _due(window, day)
        opened = self._insert(window, due.where(not_(_SHARES)), now)
        sharing = self._connection.execute(due.where(_SHARES).order_by(_mine)).scalars().all()
        for who in sharing:
            opened += self._insert(window, due.where(not_(_IN_USE), _mine == who), now)
        return opened

    def skip_answered(self, window: WaveWindow, day: date, now: datetime) -> int:
        """End at once what waited for a case that has just been answered; how many."""
        waiting = _due(window, day, answered_too=True).where(_just_answered(window))
        people = self._connection.execute(waiting).scalars().all()
        for who in people:
            self._end_just_answered(window, who, now)
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
        chosen = due.with_only_columns(_mine, *columns)
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


def _due(window: WaveWindow, day: date, *, answered_too: bool = False) -> Select[Any]:
    """Who is due in an open wave; the pure rule in ``scheduler.due`` says the same."""
    this_wave = exists().where(
        case.c.alumnus_id == _mine,
        case.c.cohort_id == window.cohort,
        case.c.wave == window.wave,
    )
    live = [_live, consent.c.until >= day]
    if window.wordings is not None:
        live.append(consent.c.wording.in_(window.wordings))
    query = (
        select(_mine)
        .select_from(member)
        .join(alumnus, _mine == member.c.alumnus_id)
        .where(
            member.c.cohort_id == window.cohort,
            # First, because on all days but the wave's first it settles the matter for most.
            not_(this_wave.correlate(alumnus)),
            not_(member.c.retained),
            alumnus.c.held_since.is_(None),
            not_(_NOT_ENDED),
            exists().where(*live).correlate(alumnus),
            _USABLE,
            not_(_IN_REVIEW),
            not_(_PAUSED),
        )
    )
    if window.not_known_from:
        query = query.where(not_(_known(window, [str(each) for each in window.not_known_from])))
    if not answered_too:
        query = query.where(not_(_just_answered(window)))
    return query


def _just_answered(window: WaveWindow) -> ColumnElement[bool]:
    other = case.alias("just_answered")
    how = ending.alias("just_how")
    return (
        exists()
        .where(
            other.c.alumnus_id == _mine,
            other.c.ended_at >= start_of_day(window.opens),
            how.c.case_id == other.c.id,
            how.c.disposition.in_(spelt_out(ANSWERS)),
        )
        .correlate(alumnus)
    )


def _known(window: WaveWindow, sources: list[str]) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            destination.c.alumnus_id == _mine,
            destination.c.source.in_(sources),
            destination.c.known_since >= start_of_day(window.known_from),
        )
        .correlate(alumnus)
    )


def _facts(window: WaveWindow) -> Select[Any]:
    this_wave = and_(
        case.c.alumnus_id == _mine,
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
    sources = [_known(window, [str(each)]) for each in window.not_known_from]
    return (
        select(
            _mine,
            alumnus.c.reference,
            member.c.retained,
            alumnus.c.held_since.is_not(None),
            consent.c.until,
            consent.c.wording,
            and_(consent.c.id.is_(None), _WITHDREW),
            _IN_REVIEW,
            _PAUSED,
            _USABLE,
            _IN_USE,
            _SHARES,
            select(case.c.state).where(this_wave).correlate(alumnus).scalar_subquery(),
            newest.with_only_columns(ending.c.disposition).scalar_subquery(),
            newest.with_only_columns(ending.c.detail).scalar_subquery(),
            _NOT_ENDED,
            _just_answered(window),
            *sources,
        )
        .select_from(member)
        .join(alumnus, _mine == member.c.alumnus_id)
        .outerjoin(consent, _live)
        .where(member.c.cohort_id == window.cohort)
        .order_by(_mine)
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
