"""May I contact this alumnus, here, now? The only gate, and every no has its reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contact.address import Address
from contact.case import Case, CaseState
from contact.hours import london_day, start_of_day
from contact.message import WE_START, Message, MessageKind
from contact.school import School
from contact.standing import ChannelStop


class Answer(StrEnum):
    """``later``: try again at an instant; ``never``: the message is cancelled."""

    YES = "yes"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer; ``reason`` is one word for the log, ``at`` when to ask again."""

    answer: Answer
    reason: str = "open"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the gate looks at, gathered when the message is about to be claimed.

    ``consent_until`` is the last day of a live permission for tracking, None
    without one. ``asked_today`` and ``spent_pence`` are the school's, today
    and this month. ``guests`` are the only numbers a trial may write to, None
    outside a trial.
    """

    message: Message
    address: Address | None
    case: Case | None
    consent_until: date | None
    held: bool
    paused: bool
    stop: ChannelStop | None
    asked_today: int
    spent_pence: int
    guests: frozenset[str] | None = None


_YES = Verdict(Answer.YES)

#: How long a message waits where nothing says when the way is free again.
RECHECK = timedelta(hours=1)


def may_contact(facts: Situation, school: School, now: datetime) -> Verdict:
    """Whether the message may leave at ``now``, for what reason not, and when to ask again.

    What answers a reply needs no permission and no open hour (they are awake
    and wrote to us), only an address and a channel that works.
    """
    return _address(facts) or _channel(facts, now) or _ours_to_start(facts, school, now) or _YES


def _address(facts: Situation) -> Verdict | None:
    if facts.address is None:
        return Verdict(Answer.NEVER, "no_address")
    confirms = facts.message.kind in (MessageKind.CONFIRMATION, MessageKind.SIGNPOST)
    if not facts.address.usable and not confirms:
        return Verdict(Answer.NEVER, f"address_{facts.address.standing}")
    if facts.guests is not None and facts.address.value not in facts.guests:
        return Verdict(Answer.NEVER, "not_a_guest")
    return None


def _channel(facts: Situation, now: datetime) -> Verdict | None:
    if facts.stop is not None and facts.stop.rests(now):
        return Verdict(Answer.LATER, "channel_stopped", facts.stop.retry_at or now + RECHECK)
    return None


def _ours_to_start(facts: Situation, school: School, now: datetime) -> Verdict | None:
    if facts.message.kind not in WE_START:
        return None
    return _permission(facts, now) or _state(facts, now) or _limits(facts, school, now)


def _permission(facts: Situation, now: datetime) -> Verdict | None:
    if facts.consent_until is None:
        return Verdict(Answer.NEVER, "no_consent")
    if london_day(now) > facts.consent_until:
        return Verdict(Answer.NEVER, "consent_ended")
    return None


def _state(facts: Situation, now: datetime) -> Verdict | None:
    if facts.case is None or facts.case.state is CaseState.ENDED:
        return Verdict(Answer.NEVER, "case_ended")
    if facts.held:
        return Verdict(Answer.LATER, "held", now + RECHECK)
    if facts.paused:
        return Verdict(Answer.LATER, "paused", now + RECHECK)
    if london_day(now) > facts.case.terms.until:
        return Verdict(Answer.NEVER, "window_ended")
    return None


def _limits(facts: Situation, school: School, now: datetime) -> Verdict | None:
    if not school.hours.is_open(now):
        return Verdict(Answer.LATER, "hours", school.hours.next_open(now))
    if facts.asked_today >= school.max_messages_per_day:
        tomorrow = start_of_day(london_day(now) + timedelta(days=1))
        return Verdict(Answer.LATER, "daily_cap", school.hours.next_open(tomorrow))
    budget = school.monthly_budget_pence
    if budget and facts.spent_pence + school.segment_pence > budget:
        return Verdict(Answer.LATER, "budget", school.hours.next_open(_next_month(now)))
    return None


def _next_month(now: datetime) -> datetime:
    day = london_day(now).replace(day=1)
    return start_of_day((day + timedelta(days=32)).replace(day=1))


def start_of_month(now: datetime) -> datetime:
    """The instant the London month of ``now`` began, in UTC."""
    return start_of_day(london_day(now).replace(day=1))
