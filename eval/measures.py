"""The figures over reports, each by its name: what a report's table, a slice, a comparison and the gate all read.

A measure gives two numbers a report, how many right of how many. Over many reports the first are summed and the second,
and the value is their quotient; a ``count`` is the sum of the first alone. Where there is nothing to score the value is
None, never 0. Intervals over reports: ``eval.statistics``.

>>> MEASURES["cells"].label, MEASURES["escapes"].better
('cells right', 'less')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from eval.result import CaseResult, FieldScore, Kind, Outcome

Pair = tuple[float, float]
Unit = Literal["share", "count", "mean"]

HEADLINES = ("nonzero_cells", "reports_cells_right")
"""What is said first: most cells of real reports are 0, and one wrong cell spoils a report."""

JUDGED: tuple[Kind, ...] = ("cell", "value", "item")
"""Kinds of fields that carry a verdict and a confidence of their own."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure. ``counts``: of one report, how many of how many; (0, 0) where nothing is scored there."""

    name: str
    label: str
    counts: Callable[[CaseResult], Pair]
    better: Literal["more", "less", "neither"] = "more"
    unit: Unit = "share"

    def over(self, cases: Iterable[CaseResult]) -> list[Pair]:
        """The counts of each report."""
        return [self.counts(case) for case in cases]

    def of(self, cases: Iterable[CaseResult]) -> float | None:
        """The value over these reports; None where nothing is scored."""
        pairs = self.over(cases)
        first, second = sum(one for one, _ in pairs), sum(of for _, of in pairs)
        if not second:
            return None
        return first if self.unit == "count" else first / second


# ---- which fields ------------------------------------------------------------------------------------------------


def scored(case: CaseResult, *kinds: Kind) -> list[FieldScore]:
    """The scored fields of these kinds; of every kind where none is named."""
    return [one for one in case.fields if one.is_scored and (not kinds or one.kind in kinds)]


def judged(cases: Iterable[CaseResult]) -> Iterator[FieldScore]:
    """Every scored field that the record has and says how sure it is of: the points of risk against coverage."""
    return (one for case in cases for one in scored(case, *JUDGED) if one.confidence is not None)


def confidence_pairs(cases: Iterable[CaseResult]) -> list[tuple[float, bool]]:
    """Confidence and whether the field is right, for curves and calibration; what is flagged counts as it is."""
    return [(one.confidence or 0.0, one.outcome == "right") for one in judged(cases)]


def confusions(cases: Iterable[CaseResult]) -> Counter[str]:
    """How often zero, blank, missing and the like were taken for one another, by name."""
    return Counter(one.confusion for case in cases for one in case.fields if one.confusion)


def by_place(cases: Sequence[CaseResult], part: Literal["table", "row", "column"]) -> dict[str, Pair]:
    """Cells right, of how many, per table (``applications``), row (``applications/granted``) or column, worst first."""
    right, of = Counter[str](), Counter[str]()
    for one in (cell for case in cases for cell in case.cells):
        name = one.table or "" if part == "table" else f"{one.table}/{getattr(one, part)}"
        of[name] += 1
        right[name] += one.outcome == "right"
    return {name: (right[name], of[name]) for name in sorted(of, key=lambda name: (right[name] / of[name], name))}


# ---- counts of one report ----------------------------------------------------------------------------------------


def _right(fields: Sequence[FieldScore]) -> Pair:
    return sum(one.outcome == "right" for one in fields), len(fields)


def _cells(case: CaseResult) -> Pair:
    return _right(case.cells)


def _nonzero(case: CaseResult) -> Pair:
    return _right([one for one in case.cells if one.nonzero])


def _all_cells(case: CaseResult) -> Pair:
    right, of = _cells(case)
    return (float(right == of), 1.0) if of else (0.0, 0.0)


def _all_fields(case: CaseResult) -> Pair:
    return float(not case.misses), 1.0


def _cells_that_are(outcome: Outcome) -> Callable[[CaseResult], Pair]:
    return lambda case: (sum(one.outcome == outcome for one in case.cells), len(case.cells))


def _states(case: CaseResult) -> Pair:
    return _right(scored(case, "state"))


def _value(name: str) -> Callable[[CaseResult], Pair]:
    return lambda case: _right([one for one in scored(case, "value") if one.pointer == f"/{name}"])


def _matched_of(name: str, side: Literal["gold", "got"]) -> Callable[[CaseResult], Pair]:
    def counts(case: CaseResult) -> Pair:
        found = case.lists.get(name)
        return (found.matched, getattr(found, side)) if found and found.scored else (0, 0)

    return counts


def _exact(name: str) -> Callable[[CaseResult], Pair]:
    def counts(case: CaseResult) -> Pair:
        found = case.lists.get(name)
        return (found.exact, found.gold) if found and found.scored else (0, 0)

    return counts


def _soft(name: str) -> Callable[[CaseResult], Pair]:
    """Twice the similarities over the lengths of both lists: the soft F1, summed over reports."""

    def counts(case: CaseResult) -> Pair:
        found = case.lists.get(name)
        if not found or not found.scored:
            return 0, 0
        return 2 * sum(one.similarity for one in found.matches), found.gold + found.got

    return counts


def _forbidden(case: CaseResult) -> Pair:
    return _right(scored(case, "forbidden"))


def _findings(case: CaseResult) -> Pair:
    due = case.findings.expected
    return len(due) - len(case.findings.missed), len(due)


def _false_alarms(case: CaseResult) -> Pair:
    return len(case.findings.false_alarms), 1


def _escapes(case: CaseResult) -> Pair:
    return len(case.escapes), 1


def _escape_rate(case: CaseResult) -> Pair:
    """Of the cells and identity fields that nobody would look at, those that are wrong."""
    accepted = [one for one in scored(case, "cell", "value") if one.is_accepted]
    return sum(one.is_miss for one in accepted), len(accepted)


def _with_escape(case: CaseResult) -> Pair:
    return float(bool(case.escapes)), 1


def _straight_through(case: CaseResult) -> Pair:
    return float(case.status == "accepted"), 1


def _straight_through_right(case: CaseResult) -> Pair:
    return (float(not case.misses), 1) if case.status == "accepted" else (0, 0)


def _review_load(case: CaseResult) -> Pair:
    fields = scored(case, "cell", "value", "item")
    return sum(not one.is_accepted for one in fields), len(fields)


def _vain_review(case: CaseResult) -> Pair:
    """Of the right fields, those that somebody has to look at all the same."""
    right = [one for one in scored(case, "cell", "value", "item") if one.outcome == "right"]
    return sum(not one.is_accepted for one in right), len(right)


def _of_summary(name: str) -> Callable[[CaseResult], Pair]:
    def counts(case: CaseResult) -> Pair:
        value = getattr(case.summary, name)
        return (value, 1) if value is not None else (0, 0)

    return counts


def _grounded(case: CaseResult) -> Pair:
    return case.summary.grounded, case.summary.numerals


def _spent(name: str) -> Callable[[CaseResult], Pair]:
    return lambda case: (float(Decimal(getattr(case.spending, name))), 1)


def _lists() -> Iterator[Measure]:
    for name in ("issues", "improvements"):
        yield Measure(f"{name}_precision", f"{name}: precision", _matched_of(name, "got"))
        yield Measure(f"{name}_recall", f"{name}: recall", _matched_of(name, "gold"))
        yield Measure(f"{name}_soft_f1", f"{name}: soft F1", _soft(name))
        yield Measure(f"{name}_exact", f"{name}: exact boundaries", _exact(name))
    yield Measure("claims_recall", "claims found", _matched_of("claims", "gold"))
    yield Measure("forbidden_claims_absent", "forbidden claims not made", _forbidden)
    yield Measure("links_precision", "links issue-improvement: precision", _matched_of("links", "got"))
    yield Measure("links_recall", "links issue-improvement: recall", _matched_of("links", "gold"))


def _all() -> Iterator[Measure]:
    yield Measure("nonzero_cells", "non-zero cells right", _nonzero)
    yield Measure("reports_cells_right", "reports with all cells right", _all_cells)
    yield Measure("cells", "cells right", _cells)
    yield Measure("reports_all_right", "reports with every field right", _all_fields)
    yield Measure("cells_wrong", "cells wrong", _cells_that_are("wrong"), "less")
    yield Measure("cells_omitted", "cells omitted", _cells_that_are("omitted"), "less")
    yield Measure("cells_spurious", "cells spurious", _cells_that_are("spurious"), "less")
    yield Measure("states", "reasons for no number, and remarks, right", _states)
    for name in ("organisation", "year", "form", "title", "period", "published"):
        yield Measure(name, f"{name} right", _value(name))
    yield from _lists()
    yield Measure("findings_recall", "expected findings raised", _findings)
    yield Measure("false_alarms", "errors nobody expected", _false_alarms, "less", "count")
    yield Measure("escapes", "escapes (wrong, accepted, unflagged)", _escapes, "less", "count")
    yield Measure("escape_rate", "accepted fields that are wrong", _escape_rate, "less")
    yield Measure("reports_with_escape", "reports with an escape", _with_escape, "less")
    yield Measure("straight_through", "straight-through rate", _straight_through)
    yield Measure("straight_through_right", "straight-through reports that are right", _straight_through_right)
    yield Measure("review_load", "review load (fields to look at)", _review_load, "less")
    yield Measure("vain_review", "right fields to look at all the same", _vain_review, "less")
    yield Measure("summary_coverage", "summary: coverage", _of_summary("coverage"), "neither", "mean")
    yield Measure("summary_density", "summary: density", _of_summary("density"), "neither", "mean")
    yield Measure("summary_compression", "summary: compression", _of_summary("compression"), "neither", "mean")
    yield Measure("summary_grounded", "summary: numerals the report has", _grounded)
    yield Measure("cost", "cost", _spent("cost"), "less", "count")
    for name in ("calls", "input_tokens", "cached_input_tokens", "output_tokens"):
        yield Measure(name, name.replace("_", " "), _spent(name), "less", "count")
    yield Measure("seconds", "seconds a report", _spent("seconds"), "less", "mean")


MEASURES: dict[str, Measure] = {measure.name: measure for measure in _all()}
"""Every measure by its name, in the order in which they are shown."""
