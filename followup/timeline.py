"""One alumnus's story in the order of time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contact.alumnus import Alumnus
from contact.attempt import Attempt, AttemptState
from contact.audit import Deed
from contact.case import Case
from contact.consent import Consent
from contact.destination import Destination
from contact.flag import Flag
from contact.message import Delivery, Message
from contact.nccis import ACTIVITIES
from contact.ports import Work
from contact.reply import Reply

#: When something happened, what kind of thing it is, and what to say of it.
Event = tuple[datetime, str, str]

#: What the audit says and no row beside it does.
_ONLY_IN_THE_AUDIT = (
    "hold",
    "release",
    "correct",
    "export",
    "invite",
    "join_telegram",
    "close_case",
    "take_flag",
    "roll",
    "roll_over",
    "move",
)


def timeline(work: Work, person: Alumnus) -> list[dict[str, Any]]:
    """What happened with ``person``, oldest first: ``at``, ``what`` (one word), ``text``."""
    who = person.id
    events: list[Event] = [(person.created_at, "alumnus", f"{person.reference} stored")]
    for consent in work.consents.of(who):
        events += _consent(consent)
    for case in work.cases.of(who):
        events += _case(work, case)
    messages = work.messages.of(who)
    for message in messages:
        events += _message(message) if message.in_reply_to is None else []
    for reply in work.replies.of(who):
        events += _reply(reply)
    for message in messages:
        events += _message(message) if message.in_reply_to is not None else []
    for destination in work.destinations.of(who):
        events += _destination(destination)
    for flag in work.flags.of(who):
        events += _flag(flag)
    for deed in work.audit.of(who):
        events += _deed(deed)
    # Of what happened in the same instant, cause stands before effect as it is listed above.
    events.sort(key=lambda event: event[0])
    return [{"at": at, "what": what, "text": text} for at, what, text in events]


def _deed(deed: Deed) -> list[Event]:
    """What only the audit knows, and what somebody wrote down."""
    events: list[Event] = [(deed.at, "note", f"{deed.note} ({deed.by})")] if deed.note else []
    if deed.action in _ONLY_IN_THE_AUDIT:
        more = f" ({deed.detail})" if deed.detail else ""
        events.append((deed.at, "staff", f"{deed.action.replace('_', ' ')}{more}, by {deed.by}"))
    return events


def exchange(work: Work, flag: Flag, most: int = 10) -> list[dict[str, Any]]:
    """What was said before a flag was raised, the last ``most`` texts: ``at``, ``who``, ``text``.

    ``who`` is ``we`` or ``they``; texts that never left are not shown.
    """
    if flag.alumnus is None or work.alumni.get(flag.alumnus) is None:
        return []
    ours = [
        {"at": each.claimed_at, "who": "we", "text": each.text, "turn": 2 * bool(each.in_reply_to)}
        for each in work.messages.of(flag.alumnus)
        if each.claimed_at is not None and each.text and each.delivery is not Delivery.CANCELLED
    ]
    theirs = [
        {"at": each.received_at, "who": "they", "text": each.text or "(deleted)", "turn": 1}
        for each in work.replies.of(flag.alumnus)
    ]
    before = [each for each in [*theirs, *ours] if each["at"] <= flag.opened_at]  # type: ignore[operator]
    # What answers a reply in the same instant comes after it, an ask before it.
    in_order = sorted(before, key=lambda said: (str(said["at"]), said["turn"]))[-most:]
    return [{name: said[name] for name in ("at", "who", "text")} for said in in_order]


def _consent(one: Consent) -> Iterator[Event]:
    yield one.granted_at, "consent", f"{one.purpose} given ({one.wording}, {one.how})"
    if one.withdrawn_at is not None:
        yield one.withdrawn_at, "consent", f"{one.purpose} withdrawn ({one.withdrawn_how})"


def _case(work: Work, one: Case) -> Iterator[Event]:
    yield one.opened_at, "case", f"case {one.id} opened: {one.wave}"
    for attempt in work.attempts.of(one.id):
        yield from _attempt(attempt)
    for ending in work.cases.endings(one.id):
        code = f" {ending.code}" if ending.code else ""
        detail = f"{ending.disposition}{code} ({ending.detail})"
        yield ending.at, "case", f"case {one.id} ended: {detail}"


def _attempt(one: Attempt) -> Iterator[Event]:
    name = f"try {one.number}"
    by = f", by {one.by}" if one.by else ""
    if one.asked_at is not None:
        yield one.asked_at, "attempt", f"{name} by {one.channel}{by}"
    if one.ended_at is not None:
        yield one.ended_at, "attempt", f"{name} {one.state}: {one.outcome}"
    elif one.state is AttemptState.PLANNED:
        yield one.planned_for, "attempt", f"{name} is planned"


def _message(one: Message) -> Iterator[Event]:
    at = one.claimed_at or one.settled_at or one.not_before
    state = str(one.delivery) + (f" {one.code}" if one.code else "")
    words = f": {one.text}" if one.text and one.delivery is not Delivery.CANCELLED else ""
    yield at, "message", f"{one.kind} by {one.channel}, {state}{words}"


def _reply(one: Reply) -> Iterator[Event]:
    read = f" [{one.reading.label}]" if one.reading else ""
    yield one.received_at, "reply", f"{one.text if one.text is not None else '(deleted)'}{read}"


def _destination(one: Destination) -> Iterator[Event]:
    activity = ACTIVITIES.get(one.code)
    told = (one.provider, one.employer, one.course, one.level and f"level {one.level}")
    facts = ", ".join(each for each in told if each)
    named = f"{one.code} {activity.name if activity else ''}".strip()
    by = f", by {one.by}" if one.by else ""
    yield (
        one.known_since,
        "destination",
        f"{named}{': ' if facts else ''}{facts} ({one.source}{by})",
    )


def _flag(one: Flag) -> Iterator[Event]:
    yield one.opened_at, "flag", f"flag {one.id}: {one.kind}"
    if one.closed_at is not None:
        note = f": {one.note}" if one.note else ""
        yield one.closed_at, "flag", f"flag {one.id} {one.decision}, by {one.closed_by}{note}"
