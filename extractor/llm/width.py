"""How many calls of a model are under way at once: more while replies come no later for it, fewer after time-outs.

Some endpoints refuse calls for their number at once, not for their pace. A refusal with more calls under way than were
ever accepted looks like that, and the number is not tried again for a while.
"""

from __future__ import annotations

_FIRST = 8
_LATER = 1.5
"""Replies that take this many times as long as usual stop growth: the endpoint queues what it is sent."""

_MUCH_LATER = 2.2
_FORGETS = 1.0005
"""How fast the usual time follows one that has become longer, a call."""

_GROWS = 0.5
"""Growth a reply: what more calls do to times is seen a reply later, when the number is half as large again."""

_CUT = 0.7
_SURE = 3
"""Refusals at the same number, one after another, after which the number is taken for the reason."""

_CALLS_BEFORE_NEXT = 150
_HELD_FOR_PAUSE = 50
"""After a refusal for their number, one more is tried after so many calls, and so many times the pause."""


class Width:
    """The number of calls at once, up to ``most``; moments and times in seconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(min(_FIRST, most))
        self._floor = self._limit
        self._wall: int | None = None
        self._suspected, self._times = -1, 0
        self._suspected_at = float("-inf")
        self._is_careful = False
        self._time = self._usual = 0.0
        self._accepted = self._accepted_before = 0
        self._counted = 0
        self._at_wall = 0
        self._held_until = self._cut_at = float("-inf")

    @property
    def limit(self) -> int:
        """Calls that may be under way."""
        return int(self._limit)

    def answered(self, now: float, seconds: float, others: int, *, is_full: bool) -> None:
        """A call was answered after ``seconds``; ``others`` were under way then; ``is_full``: and no more might."""
        self._note_time(seconds)
        self._note_others(others)
        if not is_full or self._limit >= self._most:
            return
        if self._wall is not None:
            self._try_wall(now)
        elif self._time > _MUCH_LATER * self._usual and self._limit > self._floor:
            self._limit, self._is_careful = self._limit - 0.5, True
        elif self._time <= _LATER * self._usual:
            self._limit = min(self._limit + (1.0 / self._limit if self._is_careful else _GROWS), self._most)

    def timed_out(self, now: float, sent: float) -> None:
        """A call sent then got no reply in time: with fewer at once, others may."""
        if sent > self._cut_at:
            self._limit = max(1.0, self._limit * _CUT)
            self._cut_at, self._is_careful = now, True

    def refused(self, now: float, others: int, pause: float) -> None:
        """A call was refused while ``others`` were under way; ``pause``: what the endpoint asked for."""
        if others + _blur(others) <= max(self._accepted, self._accepted_before):
            return
        if now < self._suspected_at + self._time:  # the same burst
            return
        self._suspected_at = now
        is_again = abs(others - self._suspected) <= _blur(others)
        self._suspected, self._times = others, self._times + 1 if is_again else 1
        if self._wall is not None or self._times >= _SURE:
            self._wall = others
            self._limit = max(1.0, min(self._limit, float(others)))
            self._at_wall, self._held_until = 0, now + _HELD_FOR_PAUSE * pause

    def _try_wall(self, now: float) -> None:
        self._at_wall += 1
        if self._at_wall >= _CALLS_BEFORE_NEXT and now >= self._held_until:
            self._limit, self._at_wall = min(self._limit + 1.0, self._most), 0

    def _note_time(self, seconds: float) -> None:
        """Times as an average over about as many calls as are under way, and the least that this ever was."""
        self._counted += 1
        weight = 1.0 / min(self._counted, max(self._limit, _FIRST))
        self._time += weight * (seconds - self._time)
        if self._counted >= _FIRST:
            self._usual = min(self._usual * _FORGETS, self._time) if self._usual else self._time

    def _note_others(self, others: int) -> None:
        if self._counted % 500 == 0:
            self._accepted_before, self._accepted = self._accepted, 0
        self._accepted = max(self._accepted, others)
        if self._wall is not None and others > self._wall + _blur(others):
            self._wall = None  # it was none, or is one no more


def _blur(number: int) -> int:
    """Calls by which the number under way may differ between here and there."""
    return number // 10
