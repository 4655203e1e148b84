"""What the invented term came to, read back from the database it left behind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

from contact.alumnus import Alumnus
from contact.attempt import Attempt, AttemptState
from contact.case import Case, Disposition, Ending
from contact.destination import NO_ADDRESS, NOT_KNOWN, REFUSED, Destination, Source
from contact.flag import Flag, Severity
from contact.message import Delivery
from contact.nccis import ACTIVITIES
from contact.ports import Work
from followup.duty import everybody
from followup.tour.behaviour import PICTURE
from scheduler.due import ReasonCode
from scheduler.plan import Plans

_LEFT_THE_HOUSE = (Delivery.ACCEPTED, Delivery.DELIVERED)
_ANSWERED = (Disposition.COMPLETE, Disposition.PARTIAL)
_SEVERITIES = tuple(Severity)
#: A try that was planned, and never made, is none.
_ASKED = (AttemptState.ANSWERED, AttemptState.FAILED, AttemptState.WAITING)


@dataclass(frozen=True, slots=True)
class Due:
    """How many had one reason on the first day, and the name and reason of one of them."""

    code: str
    count: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a conversation; ``ours`` where the school said it."""

    at: datetime
    kind: str
    text: str
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    """One leaver's term: what was said, and how it ended."""

    name: str
    reference: str
    lines: tuple[Line, ...]
    tries: int
    answered_at: int | None
    disposition: str
    detail: str
    code: str | None
    recorded: str


@dataclass(frozen=True, slots=True)
class Open:
    """A flag that waits for staff, with the words it is about where there are some."""

    id: int
    severity: str
    kind: str
    name: str
    opened_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The term in figures.

    ``tries`` are the asks by their number, those to a dead number too;
    ``answered_at`` how many answered which of them. ``ended`` counts cases by disposition,
    ``destinations`` the answers by activity code. ``unknown`` is by reason:
    810 nobody answered, 820 no working number.
    """

    stories: tuple[Story, ...]
    messages: dict[str, int]
    replies: int
    segments: int
    tries: dict[int, int]
    answered_at: dict[int, int]
    ended: dict[str, int]
    destinations: dict[str, int]
    unknown: dict[str, int]
    refused: int
    still_open: int
    flags: tuple[Open, ...] = field(default=())

    @property
    def asked(self) -> int:
        """How many cases were opened."""
        return len(self.stories)

    @property
    def answered(self) -> int:
        """How many told us what they do, wholly or in part."""
        return sum(self.ended.get(each, 0) for each in _ANSWERED)

    @property
    def response_rate(self) -> float:
        """Answered of all who were to be asked, 0 to 1 (AAPOR's response rate 2)."""
        return self.answered / self.asked if self.asked else 0.0


def who_was_due(work: Work, plans: Plans, day: date) -> list[Due]:
    """Everybody on ``day``, grouped by reason; whoever is due comes first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in everybody(work, plans, day):
        person = work.alumni.by_reference(each.alumnus)
        name = person.profile.name if person else each.alumnus
        groups.setdefault(each.reason.code, []).append((name, each.reason.text))
    # Which of two on one phone comes first is up to their ids, and those are random.
    if twins := groups.get(ReasonCode.NUMBER_IN_USE):
        groups[ReasonCode.NUMBER_IN_USE] = [("", text) for _, text in twins]
    counted = [Due(code, len(each), *min(each)) for code, each in groups.items()]
    return sorted(counted, key=lambda each: (each.code != "due", -each.count, each.code))


def find(work: Work) -> Findings:
    """What the ledger says of the term."""
    people = sorted(work.alumni.everybody(), key=attrgetter("profile.name"))
    told = [(person, case) for person in people for case in work.cases.of(person.id)]
    stories = tuple(_story(work, person, case) for person, case in told)
    sent = [
        each
        for person in people
        for each in work.messages.of(person.id)
        if each.delivery in _LEFT_THE_HOUSE
    ]
    codes = Counter(story.code for story in stories if story.code)
    tries = Counter(
        each.number
        for _, case in told
        for each in work.attempts.of(case.id)
        if each.asked_at is not None or each.state in _ASKED
    )
    return Findings(
        stories=stories,
        messages=_counted(each.kind.value for each in sent),
        replies=sum(len(work.replies.of(person.id)) for person in people),
        segments=sum(each.segments for each in sent),
        tries=dict(sorted(tries.items())),
        answered_at=dict(
            sorted(Counter(each.answered_at for each in stories if each.answered_at).items())
        ),
        ended=_counted(story.disposition for story in stories),
        destinations=_counted(
            story.code for story in stories if story.code and story.disposition in _ANSWERED
        ),
        unknown={code: codes[code] for code in (NOT_KNOWN, NO_ADDRESS)},
        refused=codes[REFUSED],
        still_open=sum(story.disposition == "open" for story in stories),
        flags=tuple(sorted(_open_flags(work), key=_most_urgent)),
    )


def named(code: str) -> str:
    """An activity code with its name."""
    return f"{code} {ACTIVITIES[code].name}" if code in ACTIVITIES else code


def _story(work: Work, person: Alumnus, case: Case) -> Story:
    attempts = work.attempts.of(case.id)
    endings = work.cases.endings(case.id)
    last = endings[-1] if endings else Ending(case.id, case.opened_at, Disposition.OTHER, "")
    told = [each for each in work.destinations.of(person.id) if each.source is Source.ALUMNUS]
    return Story(
        name=person.profile.name,
        reference=person.reference,
        # What they wrote comes before our answer of the same second.
        lines=tuple(sorted(_lines(work, person), key=attrgetter("at", "ours"))),
        tries=sum(each.state in _ASKED for each in attempts),
        answered_at=_answered_at(attempts),
        disposition=last.disposition.value if endings else "open",
        detail=last.detail,
        code=last.code,
        recorded=_recorded(told[-1]) if told else "",
    )


def _lines(work: Work, person: Alumnus) -> Iterator[Line]:
    for message in work.messages.of(person.id):
        if message.accepted_at is not None:
            yield Line(message.accepted_at, message.kind.value, message.text or "")
    for reply in work.replies.of(person.id):
        text = "(deleted: it was a stranger's)" if reply.text is None else reply.text
        yield Line(reply.received_at, "reply", text or PICTURE, ours=False)


def _answered_at(attempts: list[Attempt]) -> int | None:
    return next((each.number for each in attempts if each.state is AttemptState.ANSWERED), None)


def _recorded(told: Destination) -> str:
    """What is known of them now, in a line."""
    facts = (
        told.provider or told.employer,
        told.course,
        told.level and f"level {told.level}",
        told.start and f"since {told.start}",
    )
    return " · ".join([named(told.code), *(each for each in facts if each)])


def _open_flags(work: Work) -> Iterator[Open]:
    for flag in work.flags.list():
        person = work.alumni.get(flag.alumnus) if flag.alumnus else None
        yield Open(
            flag.id,
            flag.severity.value,
            flag.kind.value,
            person.profile.name if person else "",
            flag.opened_at,
            _about(work, flag),
        )


def _about(work: Work, flag: Flag) -> str:
    reply = work.replies.get(flag.reply) if flag.reply else None
    said = (reply.text if reply else None) or ""
    return ": ".join(each for each in (flag.detail, said) if each)


def _most_urgent(flag: Open) -> tuple[int, datetime, str, str]:
    return (_SEVERITIES.index(Severity(flag.severity)), flag.opened_at, flag.kind, flag.name)


def _counted(values: Iterator[str]) -> dict[str, int]:
    """How often each value is there, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda each: (-each[1], each[0])))
