"""The charts: points stand where their values say, axes are labelled, text alternatives tell the same."""

from __future__ import annotations

import pytest
from lxml import etree

from eval.report.charts import Bar, Frame, calibration, intervals, risk_coverage, ticks_between
from eval.statistics import Bin, Interval, Point

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: str) -> etree._Element:
    return etree.fromstring(str(chart).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(chart: etree._Element) -> list[str]:
    return [one.text or "" for one in chart.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.01, [0, 0.002, 0.004, 0.006, 0.008, 0.01]),
        (0.9, 1, [0.9, 0.92, 0.94, 0.96, 0.98, 1]),
        (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert ticks_between(low, high) == pytest.approx(ticks)


def test_a_frame_maps_values_to_pixels() -> None:
    frame = Frame(width=200, height=100, left=50, right=50, top=10, bottom=10, y=(0.0, 0.5))
    assert (frame.across(0), frame.across(1)) == (50, 150)
    assert (frame.up(0), frame.up(0.5)) == (90, 10)


def test_the_curve_steps_where_the_risk_does() -> None:
    chart = drawn(risk_coverage([Point(0.9, 0.5, 0.0), Point(0.1, 1.0, 0.25)], 0.125, "r"))
    frame = Frame(y=(0.0, 0.25))
    curve = next(one for one in chart.iter(f"{SVG}path") if one.get("class") == "curve")
    points = [tuple(map(float, pair.split())) for pair in curve.get("d", "")[1:].split(" L")]
    right = [(0, 0), (0.5, 0), (0.5, 0.25), (1, 0.25)]
    assert points == [pytest.approx((frame.across(x), frame.up(y)), abs=0.06) for x, y in right]
    assert "25.0% of them wrong" in chart.findtext(f"{SVG}desc", "")
    assert {"0%", "100%", "25%"} & set(texts(chart))


def test_no_risk_is_a_line_at_the_bottom() -> None:
    chart = drawn(risk_coverage([Point(1.0, 1.0, 0.0)], 0.0, "r"))
    assert "1.0%" in texts(chart)
    assert "Accepting every value leaves 0% of them wrong" in chart.findtext(f"{SVG}desc", "")


def test_dots_of_calibration_stand_at_their_values() -> None:
    bins = [Bin(90, 0.95, 0.9), Bin(10, 0.5, 0.5)]
    chart = drawn(calibration(bins, 0.045, "k"))
    dots = [(float(one.get("cx", 0)), float(one.get("r", 0))) for one in chart.iter(f"{SVG}circle")]
    assert dots[0][0] > dots[1][0]
    assert dots[0][1] > dots[1][1]
    assert {"90", "10"} <= set(texts(chart))
    assert "of 90 at 0.95 are right 90.0%" in chart.findtext(f"{SVG}desc", "")


def test_intervals_are_drawn_from_end_to_end() -> None:
    interval = Interval(0.8, 0.95)
    chart = drawn(intervals([Bar("格<b>", 0.9, interval.low, interval.high)], "i"))
    assert "格<b>" in texts(chart)
    assert "80.0% to 95.0%" in chart.findtext(f"{SVG}desc", "")
    whiskers = [one for one in chart.iter(f"{SVG}line") if one.get("class") == "whisker"]
    dot = next(chart.iter(f"{SVG}circle"))
    assert float(whiskers[0].get("x1", 0)) < float(dot.get("cx", 0)) < float(whiskers[0].get("x2", 0))
