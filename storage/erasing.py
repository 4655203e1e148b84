"""Erasing somebody: what could say who they are goes, what only counts stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    null,
    select,
    update,
)

from contact.address import Standing
from contact.attempt import AttemptState
from contact.case import CaseState, Disposition
from contact.flag import Decision
from contact.message import Delivery
from storage.schema import spelt, spelt_out
from storage.statement import Statement
from storage.tables import (
    address,
    alumnus,
    attempt,
    audit,
    case,
    consent,
    conversation,
    destination,
    ending,
    endpoint,
    flag,
    invitation,
    known_as,
    message,
    reply,
)

#: How everything that was stopped by it says so.
ERASED = "erased"

_who = bindparam("who", type_=alumnus.c.id.type)
_when = bindparam("moment", type_=case.c.opened_at.type)
_theirs = select(address.c.endpoint_id).where(
    address.c.alumnus_id == _who,
    # A stranger's number stays the stranger's.
    address.c.standing != spelt(Standing.NOT_THEIRS),
)
_not_ended = case.c.state != spelt(CaseState.ENDED)
_all_their_cases = select(case.c.id).where(case.c.alumnus_id == _who)
_their_cases = _all_their_cases.where(_not_ended)

#: What can go on no longer: each takes the alumnus and the moment.
_STOPPED = tuple(
    Statement(each)
    for each in (
        insert(ending).from_select(
            ["case_id", "at", "disposition", "detail", "code"],
            select(case.c.id, _when, spelt(Disposition.OTHER), spelt(ERASED), null()).where(
                case.c.alumnus_id == _who, _not_ended
            ),
        ),
        update(attempt)
        .where(
            attempt.c.case_id.in_(_their_cases),
            attempt.c.state.in_(spelt_out([AttemptState.PLANNED, AttemptState.WAITING])),
        )
        .values(state=spelt(AttemptState.CANCELLED), ended_at=_when, outcome=spelt(ERASED)),
        update(message)
        .where(message.c.alumnus_id == _who, message.c.delivery == spelt(Delivery.PLANNED))
        .values(delivery=spelt(Delivery.CANCELLED), settled_at=_when, detail=spelt(ERASED)),
        update(case)
        .where(case.c.alumnus_id == _who, _not_ended)
        .values(state=spelt(CaseState.ENDED), ended_at=_when, act_at=None, paused_since=None),
        update(consent)
        .where(consent.c.alumnus_id == _who, consent.c.withdrawn_at.is_(None))
        .values(withdrawn_at=_when, withdrawn_how=spelt(ERASED)),
        update(flag)
        .where(flag.c.alumnus_id == _who, flag.c.closed_at.is_(None))
        .values(closed_at=_when, decision=spelt(Decision.WITHDRAW), closed_by=spelt(ERASED)),
    )
)
#: What could be read: each takes the alumnus. The endpoints come before the
#: addresses that lead to them; they stay as keyed hashes that nothing is sent
#: to, so that a later import cannot revive the contact.
_UNREADABLE = tuple(
    Statement(each)
    for each in (
        update(endpoint)
        .where(endpoint.c.id.in_(_theirs))
        .values(standing=spelt(Standing.OPTED_OUT)),
        update(reply)
        .where(reply.c.alumnus_id == _who)
        .values(text=None, digest=None, reading=None),
        # Also what came before we knew whose number it was.
        update(reply)
        .where(reply.c.alumnus_id.is_(None), reply.c.endpoint_id.in_(_theirs))
        .values(text=None, digest=None, reading=None),
        update(message).where(message.c.alumnus_id == _who).values(text=None),
        update(flag).where(flag.c.alumnus_id == _who).values(note=None),
        update(audit).where(audit.c.alumnus_id == _who).values(note=None),
        update(destination)
        .where(destination.c.alumnus_id == _who)
        .values(details=None, urn=None, ukprn=None),
        # By their cases, because those are indexed and the closed talks of somebody are not.
        delete(conversation).where(conversation.c.case_id.in_(_all_their_cases)),
        delete(invitation).where(invitation.c.alumnus_id == _who),
        delete(address).where(address.c.alumnus_id == _who),
        delete(known_as).where(known_as.c.alumnus_id == _who),
        update(alumnus)
        .where(alumnus.c.id == _who)
        .values(data_key=None, profile=None, match_key=None),
    )
)


def erase(connection: Connection, who: UUID, at: datetime) -> None:
    """Make ``who`` unreadable for good, and stop whatever still ran for them.

    Their case ends ``other: erased``. Their number or chat is closed for
    everybody who shares it; cases, tries, endings, codes and audit stay.
    """
    for statement in _STOPPED:
        statement.changed(connection, {"who": who, "moment": at})
    for statement in _UNREADABLE:
        statement.changed(connection, {"who": who})
