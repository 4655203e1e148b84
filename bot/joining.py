"""How an alumnus joins by chat: an invitation, used once, by one account."""

import re
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.desk import Desk
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.ports import Work
from contact.school import School
from contact.withdrawal import schools_of

_START = re.compile(r"^/start(?:@\w+)?(?:\s+(?P<token>[A-Za-z0-9_-]{1,64}))?\s*$")


class Joined(StrEnum):
    """What an invitation came to."""

    WELCOME = "welcome"
    AGAIN = "again"
    EXPIRED = "expired"
    REUSED = "reused"
    UNKNOWN = "unknown"


def token_in(text: str) -> str | None:
    """The token of a ``/start`` message; empty for a bare one, None where it is none."""
    found = _START.match(text)
    return (found["token"] or "") if found else None


def join(
    work: Work, token: str, chat: str, desk: Desk, now: datetime
) -> tuple[Joined, Alumnus | None]:
    """Tie ``chat`` to the alumnus an invitation is for; what came of it, and who they are.

    A token works once. The same account may press it again; another account
    is put before staff (``token_reuse``), because somebody may have passed the
    invitation on.
    """
    invitation = work.house.invitation(token)
    person = work.alumni.get(invitation.alumnus) if invitation else None
    if invitation is None or person is None:
        return Joined.UNKNOWN, None
    school = desk.schools.get(person.school)
    if invitation.used_at is not None:
        if work.house.same_chat(invitation.used_by, chat):
            _tie(work, person, chat)
            return Joined.AGAIN, person
        subject = f"token_reuse:{person.id}"
        raise_flag(work, FlagKind.TOKEN_REUSE, school, now, alumnus=person.id, subject=subject)
        return Joined.REUSED, person
    if now >= invitation.expires_at:
        return Joined.EXPIRED, person
    if not work.house.accept_invitation(token, chat, now):
        return Joined.REUSED, person
    _tie(work, person, chat)
    work.audit.write(Deed(now, "alumnus", "join_telegram", person.id))
    work.cohorts.touch(person.id)
    return Joined.WELCOME, person


def chat_stands(work: Work, chat: str, blocked: bool, desk: Desk, now: datetime) -> None:
    """A chat was blocked or let us in again: this address only, and no withdrawal."""
    endpoint = work.addresses.find(ChannelName.TELEGRAM, chat)
    if endpoint is None:
        return
    schools = schools_of(work, endpoint.id, desk.schools)
    for who in work.addresses.sharers(endpoint.id):
        for address in work.addresses.of(who):
            if address.endpoint == endpoint.id:
                _stands(work, address, blocked, schools.get(who), now)


def _stands(
    work: Work, address: Address, blocked: bool, school: School | None, now: datetime
) -> None:
    if not blocked:
        if address.standing is Standing.OPTED_OUT:
            work.addresses.stands(address.id, Standing.WORKS)
        return
    work.addresses.stands(address.id, Standing.OPTED_OUT)
    raise_flag(
        work,
        FlagKind.TELEGRAM_BLOCKED,
        school,
        now,
        alumnus=address.alumnus,
        subject=f"telegram_blocked:{address.id}",
    )


def _tie(work: Work, person: Alumnus, chat: str) -> UUID:
    endpoint = work.addresses.meet(ChannelName.TELEGRAM, chat, uuid4())
    mine = work.addresses.of(person.id)
    for address in mine:
        if address.endpoint == endpoint.id:
            work.addresses.stands(address.id, Standing.WORKS)
            return address.id
    fresh = Address(
        id=uuid4(),
        alumnus=person.id,
        endpoint=endpoint.id,
        channel=ChannelName.TELEGRAM,
        value=chat,
        # Who chose the chat would rather be asked there.
        position=min((each.position for each in mine), default=0) - 1,
    )
    work.addresses.add(fresh)
    return fresh.id
