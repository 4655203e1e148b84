"""Small plots as SVG text: bars, stacked bars, a line to compare with, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10
from typing import Final

WIDTH: Final = 960
_HEIGHT: Final = 300
_LEFT: Final = 64
_RIGHT: Final = 16
_TOP: Final = 34
_BOTTOM: Final = 74
_LINES: Final = 5
#: As many labels as can be read beside each other.
_LABELS: Final = 26
_SMALL_BAR: Final = 1.0
#: From here on nobody reads tenths.
_WHOLE: Final = 100
_WIDE_BAR: Final = 90.0


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a plot: its name in the legend, and a value for each bar."""

    name: str
    colour: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Limit:
    """A level to compare with, drawn across the plot."""

    name: str
    value: float


def stacked_bars(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    limit: Limit | None = None,
) -> str:
    """A plot with one bar a label, its series on top of each other, as an SVG element."""
    tops = [sum(each.values[place] for each in series) for place in range(len(labels))]
    most = _round_up(max([*tops, limit.value if limit else 0, 1e-9]))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">',
        *_grid(most, unit),
        *_bars(labels, series, most),
        *_labels(labels),
        *_legend(series, limit),
    ]
    if limit is not None:
        y = _y(limit.value, most)
        parts.append(
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="limit"/>'
        )
    return "\n".join([*parts, "</svg>"])


def _grid(most: float, unit: str) -> list[str]:
    found = []
    for step in range(_LINES + 1):
        value = most * step / _LINES
        y = _y(value, most)
        found.append(
            f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" class="end">{unit}{_number(value)}</text>'
        )
    return found


def _bars(labels: Sequence[str], series: Sequence[Series], most: float) -> list[str]:
    slot = _slot(len(labels))
    wide = min(max(slot * 0.72, _SMALL_BAR), _WIDE_BAR)
    found = []
    for place, label in enumerate(labels):
        below = 0.0
        x = _LEFT + slot * place + (slot - wide) / 2
        for each in series:
            value = each.values[place]
            if value <= 0:
                continue
            top, bottom = _y(below + value, most), _y(below, most)
            below += value
            found.append(
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" '
                f'height="{bottom - top:.1f}" fill="{each.colour}">'
                f"<title>{escape(label)}: {escape(each.name)} {_number(value)}</title></rect>"
            )
    return found


def _labels(labels: Sequence[str]) -> list[str]:
    """As many as have room, slanted, each under its bar."""
    slot, every = _slot(len(labels)), ceil(len(labels) / _LABELS) or 1
    y = _HEIGHT - _BOTTOM + 14
    found = []
    for place in range(0, len(labels), every):
        x = _LEFT + slot * (place + 0.5)
        found.append(
            f'<text x="{x:.1f}" y="{y}" class="end" '
            f'transform="rotate(-40 {x:.1f} {y})">{escape(labels[place])}</text>'
        )
    return found


def _legend(series: Sequence[Series], limit: Limit | None) -> list[str]:
    found, x = [], float(_LEFT)
    for each in series:
        found.append(
            f'<rect x="{x:.0f}" y="8" width="12" height="12" fill="{each.colour}"/>'
            f'<text x="{x + 17:.0f}" y="18">{escape(each.name)}</text>'
        )
        x += 36 + 7.2 * len(each.name)
    if limit is not None:
        found.append(
            f'<line x1="{x:.0f}" x2="{x + 18:.0f}" y1="14" y2="14" class="limit"/>'
            f'<text x="{x + 23:.0f}" y="18">{escape(limit.name)}</text>'
        )
    return found


def _slot(count: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(count, 1)


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / most


def _round_up(value: float) -> float:
    """The next round number that is not less: its fifths are round too."""
    power = 10.0 ** int(log10(value)) if value >= 1 else 0.1
    return next(
        power * step for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 20) if power * step >= value
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or value >= _WHOLE else f"{value:.1f}"
