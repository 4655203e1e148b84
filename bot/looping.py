"""Two machines that answer each other: how they are known, and how it ends."""

from datetime import datetime, timedelta
from uuid import UUID

from contact.address import Endpoint
from contact.message import MessageKind
from contact.ports import Work

#: More replies than this within the time below is a machine that answers ours.
LOOP_COUNT = 12
LOOP_WITHIN = timedelta(minutes=10)


def loops(work: Work, endpoint: Endpoint, now: datetime) -> bool:
    """Whether so much came from an endpoint that nothing more is answered for now."""
    return work.replies.count_since(endpoint.id, now - LOOP_WITHIN) > LOOP_COUNT


def is_signposted(work: Work, who: UUID, now: datetime) -> bool:
    """Whether they were told just now who helps: a person in distress may write a lot, too."""
    return any(
        each.kind is MessageKind.SIGNPOST and each.created_at > now - LOOP_WITHIN
        for each in work.messages.of(who)
    )
