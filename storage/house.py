"""What the service remembers about itself: its channels, invitations and heartbeat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.address import ChannelName
from contact.standing import ChannelStop, Invitation
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import channel_state, heartbeat, invitation

_STOPS = Statement(
    select(
        channel_state.c.channel,
        channel_state.c.stopped_at,
        channel_state.c.retry_at,
        channel_state.c.code,
        channel_state.c.failures,
    )
)
_new_stop = insert(channel_state)
_STOP = Statement(
    _new_stop.on_conflict_do_update(
        index_elements=["channel"],
        set_={
            "stopped_at": _new_stop.excluded.stopped_at,
            "retry_at": _new_stop.excluded.retry_at,
            "code": _new_stop.excluded.code,
            "failures": _new_stop.excluded.failures,
        },
    )
)
_new_beat = insert(heartbeat)
_BEAT = Statement(
    _new_beat.on_conflict_do_update(index_elements=["name"], set_={"at": _new_beat.excluded.at})
)
_BEATEN = Statement(select(heartbeat.c.at).where(heartbeat.c.name == bindparam("name")))
_RESUME = Statement(delete(channel_state).where(channel_state.c.channel == bindparam("which")))
_INVITE = Statement(insert(invitation))
_INVITED = Statement(
    select(
        invitation.c.alumnus_id, invitation.c.expires_at, invitation.c.used_at, invitation.c.used_by
    ).where(invitation.c.token == bindparam("token"))
)
_USE = Statement(
    update(invitation)
    .where(invitation.c.token == bindparam("which"), invitation.c.used_at.is_(None))
    .values(used_at=bindparam("at"), used_by=bindparam("who"))
)


class House:
    """The service's own state, shared by every process that works on one database."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def stops(self) -> dict[ChannelName, ChannelStop]:
        """The channels that rest for now, by name."""
        rows = _STOPS.rows(self._connection, {})
        found = [ChannelStop(ChannelName(r[0]), r[1], r[2], r[3], r[4]) for r in rows]
        return {each.channel: each for each in found}

    def stop(self, what: ChannelStop) -> None:
        """Let a channel rest."""
        _STOP.changed(
            self._connection,
            {
                "channel": what.channel,
                "stopped_at": what.stopped_at,
                "retry_at": what.retry_at,
                "code": what.code,
                "failures": what.failures,
            },
        )

    def resume(self, channel: ChannelName) -> bool:
        """Let a channel go on; False where it was not resting."""
        return _RESUME.changed(self._connection, {"which": channel}) == 1

    def beat(self, name: str, at: datetime) -> None:
        """Remember that ``name`` was alive at ``at``."""
        _BEAT.changed(self._connection, {"name": name, "at": at})

    def beaten(self, name: str) -> datetime | None:
        """When ``name`` was last alive, or None."""
        found: datetime | None = _BEATEN.scalar(self._connection, {"name": name})
        return found

    def invite(self, token: str, who: UUID, at: datetime, expires_at: datetime) -> None:
        """Remember an invitation; only a keyed hash of its token is kept."""
        _INVITE.changed(
            self._connection,
            {
                "token": self._keys.vault.index("invitation", token),
                "alumnus_id": who,
                "created_at": at,
                "expires_at": expires_at,
            },
        )

    def invitation(self, token: str) -> Invitation | None:
        """The invitation with that token, or None."""
        values = {"token": self._keys.vault.index("invitation", token)}
        row = _INVITED.first(self._connection, values)
        return Invitation(row[0], row[1], row[2], row[3]) if row else None

    def accept_invitation(self, token: str, chat: str, at: datetime) -> bool:
        """Use an invitation up; False where it was used already."""
        index = self._keys.vault.index
        values = {"which": index("invitation", token), "at": at, "who": index("chat", chat)}
        return _USE.changed(self._connection, values) == 1

    def same_chat(self, used_by: bytes | None, chat: str) -> bool:
        """Whether an invitation was used by this very chat."""
        return used_by == self._keys.vault.index("chat", chat)
