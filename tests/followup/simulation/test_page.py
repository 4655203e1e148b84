"""The page stands alone and its plots show the figures."""

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from followup.simulation.document import document, ranges, row
from followup.simulation.figures import Figures, WaveFigures, warnings
from followup.simulation.page import page
from followup.simulation.svg import Limit, Series, stacked_bars

ROW = (
    "wave from until due contacted tries max_tries answered unknown refused segments "
    "cost_pence staff_hours"
).split()


def wave(name="y1-autumn", **changes):
    made = WaveFigures(name, "rehearsal-KS4-2025", date(2025, 9, 2), date(2025, 12, 19))
    made.due, made.contacted, made.tries, made.max_tries = 10, 9, 20, 3
    made.answered_at, made.unknown = Counter({1: 4, 3: 1}), Counter({"810": 3, "820": 1})
    made.refused, made.segments, made.staff_minutes = 1, 30, 90.0
    for key, value in changes.items():
        setattr(made, key, value)
    return made


def figures(*waves, **changes):
    values = {
        "starts": date(2025, 9, 1),
        "ends": date(2025, 11, 30),
        "waves": waves or (wave(),),
        "messages": Counter(ask=20, question=8),
        "segments_by_month": {"2025-09": 30, "2025-11": 12},
        "replies_by_week": {date(2025, 9, 8): 6},
        "flags_by_week": {date(2025, 9, 8): 2},
        "minutes_by_week": {date(2025, 9, 8): 90.0},
        "flags": Counter(worry=2),
        "budget_spent_in": (),
        "segment_pence": 4,
        "budget_pence": 0,
        "hours_a_week": 5.0,
    }
    return Figures(**{**values, **changes})


FLOODED = "Staff are flooded in the week of 8 September 2025: 1.5 hours of flags for 1 of staff."


class Outside(HTMLParser):
    """Whatever a page would load from elsewhere, and what it would run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag in ("script", "img", "iframe") or "src" in names:
            self.found.append(tag)
        if not (names.get("href") or "data:").startswith("data:"):
            self.found.append(names["href"])


def test_a_row_has_exactly_the_keys_that_are_promised():
    assert list(row(wave(), 4)) == ROW
    assert row(wave(), 4) | {"from": "", "until": ""} == {
        "wave": "y1-autumn", "from": "", "until": "", "due": 10, "contacted": 9, "tries": 20,
        "max_tries": 3, "answered": 5, "unknown": 4, "refused": 1, "segments": 30,
        "cost_pence": 120, "staff_hours": 1.5,
    }  # fmt: skip


def test_the_document_has_waves_and_totals_and_ranges_for_several_runs():
    one, many = document([figures()]), document([figures(), figures(wave(refused=3))])

    assert list(one) == list(many) == ["waves", "totals"]
    assert one["totals"]["cost_pence_by_month"] == {"2025-09": 120, "2025-11": 48}
    assert one["totals"]["unknown_by_reason"] == {"810": 3, "820": 1}
    assert "ranges" not in one["totals"]
    assert many["totals"]["ranges"]["refused"] == {"p10": 1.2, "p50": 2, "p90": 2.8}


def test_ranges_of_eleven_runs_are_the_second_the_sixth_and_the_tenth():
    names = ("answered", "unknown", "refused", "messages", "segments", "cost_pence", "staff_hours")
    totals = [dict.fromkeys(names, value) for value in (10, 0, 5, 1, 9, 2, 8, 3, 7, 4, 6)]

    assert ranges(totals)["answered"] == {"p10": 1, "p50": 5, "p90": 9}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="all well"),
        pytest.param(
            {"hours_a_week": 1.0},
            [FLOODED],
            id="flooded",
        ),
        pytest.param(
            {"budget_pence": 100},
            ["The budget is spent in September 2025: asks wait for the next month."],
            id="budget passed",
        ),
        pytest.param(
            {"budget_pence": 500, "budget_spent_in": ("2025-11",)},
            ["The budget is spent in November 2025: asks wait for the next month."],
            id="texts held back under the budget",
        ),
    ],
)  # fmt: skip
def test_what_a_school_is_warned_of(changes, expected):
    assert warnings(figures(**changes)) == expected


def test_the_page_loads_and_runs_nothing():
    outside = Outside()

    outside.feed(page("A <title>", "about", [("cansfield", [figures()])]))

    assert outside.found == []


def test_what_people_wrote_is_escaped():
    assert "<title>A &lt;b&gt; &amp; c</title>" in page("A <b> & c", "", [("x", [figures()])])


def test_the_page_shows_three_plots_the_table_and_the_warnings():
    text = page("Cansfield", "", [("cansfield", [figures(hours_a_week=1.0)])])

    assert text.count("<svg") == 3
    assert "<td>y1-autumn</td>" in text
    assert "Staff are flooded" in text
    assert "Nov 2025" in text


def test_two_procedures_stand_side_by_side_and_ranges_are_told():
    text = page("Two", "", [("lha", [figures(), figures()]), ("john_port", [figures()])])

    assert text.count("<svg") == 6
    assert '<div class="sides">' in text
    assert "in 8 of 10 runs" in text


def bars(text):
    found = ET.fromstring(text)  # noqa: S314  our own text
    return [
        (each[0].text, float(each.get("y", "")), float(each.get("height", "")), each.get("fill"))
        for each in found.iter("rect")
        if len(each)
    ]


def test_bars_are_as_high_as_their_values_and_stand_on_each_other():
    green, grey = Series("green", "#0b0", (2, 0)), Series("grey & <dull>", "#ccc", (1, 4))

    found = bars(stacked_bars("Plot", ("one", "two"), (green, grey)))

    heights = {label: height for label, _, height, _ in found}
    assert list(heights) == ["one: green 2", "one: grey & <dull> 1", "two: grey & <dull> 4"]
    assert heights["one: green 2"] == pytest.approx(2 * heights["one: grey & <dull> 1"], abs=0.2)
    lower, upper = found[0], found[1]
    assert upper[1] + upper[2] == pytest.approx(lower[1], abs=0.15)


@pytest.mark.parametrize("top", [0, 0.004, 0.9, 1, 7, 99, 100, 101, 9_999, 1_234_567])
def test_a_plot_is_never_higher_than_its_frame(top):
    text = stacked_bars("Plot", ("a",), (Series("s", "#000", (top,)),), limit=Limit("most", top))

    assert all(y >= 34 for _, y, _, _ in bars(text))
    assert "nan" not in text


def test_many_labels_are_thinned_until_they_can_be_read():
    labels = [f"week {number}" for number in range(156)]

    text = stacked_bars("Plot", labels, (Series("s", "#000", [1] * 156),))

    assert len(re.findall(r">week \d+</text>", text)) <= 26


def test_a_plot_of_nothing_is_an_empty_frame():
    assert bars(stacked_bars("Plot", (), (Series("s", "#000", ()),))) == []
