"""Every statistic against hand-computed cases, and against scipy and scikit-learn where they have it."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from eval.statistics import (
    Point,
    area_under,
    bootstrap_interval,
    calibration,
    calibration_error,
    lower_bound,
    noise_band,
    paired_interval,
    paired_permutation,
    risk_coverage,
    upper_bound,
    value_of,
)

ALL_RIGHT = [(198.0, 198.0)] * 24
ONE_OFF = [(198.0, 198.0)] * 23 + [(197.0, 198.0)]


# ---- exact bounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "of", "due"),
    [
        (0, 1, 0.95),  # of one case nothing is known but that 5% is the chance of a share of 0.95 showing none
        (0, 59, 1 - 0.05 ** (1 / 59)),  # none of n: the share whose n-th power of the rest is 0.05
        (0, 200, 1 - 0.05 ** (1 / 200)),
        (1, 1, 1.0),
        (0, 0, 1.0),  # of nothing, everything is possible
    ],
)
def test_upper_bound_by_hand(hits: int, of: int, due: float) -> None:
    assert upper_bound(hits, of) == pytest.approx(due, abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "of", "due"), [(24, 24, 0.05 ** (1 / 24)), (0, 5, 0.0), (0, 0, 0.0), (5, 5, 0.05**0.2)]
)
def test_lower_bound_by_hand(hits: int, of: int, due: float) -> None:
    assert lower_bound(hits, of) == pytest.approx(due, abs=1e-9)


@pytest.mark.parametrize(("hits", "of"), [(0, 24), (3, 24), (12, 24), (23, 24), (24, 24), (7, 4000)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_bounds_as_scipy_has_them(hits: int, of: int, level: float) -> None:
    less, greater = (
        stats.binomtest(hits, of, alternative=side).proportion_ci(level, "exact") for side in ("less", "greater")
    )
    assert upper_bound(hits, of, level) == pytest.approx(less.high)
    assert lower_bound(hits, of, level) == pytest.approx(greater.low)


def test_a_bound_is_where_the_tail_is_five_in_a_hundred() -> None:
    assert stats.binom.cdf(3, 50, upper_bound(3, 50)) == pytest.approx(0.05)


# ---- intervals over reports --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "due"),
    [([(3, 4)], 0.75), ([(1, 1), (0, 9)], 0.1), ([], None), ([(0, 0), (0, 0)], None), ([(0, 0), (2, 2)], 1.0)],
)
def test_a_value_is_a_sum_over_a_sum(counts: list[tuple[float, float]], due: float | None) -> None:
    assert value_of(counts) == due


def test_interval_of_two_reports_by_hand() -> None:
    """Of two reports, one all right and one all wrong, a draw gives 0, 0.5 or 1 with chances 1/4, 1/2, 1/4."""
    found = bootstrap_interval([(1, 1), (0, 1)])
    assert found is not None
    assert (found.low, found.high) == (0.0, 1.0)


def test_interval_is_as_wide_as_reports_differ_not_cells() -> None:
    """1,000 cells in ten reports, half of which are all wrong: over cells it would be a tenth as wide."""
    found = bootstrap_interval([(100, 100)] * 5 + [(0, 100)] * 5)
    assert found is not None
    assert found.high - found.low > 0.5


def test_interval_as_scipy_has_it() -> None:
    random = Random(3)
    counts = [(float(random.randint(80, 100)), 100.0) for _ in range(40)]
    ours = bootstrap_interval(counts)
    columns = tuple(np.array(counts).T)
    theirs = stats.bootstrap(
        columns,
        lambda right, of, axis=-1: right.sum(axis=axis) / of.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=4_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.003)


def test_where_all_is_right_there_is_no_width_and_no_noise() -> None:
    found = bootstrap_interval(ALL_RIGHT)
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)
    assert noise_band(ALL_RIGHT) == 0.0


def test_nothing_has_no_interval() -> None:
    assert bootstrap_interval([]) is None
    assert bootstrap_interval([(0, 0)]) is None
    assert paired_interval([], []) is None
    assert noise_band([]) == 0.0


def test_noise_band_is_the_lower_arm() -> None:
    """Reports right or wrong with even chances: the mean of 100 of them falls by 1.645 * 0.05 with a chance of 5%."""
    counts = [(1.0, 1.0), (0.0, 1.0)] * 50
    assert noise_band(counts) == pytest.approx(1.645 * 0.05, abs=0.01)


def test_the_same_numbers_give_the_same_interval() -> None:
    assert bootstrap_interval(ONE_OFF) == bootstrap_interval(ONE_OFF)


# ---- two runs ----------------------------------------------------------------------------------------------------


def test_a_run_with_itself_shows_no_difference() -> None:
    found = paired_interval(ONE_OFF, ONE_OFF)
    assert found is not None
    assert (found.low, found.high) == (0.0, 0.0)
    assert paired_permutation(ONE_OFF, ONE_OFF) == 1.0


@pytest.mark.parametrize(("reports", "due"), [(1, 1.0), (2, 0.5), (3, 0.25), (5, 2 / 32), (10, 2 / 1024)])
def test_permutation_by_hand(reports: int, due: float) -> None:
    """Where every report got worse alike, of all 2^n ways to swap only none and all are as extreme."""
    assert paired_permutation([(1, 1)] * reports, [(0, 1)] * reports) == pytest.approx(due)


@pytest.mark.parametrize("reports", [9, 30])
def test_permutation_as_scipy_has_it(reports: int) -> None:
    random = Random(reports)
    before = [(float(random.randint(85, 100)), 100.0) for _ in range(reports)]
    after = [(min(100.0, right + random.randint(-2, 4)), of) for right, of in before]
    theirs = stats.permutation_test(
        ([right for right, _ in before], [right for right, _ in after]),
        lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis),
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(5),
    ).pvalue
    assert paired_permutation(before, after) == pytest.approx(theirs, abs=0.02)


def test_pairs_are_drawn_together() -> None:
    """Reports of very unlike difficulty, each one right cell better: unpaired, nothing could be said."""
    before = [(float(right), 100.0) for right in range(0, 100, 5)]
    found = paired_interval(before, [(right + 1, of) for right, of in before])
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.01, 0.01))


def test_runs_of_unlike_length_are_no_pairs() -> None:
    for compared in (paired_interval, paired_permutation):
        with pytest.raises(ValueError, match="2 reports cannot be paired with 1"):
            compared([(1, 1), (1, 1)], [(1, 1)])


# ---- risk and coverage -------------------------------------------------------------------------------------------


def test_curve_and_area_by_hand() -> None:
    judged = [(0.5, False), (0.9, True), (0.7, False), (0.9, True), (0.5, True)]
    assert risk_coverage(judged) == [Point(0.9, 0.4, 0.0), Point(0.7, 0.6, 1 / 3), Point(0.5, 1.0, 0.4)]
    assert area_under(risk_coverage(judged)) == pytest.approx(0.0 * 0.4 + 1 / 3 * 0.2 + 0.4 * 0.4)


def test_equal_confidences_cannot_be_told_apart() -> None:
    judged = [(0.99, True), (0.99, False), (0.99, True), (0.99, True)]
    assert risk_coverage(judged) == risk_coverage(judged[::-1]) == [Point(0.99, 1.0, 0.25)]


def test_area_is_the_mean_risk_over_ranks() -> None:
    """Geifman and El-Yaniv: with no two confidences alike, the mean of the risk over the n thresholds."""
    random = Random(8)
    judged = [(random.random(), random.random() < 0.8) for _ in range(200)]
    rights = [right for _, right in sorted(judged, reverse=True)]
    due = np.mean([rights[: kept + 1].count(False) / (kept + 1) for kept in range(len(rights))])
    assert area_under(risk_coverage(judged)) == pytest.approx(float(due))


def test_nothing_judged_has_no_curve() -> None:
    assert risk_coverage([]) == []
    assert area_under([]) is None
    assert calibration([]) == []
    assert calibration_error([]) is None


# ---- calibration -------------------------------------------------------------------------------------------------


def test_bins_by_hand() -> None:
    judged = [(0.95, True), (0.95, True), (0.91, False), (0.5, True), (0.0, False), (1.0, True)]
    found = calibration(judged)
    assert [one.count for one in found] == [1, 1, 4]
    assert found[2].confidence == pytest.approx(0.9525)
    assert found[2].right == 0.75
    assert calibration_error(found) == pytest.approx((0.0 + 0.5 + 4 * 0.2025) / 6)


def test_calibration_as_scikit_learn_has_it() -> None:
    random = Random(4)
    confidences = [random.random() for _ in range(500)]
    rights = [random.random() < confidence**1.3 for confidence in confidences]
    found = calibration(zip(confidences, rights, strict=True))
    right, confidence = calibration_curve(rights, confidences, n_bins=10, strategy="uniform")
    assert [one.right for one in found] == pytest.approx(list(right))
    assert [one.confidence for one in found] == pytest.approx(list(confidence))


def test_calibration_error_as_numpy_has_it() -> None:
    random = Random(6)
    judged = [(random.randint(0, 100) / 100, random.random() < 0.9) for _ in range(300)]
    edges = np.ceil(np.array([confidence for confidence, _ in judged]) * 10 - 1e-9).clip(1, 10)
    due = 0.0
    for edge in set(edges):
        inside = [pair for pair, at in zip(judged, edges, strict=True) if at == edge]
        due += abs(sum(confidence - right for confidence, right in inside)) / len(judged)
    assert calibration_error(calibration(judged)) == pytest.approx(due)


def test_where_confidence_is_right_the_error_is_the_least() -> None:
    """A constant confidence of the share itself: no error, and the Brier score is the variance alone."""
    judged = [(0.75, True)] * 3 + [(0.75, False)]
    assert calibration_error(calibration(judged)) == 0.0
    assert brier_score_loss([right for _, right in judged], [0.75] * 4) == pytest.approx(0.75 * 0.25)
