"""What we say, in one language: a named line and some facts become a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType

from bot.language import Signs
from bot.lettering import Lettering, beside, fit, room, sent
from contact.address import ChannelName
from contact.speaking import of_line

#: The facts that a line may use, and how many characters each may take in an SMS.
#: With them every line fits two parts, whatever the name (the linter counts).
LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "first_name": 25,
        "school": 30,
        "careers_contact": 45,
        "safeguarding_contact": 45,
        "names": 60,
        "recorded": 95,
        "link": 120,
    }
)

#: What was recorded, fact by fact, as the conversation hands it over.
RECORDED = ("label", "where", "what", "level", "start")
_LONGEST_PART = 32

#: Lines that put something before the open question.
_BEFORE_A_QUESTION = ("nudge", "appointment")
_OPENING_QUESTION = "question.now"
_GUESS = "clarify.guess"
_ASKS_WHO = "ask.who."

_MONTH = re.compile(r"^(\d{4})-(\d{2})(-\d{2})?$")
_NUMBERED = re.compile(r"^(?P<line>.+?)(?P<numbers>(?:\.\d+)+)$")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language.

    ``lines`` are by name (``ask.1``, ``question.where.study``), ``options`` the
    numbered answers by question code, with a variant where it has its own;
    ``labels`` name the activities, ``months`` are January to December, and
    ``stand_ins`` take the place of a fact that is missing. ``checked`` says
    whether a speaker has read it, ``name`` is what the language calls itself;
    ``signs`` tell it in a reply, ``heard`` and ``topics`` are its small words
    and its questions to us, beside those of the survey.
    """

    language: str
    lines: Mapping[str, str]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    labels: Mapping[str, str]
    months: tuple[str, ...]
    stand_ins: Mapping[str, str]
    checked: bool = True
    name: str = "English"
    lettering: Lettering = Lettering.PLAIN
    signs: Signs = field(default_factory=Signs)
    heard: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def render(self, line: str, facts: Mapping[str, str], channel: ChannelName) -> str:
        """The text of ``line``; KeyError where this wording has no such line.

        ``facts`` may hold those of :data:`LONGEST` and of :data:`RECORDED`;
        others are ignored, and a missing one has a stand-in. An SMS gets its
        facts shortened and in letters that cost no part, so that no name makes
        it longer than its wording; a chat gets them as they are.
        """
        sms = channel is ChannelName.SMS
        text = self._render(line, self._facts(facts, sms))
        return sent(self.lettering, text) if sms else text

    def choices(self, line: str) -> tuple[tuple[str, str], ...]:
        """The (number, label) pairs that a chat shows as buttons under ``line``; none for most."""
        head, numbers = self._split(line)
        options = self._options(head)
        if not numbers:
            return options
        # "Something else" stands under the likely answers, so that nobody is cornered.
        return tuple(pair for pair in options if pair[0] in numbers or pair == options[-1])

    def _render(self, line: str, known: Mapping[str, str]) -> str:
        before, question = _prefix(line)
        if before:
            asked = self._render(question, {**known, "thanks": ""}).removeprefix("! ")
            return self._fill(before, known, question=asked, choices="", guesses="")
        head, numbers = self._split(line)
        options = self.choices(line)
        guesses = [f"{number} {label}" for number, label in options if number in numbers]
        listed = "\n".join(f"{number} {label}" for number, label in options)
        return self._fill(
            head, known, question="", choices=listed, guesses=self.stand_ins["or"].join(guesses)
        )

    def _fill(self, head: str, known: Mapping[str, str], **more: str) -> str:
        # The facts are filled in once and never read as a template themselves.
        return self.lines[head].format_map({**known, **more})

    def _split(self, line: str) -> tuple[str, tuple[str, ...]]:
        """The wording's own name for ``line``, and the numbers that a guess offers."""
        if line in self.lines:
            return line, ()
        found = _NUMBERED.match(line)
        if found is None:
            return line, ()
        head, numbers = found["line"], tuple(found["numbers"].strip(".").split("."))
        if f"{head}.2" in self.lines:
            return f"{head}.{self._turn(head, int(numbers[0]))}", ()
        return head, numbers

    def _turn(self, head: str, number: int) -> int:
        """Which of the numbered wordings of ``head`` is used for the ask of that number.

        The first introduces us; those after it take turns when there are more
        asks than wordings.
        """
        written = sum(1 for name in self.lines if re.fullmatch(rf"{re.escape(head)}\.\d+", name))
        return number if number <= written else 2 + (number - 2) % (written - 1)

    def _options(self, head: str) -> tuple[tuple[str, str], ...]:
        before, question = _prefix(head)
        kind, _, code = (question if before else head).partition(".")
        if kind == "ask" or head == _GUESS:
            code = "who" if head.startswith(_ASKS_WHO) else "now"
        elif kind not in ("question", "clarify"):
            return ()
        return self.options.get(code) or self.options.get(code.partition(".")[0], ())

    def _facts(self, facts: Mapping[str, str], sms: bool) -> dict[str, str]:
        said = {**facts, "recorded": facts.get("recorded") or self._recorded(facts, sms)}
        known = {
            name: self._fact(said.get(name, ""), room(self.lettering, name, longest), sms)
            or self.stand_ins.get(name, "")
            for name, longest in LONGEST.items()
        }
        name = known["first_name"]
        for fact in ("greeting", "thanks", "who"):
            words = self.stand_ins[fact if name else f"{fact}_nameless"]
            known[fact] = words.format_map({"first_name": name})
        known["day"] = self._day(said.get("day", ""))
        return known

    def _day(self, day: str) -> str:
        """A day as it is said, ``16 September``; of ``YYYY-MM-DD``."""
        found = _MONTH.match(day)
        if found is None or found[3] is None:
            return ""
        return f"{int(found[3][1:])} {self.months[int(found[2]) - 1]}"

    def _recorded(self, facts: Mapping[str, str], sms: bool) -> str:
        """What was recorded, in a few words: ``college, Wirral Met, plumbing, level 2``."""
        label = self.labels.get(facts.get("label", ""), "")
        parts = [label, facts.get("where", ""), facts.get("what", ""), self._level(facts)]
        parts.append(self._since(facts.get("start", "")))
        longest = room(self.lettering, "part", _LONGEST_PART)
        parts = [self._fact(part, longest, sms) for part in parts]
        return self.stand_ins.get("comma", ", ").join(part for part in parts if part)

    def _fact(self, said: str, longest: int, sms: bool) -> str:
        return beside(self.lettering, fit(self.lettering, said, longest) if sms else said)

    def _level(self, facts: Mapping[str, str]) -> str:
        level = facts.get("level", "")
        return self.stand_ins["level"].format_map({"level": level}) if level else ""

    def _since(self, start: str) -> str:
        found = _MONTH.match(start)
        if not found or not 1 <= int(found[2]) <= len(self.months):
            return start
        month = f"{self.months[int(found[2]) - 1]} {found[1]}"
        return self.stand_ins["from"].format_map({"month": month})


def fields(template: str) -> frozenset[str]:
    """The names of the facts that ``template`` uses."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def asked_by(line: str) -> str:
    """The code of the question that ``line``, in whichever language, puts.

    It is ``now`` for an ask and for likely answers, ``who`` for an ask that
    only asks who they are.
    """
    bare = of_line(line)[1]
    if bare.startswith(_ASKS_WHO):
        return "who"
    before, question = _prefix(bare)
    kind, _, code = (question if before else bare).partition(".")
    return "now" if kind == "ask" or bare.startswith(_GUESS) else code.partition(".")[0]


def _prefix(line: str) -> tuple[str, str]:
    """``line`` as what stands before a question, and the question; two empty texts if neither."""
    before, _, question = line.partition(".")
    if before not in _BEFORE_A_QUESTION:
        return "", ""
    return before, question or _OPENING_QUESTION
