"""A rehearsal's figures as one JSON document."""

from collections.abc import Mapping, Sequence
from typing import Any

from followup.simulation.figures import Figures, WaveFigures, warnings

#: What is given as p10, p50 and p90 where the rehearsal ran more than once.
_RANGED = ("answered", "unknown", "refused", "messages", "segments", "cost_pence", "staff_hours")
_PERCENTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def document(runs: Sequence[Figures]) -> dict[str, Any]:
    """The waves and totals of the first run, and the ranges of all where there are several."""
    first = runs[0]
    found = {"waves": [row(each, first.segment_pence) for each in first.waves]}
    totals = totals_of(first)
    if len(runs) > 1:
        totals |= {"runs": len(runs), "ranges": ranges([totals_of(each) for each in runs])}
    return {**found, "totals": totals}


def row(wave: WaveFigures, segment_pence: int) -> dict[str, Any]:
    """One wave of one leaving year; costs in pence, staff in hours."""
    return {
        "wave": wave.wave,
        "from": wave.opens.isoformat(),
        "until": wave.until.isoformat(),
        "due": wave.due,
        "contacted": wave.contacted,
        "tries": wave.tries,
        "max_tries": wave.max_tries,
        "answered": wave.answered,
        "unknown": wave.not_known,
        "refused": wave.refused,
        "segments": wave.segments,
        "cost_pence": wave.segments * segment_pence,
        "staff_hours": round(wave.staff_minutes / 60, 2),
    }


def totals_of(figures: Figures) -> dict[str, Any]:
    """Everything together; months are ``YYYY-MM``, weeks their Monday."""
    waves = figures.waves
    by_try = {number for wave in waves for number in wave.answered_at}
    return {
        "due": sum(wave.due for wave in waves),
        "contacted": sum(wave.contacted for wave in waves),
        "tries": sum(wave.tries for wave in waves),
        "max_tries": max((wave.max_tries for wave in waves), default=0),
        "answered": sum(wave.answered for wave in waves),
        "answered_at_try": {
            str(number): sum(wave.answered_at[number] for wave in waves)
            for number in sorted(by_try)
        },
        "unknown": sum(wave.not_known for wave in waves),
        "unknown_by_reason": _summed(wave.unknown for wave in waves),
        "refused": sum(wave.refused for wave in waves),
        "other": _summed(wave.other for wave in waves),
        "messages": sum(figures.messages.values()),
        "messages_by_kind": dict(figures.messages),
        "replies": sum(figures.replies_by_week.values()),
        "segments": figures.segments,
        "cost_pence": figures.segments * figures.segment_pence,
        "cost_pence_by_month": figures.cost_by_month(),
        "budget_pence": figures.budget_pence,
        "flags": dict(figures.flags),
        "for_staff_by_week": {
            week.isoformat(): count for week, count in figures.flags_by_week.items()
        },
        "staff_hours": round(figures.staff_hours, 2),
        "staff_hours_by_week": {
            week.isoformat(): round(minutes / 60, 2)
            for week, minutes in figures.minutes_by_week.items()
        },
        "warnings": warnings(figures),
    }


def ranges(totals: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """The 10th, 50th and 90th percentile of the main totals over several runs."""
    return {
        name: {label: _percentile([each[name] for each in totals], p) for label, p in _P}
        for name in _RANGED
    }


def _percentile(values: Sequence[float], share: float) -> float:
    """Between the two nearest of the sorted values, in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 2)


def _summed(counts: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items()))


_P = tuple(_PERCENTILES.items())
