"""What a school has sent today and this month: the daily cap and the budget are held exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contact.address import ChannelName
from contact.gate import start_of_month
from contact.hours import london_day, start_of_day
from contact.message import WE_START, Message
from contact.ports import Work
from contact.school import School


@dataclass(slots=True)
class Spent:
    """What a school started today (messages) and pays for this month (SMS parts).

    It is counted on while a transaction claims.
    """

    asked: int
    segments: int

    def add(self, message: Message) -> None:
        """One more is claimed."""
        self.asked += message.kind in WE_START
        self.segments += message.segments if message.channel is ChannelName.SMS else 0


def spent_by(work: Work, schools: Iterable[School], now: datetime) -> dict[str, Spent]:
    """What each school has spent by ``now``, by its id.

    Nobody else claims for them until this transaction ends: two processes that
    count at one instant would each fill what is left. They are locked in one
    order, so that two who want the same schools cannot meet.
    """
    found = {}
    for school in sorted({each.id: each for each in schools}.values(), key=lambda each: each.id):
        work.outbox.lock_school(school.id)
        asked = work.messages.asked_since(school.id, start_of_day(london_day(now)))
        # Without a budget nobody needs to know.
        parts = (
            work.messages.segments_since(school.id, start_of_month(now))
            if school.monthly_budget_pence > 0
            else 0
        )
        found[school.id] = Spent(asked, parts)
    return found
