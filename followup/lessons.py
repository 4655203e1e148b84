"""What staff decided about replies, as labelled texts the model can learn from.

They are read from the database each time and kept nowhere else: whoever is
erased, or whose words are deleted, teaches nothing any more.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from bot.understanding.training.again import Told
from contact.destination import Destination, Source
from contact.flag import Decision, Flag, FlagKind
from contact.ports import Work
from contact.reply import Label, Reply

#: NCCIS activity codes by what a reply says; of armed forces there is no code of its own.
LABELS: dict[str, Label] = {
    **dict.fromkeys(("210", "220"), Label.SIXTH_FORM),
    **dict.fromkeys(("230", "250", "270", "280", "290"), Label.FE_COLLEGE),
    "240": Label.HIGHER_EDUCATION,
    "260": Label.GAP_YEAR,
    "310": Label.APPRENTICESHIP,
    **dict.fromkeys(("320", "340"), Label.EMPLOYMENT_WITH_TRAINING),
    **dict.fromkeys(("330", "350", "360"), Label.EMPLOYMENT_WITHOUT_TRAINING),
    **dict.fromkeys(("380", "381"), Label.SELF_EMPLOYED),
    **dict.fromkeys(("410", "430", "440", "450", "460", "530"), Label.TRAINEESHIP),
    **dict.fromkeys(("540", "550"), Label.VOLUNTARY),
    **dict.fromkeys(("615", "616", "619"), Label.LOOKING_FOR_WORK),
    **dict.fromkeys(("610", "620", "630", "640", "650", "660", "670", "680"), Label.NOT_AVAILABLE),
    "710": Label.CUSTODY,
    "830": Label.REFUSES,
}
#: A code by staff so soon after the reply puts the reading right; later it may be news.
PUT_RIGHT_WITHIN = timedelta(days=14)
#: Only what answers "what are you doing now?" says what somebody does.
_ABOUT_NOW = (None, "now", "confirm")
_LONGEST = 500


def lessons(work: Work) -> list[Told]:
    """Every reply that staff coded, put right or took for a stop; each text once, the last word.

    What worried us is never among them: no decision may teach that such words
    are nothing to worry about.
    """
    flags = work.flags.list(closed_too=True)
    found = {each.text: each for each in (*_decided(work, flags), *_put_right(work))}
    return list(found.values())


def _decided(work: Work, flags: Iterable[Flag]) -> Iterator[Told]:
    for flag in sorted(flags, key=lambda each: each.id):
        reply = work.replies.get(flag.reply) if flag.reply and flag.closed_at else None
        if reply is None or flag.kind is FlagKind.WORRY:
            continue
        label = _label(work, flag, reply)
        lesson = _lesson(reply, label) if label else None
        if lesson:
            yield lesson


def _label(work: Work, flag: Flag, reply: Reply) -> Label | None:
    """What the decision says that the reply says; None where it says nothing of it."""
    if flag.decision is Decision.WITHDRAW and flag.kind is FlagKind.UNCLEAR:
        return Label.STOP
    if flag.decision is not Decision.CODE or flag.alumnus is None:
        return None
    spells = work.destinations.of(flag.alumnus)
    told = [each for each in spells if each.reply == reply.id and each.source is Source.STAFF]
    return _said(told[-1].code, reply) if told else None


def _put_right(work: Work) -> Iterator[Told]:
    """Replies the service coded, and staff otherwise soon after."""
    for person in work.alumni.everybody():
        spells = work.destinations.of(person.id)
        for before, after in pairwise(spells):
            reply = work.replies.get(before.reply) if before.reply else None
            label = _said(after.code, reply) if reply and _corrects(before, after) else None
            lesson = _lesson(reply, label) if reply and label else None
            if lesson:
                yield lesson


def _corrects(before: Destination, after: Destination) -> bool:
    soon = after.known_since - before.known_since <= PUT_RIGHT_WITHIN
    ours = before.source is Source.ALUMNUS and after.source is Source.STAFF
    return ours and soon and after.reply is None and before.code != after.code


def _said(code: str, reply: Reply) -> Label | None:
    """The label of ``code``; the forces keep theirs, whose code a trained job has too."""
    read = reply.reading.label if reply.reading else None
    forces = read is Label.ARMED_FORCES and code in ("320", "340")
    return Label.ARMED_FORCES if forces else LABELS.get(code)


def _lesson(reply: Reply, label: Label) -> Told | None:
    """The lesson of ``reply``; None where there are no words left, or they worried us."""
    text = (reply.text or "").strip()
    read = reply.reading
    worried = read is not None and Label.DISTRESS in (read.label, *read.flags)
    if not text or len(text) > _LONGEST or worried or reply.question not in _ABOUT_NOW:
        return None
    return Told(text, reply.question, label)
