"""Charts as inline SVG: intervals of the headlines, risk against coverage, calibration.

Each is one ``<svg>`` with a title and a description for those who do not see it. Colours come from the page's style
(``currentColor`` and classes), so that a chart is readable in light, in dark and in print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10, sqrt

from markupsafe import Markup

from eval.report.figures import count, percent
from eval.statistics import Bin, Interval, Point

_LOWEST_TOP = 0.01
"""The risk axis goes to 1% at least, so that no risk looks like much."""

_STEPS = (1, 2, 5, 10)
_TICKS = 5
_DOTS = 3, 11
"""Smallest and largest radius of a dot, in pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A plotting area in pixels, and the values its axes run over."""

    width: int = 560
    height: int = 320
    left: int = 64
    right: int = 20
    top: int = 20
    bottom: int = 48
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def across(self, value: float) -> float:
        """The pixel of a value on the horizontal axis."""
        low, high = self.x
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def up(self, value: float) -> float:
        """The pixel of a value on the vertical axis."""
        low, high = self.y
        return self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart of intervals: a share with its interval; ``bound``: the interval is a one-sided bound."""

    label: str
    value: float
    low: float
    high: float


def intervals(bars: Sequence[Bar], name: str) -> Markup:
    """Shares with their intervals under one another, on one axis from just below the lowest end to 100%."""
    line = 30
    frame = Frame(width=760, height=len(bars) * line + 64, left=270, right=70, x=(_floor(bars), 1.0), y=(0.0, 1.0))
    ticks = ticks_between(*frame.x)
    parts = [_vertical(frame, ticks), *(_bar(frame, bar, 34 + line * at) for at, bar in enumerate(bars))]
    told = "; ".join(f"{bar.label} {percent(bar.value)}, {percent(bar.low)} to {percent(bar.high)}" for bar in bars)
    return _svg(frame, name, "Shares with their 95% intervals", told + ".", parts)


def risk_coverage(points: Sequence[Point], area: float, name: str) -> Markup:
    """The risk of accepting the surest part of all values, against how large that part is."""
    top = _round_up(max([_LOWEST_TOP, *(point.risk for point in points)]))
    frame = Frame(y=(0.0, top))
    parts = [
        _horizontal(frame, ticks_between(*frame.y)),
        _vertical(frame, ticks_between(*frame.x)),
        _steps(frame, points),
        _axis_names(frame, "coverage: share of values accepted, the surest first", "risk: share of them wrong"),
    ]
    last = points[-1].risk
    told = f"Accepting every value leaves {percent(last)} of them wrong. Mean risk over all coverages: {area:.5f}."
    return _svg(frame, name, "Risk against coverage", told, parts)


def calibration(bins: Sequence[Bin], error: float, name: str) -> Markup:
    """The share of right values against the confidence stated, a dot for each stretch of confidence."""
    frame = Frame(height=380, top=40, right=30)
    most = max(one.count for one in bins)
    parts = [
        _horizontal(frame, ticks_between(0, 1)),
        _vertical(frame, ticks_between(0, 1)),
        _diagonal(frame),
        *(_dot(frame, one, most) for one in bins),
        _axis_names(frame, "confidence stated", "share that is right"),
    ]
    told = "; ".join(f"of {count(one.count)} at {one.confidence:.2f} are right {percent(one.right)}" for one in bins)
    return _svg(frame, name, "Calibration", f"{told}. They are {percent(error)} apart on average.", parts)


def ticks_between(low: float, high: float) -> list[float]:
    """Round values from low to high, about five.

    >>> ticks_between(0, 1), ticks_between(0.97, 1)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.97, 0.98, 0.99, 1.0])
    """
    step = _step(high - low)
    first = int(low / step + 1 - 1e-9)
    return [round(step * at, 10) for at in range(first, int(high / step + 1e-9) + 1)]


def _step(length: float) -> float:
    power = 10.0 ** floor(log10(length / _TICKS))
    return power * next(step for step in _STEPS if length / (power * step) <= _TICKS + 1e-9)


def _round_up(value: float) -> float:
    step = _step(value)
    return min(1.0, step * -int(-value / step // 1))


def _floor(bars: Iterable[Bar]) -> float:
    """Where the axis begins: below the lowest end, at least ten points below 100%."""
    return max(0.0, floor(min([0.9, *(bar.low for bar in bars)]) * 10) / 10)


# ---- parts -------------------------------------------------------------------------------------------------------


def _svg(frame: Frame, name: str, title: str, told: str, parts: Iterable[Markup]) -> Markup:
    head = Markup(
        '<svg class="chart" id="{name}" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'aria-labelledby="{name}-title {name}-told"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-told">{told}</desc>'
    ).format(name=name, width=frame.width, height=frame.height, title=title, told=told)
    return head + Markup().join(parts) + Markup("</svg>")


def _text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>').format(x, y, anchor, kind, words)


def _line(start: tuple[float, float], end: tuple[float, float], kind: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(*start, *end, kind)


def _circle(x: float, y: float, radius: float, kind: str) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" class="{}"/>').format(x, y, radius, kind)


def _tick(value: float, step: float) -> str:
    return f"{value * 100:.{0 if step >= 0.01 else 1 if step >= 0.001 else 2}f}%"


def _vertical(frame: Frame, ticks: Sequence[float]) -> Markup:
    """Grid lines for the horizontal axis, with their values below."""
    top, bottom, step = frame.top, frame.height - frame.bottom, ticks[1] - ticks[0]
    parts = [
        _line((frame.across(one), top), (frame.across(one), bottom), "grid")
        + _text(frame.across(one), bottom + 18, _tick(one, step), kind="tick")
        for one in ticks
    ]
    return Markup().join(parts)


def _horizontal(frame: Frame, ticks: Sequence[float]) -> Markup:
    """Grid lines for the vertical axis, with their values on the left."""
    left, right, step = frame.left, frame.width - frame.right, ticks[1] - ticks[0]
    parts = [
        _line((left, frame.up(one)), (right, frame.up(one)), "grid")
        + _text(left - 8, frame.up(one) + 4, _tick(one, step), "end", "tick")
        for one in ticks
    ]
    return Markup().join(parts)


def _axis_names(frame: Frame, across: str, up: str) -> Markup:
    middle = (frame.top + frame.height - frame.bottom) / 2
    turned = Markup('<text transform="translate(16 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>')
    below = _text((frame.left + frame.width - frame.right) / 2, frame.height - 8, across)
    return below + turned.format(middle, up)


def _steps(frame: Frame, points: Sequence[Point]) -> Markup:
    """The curve, whose area is the mean risk: each stretch of coverage at the risk at its end."""
    path, start = [], 0.0
    for point in points:
        path += [(frame.across(start), frame.up(point.risk)), (frame.across(point.coverage), frame.up(point.risk))]
        start = point.coverage
    drawn = " L".join(f"{x:.1f} {y:.1f}" for x, y in path)
    ends = f"L{frame.across(start):.1f} {frame.up(0):.1f} L{frame.across(0):.1f} {frame.up(0):.1f}"
    return Markup('<path class="area" d="M{} {} Z"/><path class="curve" d="M{}"/>').format(drawn, ends, drawn)


def _diagonal(frame: Frame) -> Markup:
    ends = (frame.across(0), frame.up(0)), (frame.across(1), frame.up(1))
    words = _text(frame.across(0.52), frame.up(0.42), "confidence equals share right", "start", "tick")
    return _line(*ends, "ideal") + words


def _dot(frame: Frame, one: Bin, most: int) -> Markup:
    smallest, largest = _DOTS
    radius = smallest + (largest - smallest) * sqrt(one.count / most)
    x, y = frame.across(one.confidence), frame.up(one.right)
    return _circle(x, y, radius, "dot") + _text(x, y - radius - 6, count(one.count))


def _bar(frame: Frame, bar: Bar, y: float) -> Markup:
    low, high = frame.across(bar.low), frame.across(bar.high)
    return (
        _text(frame.left - 12, y + 4, bar.label, "end")
        + _line((low, y), (high, y), "whisker")
        + _line((low, y - 5), (low, y + 5), "whisker")
        + _line((high, y - 5), (high, y + 5), "whisker")
        + _circle(frame.across(bar.value), y, 5, "dot")
        + _text(frame.width - frame.right + 12, y + 4, percent(bar.value), "start")
    )


def interval_ends(value: float, found: Interval | None, bound: float | None) -> tuple[float, float]:
    """The ends to draw for a share: its interval, or from its one-sided bound to itself where all is right."""
    if bound is not None:
        return bound, value
    return (found.low, found.high) if found else (value, value)
