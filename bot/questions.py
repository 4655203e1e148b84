"""How a reply answers the open question."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.answers import (
    has_room,
    level_in,
    recorded,
    tells,
    with_activity,
    with_answer,
    with_slots,
    without_level,
)
from bot.last_time import still_fits, taken_up
from bot.step import (
    ASKED_TWICE,
    IN_OWN_WORDS,
    Outcome,
    Say,
    Step,
    go_on,
    line_of,
    news,
    not_them,
    put_again,
    to_staff,
)
from bot.survey import NO, YES, Survey, plain
from bot.when import names_a_time
from contact.conversation import Talk
from contact.flag import FlagKind
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots

_DIGITS = re.compile(r"^\W*(\d{1,2})\W*$")
_LETTER = re.compile(r"[^\W\d_]")

# How sure a reading must be that a text is about something else before it is
# not taken, as typed, for the name of a place or a course.
_SURELY_OFF = 0.9
_SHORT_ANSWER = 5

# Nobody who says this is told that we did not get it: staff write it down.
_NOT_ASKED_AGAIN = (Label.CUSTODY,)


def picked(reading: Reading, text: str) -> int | None:
    """The number that was chosen, None where the reply is no number."""
    if reading.choice is not None:
        return reading.choice
    found = _DIGITS.match(text)
    return int(found[1]) if found else None


def answer(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """What follows from ``text`` as an answer to the open question of ``talk``."""
    return _ANSWERS.get(talk.question or "", _closed)(talk, reading, text, survey)


def _now(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    number = picked(reading, text)
    if number is not None:
        return _numbered(talk, reading, number, survey)
    if tells(reading, survey):
        return _told(talk, reading, survey)
    named = level_in(text)
    slots = replace(reading.slots, level=reading.slots.level or named)
    if talk.code and slots != Slots():
        # After WRONG: "it's Wirral Met" puts the place right and nothing else.
        return go_on(talk, with_slots(talk, slots, survey), survey)
    if reading.label in _NOT_ASKED_AGAIN:
        return to_staff(talk)
    return put_again(talk, _in_other_words(reading, survey), survey) or to_staff(talk)


def _told(talk: Talk, reading: Reading, survey: Survey) -> Step:
    after = with_activity(replace(talk, known={}), reading.label, reading.code, survey)
    return go_on(talk, with_slots(after, reading.slots, survey), survey)


def _numbered(talk: Talk, reading: Reading, number: int, survey: Survey) -> Step:
    choice = survey.choice(number)
    if choice is None:
        return put_again(talk, "clarify.now", survey) or to_staff(talk)
    if choice.label is None:
        return _own_words(talk)
    code = reading.code if reading.label is choice.label else None
    after = with_activity(talk, choice.label, code, survey)
    return go_on(talk, with_slots(after, reading.slots, survey), survey)


def _own_words(talk: Talk) -> Step:
    """The question that "something else" gets, also after the question in other words."""
    if talk.clarified >= IN_OWN_WORDS:
        return to_staff(talk)
    clarified = IN_OWN_WORDS if talk.clarified == ASKED_TWICE else ASKED_TWICE
    asked = replace(talk, clarified=clarified, said=talk.said + 1)
    return Step(asked, Outcome.ASKING, Say(MessageKind.CLARIFY, "clarify.else"))


def _in_other_words(reading: Reading, survey: Survey) -> str:
    """The line that asks again: with the two likeliest answers where the reading has a guess."""
    if reading.label is Label.MOVED_ABROAD:
        return "clarify.abroad"
    likely = (reading.label, *reading.guesses)
    known = [choice.label for choice in survey.choices if choice.label]
    numbers = dict.fromkeys(survey.number_of(label) for label in likely if label in known)
    return ".".join(["clarify.guess", *map(str, list(numbers)[:2])]) if numbers else "clarify.now"


def _who(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """Whether it is them, by first name only: before a yes nothing is said of another time."""
    if tells(reading, survey):
        # Whoever tells us what they do has answered more than was asked.
        return _told(talk, reading, survey)
    said = _yes_or_no(reading, text, survey)
    if said == YES:
        sure = with_answer(replace(talk, confirmed=True), "who", str(YES), survey)
        asked = replace(sure, question="confirm", clarified=0, said=talk.said + 1)
        say = Say(MessageKind.QUESTION, line_of(asked, survey), recorded(asked))
        return Step(asked, Outcome.ASKING, say)
    if said == NO:
        return not_them(talk)
    return put_again(talk, "clarify.who", survey) or to_staff(talk)


def _confirm(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """Whether what they told us another time still holds: then it is told anew, as of today."""
    said, told = _yes_or_no(reading, text, survey), tells(reading, survey)
    if survey.is_just("still", text):
        said = YES  # also "no change"
    if said == YES or (told and said is None and still_fits(talk, reading, survey)):
        after = with_answer(taken_up(talk, survey), "confirm", str(YES), survey)
        return go_on(talk, with_slots(after, reading.slots, survey), survey)
    if told:
        return _told(talk, reading, survey)
    if said == NO or survey.hears("correction", text):
        changed = with_answer(replace(talk, known={}), "confirm", str(NO), survey)
        return go_on(talk, changed, survey)
    return put_again(talk, "clarify.confirm", survey) or to_staff(talk)


def _fact(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """An answer to ``where``, ``what``, ``level`` or ``start``: taken as typed if need be."""
    question = talk.question or ""
    changes = survey.hears("correction", text) and reading.code and str(reading.label) != talk.label
    if changes and reading.review:
        return _perhaps_changed(talk, reading, survey)
    after = _put_right(talk, reading, text, survey)
    if question == "what":
        after = _with_level(after, text)
    if after.label != talk.label or after.answers.get(question):
        return go_on(talk, _answered(after, question, survey), survey)
    if after != talk and survey.hears("correction", text):
        # They put something else right: ours is still to answer.
        return go_on(talk, after, survey)
    said = "" if survey.is_just("unsure", text) else _typed(question, reading, text, survey)
    if said is None and talk.clarified < ASKED_TWICE:
        again = put_again(after, f"clarify.{question}", survey)
        if again is not None:
            return replace(again, destination=news(talk, after, survey))
    elif said is None:
        return replace(to_staff(after), destination=news(talk, after, survey))
    return go_on(talk, with_answer(after, question, said or "", survey), survey)


def _perhaps_changed(talk: Talk, reading: Reading, survey: Survey) -> Step:
    """They seem to do something else by now: ask which it is, with the likely answer."""
    if not has_room(talk, talk.question or "", survey):
        return to_staff(talk)
    opened = replace(talk, question="now", clarified=0)
    return put_again(opened, _in_other_words(reading, survey), survey) or to_staff(talk)


def _answered(talk: Talk, question: str, survey: Survey) -> Talk:
    said = talk.answers.get(question)
    return talk if said is None else with_answer(talk, question, said, survey)


def _put_right(talk: Talk, reading: Reading, text: str, survey: Survey) -> Talk:
    """``talk`` with what ``reading`` tells beside the answer: facts, a finer or another code."""
    corrects = survey.hears("correction", text)
    after = talk
    if tells(reading, survey):
        if corrects and str(reading.label) != talk.label:
            after = with_activity(talk, reading.label, reading.code, survey)
        elif reading.code in survey.refines.get(talk.code or "", ()):
            after = replace(talk, code=reading.code)
    slots = reading.slots
    if corrects and slots.course and plain(slots.course) == plain(text):
        # "sorry meant wirral met" is no course.
        slots = replace(slots, course=None)
    return with_slots(after, slots, survey, over=corrects)


def _typed(question: str, reading: Reading, text: str, survey: Survey) -> str | None:
    """``text`` as an answer to ``question``, None where it cannot be one."""
    if question == "level":
        return level_in(text, asked=True)
    said = _says_when(text, survey) if question == "start" else _LETTER.search(text) is not None
    off = reading.label is Label.OUT_OF_SCOPE and reading.confidence >= _SURELY_OFF
    if off or not said:
        return None
    return without_level(text) if question == "what" else text


def _says_when(text: str, survey: Survey) -> bool:
    """Whether ``text`` may be a start ("last summer, after my gcses"); "yh go on" is none."""
    return any(each.isdecimal() for each in text) or (
        survey.hears("since", text) or names_a_time(text)
    )


def _with_level(talk: Talk, text: str) -> Talk:
    """``talk`` with the level that an answer to "what, and at what level?" names."""
    level = level_in(text)
    if level is None or talk.answers.get("level"):
        return talk
    return replace(talk, answers={**talk.answers, "level": level})


def _help(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    said, asks = _yes_or_no(reading, text, survey), reading.label is Label.QUESTION
    if said == NO:
        return go_on(talk, with_answer(talk, "help", str(NO), survey), survey)
    if said == YES or asks:
        # A question of their own is a wish for help, whatever else it is.
        flags = (FlagKind.CALL_BACK,) + (FlagKind.QUESTION,) * asks
        after = with_answer(talk, "help", str(YES), survey)
        return go_on(talk, after, survey, flags, "wants_help")
    after = _put_right(talk, reading, text, survey)
    if after != talk:
        return go_on(talk, after, survey)
    again = put_again(talk, "clarify.help", survey)
    if again is not None:
        return again
    # There is no room to ask again, and the offer must not be lost: staff read it.
    after = with_answer(talk, "help", "", survey)
    return go_on(talk, after, survey, (FlagKind.QUESTION,), "help_unclear")


def _yes_or_no(reading: Reading, text: str, survey: Survey) -> int | None:
    """What was answered to a question of yes and no: its number; None where it is neither."""
    number = picked(reading, text)
    if number is None and _short("no", text, survey):
        return NO
    if number is None and _short("yes", text, survey):
        return YES
    return number


def _short(kind: str, text: str, survey: Survey) -> bool:
    """Whether ``text`` opens with a word of ``kind`` and says little more."""
    words = plain(text)
    opens = any(f"{words} ".startswith(f"{word} ") for word in survey.small_words[kind])
    return opens and len(words.split()) <= _SHORT_ANSWER and not survey.hears("unsure", text)


def _closed(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step:
    """No question is open: something is put right, or added, or staff look at it."""
    if survey.is_just("polite", text) or not plain(text):
        return Step(talk, Outcome.NOTHING)
    corrects = talk.code is None or survey.hears("correction", text)
    same = survey.path(reading.label) is survey.path(talk.label)
    after = talk
    if tells(reading, survey) and (corrects or same):
        after = with_activity(talk, reading.label, reading.code, survey)
    if after.code:
        after = with_slots(after, reading.slots, survey, over=corrects)
    found = news(talk, after, survey)
    if found is not None:
        line = "thanks" if talk.code is None else "thanks.updated"
        say = Say(MessageKind.THANKS, line, recorded(after))
        return Step(after, Outcome.COMPLETE, say, found)
    another = survey.path(reading.label) is not None and not same
    if reading.review or another or reading.label is Label.AMBIGUOUS:
        return Step(talk, Outcome.PASSED_TO_STAFF, flags=(FlagKind.UNCLEAR,))
    return Step(talk, Outcome.NOTHING)


_ANSWERS: dict[str, Callable[[Talk, Reading, str, Survey], Step]] = {
    "now": _now,
    "who": _who,
    "confirm": _confirm,
    "where": _fact,
    "what": _fact,
    "level": _fact,
    "start": _fact,
    "help": _help,
}
