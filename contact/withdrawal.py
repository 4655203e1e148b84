"""Stop, and start again: the opt-out as a ledger that every way out of the house obeys."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from contact.address import Standing
from contact.audit import Deed
from contact.case import Case, Disposition
from contact.consent import NO_STOP, Consent, Purpose
from contact.destination import REFUSED
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.gate import ALWAYS_SENT
from contact.message import Delivery
from contact.opening import answer, end_case
from contact.ports import Work
from contact.school import School, Schools

#: What a stop ends; permissions to share stay, and a flag shows them to staff.
STOPPED = (Purpose.TRACKING, Purpose.ALUMNI_NEWS)
_SHARING = (Purpose.SHARE_AUTHORITY, Purpose.SHARE_PROVIDERS)


def withdraw(
    work: Work, who: UUID, school: School | None, now: datetime, how: str, by: str = "alumnus"
) -> bool:
    """End the permission to follow ``who`` up, on every channel, from this commit on.

    Planned messages are cancelled and a running case ends ``refusal`` 830
    (``partial`` where their code is known). Whether anything was ended that
    still stood.
    """
    ended = work.consents.withdraw(who, STOPPED, now, how)
    _cancel_messages(work, who, now)
    case = work.cases.current(who)
    if case is not None:
        end_refused(work, case, now, "stopped")
    if ended:
        work.audit.write(Deed(now, by, "withdraw", who, detail=how))
        if any(work.consents.live(who, purpose) for purpose in _SHARING):
            raise_flag(work, FlagKind.SHARE_KEPT, school, now, alumnus=who, detail=how)
    return bool(ended)


def lapse(work: Work, who: UUID, now: datetime, how: str, by: str) -> None:
    """End the permission to follow ``who`` up though they did not ask for that.

    A running case ends ``other: consent_ended``: it is no refusal.
    """
    ended = work.consents.withdraw(who, STOPPED, now, how)
    _cancel_messages(work, who, now)
    case = work.cases.current(who)
    if case is not None:
        end_case(work, case, Disposition.OTHER, "consent_ended", now)
    if ended:
        work.audit.write(Deed(now, by, "lapse", who, detail=how))


def stop_endpoint(
    work: Work, endpoint: UUID, who: UUID | None, schools: dict[UUID, School], now: datetime
) -> None:
    """Nothing more to this endpoint, whoever shares it; the others are put before staff."""
    work.addresses.endpoint_stands(endpoint, Standing.OPTED_OUT)
    for other in work.addresses.sharers(endpoint):
        if other != who and other in schools:
            raise_flag(
                work,
                FlagKind.SHARED_STOP,
                schools[other],
                now,
                alumnus=other,
                subject=f"shared_stop:{other}:{endpoint}",
            )


def schools_of(work: Work, endpoint: UUID, schools: Schools) -> dict[UUID, School]:
    """The school of everybody who shares an endpoint."""
    people = (work.alumni.get(who) for who in work.addresses.sharers(endpoint))
    return {each.id: schools[each.school] for each in people if each and each.school in schools}


def has_stopped(work: Work, who: UUID) -> bool:
    """Whether they withdrew from being followed up, and have not come back."""
    given = [each for each in work.consents.of(who) if each.purpose is Purpose.TRACKING]
    if not given or any(each.withdrawn_at is None for each in given):
        return False
    return any(each.withdrawn_how not in NO_STOP for each in given)


def end_refused(work: Work, case: Case, now: datetime, detail: str) -> None:
    """End a case because they will not go on: what they told us before stays."""
    talk = work.conversations.of_case(case.id)
    code = talk.talk.code if talk else None
    if code is None:
        end_case(work, case, Disposition.REFUSAL, detail, now, REFUSED)
    else:
        answer(work, case, now)
        end_case(work, case, Disposition.PARTIAL, detail, now, code)


def consent_again(
    work: Work, who: UUID, endpoint: UUID, until: date, now: datetime, evidence: str
) -> bool:
    """START restores tracking, on that endpoint; False where nothing had been stopped.

    Their other addresses stay stopped until they say so there, too. It
    re-opens no case. ``evidence`` names the reply or the member of staff.
    """
    if work.consents.live(who, Purpose.TRACKING) is not None:
        return _open_again(work, who, endpoint, now, evidence)
    past = [each for each in work.consents.of(who) if each.purpose is Purpose.TRACKING]
    if not past:
        return False
    last = past[-1]
    work.consents.grant(Consent(who, Purpose.TRACKING, last.wording, now, "start", evidence, until))
    for address in work.addresses.of(who):
        if address.endpoint != endpoint and address.usable:
            work.addresses.stands(address.id, Standing.OPTED_OUT)
    _reach_again(work, who, endpoint)
    work.cohorts.touch(who)
    work.audit.write(Deed(now, "alumnus", "consent_again", who, detail=evidence))
    return True


def _open_again(work: Work, who: UUID, endpoint: UUID, now: datetime, evidence: str) -> bool:
    """It was stopped by itself, or by somebody who shares it: start opens it again."""
    mine = (each for each in work.addresses.of(who) if each.endpoint == endpoint)
    if all(each.standing is not Standing.OPTED_OUT for each in mine):
        return False
    _reach_again(work, who, endpoint)
    work.cohorts.touch(who)
    work.audit.write(Deed(now, "alumnus", "open_again", who, detail=evidence))
    return True


def _reach_again(work: Work, who: UUID, endpoint: UUID) -> None:
    """The endpoint is open, and so is their own address there."""
    work.addresses.endpoint_stands(endpoint, Standing.WORKS)
    for address in work.addresses.of(who):
        if address.endpoint == endpoint and address.standing is Standing.OPTED_OUT:
            work.addresses.stands(address.id, Standing.WORKS)


def _cancel_messages(work: Work, who: UUID, now: datetime) -> None:
    for message in work.messages.of(who):
        if message.delivery is Delivery.PLANNED and message.kind not in ALWAYS_SENT:
            gone = replace(message, delivery=Delivery.CANCELLED, settled_at=now, detail="stopped")
            work.messages.save(gone, Delivery.PLANNED)
