"""What a single refusal tells, and what it does not: extractor.llm.pace, on a clock of its own."""

from __future__ import annotations

import math

import pytest

from extractor.llm.pace import Pace

FIRST = 8.0


@pytest.mark.parametrize("idle", [0.0, 0.4, 5.0, 3_600.0])
def test_a_refusal_after_a_time_without_questions_is_no_limit_of_none(idle: float) -> None:
    pace = Pace(0.0, FIRST)
    pace.take(idle, waited=False)
    assert pace.refused(idle + 0.2, idle, None)
    assert pace.rate > 0.9 * FIRST
    assert pace.next() < idle + 1.0


def test_what_passed_plainly_slower_than_the_pace_tells_the_limit() -> None:
    pace = Pace(0.0, FIRST)
    for moment in (0.1, 0.5, 0.9):
        pace.take(moment, waited=False)
    assert pace.refused(1.1, 0.9, None)
    assert pace.rate < 0.5 * FIRST


class Driven:
    """A pace of 30 a second that is always used, and refused when told so."""

    def __init__(self) -> None:
        self.pace, self.now = Pace(0.0, FIRST), 0.0
        self.pace.ceiling = 30.0  # not passed, so that a whole second passes at one pace
        self.go_on(until=30.0)
        self.go_on(1.2)

    def go_on(self, seconds: float = 0.0, until: float = math.inf) -> None:
        """Call for so many seconds, or until the pace is at least so fast."""
        end = self.now + (seconds or 3_600)
        while self.now < end and self.pace.rate < until:
            self.now = max(self.now, self.pace.next())
            self.pace.take(self.now, waited=True)

    def is_refused(self, retry_after: float | None) -> None:
        """The call that went last is."""
        assert self.pace.refused(self.now + 0.001, self.now, retry_after)

    def lowered_by(self, retry_after: float | None) -> float:
        """By what share the next refusal lowers the pace."""
        before = min(self.pace.rate, self.pace.ceiling)
        self.is_refused(retry_after)
        return 1 - self.pace.rate / before


@pytest.mark.parametrize(
    ("retry_after", "step"), [(None, 0.01), (0.02, 0.01), (0.6, 0.015), (1.0, 0.025), (3.0, 0.025)]
)
def test_the_first_step_down_is_the_larger_the_longer_the_pause(retry_after: float | None, step: float) -> None:
    driven = Driven()
    assert driven.lowered_by(retry_after) == pytest.approx(step, rel=0.02)


def test_steps_down_double_until_a_pace_lasts() -> None:
    driven = Driven()
    steps = []
    for lasting in (1.5, 1.5, 6.0):
        steps.append(driven.lowered_by(1.0))
        driven.go_on(1.1 + lasting)
    steps.append(driven.lowered_by(1.0))
    assert steps == sorted(steps[:3]) + steps[3:]
    assert steps[1] > 1.8 * steps[0] and steps[2] > 1.8 * steps[1]
    assert steps[3] == pytest.approx(steps[0], rel=0.1)


def test_where_a_step_up_is_refused_the_pace_that_had_passed_is_gone_back_to() -> None:
    driven = Driven()
    for _ in range(3):
        driven.is_refused(1.0)
        driven.go_on(1.5)
    passed = driven.pace.rate
    driven.go_on(until=passed * 1.001)  # a trial later
    assert driven.pace.rate > 1.01 * passed
    driven.go_on(0.5)
    driven.is_refused(1.0)
    assert driven.pace.rate == pytest.approx(passed)
