"""What is wrong with a survey and its wording, found before anybody is asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.keywords import HELP, OPT_IN, OPT_OUT, bare
from bot.lettering import Lettering, most_parts
from bot.segments import count, is_gsm
from bot.survey import Survey
from bot.wording import LONGEST, RECORDED, Words, fields
from contact.address import ChannelName
from contact.reply import Label

#: Lines that every wording has, beside those of the survey's own questions.
FIXED_LINES = (
    *("ask.1", "ask.2", "ask.last", "ask.who.1", "ask.who.2", "ask.who.last"),
    *("question.who", "question.confirm", "question.now", "question.help", "which", "clarify.who"),
    *("clarify.now", "clarify.guess", "clarify.else", "clarify.abroad", "clarify.confirm"),
    *("clarify.help", "media", "thanks", "thanks.help", "thanks.updated", "refused", "correct"),
    *("later", "later.on", "later.today", "later.last", "call_back", "abuse", "help"),
    *("pass_on", "pass_on.question"),
    *("wrong_person", "stop.confirmed", "start.confirmed", "opted_out", "stranger"),
    *("signpost.worry", "signpost.worry_stop", "nudge", "appointment", "invite", "welcome"),
)

#: The helplines that both signposts must name (those of the whole of England).
HELPLINES = ("999", "0800 1111", "116 123", "85258")

_ALL_FACTS = {*LONGEST, "greeting", "thanks", "who", "day", "choices", "guesses", "question"}
_INVITED = re.compile(r"\b(?:reply|text|send|answer)\s+[\"']?([a-z]+)", re.IGNORECASE)
_NOT_ACTIVITIES = {
    Label.REFUSES,
    Label.WRONG_PERSON,
    Label.STOP,
    Label.DISTRESS,
    Label.ABUSIVE,
    Label.QUESTION,
    Label.OUT_OF_SCOPE,
    Label.AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend: where (a line, a question, a label) and what."""

    where: str
    what: str


def lint(survey: Survey, words: Words) -> list[Problem]:
    """Everything that is wrong with ``survey`` and ``words``; empty when they are fit for use."""
    checks = (_lines, _segments, _choices, _invitations, _paths, _budget, _signposts)
    return [problem for check in checks for problem in check(survey, words)]


def own_lines(survey: Survey) -> list[str]:
    """The lines that ``survey`` needs beside the fixed ones: its questions, and what we answer."""
    lines: list[str] = []
    for path in survey.paths:
        for code in path.asks:
            variant = path.wording.get(code)
            lines.append(f"question.{code}.{variant}" if variant else f"question.{code}")
            lines.append(f"clarify.{code}")
    lines += [f"answer.{topic.code}" for topic in survey.topics]
    return list(dict.fromkeys(lines))


def sent_lines(survey: Survey, words: Words) -> list[str]:
    """Every line as it is sent: with each question after a nudge, and each pair of guesses."""
    questions = [line for line in words.lines if line.startswith("question.")]
    numbers = [choice.number for choice in survey.choices]
    return [
        *(line for line in words.lines if line != "clarify.guess"),
        *(f"{before}.{line}" for before in ("nudge", "appointment") for line in questions),
        *(f"clarify.guess.{one}.{two}" for one in numbers for two in numbers if one != two),
    ]


def longest_facts() -> dict[str, str]:
    """Facts as long as an SMS takes them, and longer."""
    facts = {name: "M" * (longest + 20) for name, longest in LONGEST.items() if name != "recorded"}
    return facts | dict.fromkeys(RECORDED, "M" * 60) | {"day": "2025-09-30"}


def _lines(survey: Survey, words: Words) -> Iterator[Problem]:
    needed = {*FIXED_LINES, *own_lines(survey)}
    for line in sorted(needed - set(words.lines)):
        yield Problem(line, "has no text")
    for line in sorted(set(words.lines) - needed):
        if not re.fullmatch(r"ask\.(who\.)?\d+", line):
            yield Problem(line, "is never said")
    for line, text in words.lines.items():
        facts = _fields(text)
        if facts is None:
            yield Problem(line, "has a brace without its partner")
        for name in sorted((facts or frozenset()) - _ALL_FACTS):
            yield Problem(line, f"uses {{{name}}}, which is no fact")


def _fields(text: str) -> frozenset[str] | None:
    """The facts that ``text`` uses; None where its braces are broken."""
    try:
        return fields(text)
    except ValueError:
        return None


def _segments(survey: Survey, words: Words) -> Iterator[Problem]:
    for line in sent_lines(survey, words):
        try:
            text = words.render(line, longest_facts(), ChannelName.SMS)
        except (KeyError, ValueError, IndexError):
            continue  # a part of it is missing or broken, which is a problem of its own
        if count(text) > most_parts(words.lettering, line):
            yield Problem(line, f"takes {count(text)} SMS parts ({len(text)} characters)")
        if words.lettering is not Lettering.WIDE and not is_gsm(text):
            yield Problem(line, "has letters that are not in GSM-7")


def _choices(survey: Survey, words: Words) -> Iterator[Problem]:
    numbers = [str(choice.number) for choice in survey.choices]
    if numbers != [str(number) for number in range(1, len(numbers) + 1)]:
        yield Problem("now", "the choices are not numbered 1, 2, 3 …")
    if [number for number, _ in words.options.get("now", ())] != numbers:
        yield Problem("now", "the wording's choices are not the survey's")
    for question, options in words.options.items():
        for number, label in options:
            if not number.isdigit():
                yield Problem(question, f"{number!r} is not a digit")
            if bare(label) in OPT_OUT | OPT_IN | HELP:
                yield Problem(question, f"{label!r} is a word that gateways act on")


def _invitations(survey: Survey, words: Words) -> Iterator[Problem]:
    for line, text in words.lines.items():
        asks = line.startswith(("ask.", "question.", "clarify."))
        allowed = {"stop"} if asks else OPT_OUT & {"stop"} | OPT_IN & {"start"}
        for word in _INVITED.findall(text):
            if word.casefold() in (OPT_OUT | OPT_IN | HELP) - allowed:
                yield Problem(line, f"invites {word}, which gateways act on")
        if line.startswith("ask.") and "STOP" not in text:
            yield Problem(line, "does not say how to stop")


def _paths(survey: Survey, words: Words) -> Iterator[Problem]:
    led = [label for path in survey.paths for label in path.labels]
    for label in Label:
        if (label in _NOT_ACTIVITIES) == (label in led):
            yield Problem(label, "is reached by no path" if label not in led else "is no activity")
        if led.count(label) > 1:
            yield Problem(label, "is on two paths")
    for choice in survey.choices:
        if choice.label and choice.label not in survey.codes:
            yield Problem(choice.label, "can be chosen and has no code")
    for label in led:
        # Abroad says where, not what: only its reading can have a code.
        if label not in survey.codes and label is not Label.MOVED_ABROAD:
            yield Problem(label, "has no code")
        if label not in words.labels and label is not Label.MOVED_ABROAD:
            yield Problem(label, "has no name in the wording")


def _budget(survey: Survey, words: Words) -> Iterator[Problem]:
    for path in survey.paths:
        # The level is part of the question what they study.
        asked = [code for code in path.asks if not (code == "level" and "what" in path.asks)]
        if "help" not in path.asks:
            yield Problem(path.labels[0], "does not offer help")
        if len(asked) + 2 > survey.max_messages:
            yield Problem(path.labels[0], f"takes {len(asked) + 2} messages")


def _signposts(survey: Survey, words: Words) -> Iterator[Problem]:
    for line in ("signpost.worry", "signpost.worry_stop"):
        for number in HELPLINES:
            if number not in words.lines.get(line, ""):
                yield Problem(line, f"does not name {number}")
