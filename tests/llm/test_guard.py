"""A short run of the guard; ``python -m tests.llm.guard`` is the long one."""

from __future__ import annotations

from collections import Counter

import pytest

from eval.statistics import lower_bound, upper_bound
from tests.llm.guard import run, run_told
from tests.llm.told import KINDS


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("which", ["a", "b"])
def test_no_wrong_cell_is_accepted(which: str, rate: float) -> None:
    results = [run(seed, which, rate) for seed in range(60_000, 60_006)]
    assert [one.wrong for one in results if one.wrong] == []
    if which == "a":
        right, accepted = sum(one.right for one in results), sum(one.accepted for one in results)
        assert right >= 0.99 * sum(one.cells for one in results)
        assert accepted >= 0.9 * right


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5])
def test_nothing_wrong_of_the_narrative_is_accepted(rate: float) -> None:
    counts = sum((run_told(seed, rate) for seed in range(60_000, 60_012)), Counter[tuple[str, str]]())
    assert {kind: counts[kind, "wrong"] for kind in KINDS if counts[kind, "wrong"]} == {}
    if rate == 0:
        for kind in ("item", "topic", "claim", "summary figure"):
            assert counts[kind, "accepted"] >= 0.8 * counts[kind, "due"] > 0, kind


def test_bounds_are_exact() -> None:
    assert upper_bound(0, 200) == pytest.approx(1 - 0.05 ** (1 / 200), abs=1e-9)
    assert upper_bound(3, 50) == pytest.approx(0.1478, abs=2e-4)
    assert lower_bound(200, 200) == pytest.approx(0.05 ** (1 / 200), abs=1e-9)
