"""The model trained again with what staff decided, and whether it may take the old one's place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from bot.understanding import model
from bot.understanding.learnt import Learnt
from bot.understanding.read import understand
from bot.understanding.training.fit import fit
from bot.understanding.training.texts import HERE, Example, examples
from contact.reply import Label, Reading

#: Of what staff decided one in so many is held back to measure with.
HELD_BACK_OF = 5
#: How often each lesson stands among the texts: it is genuine, they are not.
TIMES = 3
#: What a new model may lose of right labels, and of what needs no staff of right ones.
_SLACK = 0.01
#: Likelihoods that are known too badly with fewer readings than these.
_ENOUGH = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A reply, the question it answers, and the label that is right."""

    text: str
    question: str | None
    label: Label

    def __repr__(self) -> str:
        return f"Told({self.label})"


@dataclass(frozen=True, slots=True)
class Measure:
    """How well replies were read: counts, of ``read`` replies.

    ``worries`` and ``stops`` are how many were seen of those that were meant,
    ``alarms`` how often one was seen that was not.
    """

    read: int
    right: int
    alone: int
    alone_right: int
    worries: int
    stops: int
    alarms: int

    @property
    def share_right(self) -> float:
        """Right labels, 0 to 1."""
        return self.right / max(self.read, _ENOUGH)

    @property
    def share_alone(self) -> float:
        """What needs no staff and is right, of what needs no staff, 0 to 1."""
        return self.alone_right / max(self.alone, _ENOUGH)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model trained again: packed for its file, with both measures and why not to use it."""

    packed: bytes
    learnt: Learnt
    before: Measure
    after: Measure
    taught: int
    held_back: int
    refused: str | None


def held_back() -> list[Told]:
    """The replies that were never trained on, shipped to measure with."""
    lines = (HERE / "heldback.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [Told(text, question, Label(label)) for label, question, text in rows]


def train_again(
    lessons: Iterable[Told],
    old: Learnt,
    texts: Callable[[], Sequence[Example]] = examples,
    seed: int = 1,
) -> Trained:
    """Train on the shipped texts and four of five ``lessons``; measure on what is left.

    ``old`` is the model in use, which the new one is measured against and whose
    calibration it takes over. Takes a minute or two. The same for the same lessons.
    """
    told = sorted({each.text: each for each in lessons}.values(), key=lambda each: each.text)
    kept = [each for each in told if _is_kept(each)]
    taught = [each for each in told if not _is_kept(each)]
    made = [Example(each.label.value, each.text) for each in taught] * TIMES
    packed = model.pack(*fit([*texts(), *made], seed))
    new = Learnt(model.unpack(packed), old.calibration)
    with_them = [*held_back(), *kept]
    before, after = measure(with_them, old), measure(with_them, new)
    return Trained(packed, new, before, after, len(taught), len(kept), refusal(before, after))


def measure(told: Iterable[Told], learnt: Learnt) -> Measure:
    """How ``learnt`` reads ``told``."""
    read = [(each, understand(each.text, each.question, learnt=learnt)) for each in told]
    alone = [(each, reading) for each, reading in read if not reading.review]
    return Measure(
        read=len(read),
        right=sum(reading.label is each.label for each, reading in read),
        alone=len(alone),
        alone_right=sum(reading.label is each.label for each, reading in alone),
        worries=_seen(read, Label.DISTRESS),
        stops=_seen(read, Label.STOP),
        alarms=sum(
            _has(reading, label) and each.label not in (Label.DISTRESS, Label.STOP)
            for each, reading in read
            for label in (Label.DISTRESS, Label.STOP)
        ),
    )


def refusal(before: Measure, after: Measure) -> str | None:
    """Why the new model may not take the old one's place, in a clause; None where it may."""
    if after.worries < before.worries:
        return f"it sees {before.worries - after.worries} fewer of the worries"
    if after.stops < before.stops:
        return f"it sees {before.stops - after.stops} fewer of the wishes to stop"
    if after.alarms > before.alarms:
        return f"it raises {after.alarms - before.alarms} more false alarms"
    if after.share_right < before.share_right - _SLACK:
        return "it reads fewer replies right"
    if after.share_alone < before.share_alone - _SLACK:
        return "what it would code without staff is wrong more often"
    return None


def _is_kept(one: Told) -> bool:
    """Whether ``one`` is held back; the same in every training, whatever else there is."""
    return crc32(one.text.encode("utf-8", "replace")) % HELD_BACK_OF == 0


def _seen(read: Iterable[tuple[Told, Reading]], label: Label) -> int:
    return sum(each.label is label and _has(reading, label) for each, reading in read)


def _has(reading: Reading, label: Label) -> bool:
    return label in (reading.label, *reading.flags)
