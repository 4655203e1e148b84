"""Conversations as they are written down, and how they are had again in a real house.

A file holds several, each under its title::

    ## A college student answers with numbers
    day 1 10:30
    we: ask.1
    they: 2
    we: question.where.study
    day 2
    we: nudge.question.where.study
    case: paused
    told: 230; provider Wirral Met
    flags: worry

``we`` names the line of the wording that arrived, ``they`` is the reply itself,
``(picture)`` one without words. ``day`` 1 is the Wednesday on which the wave
asks first; without a time it is the evening of that day, and whatever falls due
by then happens. Each reply comes a minute after what stands before it. What
stands at the end are the facts; ``flags``, ``consent`` and ``told`` are always
compared, ``case`` too. ``shares with`` names somebody on the same phone,
``last time`` is what they told us a year ago from the address they write from,
``languages`` are those the school has turned on beside English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from uuid import UUID, uuid4

from contact.address import ChannelName, Standing
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.hours import LONDON
from contact.message import Message
from contact.ports import Work
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    DAY,
    MINUTE,
    NOW,
    SCHOOL,
    SMS,
    TELEGRAM,
    Stage,
    add,
    make_desk,
)

FOLDER = Path(__file__).with_name("transcripts")
#: Who writes, by channel: the same person with a phone or with a chat.
SENDERS = {SMS: AMINA_PHONE, TELEGRAM: BEN_CHAT}
#: When the clock looks, in hours of the London day; far enough apart for a quick test.
_LOOKS = (9, 12, 15, 18, 19)
_EVENING = "20:00"
_DAY = re.compile(r"^day (?P<day>\d+)(?: (?P<time>\d\d:\d\d))?$")
_LINE = re.compile(r"^(?P<key>[a-z ]+): (?P<rest>.*)$")
_SETTINGS = ("shares with", "last time", "languages")
_FACTS = ("provider", "employer", "course", "level", "start")
#: What stands where nothing else is written down.
_USUAL = {"told": "nothing", "flags": "none", "consent": "live"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: on which day, by whom, and its line or text; ``at`` is when they write."""

    at: datetime
    who: str
    said: str

    @property
    def written(self) -> str:
        """The turn as a failing test shows it."""
        days = (self.at.astimezone(LONDON).date() - NOW.date()).days
        return f"day {days + 1} {self.who}: {self.said}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation: its turns, until when it is followed, and what is known at its end."""

    name: str
    turns: tuple[Turn, ...] = ()
    until: datetime = NOW
    setting: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def written_down() -> list[Transcript]:
    """Every transcript of the folder, in the order of the files."""
    return [each for file in sorted(FOLDER.glob("*.txt")) for each in read(file)]


def read(file: Path) -> Iterator[Transcript]:
    """The transcripts of one file; ValueError names a line that says nothing."""
    for block in file.read_text("utf-8").split("\n## ")[1:]:
        title, *lines = block.splitlines()
        transcript = Transcript(title.strip())
        for line in lines:
            if line.strip() and not line.startswith("#"):
                transcript = _with_line(transcript, line, file)
        yield replace(transcript, facts=_USUAL | transcript.facts)


def _with_line(so_far: Transcript, line: str, file: Path) -> Transcript:
    day = _DAY.match(line)
    if day:
        clock = time.fromisoformat(day["time"] or _EVENING)
        then = NOW.date() + (int(day["day"]) - 1) * DAY
        return replace(so_far, until=datetime.combine(then, clock, LONDON))
    found = _LINE.match(line)
    if found is None:
        raise ValueError(f"{file.name}: {line!r} says nothing")
    key, rest = found["key"], found["rest"].strip()
    if key == "we":
        return replace(so_far, turns=(*so_far.turns, Turn(so_far.until, "we", rest)))
    if key == "they":
        at = so_far.until + MINUTE
        return replace(so_far, until=at, turns=(*so_far.turns, Turn(at, "they", rest)))
    if key in _SETTINGS:
        return replace(so_far, setting=so_far.setting | {key: rest})
    return replace(so_far, facts=so_far.facts | {key: rest})


async def have(transcript: Transcript, channel: ChannelName, stage: Stage) -> UUID:
    """Have the conversation again over ``channel``; whom it was had with."""
    where = (channel, SENDERS[channel])
    spoken = tuple(transcript.setting.get("languages", "").split())
    stage.desk = make_desk(schools={SCHOOL.id: replace(SCHOOL, languages=spoken)})
    names = transcript.setting.get("shares with")
    others = [stage.write(add, names, where)] if names else []
    people = [stage.open(where), *others]
    # On a shared phone only one of them is asked.
    who = next(each for each in people if stage.read(lambda work, who=each: work.cases.of(who)))
    if "last time" in transcript.setting:
        stage.write(_told_before, who, transcript.setting["last time"])
    clock = _Clock(stage, NOW - MINUTE)
    await clock.on_to(NOW)
    for turn in transcript.turns:
        if turn.who == "they":
            await clock.on_to(turn.at - MINUTE)
            wordless = turn.said == "(picture)"
            text = "" if wordless else turn.said
            stage.hears(text, turn.at, SENDERS[channel], channel=channel, media=int(wordless))
            await clock.on_to(turn.at)
    await clock.on_to(transcript.until)
    return who


def _told_before(work: Work, who: UUID, written: str) -> None:
    code, *facts = written.split("; ")
    details = dict(fact.split(" ", 1) for fact in facts)
    told = Destination(uuid4(), who, code, Source.ALUMNUS, NOW - 365 * DAY)
    work.destinations.add(replace(told, **details))  # type: ignore[arg-type]
    work.addresses.stands(work.addresses.of(who)[0].id, Standing.WORKS)


@dataclass
class _Clock:
    """The house's own clock: a pass at each look of each day, and at the instant it is put to."""

    stage: Stage
    now: datetime

    async def on_to(self, then: datetime) -> None:
        """Let time pass until ``then``."""
        today = self.now.astimezone(LONDON).date()
        for days in range((then.astimezone(LONDON).date() - today).days + 1):
            for hour in _LOOKS:
                look = datetime.combine(today + days * DAY, time(hour), LONDON)
                if self.now < look < then:
                    await self.stage.tick(look)
        if self.now < then:
            await self.stage.tick(then)
        self.now = max(self.now, then)


def was_said(stage: Stage, transcript: Transcript, who: UUID) -> list[str]:
    """Every message both ways, in the order of time, as it is written down."""
    ours = [_our_turn(each) for each in stage.messages(who) if each.accepted_at]
    theirs = [turn for turn in transcript.turns if turn.who == "they"]
    # Our answer has the instant of their reply and comes after it.
    both = sorted([*theirs, *ours], key=lambda turn: (turn.at, turn.who == "we"))
    return [turn.written for turn in both]


def _our_turn(message: Message) -> Turn:
    assert message.accepted_at is not None
    return Turn(message.accepted_at, "we", message.line)


def stands(stage: Stage, who: UUID) -> dict[str, str]:
    """The facts at the end, as they are written down."""
    return {
        "case": _case(stage, who),
        "told": _told(stage, who),
        "flags": ", ".join(sorted(stage.kinds(who))) or "none",
        "consent": _consent(stage, who),
        "address": str(stage.address(who).standing),
        "tries": ", ".join(state for _, state, _ in stage.standing(who)) or "none",
        "help": "asked" if _wants_help(stage, who) else "no",
        "texts kept": _kept(stage, who),
    }


def _case(stage: Stage, who: UUID) -> str:
    ending = stage.ending(who)
    state = str(stage.case(who).state)
    return state if ending is None else f"{state} {ending.disposition} {ending.code or 'no code'}"


def _told(stage: Stage, who: UUID) -> str:
    spells = stage.read(lambda work: work.destinations.of(who))
    known = [each for each in spells if each.code not in ("810", "820", "830")]
    if not known:
        return "nothing"
    told = [f"{name} {getattr(known[-1], name)}" for name in _FACTS if getattr(known[-1], name)]
    return "; ".join([known[-1].code, *told])


def same_fact(known: str, written: str) -> bool:
    """Whether a fact is as it was written down.

    A place may be known under a longer name than was typed, and a course in
    more words; the code, the level and the start are exact.
    """
    ours, theirs = known.split("; "), written.split("; ")
    return len(ours) == len(theirs) and all(map(_same_part, ours, theirs))


def _same_part(known: str, written: str) -> bool:
    name, _, said = written.partition(" ")
    if name not in ("provider", "employer", "course"):
        return known == written
    return known.startswith(f"{name} ") and said.casefold() in known.casefold()


def _consent(stage: Stage, who: UUID) -> str:
    live = stage.read(lambda work: work.consents.live(who, Purpose.TRACKING))
    return "live" if live else "withdrawn"


def _wants_help(stage: Stage, who: UUID) -> bool:
    return any(each.detail == "wants_help" for each in stage.flags(who))


def _kept(stage: Stage, who: UUID) -> str:
    replies = stage.read(lambda work: work.replies.of(who))
    return "yes" if all(each.text is not None for each in replies) else "no"
