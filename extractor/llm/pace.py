"""How fast a model is asked: calls evenly spaced, faster until the endpoint refuses one, then just below that pace.

Times are moments of one monotonic clock, in seconds; paces are calls a second. Nothing here waits or reads a clock.
"""

from __future__ import annotations

import math
import random
from collections import deque

_FIRST = 8.0
_FAST, _FREE_GROWTH, _FASTER_GROWTH = 16.0, 0.35, math.log(2.0)
"""Growth a second while no limit is known: up to a pace that any endpoint takes, it doubles."""

_FAR, _NEAR = 0.6, 0.97
"""Shares of the pace that was refused last, below which the pace goes back to it fast, or faster."""

_BACK_FROM_FAR, _BACK = 0.4, 0.05
_CREEPS = 0.01
_QUIET = 10.0
"""Growth a second near the pace that was refused last, and the seconds without refusal in which it doubles."""

_CUT = 0.985
_CUT_AGAIN, _SOON = 0.015, 5.0
"""The pace is cut to this share of what passed; by so much more for each refusal within so many seconds of the last."""

_PLAINLY = 0.94
"""What passed in the last second is less than the pace by more than chance."""

_DOUBTS, _CUT_IN_DOUBT = 3, 0.05
_MUCH = 0.04
_FAR_OVER, _CUT_FAR_OVER = 0.2, 0.7
_LOWEST_SHARE, _LOWEST = 0.25, 1 / 60
_SAVED_UP = 0.8
"""Less than this share of a pace passed on the average: for a while, only what had been saved up passed at that
pace."""

_AVERAGED, _ENOUGH_FOR_AVERAGE = 3.0, 3
"""Seconds and calls over which an average tells anything."""

_ENOUGH = 10
"""Calls from which a pace can be told."""

_FEW = 3
"""Fewer calls let through between two refusals are a storm: one call at a time looks whether it is over."""

_APART_IN_STORM = 0.5
_SLACK = 0.02
"""Seconds that calls may catch up after the machine was busy."""

_FIRST_PAUSE, _LONGEST_PAUSE, _SHORTEST_PAUSE = 0.25, 20.0, 0.02
_HELD_FOR_PAUSE, _HELD_CALLS, _LONGEST_HOLD = 50.0, 60.0, 300.0
"""A pace is held for so many times the pause, lest pauses cost more than 2 % of the time; and for so many calls for
each
that was refused, lest refusals be more than 1 % of the calls."""

_LONGEST_STEP = 5.0
_REMEMBERED = 1024
_TINY = 1e-6


class Pace:
    """The pace of one model's calls. ``ceiling``: what the endpoint itself says is allowed.

    ``opens``: the moment up to which nobody calls. Refusals of calls that were sent before the last refusal came back
    are
    of the same event: the pace is cut once.
    """

    def __init__(self, now: float) -> None:
        self.rate = _FIRST
        self.ceiling = math.inf
        self.opens = now
        self._due = now
        self._taken_at = now
        self._sent: deque[float] = deque(maxlen=_REMEMBERED)
        self._refused_rate = math.inf
        self._held_until = now
        self._storm = self._doubts = self._again = 0
        self._event = now
        self._event_rate = _FIRST
        self._late = self._refusals = self._stretch = 0
        self._averaged_from: float | None = None
        self._passed = 0

    def next(self) -> float:
        """The moment from which on the next call may go."""
        return max(self.opens, self._due)

    def take(self, now: float, *, waited: bool) -> None:
        """A call goes now; ``waited``: the pace had kept it waiting, so a faster one would have been used."""
        if waited:
            self._grow(min(now - max(self._taken_at, self.opens), _LONGEST_STEP), now)
        self._taken_at = now
        apart = 1.0 / min(self.rate, self.ceiling)
        if self._storm > 1 and self._let_through(now) < _FEW:
            apart = max(apart, _APART_IN_STORM)
        self._due = max(self._due, now - _SLACK, self.opens) + apart
        self._sent.append(now)
        self._passed += 1

    def refused(self, now: float, sent: float, retry_after: float | None) -> bool:
        """A call sent then was refused just now; whether that is news, as the line had been open."""
        self._passed -= 1
        if sent in self._sent:
            self._sent.remove(sent)
        self._refusals += 1
        is_news = sent >= self.opens
        if is_news:
            self._begin_event(sent)
            self.opens = now
        else:
            self._count_late()
        own = min(_FIRST_PAUSE * 2.0 ** (self._storm - 1), _LONGEST_PAUSE)
        pause = own if retry_after is None else max(retry_after, _SHORTEST_PAUSE)
        late = random.uniform(1.0, 1.05)  # noqa: S311 - lest several processes come back at once
        self.opens = max(self.opens, now + pause * late)
        held = max(self._held_until - now, _HELD_FOR_PAUSE * pause) + _HELD_CALLS / self.rate
        self._held_until = now + min(held, _LONGEST_HOLD)
        return is_news

    def _begin_event(self, sent: float) -> None:
        is_storm = self._let_through(sent) < _FEW
        self._storm = self._storm + 1 if is_storm else 1
        passed, average = min(self._pace_before(sent), self.rate), self._average(sent)
        self._again = self._again + 1 if sent - self._event < _SOON else 0
        self._event = sent
        is_waste = (
            average is not None
            and average < _SAVED_UP * passed
            and self._refusals > _MUCH * self._stretch
            and passed > 0.95 * self.rate
        )
        self._doubts = self._doubts + 1 if is_waste else 0
        if average is not None:
            self._refusals = 1
        self._event_rate, self._late = self.rate, 1
        if is_storm and not self._doubts:
            return
        if self._doubts >= _DOUBTS:  # what passed just before was saved up in a pause
            self._settle_at(max(average or 0.0, passed * max(1.0 - _CUT_IN_DOUBT * self._doubts, 0.5), _LOWEST))
        else:
            self._refused_rate = self.rate
            cut_again = self.rate * (_CUT - _CUT_AGAIN * self._again)
            passed = passed if passed < _PLAINLY * self.rate else self.rate
            self.rate = max(min(passed * _CUT, cut_again), self.rate * _LOWEST_SHARE, _LOWEST)

    def _count_late(self) -> None:
        """One more of the calls that were on the way when the first was refused: their share tells how far over it
        was."""
        self._late += 1
        on_the_way = self._late + sum(moment >= self._event for moment in self._sent)
        over = self._late / on_the_way
        if on_the_way >= _ENOUGH and over > _FAR_OVER and self.rate > self._event_rate * _CUT_FAR_OVER:
            self._settle_at(max(self._event_rate * (1.0 - over), self._event_rate * _CUT_FAR_OVER))

    def _settle_at(self, rate: float) -> None:
        """Go on at a pace that is likely below the limit, and do not soon go much above."""
        self.rate = rate
        self._refused_rate = rate * 1.03 / _NEAR

    def _let_through(self, until: float) -> int:
        """Calls that went since the line opened last, before ``until``."""
        return sum(self.opens <= moment < until for moment in self._sent)

    def _pace_before(self, sent: float) -> float:
        """Calls that passed in the second before the refused one; where they are few, the pace of the last ten."""
        before = [moment for moment in self._sent if moment < sent]
        in_last_second = sum(moment >= sent - 1.0 for moment in before)
        if in_last_second >= _ENOUGH or len(before) < _ENOUGH:
            return float(in_last_second) or self.rate
        return _ENOUGH / (sent - before[-_ENOUGH])

    def _average(self, sent: float) -> float | None:
        """Calls a second that passed since the last refusal, pauses and all; None where that is too short to tell."""
        since, passed = self._averaged_from, self._passed
        if since is not None and (sent - since < _AVERAGED or passed < _ENOUGH_FOR_AVERAGE):
            return None
        self._averaged_from, self._passed, self._stretch = sent, 0, passed
        return passed / (sent - since) if since is not None else None

    def _grow(self, seconds: float, now: float) -> None:
        share = self.rate / self._refused_rate
        if share == 0.0:
            growth = _FREE_GROWTH if self.rate > _FAST else _FASTER_GROWTH
        elif share < _NEAR:
            growth = _BACK_FROM_FAR if share < _FAR else _BACK
        else:
            quiet = max(now - self._held_until, 0.0)
            growth = min(_CREEPS * (1.0 + (quiet / _QUIET) ** 2), _FREE_GROWTH) if quiet else 0.0
        self.rate = min(self.rate * math.exp(growth * seconds), max(self.ceiling, self.rate))
