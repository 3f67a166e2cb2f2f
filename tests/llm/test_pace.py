"""What a single refusal tells, and what it does not: extractor.llm.pace, on a clock of its own."""

from __future__ import annotations

import pytest

from extractor.llm.pace import Pace

FIRST = Pace(0.0).rate


@pytest.mark.parametrize("idle", [0.0, 0.4, 5.0, 3_600.0])
def test_a_refusal_after_a_time_without_questions_is_no_limit_of_none(idle: float) -> None:
    pace = Pace(0.0)
    pace.take(idle, waited=False)
    assert pace.refused(idle + 0.2, idle, None)
    assert pace.rate > 0.9 * FIRST
    assert pace.next() < idle + 1.0


def test_what_passed_plainly_slower_than_the_pace_tells_the_limit() -> None:
    pace = Pace(0.0)
    for moment in (0.1, 0.5, 0.9):
        pace.take(moment, waited=False)
    assert pace.refused(1.1, 0.9, None)
    assert pace.rate < 0.5 * FIRST
