"""The charts of confidence, and what a run cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median, quantiles

from eval.measures import confidence_pairs
from eval.report import charts, figures
from eval.report.plain import plain
from eval.report.view import Cell, Chart, Column, Section, Table
from eval.report.wording import say
from eval.result import CaseResult
from eval.statistics import Point, area_under, calibration, calibration_error, risk_coverage

_SHOWN = 24
"""Points of the curve in its table; the curve itself has them all."""

_TWENTIETHS = 20


def chart_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Risk against coverage, and calibration."""
    pairs = confidence_pairs(cases)
    drawn = [_risk(pairs, f"{prefix}-risk"), _calibration(pairs, f"{prefix}-calibration")] if pairs else []
    return Section(
        f"{prefix}-charts",
        say("section", "charts"),
        say("intro", "charts") if drawn else "",
        charts=drawn,
        nothing="" if drawn else say("nothing", "charts"),
    )


def _risk(pairs: list[tuple[float, bool]], name: str) -> Chart:
    points = risk_coverage(pairs)
    area = area_under(points) or 0.0
    columns = Column("Confidence from", number=True), Column("Coverage", number=True), Column("Risk", number=True)
    rows = [
        [Cell(f"{one.threshold:.3f}"), Cell(figures.percent(one.coverage)), Cell(figures.percent(one.risk))]
        for one in _some(points)
    ]
    table = Table(say("caption", "risk_figures"), columns, rows, folded=True)
    return Chart(say("caption", "risk", area=f"{area:.5f}"), charts.risk_coverage(points, area, name), table)


def _some(points: Sequence[Point]) -> list[Point]:
    """The first and the last point, and some between them."""
    step = -(-len(points) // _SHOWN)
    return [*points[:-1:step], points[-1]]


def _calibration(pairs: list[tuple[float, bool]], name: str) -> Chart:
    bins = calibration(pairs)
    error = calibration_error(bins) or 0.0
    columns = Column("Values", number=True), Column("Mean confidence", number=True), Column("Right", number=True)
    rows = [[Cell(figures.count(b.count)), Cell(f"{b.confidence:.3f}"), Cell(figures.percent(b.right))] for b in bins]
    table = Table(say("caption", "calibration_figures"), columns, rows, folded=True)
    drawn = charts.calibration(bins, error, name)
    return Chart(say("caption", "calibration", error=figures.percent(error)), drawn, table)


# ---- cost and time -----------------------------------------------------------------------------------------------


def spending_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Calls, tokens, cost and time, in all and for a report."""
    names = "calls", "input_tokens", "cached_input_tokens", "output_tokens"
    totals = {say("measure", name): sum(getattr(case.spending, name) for case in cases) for name in names}
    rows = [
        [Cell(name), Cell(figures.count(total)), Cell(figures.count(round(total / len(cases), 1)))]
        for name, total in totals.items()
    ]
    table = Table(
        say("caption", "spending"),
        (Column("What"), Column("In all", number=True), Column("A report", number=True)),
        [*rows, *_costs(cases)],
    )
    return Section(f"{prefix}-spending", say("section", "spending"), say("intro", "spending"), [table, _times(cases)])


def _costs(cases: Sequence[CaseResult]) -> list[list[Cell]]:
    """The cost in each currency, exact."""
    sums: dict[str, Decimal] = {}
    for one in (case.spending for case in cases):
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + Decimal(one.cost)
    return [
        [Cell(f"Cost ({plain(currency)})"), Cell(f"{total:f}"), Cell(f"{total / len(cases):.6f}")]
        for currency, total in sums.items()
    ]


def _times(cases: Sequence[CaseResult]) -> Table:
    times = sorted(case.spending.seconds for case in cases)
    late = quantiles(times, n=_TWENTIETHS, method="inclusive")[-1] if len(times) > 1 else times[-1]
    told = {"Median": median(times), "95 of 100 below": late, "Longest": times[-1], "In all": sum(times)}
    rows = [[Cell(name), Cell(figures.seconds(value))] for name, value in told.items()]
    return Table("Time a report", (Column("Time"), Column("By the wall clock", number=True)), rows)
