"""The levels over generated reports: right cells, no silent error, few false alarms.

A short run of every layout here; ``make stress`` runs thousands. ``python -m tests.generator run`` prints the figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.generator.runs import Outcome, jobs, run
from tests.generator.scoring import Score
from tests.scale import scaled

REPORTS = scaled(208, 5_200)
FAULTS = scaled(60, 1_200)
FIRST_SEED = 400_000


def total(outcomes: list[Outcome]) -> Score:
    return sum((outcome.score for outcome in outcomes), Score())


@pytest.fixture(scope="module")
def score() -> Score:
    return total(run(list(jobs(REPORTS, FIRST_SEED, None, None, 0.5, faults=False)), 1, None))


def worst(score: Score, *parts: str) -> Sequence[object]:
    """The first misses whose pointer holds one of ``parts``: what a failing test should show."""
    return [miss for miss in score.misses if any(part in miss.pointer for part in parts)][:10]


def test_no_wrong_cell_is_silent(score: Score) -> None:
    assert score.unflagged_wrong == 0, [m for m in score.misses if not m.flagged][:10]


def test_cells_are_right(score: Score) -> None:
    wrong = score.cells - score.cells_right
    assert wrong <= max(score.cells / 1_000, 30), worst(score, "/tables/")
    assert score.failed == 0


def test_right_cells_are_rarely_flagged(score: Score) -> None:
    assert score.flagged_right * 100 <= score.cells_right, worst(score, "/verdict")


@pytest.mark.parametrize("what", ["year", "form", "organisation", "issues", "improvements"])
def test_fields_are_right(score: Score, what: str) -> None:
    right = getattr(score, f"{what}_right")
    assert right * 100 >= score.documents * 99 - 100, worst(score, f"/{what}")


def test_planted_faults_of_the_source_are_all_found() -> None:
    outcomes = run(list(jobs(FAULTS, FIRST_SEED, None, None, 0.3, faults=True)), 1, None)
    missed = [m for outcome in outcomes for m in outcome.score.misses if m.pointer == "/findings" and m.got is None]
    assert missed == []
