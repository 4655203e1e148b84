"""A rehearsal as one page that needs nothing beside itself: tables and plots, no script."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from importlib.resources import files
from typing import Any, Final

from followup.simulation.document import ranges, row, totals_of
from followup.simulation.figures import Figures, WaveFigures, warnings
from followup.simulation.svg import Limit, Series, stacked_bars

_TRY_COLOURS: Final = ("#0b6e4f", "#2fa37c", "#8fd3b6", "#c7ead9", "#e2f4ec", "#eef9f4")
_STAFF, _UNKNOWN, _REFUSED, _OTHER = "#5b7db1", "#c3cad2", "#c65d57", "#e5c07b"
_COLUMNS: Final = {
    "wave": "Wave",
    "from": "From",
    "until": "Until",
    "due": "Due",
    "contacted": "Contacted",
    "tries": "Tries",
    "answered": "Answered",
    "unknown": "Unknown",
    "refused": "Refused",
    "segments": "SMS parts",
    "cost_pence": "Cost",
    "staff_hours": "Staff, h",
}
_CARDS: Final = {
    "answered": "answers",
    "unknown": "unknown",
    "refused": "refused",
    "messages": "messages",
    "cost_pence": "texts cost",
    "staff_hours": "hours of staff",
}
_NOTE: Final = "Invented alumni, the real engine, a virtual clock. Nobody was written to."


def page(title: str, about: str, sides: Sequence[tuple[str, Sequence[Figures]]]) -> str:
    """The whole page; with two ``sides`` they stand beside each other.

    A side is its name and its runs: the first is shown, and the ranges of all.
    """
    many = len(sides) > 1
    body = "\n".join(_side(name if many else "", runs) for name, runs in sides)
    if many:
        body = f'<div class="sides">{body}</div>'
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    kind = ' class="two"' if many else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n<body{kind}><h1>{escape(title)}</h1>"
        f'<p class="what">{escape(about)} {_NOTE}</p>\n{body}\n</body></html>\n'
    )


def _side(name: str, runs: Sequence[Figures]) -> str:
    figures = runs[0]
    parts = [
        f"<h2>{escape(name)}</h2>" if name else "",
        _cards(runs),
        _warnings(warnings(figures)),
        "<h2>How each wave ends</h2>",
        _endings_plot(figures.waves),
        "<h2>What texts cost each month</h2>",
        _cost_plot(figures),
        "<h2>Hours of staff that flags take each week</h2>",
        _staff_plot(figures),
        "<h2>Wave by wave</h2>",
        _table(figures),
    ]
    return "<section>" + "\n".join(filter(None, parts)) + "</section>"


def _cards(runs: Sequence[Figures]) -> str:
    totals = [totals_of(each) for each in runs]
    spread = ranges(totals) if len(runs) > 1 else {}
    cards = "".join(_card(key, name, totals[0], spread) for key, name in _CARDS.items())
    return f'<div class="cards">{cards}</div>'


def _card(
    key: str, name: str, totals: Mapping[str, Any], spread: Mapping[str, Mapping[str, float]]
) -> str:
    between = ""
    if within := spread.get(key):
        low, high = (_shown(key, within[each]) for each in ("p10", "p90"))
        between = f"<br>{low} to {high} in 8 of 10 runs"
    shown = _shown(key, totals[key])
    return f'<div class="card"><b>{shown}</b><span>{name}{between}</span></div>'


def _warnings(found: Sequence[str]) -> str:
    if not found:
        return ""
    items = "".join(f"<li>{escape(each)}</li>" for each in found)
    return f'<h2>Before you begin</h2><ul class="warnings">{items}</ul>'


def _endings_plot(waves: Sequence[WaveFigures]) -> str:
    tries = sorted({number for wave in waves for number in wave.answered_at if number})
    series = [
        Series(
            f"answered at try {number}",
            _TRY_COLOURS[min(place, len(_TRY_COLOURS) - 1)],
            [wave.answered_at[number] for wave in waves],
        )
        for place, number in enumerate(tries)
    ]
    by_staff = [wave.answered_at[0] for wave in waves]
    others = [wave.other.total() for wave in waves]
    series += [Series("otherwise", _STAFF, by_staff)] if any(by_staff) else []
    series.append(Series("unknown", _UNKNOWN, [wave.not_known for wave in waves]))
    series.append(Series("refused", _REFUSED, [wave.refused for wave in waves]))
    series += [Series("other endings", _OTHER, others)] if any(others) else []
    several = len({wave.cohort for wave in waves}) > 1
    labels = [
        f"{wave.wave} ({wave.cohort.rsplit('-', 1)[1]})" if several else wave.wave for wave in waves
    ]
    return stacked_bars("How each wave ends", labels, series)


def _cost_plot(figures: Figures) -> str:
    costs = figures.cost_by_month()
    months = _months([*costs, *(f"{day:%Y-%m}" for day in (figures.starts, figures.ends))])
    pounds = Series("texts", "#5b7db1", [costs.get(month, 0) / 100 for month in months])
    limit = Limit("budget", figures.budget_pence / 100) if figures.budget_pence else None
    labels = [f"{date.fromisoformat(month + '-01'):%b %Y}" for month in months]
    return stacked_bars("Pounds a month", labels, [pounds], "£", limit)


def _staff_plot(figures: Figures) -> str:
    minutes = figures.minutes_by_week
    weeks = _weeks([*minutes, *(_monday(day) for day in (figures.starts, figures.ends))])
    hours = Series("hours for flags", "#8a6fb3", [minutes.get(week, 0) / 60 for week in weeks])
    labels = [f"{week.day} {week:%b %Y}" for week in weeks]
    limit = Limit("time there is", figures.hours_a_week)
    return stacked_bars("Hours of staff a week", labels, [hours], limit=limit)


def _table(figures: Figures) -> str:
    heads = "".join(f"<th>{name}</th>" for name in _COLUMNS.values())
    rows = [row(wave, figures.segment_pence) for wave in figures.waves]
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(_shown(key, each[key]))}</td>' for key in _COLUMNS)}</tr>"
        for each in rows
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _shown(key: str, value: Any) -> str:
    if key == "cost_pence":
        return f"£{value / 100:,.2f}"
    if key == "staff_hours":
        return f"{value:,.1f}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _months(found: Iterable[str]) -> list[str]:
    """Every month from the first to the last, those without texts too."""
    known = sorted(found)
    months: list[str] = []
    while known and (not months or months[-1] < known[-1]):
        months.append(_after(months[-1]) if months else known[0])
    return months


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


def _weeks(found: Iterable[date]) -> list[date]:
    """Every week from the first to the last, the quiet ones too."""
    known = sorted(found)
    weeks: list[date] = []
    while known and (not weeks or weeks[-1] < known[-1]):
        weeks.append(weeks[-1] + timedelta(weeks=1) if weeks else known[0])
    return weeks
