"""A rehearsal as one page that needs nothing beside itself: tables and plots, no script."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any, Final

from followup.simulation.document import ranges, row, totals_of
from followup.simulation.figures import Figures, WaveFigures, warnings
from followup.simulation.svg import Limit, Series, stacked_bars

_STYLE: Final = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;color:#1c2530;background:#fff}
h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem}
p.what{color:#52606d;margin:.3rem 0 1.4rem}
.cards{display:flex;flex-wrap:wrap;gap:.8rem}.card{border:1px solid #d9e0e6;border-radius:8px;padding:.6rem 1rem;min-width:8.5rem}
.card b{display:block;font-size:1.5rem}.card span{color:#52606d;font-size:.85rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid #e4e9ee}
th:first-child,td:first-child{text-align:left}th{color:#52606d;font-weight:600}
svg{width:100%;height:auto;font:12px system-ui,sans-serif;fill:#1c2530}
.grid{stroke:#e4e9ee}.limit{stroke:#b42318;stroke-width:2;stroke-dasharray:6 4}.end{text-anchor:end;fill:#52606d}
ul.warnings{background:#fff6e5;border:1px solid #f0c36d;border-radius:8px;padding:.7rem 1rem .7rem 2rem}
body.two{max-width:110rem}.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,44rem),1fr));gap:0 2.5rem}
.sides section{min-width:0}.wide{overflow-x:auto}.wide td{white-space:nowrap}
@media print{body{margin:0}}
""".strip()
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
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body{' class="two"' if many else ''}><h1>{escape(title)}</h1>"
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
    cards = []
    for key, name in _CARDS.items():
        within = spread.get(key)
        between = (
            f"<br>{_shown(key, within['p10'])} to {_shown(key, within['p90'])} in 8 of 10 runs"
            if within
            else ""
        )
        cards.append(
            f'<div class="card"><b>{_shown(key, totals[0][key])}</b><span>{name}{between}</span></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


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
    return f'<div class="wide"><table>' f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"


def _shown(key: str, value: Any) -> str:
    if key == "cost_pence":
        return f"£{value / 100:,.2f}"
    if key == "staff_hours":
        return f"{value:,.1f}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _months(found: Iterable[str]) -> list[str]:
    """Every month from the first to the last, those without texts too."""
    known = sorted(found)
    months = []
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
