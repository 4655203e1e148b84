"""What has been answered so far: taking in facts, what is still to ask, what is known."""

import re
from dataclasses import dataclass, field, replace

from bot.survey import FOLLOW_UPS, Survey
from contact.conversation import Talk
from contact.reply import Label, Reading, Slots

#: The answer under which a conversation that must not go on says why it ended.
ENDED = "ended"

# The provider's numbers, kept beside its name.
NUMBERS = ("urn", "ukprn")
# The longest answer kept: longer ones are stories, and the reply itself is kept anyway.
_LONGEST_ANSWER = 120
# What stays true of somebody whose activity turns out to be another one.
_ANY_ACTIVITY = ("help", "confirm", "who")
_ANY_LEVEL = re.compile(r"(?<!\d)([1-8])(?!\d)")
_LEVEL = re.compile(
    r"\b(?:level|lvl|lev|l)\s*([1-8])\b"  # named
    r"|(?:,|&|\band\b|\bat\b)\s*([1-8])\W*$"  # the second half of a double answer
    r"|^\W*([1-8])\W*$",  # nothing but the level
    re.IGNORECASE,
)
_MONTH = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")


@dataclass(frozen=True, slots=True)
class Finding:
    """A destination as the alumnus tells it: an NCCIS activity code, its label and the facts."""

    code: str
    label: str | None = None
    slots: Slots = field(default_factory=Slots)


def tells(reading: Reading, survey: Survey) -> bool:
    """Whether ``reading`` says surely enough what somebody does now.

    Only with a code: the label of an answer to a smaller question ("Wirral
    Met") is a mere guess at what they do there.
    """
    known = survey.path(reading.label) is not None
    return known and reading.code is not None and not reading.review


def with_activity(talk: Talk, label: Label, code: str | None, survey: Survey) -> Talk:
    """``talk`` once it is known what they do: the answer to ``now``, coded.

    Facts of an activity that it replaces are dropped: the college of somebody
    who now has a job is not their employer.
    """
    same = talk.label is None or survey.path(talk.label) is survey.path(label)
    kept = {name: said for name, said in talk.answers.items() if same or name in _ANY_ACTIVITY}
    return replace(
        talk,
        label=str(label),
        code=code or survey.codes[label],
        answers={**kept, "now": str(label)},
        confirmed=True,
    )


def with_slots(talk: Talk, slots: Slots, survey: Survey, over: bool = True) -> Talk:
    """``talk`` with the facts of ``slots`` as answers.

    ``over`` lets them take the place of older answers; else only gaps are filled.
    """
    where = _kind_of_place(talk, survey)
    places = {"provider": slots.provider, "employer": slots.employer}
    # The other place (the college of an apprentice) is kept under its own name,
    # and serves as the place where the one that `where` asks for is not told.
    other = "employer" if where == "provider" else "provider"
    told = {"where": places[where] or places[other], "what": slots.course}
    told |= {"level": slots.level, "start": slots.start}
    if places[where]:
        told[other] = places[other]
    facts = {
        name: tidy(said)
        for name, said in told.items()
        if said and _fits(name, said) and (over or not talk.answers.get(name))
    }
    kept = talk.answers
    if slots.provider and tidy(slots.provider) in (facts.get("where"), facts.get("provider")):
        # The numbers go with the name: another place has others, or none that is known.
        kept = {name: said for name, said in kept.items() if name not in NUMBERS}
        facts |= {name: said for name in NUMBERS if (said := getattr(slots, name))}
    return replace(talk, answers={**kept, **facts})


def _fits(name: str, said: str) -> bool:
    """Whether ``said`` can be that fact: a name has a letter, "2" is no course."""
    return name in ("level", "start") or any(letter.isalpha() for letter in said)


def _kind_of_place(talk: Talk, survey: Survey) -> str:
    path = survey.path(talk.label)
    return "provider" if path is None else path.where


def with_answer(talk: Talk, question: str, said: str, survey: Survey) -> Talk:
    """``talk`` with ``said`` as the answer to ``question``; empty means asked and not told.

    The level is part of the question what they study: whoever answers that is
    not asked for the level again.
    """
    answers = {**talk.answers, question: tidy(said)}
    path = survey.path(talk.label)
    if question == "where" and _kind_of_place(talk, survey) == "provider":
        answers = {name: kept for name, kept in answers.items() if name not in NUMBERS}
    if question == "what" and path and "level" in path.asks:
        answers.setdefault("level", "")
    return replace(talk, answers=answers)


def tidy(said: str) -> str:
    """``said`` on one line and not longer than an answer is."""
    return " ".join(said.split())[:_LONGEST_ANSWER].strip()


def level_in(text: str, asked: bool = False) -> str | None:
    """The qualification level (1 to 8) that ``text`` names: "level 2", "L3", "plumbing, 2".

    ``asked`` says that any digit counts, because nothing but a level was asked for.
    """
    found = _ANY_LEVEL.search(text) if asked else _LEVEL.search(text)
    return next(filter(None, found.groups())) if found else None


def without_level(text: str) -> str:
    """``text`` without its level: the course that is left, or all of it where nothing would be."""
    return _LEVEL.sub(" ", text).strip(" ,.-&") or text


def to_ask(talk: Talk, survey: Survey) -> str | None:
    """The next question, None when there is nothing left, or no room left, to ask.

    Facts given early are not asked for. The offer of help and the thanks keep
    their places among ``max_messages``: what does not fit is not asked.
    """
    path = survey.path(talk.label)
    if path is None:
        return "now"
    left = [code for code in FOLLOW_UPS if code in path.asks and code not in talk.answers]
    return next((code for code in left if has_room(talk, code, survey)), None)


def has_room(talk: Talk, question: str, survey: Survey) -> bool:
    """Whether ``question`` can be put (again) and the offer of help and the thanks still fit."""
    after = 1 if question == "help" or "help" in talk.answers else 2
    return talk.said + 1 + after <= survey.max_messages


def finding(talk: Talk, survey: Survey) -> Finding | None:
    """The destination that ``talk`` has found, None while no activity is known."""
    if talk.code is None:
        return None
    where = _kind_of_place(talk, survey)
    told = {name: talk.answers.get(name) or None for name in ("provider", "employer")}
    told[where] = talk.answers.get("where") or None
    start = talk.answers.get("start", "")
    slots = Slots(
        provider=told["provider"],
        employer=told["employer"],
        course=talk.answers.get("what") or None,
        level=talk.answers.get("level") or None,
        # A date only as a date: what was typed stays among the answers.
        start=start if _MONTH.match(start) else None,
        urn=talk.answers.get("urn"),
        ukprn=talk.answers.get("ukprn"),
    )
    return Finding(talk.code, talk.label, slots)


def recorded(talk: Talk) -> dict[str, str]:
    """The facts of ``talk`` that a line of thanks repeats (see ``bot.wording.RECORDED``).

    While ``confirm`` is open they are what it repeats of the other time: the
    place and the course, and what kind of place only where it has no name.
    """
    if talk.question == "confirm":
        first = "where" if "where" in talk.known else "label"
        return {name: talk.known[name] for name in (first, "what") if name in talk.known}
    known = {code: talk.answers.get(code, "") for code in ("where", "what", "level", "start")}
    return {name: said for name, said in {"label": talk.label or "", **known}.items() if said}
