"""The figures said first, each with its interval and what it means in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.measures import MEASURES, Measure
from eval.report import charts, figures
from eval.report.view import Card, Cell, Chart, Column, Section, Table, Tone
from eval.report.wording import say, words
from eval.result import CaseResult
from eval.statistics import Interval, bootstrap_interval, lower_bound, upper_bound

DRAWN = (
    "nonzero_cells",
    "reports_cells_right",
    "cells",
    "reports_all_right",
    "organisation",
    "issues_soft_f1",
    "improvements_soft_f1",
    "claims_recall",
    "findings_recall",
    "straight_through",
)
"""Measures of the chart of intervals: shares of which more is better."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A measure over reports. ``bound``: where all reports agree, the one-sided exact bound for a report like these."""

    measure: Measure
    part: float
    whole: float
    reports: int
    value: float | None
    interval: Interval | None = None
    bound: float | None = None

    @property
    def is_perfect(self) -> bool:
        """Nothing missing of what should be all, nothing there of what should be none."""
        return self.value == {"more": 1, "less": 0}.get(self.measure.better, -1)


def headline(name: str, cases: Sequence[CaseResult], *, spread: bool = True) -> Headline:
    """The measure ``name`` over these reports; without ``spread`` the interval, which takes time, is left out."""
    measure = MEASURES[name]
    counts = [(part, whole) for part, whole in measure.over(cases) if whole]
    part, whole = sum(part for part, _ in counts), sum(whole for _, whole in counts)
    found = Headline(measure, part, whole, len(counts), measure.of(cases))
    if found.is_perfect:
        return replace(found, bound=_bound(found))
    return replace(found, interval=bootstrap_interval(counts)) if spread and measure.unit != "count" else found


def _bound(found: Headline) -> float:
    """Where every report is right the bootstrap has no width: the exact bound says how far so many reports reach."""
    if found.measure.better == "more":
        return lower_bound(found.reports, found.reports)
    return upper_bound(0, found.reports)


def value_text(found: Headline) -> str:
    """The value as it is shown: a share in per cent, a count or mean as a number."""
    return figures.percent(found.value) if found.measure.unit == "share" else figures.count(found.value)


def interval_text(found: Headline) -> str:
    """How sure the value is."""
    if found.bound is not None:
        count = "bound_count" if found.measure.unit == "count" else "bound_less"
        key = "bound_more" if found.measure.better == "more" else count
        return say("headline", key, bound=figures.percent(found.bound))
    return figures.interval(found.interval, shares=found.measure.unit == "share")


def basis_text(found: Headline) -> str:
    """What the value stands on."""
    reports = figures.plural(found.reports, "report")
    if found.measure.unit != "share" or found.measure.name.endswith("soft_f1") or not found.whole:
        return reports if found.whole else say("headline", "nothing")
    if found.whole == found.reports:
        return f"{figures.count(found.part)} of {reports}"
    return f"{figures.of(found.part, found.whole)} in {reports}"


def tone_of(found: Headline) -> Tone:
    """Good where nothing is missing, bad where something is, and neither where that is no question of right."""
    if found.value is None or found.measure.better == "neither" or found.measure.name in words("headline_plain"):
        return ""
    return "good" if found.is_perfect else "bad"


# ---- what is shown -----------------------------------------------------------------------------------------------


def headline_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """The table of headlines, group by group, and the chart of their intervals."""
    tables = [_table(group, names, cases) for group, names in words("headline_groups").items()]
    drawn = [found for name in DRAWN if (found := headline(name, cases)).value is not None]
    return Section(
        f"{prefix}-headlines",
        say("section", "headlines"),
        say("intro", "headlines"),
        tables=[table for table in tables if table.rows],
        charts=[_chart(drawn, f"{prefix}-intervals")] if drawn else [],
    )


_COLUMNS = (
    Column("Figure"),
    Column("Value", number=True),
    Column("95% interval"),
    Column("Counted"),
    Column("What it means"),
)


def _table(group: str, names: Sequence[str], cases: Sequence[CaseResult]) -> Table:
    rows = [_row(found) for name in names if (found := headline(name, cases)).value is not None]
    return Table(say("group", group), _COLUMNS, rows, kind="headlines")


def _row(found: Headline) -> list[Cell]:
    name = found.measure.name
    bar = found.value if found.measure.unit == "share" and found.measure.better == "more" else None
    return [
        Cell(say("measure", name)),
        Cell(value_text(found), tone=tone_of(found), bar=bar),
        Cell(interval_text(found)),
        Cell(basis_text(found)),
        Cell(say("means", name)),
    ]


def _chart(drawn: Sequence[Headline], name: str) -> Chart:
    bars = [_bar(found) for found in drawn]
    columns = Column("Figure"), Column("Value", number=True), Column("Low end", number=True), Column("High end", True)
    rows = [[Cell(bar.label), *(Cell(figures.percent(end)) for end in (bar.value, bar.low, bar.high))] for bar in bars]
    table = Table(say("caption", "intervals_figures"), columns, rows, folded=True)
    return Chart(say("caption", "intervals"), charts.intervals(bars, name), table)


def _bar(found: Headline) -> charts.Bar:
    value = found.value or 0.0
    low, high = charts.interval_ends(value, found.interval, found.bound)
    return charts.Bar(say("measure", found.measure.name), value, low, high)


def cards(cases: Sequence[CaseResult]) -> list[Card]:
    """The few figures shown large."""
    shown = [headline(name, cases) for name in words("cards")]
    return [
        Card(say("measure", found.measure.name), value_text(found), _below(found), tone_of(found))
        for found in shown
        if found.value is not None
    ]


def _below(found: Headline) -> str:
    if found.measure.name != "escapes":
        return f"{basis_text(found)} · {interval_text(found)}"
    if found.bound is None:
        return basis_text(found)
    return f"{say('headline', 'none_in', reports=figures.plural(found.reports, 'report'))} · {interval_text(found)}"
