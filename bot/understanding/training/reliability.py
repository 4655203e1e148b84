"""The reliability plot: of the replies read with such a confidence, how many were read right.

Run ``python -m bot.understanding.training.reliability docs/reliability.svg``: it
draws the held-back replies and prints the tables of docs/understanding.md. With
``FOLLOWUP_SAMPLES`` in the environment the development replies are drawn too.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path

from bot.understanding.read import understand
from bot.understanding.training.again import held_back

EDGES = (0.0, 0.4, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)
THRESHOLDS = (0.5, 0.6, 0.65, 0.75, 0.9)
_SIZE, _EDGE = 360, 48
_SPAN = _SIZE - 2 * _EDGE
_COLOURS = ("#1f5f8b", "#b3541e")
#: The normal deviate of a 95 % interval.
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure a reading was, of 1, whether it was right, and whether it was for staff."""

    confidence: float
    right: bool
    review: bool = False


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of like confidence: how many, their mean confidence, and the share that was right.

    ``low`` and ``high`` are Wilson's 95 % interval of that share.
    """

    count: int
    mean: float
    share: float
    low: float
    high: float


def bins(judged: Iterable[Judged]) -> list[Bin]:
    """``judged`` by confidence, between EDGES; what has no readings is left out."""
    rest = list(judged)
    found = []
    for low, high in pairwise(EDGES):
        inside = [j for j in rest if low <= j.confidence < high or j.confidence == high == 1.0]
        if inside:
            found.append(_bin(inside))
    return found


def _bin(inside: Sequence[Judged]) -> Bin:
    count = len(inside)
    share = sum(each.right for each in inside) / count
    middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
    mean = sum(each.confidence for each in inside) / count
    return Bin(count, mean, share, max(middle - half, 0.0), min(middle + half, 1.0))


def plot(series: Sequence[tuple[str, Sequence[Bin]]]) -> str:
    """The plot as an SVG document: a dot a bin, its interval, and the line where all is well."""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" '
            'font-family="sans-serif" font-size="11" role="img" '
            'aria-label="How often readings of a confidence were right">'
        ),
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="white"/>',
        *_grid(),
    ]
    for place, ((name, found), colour) in enumerate(zip(series, _COLOURS, strict=False)):
        parts += _dots(found, colour)
        y = _EDGE + 14 + 15 * place
        parts.append(f'<circle cx="{_EDGE + 12}" cy="{y - 4}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{_EDGE + 21}" y="{y}">{name}</text>')
    return "\n".join((*parts, "</svg>", ""))


def _grid() -> Iterator[str]:
    for step in range(6):
        at, x, y = step / 5, _x(step / 5), _y(step / 5)
        for line in (f'x1="{x}" y1="{_y(0)}" x2="{x}" y2="{_y(1)}"',
                     f'x1="{_x(0)}" y1="{y}" x2="{_x(1)}" y2="{y}"'):  # fmt: skip
            yield f'<line {line} stroke="#ddd"/>'
        yield f'<text x="{x}" y="{_y(0) + 16}" text-anchor="middle">{at:.1f}</text>'
        yield f'<text x="{_x(0) - 6}" y="{y + 4}" text-anchor="end">{at:.1f}</text>'
    diagonal = f'x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"'
    yield f'<line {diagonal} stroke="#888" stroke-dasharray="5 4"/>'
    yield f'<text x="{_SIZE / 2}" y="{_SIZE - 12}" text-anchor="middle">confidence</text>'
    turned = f'text-anchor="middle" transform="rotate(-90 14 {_SIZE / 2})"'
    yield f'<text x="14" y="{_SIZE / 2}" {turned}>right</text>'


def _dots(found: Sequence[Bin], colour: str) -> Iterator[str]:
    for each in found:
        x, y = _x(each.mean), _y(each.share)
        yield (
            f'<line x1="{x}" y1="{_y(each.low)}" x2="{x}" y2="{_y(each.high)}" '
            f'stroke="{colour}" stroke-opacity="0.5"/>'
        )
        yield f'<circle cx="{x}" cy="{y}" r="{_radius(each.count)}" fill="{colour}"/>'


def _radius(count: int) -> float:
    return round(2 + min(sqrt(count) / 3, 5), 1)


def _x(share: float) -> float:
    return round(_EDGE + share * _SPAN, 1)


def _y(share: float) -> float:
    return round(_SIZE - _EDGE - share * _SPAN, 1)


def tables(series: Sequence[tuple[str, Sequence[Judged]]]) -> Iterator[str]:
    """The tables of the page: by confidence, then by threshold, as Markdown."""
    for name, judged in series:
        yield f"\n| confidence ({name}) | replies | right | 95 % |\n| --- | --- | --- | --- |"
        for each in bins(judged):
            interval = f"{each.low:.2f}–{each.high:.2f}"
            yield f"| {each.mean:.2f} | {each.count} | {each.share:.2f} | {interval} |"
        yield f"\n| threshold ({name}) | no staff | right |\n| --- | --- | --- |"
        for threshold in THRESHOLDS:
            alone = [each for each in _at(judged, threshold) if not each.review]
            right = sum(each.right for each in alone) / max(len(alone), 1)
            yield f"| {threshold:.2f} | {len(alone) / len(judged):.3f} | {right:.3f} |"


def _at(judged: Sequence[Judged], threshold: float) -> Iterator[Judged]:
    """``judged`` as they would be with another threshold; what is for staff anyway stays so."""
    for each in judged:
        yield Judged(each.confidence, each.right, each.review or each.confidence < threshold)


def _judged(text: str, question: str | None, right: Sequence[str]) -> Judged:
    # A threshold of nothing leaves for staff what is for them however sure we are.
    reading = understand(text, question, threshold=0.0)
    return Judged(reading.confidence, reading.label in right, reading.review)


def _samples(folder: str) -> Iterator[Judged]:
    for line in (Path(folder) / "dev_replies.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["task"] == "destination":
            labels = (row["label"], *row.get("accept", ()))
            yield _judged(row["text"], row["question_code"], labels)


def main() -> None:
    """Measure, draw, print."""
    kept = [_judged(each.text, each.question, (each.label,)) for each in held_back()]
    series = [("held back", kept)]
    folder = os.environ.get("FOLLOWUP_SAMPLES")
    if folder:
        series.append(("development", list(_samples(folder))))
    drawn = plot([(name, bins(judged)) for name, judged in series])
    Path(sys.argv[1]).write_text(drawn, encoding="utf-8")
    print("\n".join(tables(series)))


if __name__ == "__main__":
    main()
