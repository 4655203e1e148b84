"""A number and words: "2 - plumbing at Wirral Met", and when the words speak against it."""

from dataclasses import replace

from bot.understanding.anchors import explicit
from bot.understanding.choices import Choice, choice, led_by
from bot.understanding.clauses import LATER, NOT, PAST, SEEKING, times
from bot.understanding.words import UNFOUNDED, Seen, coded, read_words
from contact.reply import Label, Reading

#: Words this sure of another label outweigh the number before them; beside the point and
#: unclear are also what is said of words that were never seen.
_SPEAKS_AGAINST, _SURELY_VAGUE = 0.6, 0.8
#: A reply of more words than these is more than a number and a name.
_SHORT = 6
#: A number before one of these counts them: "2 more weeks", "3 A levels", "5 days a week".
_COUNTED = frozenset(
    "more days day weeks week months month years hours hour mins minutes minute times lots of or "
    "and to a level jobs kids children subjects courses others people lads mates friends x k pm "
    "am st nd rd th left other different resits exams gcses".split()
)
#: What beside the label of its line a number's words may sound like: the college of an
#: apprentice, the work of one, a college that calls itself a sixth form.
_SOUNDS_LIKE: dict[Label, frozenset[Label]] = {
    Label.SIXTH_FORM: frozenset((Label.FE_COLLEGE, Label.HIGHER_EDUCATION)),
    Label.FE_COLLEGE: frozenset((Label.SIXTH_FORM, Label.HIGHER_EDUCATION)),
    Label.HIGHER_EDUCATION: frozenset((Label.SIXTH_FORM, Label.FE_COLLEGE)),
    Label.APPRENTICESHIP: frozenset(
        (Label.EMPLOYMENT_WITH_TRAINING, Label.EMPLOYMENT_WITHOUT_TRAINING, Label.FE_COLLEGE)
    ),
    Label.EMPLOYMENT_WITH_TRAINING: frozenset((Label.EMPLOYMENT_WITHOUT_TRAINING,)),
    Label.EMPLOYMENT_WITHOUT_TRAINING: frozenset((Label.EMPLOYMENT_WITH_TRAINING,)),
}
#: Whose words never speak against these: "5, full time job at Lidl", "4, college on fridays".
_TAKEN_FOR_GRANTED = frozenset((Label.APPRENTICESHIP, Label.EMPLOYMENT_WITH_TRAINING))
_VAGUE = (Label.AMBIGUOUS, Label.OUT_OF_SCOPE)
_DECIDED = 0.9


def read_numbered(seen: Seen) -> Reading | None:
    """The reading of a number and the words after it; None where the words alone decide.

    The number gives the label unless it only counts something or the words
    surely say another; the words give the code's finer points and the slots.
    """
    number = led_by(seen.typed) if seen.question in (None, "now") else None
    line = choice(number) if number else None
    if line is None or seen.typed.question_mark:
        return None
    words = read_words(seen)
    if words.label is not line.label and _counts(seen):
        return None
    if line.code is None:
        return _something_else(words) if _short(seen) else None
    if words.label is not line.label and not _bears(line, words, seen):
        return None
    sure = 0.97 if words.label is line.label else _DECIDED
    same = replace(words, label=line.label, confidence=sure, review=False, choice=number)
    return coded(seen, same)


def _counts(seen: Seen) -> bool:
    """Whether the number counts what follows rather than picking a line."""
    words = seen.typed.words
    if 1 in seen.typed.breaks:
        return False
    # "1 year left", but not "1 year 12 at St Marys".
    years = words[1] == "year" and not "".join(words[2:3]).isdigit()
    return years or words[1] in _COUNTED


def _something_else(words: Reading) -> Reading | None:
    """Of "8" and words: the words where they tell something, else the same as the bare number."""
    if words.label not in _VAGUE:
        return None
    return replace(words, label=Label.AMBIGUOUS, review=True, choice=8)


def _bears(line: Choice, words: Reading, seen: Seen) -> bool:
    """Whether the number holds although the words by themselves read as another label."""
    if not {NOT, PAST, LATER, SEEKING}.isdisjoint(times(seen.typed)):
        return False
    sure = words.confidence >= (_SURELY_VAGUE if words.label in _VAGUE else _SPEAKS_AGAINST)
    if words.label in _SOUNDS_LIKE.get(line.label, ()):
        if line.label in _TAKEN_FOR_GRANTED or not sure:
            return True
        said = explicit(words.label, seen.typed, seen.spans)
        return not said or explicit(line.label, seen.typed, seen.spans)
    if sure:
        return False
    unfounded = words.label in _VAGUE or words.confidence <= UNFOUNDED
    return _short(seen) if unfounded else 1 in seen.typed.breaks


def _short(seen: Seen) -> bool:
    """Whether the reply is a short answer to the question that has the numbers."""
    return seen.question == "now" and len(seen.typed.words) <= _SHORT
