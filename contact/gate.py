"""May I contact this alumnus, here, now? The only gate, and every no has its reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from contact.address import Address, ChannelName
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
    without one; ``stopped`` says that they withdrew it. ``over`` says that the
    try an ask belongs to has ended. ``configured`` are the channels there are.
    ``asked_today`` and ``spent_pence`` are the school's, today and this month;
    ``cost_pence`` what this message would add. ``guests`` are the only numbers
    a trial may write to, None outside a trial.
    """

    message: Message
    address: Address | None
    case: Case | None
    consent_until: date | None
    stopped: bool
    held: bool
    paused: bool
    over: bool
    stop: ChannelStop | None
    configured: frozenset[ChannelName]
    asked_today: int
    spent_pence: int
    cost_pence: int
    guests: frozenset[str] | None = None


#: The only messages that may still go out to somebody who said stop.
ALWAYS_SENT = (MessageKind.CONFIRMATION, MessageKind.SIGNPOST)
_YES = Verdict(Answer.YES)

#: How long a message waits where nothing says when the way is free again.
RECHECK = timedelta(hours=1)


def may_contact(facts: Situation, school: School, now: datetime) -> Verdict:
    """Whether the message may leave at ``now``, for what reason not, and when to ask again.

    What answers a reply needs no permission and no open hour (they are awake
    and wrote to us), only an address and a channel that works, and that they
    did not say stop: then nothing but its confirmation or a signpost goes out.
    """
    return (
        _address(facts)
        or _ours_to_start(facts, now)
        or _guest(facts, school, now)
        or _channel(facts, now)
        or _limits(facts, school, now)
        or _YES
    )


def _address(facts: Situation) -> Verdict | None:
    if facts.address is None:
        return Verdict(Answer.NEVER, "no_address")
    if facts.address.channel not in facts.configured:
        return Verdict(Answer.NEVER, "channel_not_configured")
    if facts.message.kind in ALWAYS_SENT:
        return None
    if not facts.address.usable:
        return Verdict(Answer.NEVER, f"address_{facts.address.standing}")
    return Verdict(Answer.NEVER, "stopped") if facts.stopped else None


def _guest(facts: Situation, school: School, now: datetime) -> Verdict | None:
    """A trial answers its guests only; what we would start waits for the trial to end."""
    if facts.guests is None or facts.address is None or facts.address.value in facts.guests:
        return None
    if facts.message.kind not in WE_START:
        return Verdict(Answer.NEVER, "not_a_guest")
    return Verdict(Answer.LATER, "not_a_guest", _tomorrow(school, now))


def _channel(facts: Situation, now: datetime) -> Verdict | None:
    if facts.stop is not None and facts.stop.rests(now):
        return Verdict(Answer.LATER, "channel_stopped", facts.stop.retry_at or now + RECHECK)
    return None


def _ours_to_start(facts: Situation, now: datetime) -> Verdict | None:
    if facts.message.kind not in WE_START:
        return None
    return _permission(facts, now) or _state(facts, now)


def _permission(facts: Situation, now: datetime) -> Verdict | None:
    if facts.consent_until is None:
        return Verdict(Answer.NEVER, "no_consent")
    if london_day(now) > facts.consent_until:
        return Verdict(Answer.NEVER, "consent_ended")
    return None


def _state(facts: Situation, now: datetime) -> Verdict | None:
    if facts.case is None or facts.case.state is CaseState.ENDED:
        return Verdict(Answer.NEVER, "case_ended")
    if facts.over:
        return Verdict(Answer.NEVER, "try_over")
    if facts.held:
        return Verdict(Answer.LATER, "held", now + RECHECK)
    if facts.paused:
        return Verdict(Answer.LATER, "paused", now + RECHECK)
    if london_day(now) > facts.case.terms.until:
        return Verdict(Answer.NEVER, "window_ended")
    return None


def _limits(facts: Situation, school: School, now: datetime) -> Verdict | None:
    if facts.message.kind not in WE_START:
        return None
    if not school.hours.is_open(now):
        return Verdict(Answer.LATER, "hours", school.hours.next_open(now))
    if facts.asked_today >= school.max_messages_per_day:
        return Verdict(Answer.LATER, "daily_cap", _tomorrow(school, now))
    budget = school.monthly_budget_pence
    if budget and facts.cost_pence and facts.spent_pence + facts.cost_pence > budget:
        return Verdict(Answer.LATER, "budget", school.hours.next_open(_next_month(now)))
    return None


def _tomorrow(school: School, now: datetime) -> datetime:
    return school.hours.next_open(start_of_day(london_day(now) + timedelta(days=1)))


def _next_month(now: datetime) -> datetime:
    day = london_day(now).replace(day=1)
    return start_of_day((day + timedelta(days=32)).replace(day=1))


def start_of_month(now: datetime) -> datetime:
    """The instant the London month of ``now`` began, in UTC."""
    return start_of_day(london_day(now).replace(day=1))
