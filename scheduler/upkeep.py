"""What the clock does once a day for people: the roll-over, and the end of tracking."""

from collections import Counter
from datetime import datetime

from contact.alumnus import KeyStage
from contact.hours import london_day
from contact.ports import Memory, Work
from contact.roll import roll_over
from contact.tracking import THE_CLOCK, end_tracking
from scheduler.plan import Plans

#: The heartbeat that says on which day it was done last.
UPKEEP = "upkeep"


async def keep_up(memory: Memory, plans: Plans, now: datetime) -> Counter[str]:
    """Do it where it was not done today; counts ``closed`` cases and ``rolled`` alumni.

    Where a procedure follows those who leave at Year 13, whoever stayed in the
    sixth form joins them in September. Elsewhere they stay retained.
    """
    tally: Counter[str] = Counter()
    if not await memory.read(_is_to_be_done, now):
        return tally
    for plan in plans.values():
        if KeyStage.KS5 in plan.procedure.who:
            school, day = plan.school.id, london_day(now)
            tally["rolled"] += len(await memory.write(roll_over, school, day, THE_CLOCK, now))
    while ended := await memory.write(end_tracking, now):
        tally += ended
    await memory.write(_done, now)
    return tally


def _is_to_be_done(work: Work, now: datetime) -> bool:
    last = work.house.beaten(UPKEEP)
    return last is None or london_day(last) != london_day(now)


def _done(work: Work, now: datetime) -> None:
    work.house.beat(UPKEEP, now)
