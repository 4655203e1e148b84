"""What is asked of one alumnus in SQL: each condition on its own, correlated with their row."""

from sqlalchemy import ColumnElement, and_, exists, or_

from contact.address import SENDABLE, UNUSABLE
from contact.candidate import ANSWERS, WaveWindow
from contact.case import CaseState
from contact.consent import NO_STOP, Purpose
from contact.flag import PAUSING, FlagKind
from contact.hours import start_of_day
from storage.schema import spelt, spelt_out
from storage.tables import address, alumnus, case, consent, destination, ending, endpoint, flag

mine = alumnus.c.id
_other_address = address.alias("other_address")
_other_case = case.alias("other_case")


USABLE = (
    exists()
    .where(
        address.c.alumnus_id == mine,
        address.c.channel.in_(spelt_out(SENDABLE)),
        address.c.standing.not_in(spelt_out(UNUSABLE)),
        endpoint.c.id == address.c.endpoint_id,
        endpoint.c.standing.not_in(spelt_out(UNUSABLE)),
    )
    .correlate(alumnus)
)
_sharing = and_(
    address.c.alumnus_id == mine,
    address.c.channel.in_(spelt_out(SENDABLE)),
    address.c.standing.not_in(spelt_out(UNUSABLE)),
    endpoint.c.id == address.c.endpoint_id,
    endpoint.c.standing.not_in(spelt_out(UNUSABLE)),
    _other_address.c.endpoint_id == address.c.endpoint_id,
    _other_address.c.alumnus_id != mine,
    # Who is never asked there is in nobody's way.
    _other_address.c.standing.not_in(spelt_out(UNUSABLE)),
)
SHARES = exists().where(_sharing).correlate(alumnus)
IN_USE = (
    exists()
    .where(
        _sharing,
        _other_case.c.alumnus_id == _other_address.c.alumnus_id,
        _other_case.c.state != spelt(CaseState.ENDED),
    )
    .correlate(alumnus)
)
_open_flag = and_(flag.c.alumnus_id == mine, flag.c.closed_at.is_(None))
IN_REVIEW = (
    exists().where(_open_flag, flag.c.kind == spelt(FlagKind.IMPORT_REVIEW)).correlate(alumnus)
)
PAUSED = exists().where(_open_flag, flag.c.kind.in_(spelt_out(PAUSING))).correlate(alumnus)
NOT_ENDED = (
    exists()
    .where(case.c.alumnus_id == mine, case.c.state != spelt(CaseState.ENDED))
    .correlate(alumnus)
)
LIVE = and_(
    consent.c.alumnus_id == mine,
    consent.c.purpose == spelt(Purpose.TRACKING),
    consent.c.withdrawn_at.is_(None),
)
_withdrawn = consent.alias("withdrawn")
WITHDREW = (
    exists()
    .where(
        _withdrawn.c.alumnus_id == mine,
        _withdrawn.c.purpose == spelt(Purpose.TRACKING),
        # What lapsed is no stop: they never said so.
        _withdrawn.c.withdrawn_how.not_in([spelt(each) for each in NO_STOP]),
    )
    .correlate(alumnus)
)


def just_answered(window: WaveWindow) -> ColumnElement[bool]:
    """Whether another case was answered since the wave of ``window`` opened."""
    other = case.alias("just_answered")
    how = ending.alias("just_how")
    return (
        exists()
        .where(
            other.c.alumnus_id == mine,
            other.c.ended_at >= start_of_day(window.opens),
            how.c.case_id == other.c.id,
            how.c.disposition.in_(spelt_out(ANSWERS)),
        )
        .correlate(alumnus)
    )


def known_from(window: WaveWindow, sources: list[str]) -> ColumnElement[bool]:
    """Whether one of ``sources`` has said something since ``window`` counts it as known."""
    return (
        exists()
        .where(
            destination.c.alumnus_id == mine,
            or_(*(destination.c.source == each for each in sources)),
            destination.c.known_since >= start_of_day(window.known_from),
        )
        .correlate(alumnus)
    )
