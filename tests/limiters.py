"""How endpoints limit calls: each limiter says whether a call at a moment is let in. Moments and periods in seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol


class Limiter(Protocol):
    """``admit``: None if a call at ``now`` is let in, else the seconds after which another may be."""

    limit: int
    period: float

    def admit(self, now: float) -> float | None:
        """Whether the call is let in."""

    def done(self) -> None:
        """A call that was let in is over."""

    def left(self, now: float) -> tuple[int, float]:
        """Calls that are left, and the seconds until all are again."""


@dataclass
class Unlimited:
    """Everything is let in."""

    limit: int = 10**9
    period: float = 1.0

    def admit(self, now: float) -> float | None:
        """Always."""
        return None

    def done(self) -> None:
        """Nothing to note."""

    def left(self, now: float) -> tuple[int, float]:
        """All."""
        return self.limit, 0.0


@dataclass
class Bucket(Unlimited):
    """A bucket of ``size`` calls (a period's without) that fills evenly; of size 1, calls must be evenly spaced."""

    limit: int = 40
    period: float = 1.0
    size: float = 0.0

    def __post_init__(self) -> None:
        self.size = self.size or float(self.limit)
        self._level, self._at = self.size, 0.0

    def admit(self, now: float) -> float | None:
        """One if there is one in the bucket."""
        rate = self.limit / self.period
        self._level, self._at = min(self.size, self._level + (now - self._at) * rate), now
        if self._level < 1:
            return (1 - self._level) / rate
        self._level -= 1
        return None

    def left(self, now: float) -> tuple[int, float]:
        """What is in it, and when it is full."""
        return int(self._level), (self.size - self._level) / (self.limit / self.period)


@dataclass
class Window(Unlimited):
    """So many calls in each period of the clock."""

    limit: int = 40
    period: float = 1.0
    counted: int = 0
    number: int = -1

    def admit(self, now: float) -> float | None:
        """One if the period has any left."""
        number = int(now // self.period)
        if number != self.number:
            self.number, self.counted = number, 0
        if self.counted >= self.limit:
            return (number + 1) * self.period - now
        self.counted += 1
        return None

    def left(self, now: float) -> tuple[int, float]:
        """What the period has left, and when the next begins."""
        return self.limit - self.counted, (self.number + 1) * self.period - now


@dataclass
class Sliding(Unlimited):
    """So many calls in any ``period`` seconds; ``strict``: those that were refused are counted too."""

    limit: int = 40
    period: float = 1.0
    strict: bool = False
    times: deque[float] = field(default_factory=deque)

    def admit(self, now: float) -> float | None:
        """One if the last ``period`` seconds hold fewer."""
        while self.times and self.times[0] <= now - self.period:
            self.times.popleft()
        if len(self.times) >= self.limit:
            wait = self.times[0] + self.period - now
            if self.strict:
                self.times.append(now)
                self.times.popleft()
            return wait
        self.times.append(now)
        return None

    def left(self, now: float) -> tuple[int, float]:
        """What is left now, and when all are again."""
        return self.limit - len(self.times), self.times[-1] + self.period - now if self.times else 0.0


@dataclass
class AtOnce(Unlimited):
    """So many calls under way at once."""

    limit: int = 20
    period: float = 1.0
    under_way: int = 0

    def admit(self, now: float) -> float | None:
        """One if fewer are under way."""
        if self.under_way >= self.limit:
            return self.period
        self.under_way += 1
        return None

    def done(self) -> None:
        """One fewer."""
        self.under_way -= 1
