"""Two machines that answer each other: how they are known, and how it ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contact.message import MessageKind
from contact.ports import Work
from contact.reply import Earlier

#: More replies than this within the time below is a machine that answers ours.
LOOP_COUNT = 12
LOOP_WITHIN = timedelta(minutes=10)


def loops(lately: Sequence[Earlier]) -> bool:
    """Whether so much came ``lately`` beside a reply that nothing more is answered for now."""
    return len(lately) >= LOOP_COUNT


def is_signposted(work: Work, who: UUID, now: datetime) -> bool:
    """Whether they were told just now who helps: a person in distress may write a lot, too."""
    return any(
        each.kind is MessageKind.SIGNPOST and each.created_at > now - LOOP_WITHIN
        for each in work.messages.of(who)
    )
