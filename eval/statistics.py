"""What chance allows: intervals, exact bounds, paired tests, risk against coverage, calibration.

A report is what is drawn at random, never a cell: the cells of one report fail together, and an interval over cells
would be far too narrow. A figure over reports is therefore a pair of counts for each report, how many right of how
many, and its value is the sum of the first over the sum of the second.

Every function is pure: the same numbers in, the same numbers out; what is drawn is drawn from ``SEED``.

Sources: Clopper and Pearson 1934 (exact bounds); Efron and Tibshirani 1993, ch. 13 (percentile intervals) and ch. 15
(permutation tests); Geifman and El-Yaniv 2017 (risk-coverage curve and its area); Guo et al. 2017 (expected
calibration error).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

LEVEL = 0.95
DRAWS = 4_000
SEED = 20_240_711
BINS = 10
_EXACT_UP_TO = 12
"""Up to so many reports every way to swap their two sides is counted; of more, ``DRAWS`` are drawn."""

_SAME = 1e-12
"""Sums in another order differ by less; real differences of counts do not."""

Counts = Sequence[tuple[float, float]]
"""For each report: how many right, of how many."""

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with confidence ``level``."""

    low: float
    high: float
    level: float = LEVEL


# ---- one share ---------------------------------------------------------------------------------------------------


def upper_bound(hits: int, of: int, level: float = LEVEL) -> float:
    """The largest share under which so few hits are no less likely than 1 - ``level``; exact, one-sided; 1 for none.

    >>> round(upper_bound(0, 200), 5)
    0.01487
    """
    return 1.0 if hits >= of else float(beta.ppf(level, hits + 1, of - hits))


def lower_bound(hits: int, of: int, level: float = LEVEL) -> float:
    """The smallest share under which so many hits are no less likely than 1 - ``level``; exact, one-sided.

    >>> round(lower_bound(200, 200), 5)
    0.98513
    """
    return 1 - upper_bound(of - hits, of, level) if of else 0.0


# ---- a figure over reports ---------------------------------------------------------------------------------------


def value_of(counts: Counts) -> float | None:
    """All that is right over all there is; None where there is nothing (unscored is not zero).

    >>> value_of([(9, 10), (1, 10)])
    0.5
    """
    right, of = sum(one for one, _ in counts), sum(all_ for _, all_ in counts)
    return right / of if of else None


def bootstrap_interval(counts: Counts, level: float = LEVEL) -> Interval | None:
    """The two-sided percentile interval of a figure, over reports drawn with replacement; None where it has no value.

    Where every report is right the interval has no width: ``lower_bound`` over reports says what that is worth.
    """
    values = _resampled(np.asarray(counts, dtype=np.float64).reshape(-1, 2))
    return _percentiles(values, level) if values.size else None


def noise_band(counts: Counts, level: float = LEVEL) -> float:
    """How far below its value a figure may fall by the choice of reports alone, one-sided; 0 where all agree.

    It speaks of *other* reports of the same kind. Two runs over the same reports need no band: ``compare`` pairs them.
    """
    value = value_of(counts)
    values = _resampled(np.asarray(counts, dtype=np.float64).reshape(-1, 2))
    if value is None or not values.size:
        return 0.0
    return max(0.0, value - float(np.quantile(values, 1 - level)))


def paired_interval(before: Counts, after: Counts, level: float = LEVEL) -> Interval | None:
    """The interval of the difference ``after`` - ``before`` of a figure, the same reports drawn for both.

    Raises:
        ValueError: the two do not hold the same number of reports.
    """
    both = _both(before, after)
    drawn = _weights(len(both)) @ both
    kept = drawn[(drawn[:, 1] > 0) & (drawn[:, 3] > 0)]
    if not kept.size:
        return None
    return _percentiles(kept[:, 2] / kept[:, 3] - kept[:, 0] / kept[:, 1], level)


def paired_permutation(before: Counts, after: Counts) -> float:
    """How likely so large a difference is if it were chance which run a report's result belongs to (two-sided).

    Exact up to twelve reports; of more, drawn, and never 0. Two equal runs give 1.

    Raises:
        ValueError: the two do not hold the same number of reports.
    """
    both = _both(before, after)
    swaps = _swaps(len(both))
    moved = both[:, 2:] - both[:, :2]
    first, second = both[:, :2].sum(axis=0) + swaps @ moved, both[:, 2:].sum(axis=0) - swaps @ moved
    seen = abs(_difference(both[None, :, :2].sum(axis=1), both[None, :, 2:].sum(axis=1))[0])
    as_large = int((np.abs(_difference(first, second)) >= seen - _SAME).sum())
    return as_large / len(swaps) if len(both) <= _EXACT_UP_TO else (as_large + 1) / (len(swaps) + 1)


def _both(before: Counts, after: Counts) -> _Matrix:
    if len(before) != len(after):
        raise ValueError(f"{len(before)} reports cannot be paired with {len(after)}")
    return np.hstack([np.asarray(side, dtype=np.float64).reshape(-1, 2) for side in (before, after)])


def _weights(reports: int) -> _Matrix:
    """How often each report is drawn, a row for each drawing."""
    if not reports:
        return np.zeros((0, 0))
    drawn = np.random.default_rng(SEED).multinomial(reports, np.full(reports, 1 / reports), size=DRAWS)
    return drawn.astype(np.float64)


def _resampled(counts: _Matrix) -> _Matrix:
    drawn = _weights(len(counts)) @ counts
    kept = drawn[drawn[:, 1] > 0] if drawn.size else drawn.reshape(-1, 2)
    shares: _Matrix = kept[:, 0] / kept[:, 1]
    return shares


def _percentiles(values: _Matrix, level: float) -> Interval:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def _swaps(reports: int) -> _Matrix:
    """Which reports change sides: every way there is, or many drawn ones."""
    if reports <= _EXACT_UP_TO:
        ways = np.arange(1 << reports)[:, None] >> np.arange(reports) & 1
        return ways.astype(np.float64)
    return np.random.default_rng(SEED).integers(0, 2, size=(DRAWS, reports)).astype(np.float64)


def _difference(first: _Matrix, second: _Matrix) -> _Matrix:
    """Of rows of (right, of) the difference of the shares; a share of nothing is 0."""
    shares = [side[:, 0] / np.where(side[:, 1] > 0, side[:, 1], 1.0) for side in (first, second)]
    return shares[1] - shares[0]


# ---- confidence --------------------------------------------------------------------------------------------------

Judged = Iterable[tuple[float, bool]]
"""For each value: how confident the record is of it (0 to 1), and whether it is right."""


@dataclass(frozen=True, slots=True)
class Point:
    """Of all values the share ``coverage`` has at least the confidence ``threshold``; of these ``risk`` are wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Values of like confidence: how many, their mean confidence, and the share of them that is right."""

    count: int
    confidence: float
    right: float


def risk_coverage(judged: Judged) -> list[Point]:
    """The risk of accepting everything from each confidence on, the highest first; equal confidences fall together.

    >>> risk_coverage([(0.9, True), (0.5, False)])[-1]
    Point(threshold=0.5, coverage=1.0, risk=0.5)
    """
    ordered = sorted(judged, key=lambda one: -one[0])
    points, kept, wrong = [], 0, 0
    for threshold, group in groupby(ordered, key=lambda one: one[0]):
        rights = [right for _, right in group]
        kept, wrong = kept + len(rights), wrong + rights.count(False)
        points.append(Point(threshold, kept / len(ordered), wrong / kept))
    return points


def area_under(points: Sequence[Point]) -> float | None:
    """The mean risk over all coverages (AURC): 0 where nothing is wrong; None of no values.

    >>> area_under(risk_coverage([(0.9, True), (0.5, False)]))
    0.25
    """
    before = [0.0, *(point.coverage for point in points)]
    steps = zip(points, before, strict=False)
    return sum(point.risk * (point.coverage - start) for point, start in steps) if points else None


def calibration(judged: Judged, bins: int = BINS) -> list[Bin]:
    """Values by confidence, in ``bins`` stretches of equal width, upper ends included; empty ones are left out."""
    pairs = np.array([(confidence, right) for confidence, right in judged], dtype=np.float64).reshape(-1, 2)
    at = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], pairs[:, 0])
    groups = (pairs[at == each] for each in range(bins))
    return [Bin(len(one), float(one[:, 0].mean()), float(one[:, 1].mean())) for one in groups if len(one)]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """How far confidence and the share of right values are apart, on average over values (ECE); None of no values.

    >>> round(calibration_error([Bin(3, 0.9, 1.0), Bin(1, 0.5, 0.0)]), 3)
    0.2
    """
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.right) for one in bins) / total if total else None
