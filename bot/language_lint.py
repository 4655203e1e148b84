"""What is wrong with a wording in another language, beside the English one it follows."""

import re
import unicodedata
from collections.abc import Iterator
from string import Formatter

from bot.keywords import HELP, OPT_IN, OPT_OUT
from bot.lettering import Lettering, runs_right_to_left
from bot.segments import to_gsm
from bot.survey import plain
from bot.survey_lint import Problem
from bot.understanding import understand
from bot.understanding.distress import find_distress
from bot.understanding.normalise import normalise
from bot.understanding.stop import find_stop
from bot.wording import Words
from contact.address import ChannelName
from contact.reply import Label

#: Facts as most people have them, in Latin letters.
_LATIN = {
    "first_name": "Amina",
    "school": "Example High",
    "careers_contact": "01942 000000",
    "safeguarding_contact": "01942 000000",
    "names": "1 Sam, 2 Alex",
    "where": "Example College",
    "day": "2025-09-30",
    "link": "https://example.org",
}
#: What nobody may be made to say by an answer that we invite.
_NEVER_MEANT = {Label.STOP, Label.DISTRESS, Label.WRONG_PERSON}
# A stranger says so, "wrong" may be one where nothing was recorded yet (see
# ``bot.concerns``), a wish not to be rung is no answer, nor is a word of time by itself.
_NOT_ANSWERS = ("stranger", "wrong", "dont_call", "since")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
#: Figures that belong together, with what stands before them.
_FIGURES = re.compile(r"(?P<before>[^\s\d]) ?(?P<figures>\d+(?: \d+)+)")


def lint_against(words: Words, english: Words) -> list[Problem]:
    """Everything in which ``words`` is not what ``english`` is; empty when it is fit for use."""
    checks = (_parts, _facts, _answers, _asks, _capitals, _signs, _directions)
    return [problem for check in checks for problem in check(words, english)]


def _parts(words: Words, english: Words) -> Iterator[Problem]:
    for what in ("lines", "labels", "stand_ins", "options"):
        ours, theirs = set(getattr(words, what)), set(getattr(english, what))
        for name in sorted(theirs - ours):
            yield Problem(name, f"is missing from the {what}")
        for name in sorted(ours - theirs - {"comma"}):
            yield Problem(name, f"is no English one of the {what}")
    if len(words.months) != len(english.months):
        yield Problem("months", f"are {len(words.months)}")
    for question, options in english.options.items():
        if [number for number, _ in options] != [
            number for number, _ in words.options.get(question, ())
        ]:
            yield Problem(question, "has other numbers than in English")


def _facts(words: Words, english: Words) -> Iterator[Problem]:
    for what in ("lines", "stand_ins"):
        ours, theirs = getattr(words, what), getattr(english, what)
        for name, text in theirs.items():
            if name in ours and _fields(ours[name]) != _fields(text):
                yield Problem(name, "has other facts than in English")


def _fields(text: str) -> list[str]:
    try:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return ["broken"]


def _answers(words: Words, english: Words) -> Iterator[Problem]:
    """No answer that we offer or listen for may be read as a stop, a worry or a stranger."""
    offered = [(question, label) for question, options in words.options.items()
               for _, label in options]  # fmt: skip
    heard = [(kind, said) for kind, phrases in words.heard.items() for said in phrases
             if kind not in _NOT_ANSWERS]  # fmt: skip
    for where, said in (*offered, *heard):
        reading = understand(said, "confirm")
        if _NEVER_MEANT & {reading.label, *reading.flags} and where != "who":
            yield Problem(where, f"{said!r} is understood as {reading.label}")


def _asks(words: Words, english: Words) -> Iterator[Problem]:
    """Whoever asks for the language is not looked at for a stop or a worry: there can be none."""
    for said in sorted(words.signs.asks | words.signs.names):
        typed = normalise(said)
        if find_stop(typed) or find_distress(typed):
            yield Problem("signs", f"{said!r} asks for more than a language")


def _capitals(words: Words, english: Words) -> Iterator[Problem]:
    for line, text in words.lines.items():
        meant = set(_CAPITALS.findall(english.lines.get(line, "")))
        for word in sorted(set(_CAPITALS.findall(text)) - meant):
            if word.casefold() in OPT_OUT | OPT_IN | HELP:
                yield Problem(line, f"says {word}, which gateways act on")
        for word in sorted(meant & {"STOP", "START", "SHOUT"} - set(_CAPITALS.findall(text))):
            yield Problem(line, f"does not say {word}")


def _signs(words: Words, english: Words) -> Iterator[Problem]:
    """English must not be taken for it: no sign of one is a sign of the other."""
    for word in sorted((words.signs.words | words.signs.sure) & english.signs.words):
        yield Problem("signs", f"{word!r} is English as well")
    if not words.signs.words or not words.signs.asks:
        yield Problem("signs", "tell nothing")
    for name in words.signs.names:
        if plain(name) != name:
            yield Problem("signs", f"{name!r} is not plain")


def _directions(words: Words, english: Words) -> Iterator[Problem]:
    """Letters that run from right to left: each line begins with one, and figures stay in order."""
    if words.lettering is not Lettering.WIDE:
        folded = (line for line, text in words.lines.items() if to_gsm(text) is None)
        yield from (Problem(line, "has letters that GSM-7 has no likeness of") for line in folded)
        return
    for line, said in ((name, said) for name in words.lines for said in _said(words, name)):
        if runs_right_to_left(said) and not _begins_right(said):
            yield Problem(line, "would be drawn from left to right")
        for found in _FIGURES.finditer(said):
            if unicodedata.bidirectional(found["before"]) != "L":
                yield Problem(line, f"turns {found['figures']} about")


def _said(words: Words, line: str) -> list[str]:
    try:
        return words.render(line, _LATIN, ChannelName.SMS).splitlines()
    except (KeyError, ValueError, IndexError):
        return []  # a part of it is missing or broken, which is a problem of its own


def _begins_right(said: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in said)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"
