"""Where, when and in which words the next try of a case goes out."""

from collections.abc import Collection, Sequence
from datetime import datetime

from contact.address import Address, ChannelName, Standing
from contact.attempt import Attempt
from contact.case import Case
from contact.hours import Hours, next_ask_at

#: Outcomes after which nobody can have read the ask: the gap does not apply.
UNREAD = ("dead",)
#: Outcomes after which another address is asked at once, the same one after the gap.
TRY_ELSEWHERE = ("failing", "gone")
#: How a try ends for which the whole reply time was waited.
_WAITED = ("no_answer",)


def ask_line(number: int, tries: int, again: int = 0) -> str:
    """The wording of an ask: another for each try, and the last says that it is the last.

    ``again`` counts how often this try was asked already and nobody knows
    whether that arrived.
    """
    if number >= tries:
        return "ask.last"
    return f"ask.{number + again}"


def next_address(
    known: Sequence[Address], attempts: Sequence[Attempt], channels: Collection[ChannelName]
) -> Address | None:
    """Where to ask: what works before what fails, then where this case asked least, or None."""
    usable = [each for each in known if each.usable and each.channel in channels]
    last = attempts[-1] if attempts else None

    def rank(each: Address) -> tuple[bool, bool, int, int]:
        asked = sum(tried.address == each.id for tried in attempts)
        just_failed = last is not None and last.outcome in TRY_ELSEWHERE and last.address == each.id
        return (just_failed, each.standing is Standing.FAILING, asked, each.position)

    return min(usable, key=rank, default=None)


def next_time(
    case: Case,
    attempts: Sequence[Attempt],
    address: Address,
    number: int,
    hours: Hours,
    now: datetime,
) -> datetime:
    """The first open hour in which attempt ``number`` may be asked at ``address``, in UTC.

    The gap counts from the last ask that somebody may have read. At an
    address that this case has not asked yet, that is none that failed
    elsewhere.
    """
    fresh = all(tried.address != address.id for tried in attempts)
    unread = (*UNREAD, *TRY_ELSEWHERE) if fresh else UNREAD
    read = [each for each in attempts if each.asked_at and each.outcome not in unread]
    if not read:
        return hours.next_open(now)
    last = max(read, key=lambda each: each.planned_for)
    waits = last.outcome is None or last.outcome in _WAITED
    reply_until = (last.answer_by if waits else None) or last.planned_for
    at = next_ask_at(last.planned_for, case.terms.gap_days, reply_until, hours, number)
    return hours.next_open(max(at, now))
