"""How fast a model is asked: calls evenly spaced, at a pace found by trying which one the endpoint refuses.

The search is a staircase, as in tests of hearing (Taylor and Creelman's PEST, 1967). A pace that passes a trial is
raised: half the way to the pace that was refused last, by the least step once it is there, and by twice as much each
time above it. A pace that is refused is lowered by a small step, the smaller the less the refusal's pause costs, and by
twice as much each time until one passes for a while. A trial lasts as long as it takes the calls won by the rise to
make up for those that a refusal costs. So refusals and the pauses they bring take no larger share of the calls than the
least step, whatever limit and pauses are.

Times are moments of one monotonic clock, in seconds; paces are calls a second. Nothing here waits or reads a clock.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass

_LOWEST = 1 / 60

_LEAST, _LARGEST = 0.01, 0.18
"""Steps, as differences of the pace's logarithm: the largest in each shortest trial as long as nothing was refused."""

_CUT_A_SECOND = 0.025
"""The first step down, for each second of the pause that a refusal brings (of one second at most): the next refusal
is the farther away the lower the pace."""

_PASSES = 5.0
"""A pace has passed if it lasted so many times the pause, of a second at least: the next step down is a first one, and
if a step up from it is refused, it is gone back to."""

_SHORTEST_TRIAL, _LONGEST_TRIAL = 0.5, 300.0
"""Seconds: refusals take a while to come back, and a limit that was raised is to be found out some day."""

_PLAINLY = 0.94
"""What passed in the last second is less than the pace by more than chance."""

_MOSTLY, _TELLING = 2 / 3, 5.0
"""If pauses took more than this share of the time, of so many seconds at least, the pace says nothing: what passes is
told by the average."""

_WORTH = 0.06
"""Seconds that a refused call is worth at least, where a pace never tried is next: the faster of several processes at
one endpoint is to try no more often than the others."""

_SPACES, _SHORTEST_PAUSE, _LONGEST_PAUSE = 2.0, 0.02, 20.0
"""Unless told otherwise, a pause is as long as so many calls take; twice as long each time if none passes after it."""

_LONGEST_ALONE = 0.5
_SLACK = 0.005
"""Seconds that calls may catch up after the machine was busy: more would come to the endpoint together."""

_REMEMBERED = 1024


@dataclass(slots=True)
class _Event:
    """A refusal, and those that followed before a call passed again: what they cost.

    ``since``: when the line had opened before; ``passed``: calls that passed from then on; ``refused``: calls;
    ``closed``: seconds that the line was closed.
    """

    since: float
    passed: int = 0
    refused: int = 0
    closed: float = 0.0


class Pace:
    """The pace of one model's calls, ``first`` to begin with. ``ceiling``: what the endpoint itself says is allowed.

    ``opens``: the moment up to which nobody calls. Refusals of calls that were sent before the last refusal came back
    are of the same event: the pace is cut once.
    """

    def __init__(self, now: float, first: float) -> None:
        self.rate = first
        self.ceiling = math.inf
        self.opens = now
        self._due = self._even_since = now
        self._sent: deque[float] = deque(maxlen=_REMEMBERED)
        self._refused_rate = math.inf
        self._rise, self._cut = _LARGEST, 0.0
        self._passed_pace = math.inf
        self._tried = self._passed = 0
        self._event = _Event(now)
        self._storm = 0
        self._alone = 0.0

    def next(self) -> float:
        """The moment from which on the next call may go."""
        return max(self.opens, self._due)

    def take(self, now: float, *, waited: bool) -> None:
        """A call goes now; ``waited``: the pace had kept it waiting, so a faster one would have been used."""
        self._tried += waited
        if self._tried >= self._trial() and self.rate < self.ceiling:
            self._raise()
        apart = 1.0 / min(self.rate, self.ceiling)
        if self._alone:  # goes ahead, to see whether any call passes
            apart = max(apart, self._alone)
            self._alone, self._even_since = 0.0, now + apart
        self._due = max(self._due, now - _SLACK, self.opens) + apart
        self._sent.append(now)
        self._passed += 1

    def refused(self, now: float, sent: float, retry_after: float | None) -> bool:
        """A call sent then was refused just now; whether that is news, as the line had been open."""
        if sent in self._sent:
            self._sent.remove(sent)
        is_news = sent >= self.opens
        if is_news:
            self._passed -= 1
            self._note_event(sent, retry_after or 0.0)
        elif self._event.passed > 1:
            self._event.passed -= 1
        self._event.refused += 1
        self._close(now, retry_after)
        return is_news

    def _note_event(self, sent: float, pause: float) -> None:
        if self._passed:
            average = self._average(sent)
            self._event, self._storm = _Event(self.opens, self._passed), 0
            self._lower(sent, average, pause)
        else:  # at no pace would it have passed
            self._storm += 1
        self._passed = 0

    def _close(self, now: float, retry_after: float | None) -> None:
        """Let nobody call for a while."""
        own = min(_SPACES / self.rate * 2.0**self._storm, _LONGEST_PAUSE)
        told = max(retry_after or 0.0, _SHORTEST_PAUSE)
        pause = own if retry_after is None else max(told, own if self._storm else 0.0)
        late = random.uniform(1.0, 1.05)  # noqa: S311 - lest several processes come back at once
        closed = max(self.opens, now)
        self.opens = self._even_since = max(closed, now + pause * late)
        self._event.closed += self.opens - closed
        self._alone = min(pause, _LONGEST_ALONE) if self._storm else 0.0
        if not self._storm:
            self.rate = min(self.rate, self._average(self.opens))

    def _average(self, until: float) -> float:
        """Calls a second that passed from one opening of the line to the next, if it was mostly closed up to then."""
        event = self._event
        if not event.passed or event.closed <= _MOSTLY * max(until - event.since, _TELLING):
            return math.inf
        return max(event.passed / (self.opens - event.since), _LOWEST)

    # ---- steps ---------------------------------------------------------------------------------------------------
    def _trial(self) -> float:
        """Calls at this pace, without refusal, after which it is raised."""
        rise = self._next_rise()
        worth = max(1.0 / self.rate, _WORTH if self.rate * math.exp(rise) >= self._refused_rate else 0.0)
        cost = self._event.refused * worth + self._event.closed
        return self.rate * min(max(cost / rise, _SHORTEST_TRIAL), _LONGEST_TRIAL)

    def _next_rise(self) -> float:
        below = math.log(self._refused_rate / self.rate)
        return min(max(below / 2, _LEAST) if below > _LEAST else 2 * self._rise, _LARGEST)

    def _raise(self) -> None:
        self._passed_pace = self.rate if self._trial() >= _PASSES * self.rate else math.inf
        self._rise, self._cut, self._tried = self._next_rise(), 0.0, 0
        self.rate *= math.exp(self._rise)

    def _lower(self, sent: float, average: float, pause: float) -> None:
        has_passed = self._event.passed >= _PASSES * max(pause, 1.0) * self.rate
        first = max(_LEAST, _CUT_A_SECOND * min(pause, 1.0))
        self._cut = first if has_passed or not self._cut else min(2 * self._cut, 2 * _LARGEST)
        self._refused_rate = max(self._pace_before(sent), _LOWEST)
        lowered = max(self._refused_rate * math.exp(-self._cut), _LOWEST)
        self.rate = min(lowered, self._passed_pace, average)
        self._passed_pace = math.inf
        self._rise, self._tried = _LEAST / 2, 0

    def _pace_before(self, sent: float) -> float:
        """The pace at which calls passed in the second before the refused one: the pace itself unless plainly less.

        If none was sent before it, nothing is told: there was nothing to ask.
        """
        rate, seconds = min(self.rate, self.ceiling), min(sent - self._even_since, 1.0)
        passed = [moment for moment in self._sent if sent - seconds <= moment < sent]
        is_less = 1 <= len(passed) < _PLAINLY * rate * seconds - 1
        return len(passed) / (sent - passed[0]) if is_less else rate
