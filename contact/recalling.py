"""What may be said again to somebody of what is known about them, and where it may be said."""

from datetime import datetime, timedelta
from uuid import UUID

from contact.address import Address, Standing
from contact.destination import REFUSED, UNKNOWN_CODES, Destination, Source
from contact.flag import FlagKind
from contact.ports import Work

#: Whose word it must be: their own, or what they told staff. What others say about
#: them was never said to them, and is not ours to repeat.
SAID_BY_THEM = (Source.ALUMNUS, Source.STAFF, Source.RESULTS_DAY)
#: A plan is no destination, and three tries in vain are no knowledge.
_NOT_KNOWN = (Source.INTENDED, Source.SERVICE)
#: How long it is worth asking whether it still holds: a year's wave and some delay.
WORTH_ASKING = timedelta(days=456)


def to_say_again(work: Work, address: Address | None, now: datetime) -> Destination | None:
    """The spell to ask somebody about once more at ``address``; None where it is not to be said.

    It is the newest that is known, told by themselves, not over and not too
    old, and the address has never been in doubt: it works, it is nobody
    else's, and no stranger ever answered there.
    """
    if address is None or address.standing is not Standing.WORKS:
        return None
    newest = _newest(work, address.alumnus)
    if newest is None or newest.source not in SAID_BY_THEM:
        return None
    over = newest.ended_on is not None and newest.ended_on <= now.date()
    if over or now - newest.known_since > WORTH_ASKING:
        return None
    return None if _was_in_doubt(work, address) else newest


def _newest(work: Work, who: UUID) -> Destination | None:
    known = (
        each
        for each in reversed(work.destinations.of(who))
        if each.source not in _NOT_KNOWN and each.code not in (*UNKNOWN_CODES, REFUSED)
    )
    return next(known, None)


def _was_in_doubt(work: Work, address: Address) -> bool:
    """Whether somebody else gave this number too, or a stranger ever answered there."""
    if work.addresses.givers(address.endpoint) != [address.alumnus]:
        return True
    doubts = (each for each in work.flags.of(address.alumnus) if each.kind is FlagKind.WRONG_PERSON)
    return any(_was_there(work, each.reply, address) for each in doubts)


def _was_there(work: Work, which: UUID | None, address: Address) -> bool:
    """Whether a doubt is about this address; one that names no reply is about every one."""
    reply = work.replies.get(which) if which else None
    return reply is None or reply.endpoint == address.endpoint
