"""The plot draws what was measured, and the tables say the same."""

from xml.etree.ElementTree import fromstring

import pytest

from bot.understanding.training.reliability import Judged, bins, plot, tables

SURE = [Judged(0.95, right=True)] * 9 + [Judged(0.95, right=False)]
UNSURE = [Judged(0.5, right=True), Judged(0.5, right=False), Judged(1.0, right=True)]


def test_readings_are_counted_by_confidence():
    found = bins([*SURE, *UNSURE])

    assert [(each.count, round(each.mean, 2), each.share) for each in found] == [
        (2, 0.5, 0.5),
        (10, 0.95, 0.9),
        (1, 1.0, 1.0),
    ]


def test_an_interval_holds_its_share_and_narrows_with_more_readings():
    few, many = bins(SURE)[0], bins(SURE * 40)[0]

    assert few.low < few.share < few.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("judged", [[], [Judged(0.0, right=False)], [Judged(1.0, right=True)]])
def test_nothing_and_the_ends_are_counted_too(judged):
    assert sum(each.count for each in bins(judged)) == len(judged)


def test_the_plot_has_a_dot_for_each_bin_and_one_in_the_legend():
    drawn = fromstring(  # noqa: S314  drawn a line above, by us
        plot([("held back", bins(SURE)), ("development", bins(UNSURE))])
    )
    dots = [each for each in drawn.iter() if each.tag.endswith("circle")]

    assert len(dots) == 1 + 2 + 2


def test_a_higher_threshold_leaves_less_to_the_service_alone():
    told = list(tables([("held back", [*SURE, *UNSURE, Judged(0.99, right=True, review=True)])]))

    assert "| 0.50 | 0.929 | 0.846 |" in told
    assert "| 0.75 | 0.786 | 0.909 |" in told
