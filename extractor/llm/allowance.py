"""What may be used in a minute: budgets of requests or tokens, and what an endpoint itself tells of its limits.

Moments are of one monotonic clock, in seconds.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

MINUTE = 60.0
_ON_THE_WAY = 0.5
"""Seconds by which requests may come closer together between here and where they are counted."""

_LONGEST_TOLD = 120.0
"""Limits over a longer time (a day) are no pace: they are met by refusals."""

_FORGOTTEN_AFTER = 120.0
_KEPT_FREE = 0.99
_DURATION = re.compile(
    r"(?:(\d{1,6}(?:\.\d{1,6})?)h)?(?:(\d{1,6}(?:\.\d{1,6})?)m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9})ms)?"
)
_WORTH = (3600.0, 60.0, 1.0, 0.001)
_NAMES = {
    "requests": (
        ("x-ratelimit-limit-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-limit", "x-ratelimit-reset"),
        ("ratelimit-limit", "ratelimit-reset"),
    ),
    "tokens": (("x-ratelimit-limit-tokens", "x-ratelimit-reset-tokens"),),
}
HEADERS = tuple(name for pairs in _NAMES.values() for pair in pairs for name in pair)
"""Names of the headers of a reply that are listened to."""


@dataclass(slots=True)
class Use:
    """What one call takes of an allowance: at most, until it is over."""

    at: float
    amount: int
    is_counted: bool = True


class Allowance:
    """At most ``limit`` in any ``period`` seconds; None: no limit. A call that takes more waits until it is alone."""

    def __init__(self, limit: int | None, period: float = MINUTE) -> None:
        self.limit = limit
        self._period = period + _ON_THE_WAY
        self._uses: deque[Use] = deque()
        self._used = 0

    def next(self, now: float, amount: int) -> float:
        """The moment from which on ``amount`` fits in, if nothing comes back before."""
        if self.limit is None:
            return now
        over = self.used(now) + min(amount, self.limit) - self.limit
        for use in self._uses:
            if over <= 0:
                break
            over -= use.amount
            now = use.at + self._period
        return now

    def used(self, now: float) -> int:
        """How much was taken in the last period."""
        while self._uses and self._uses[0].at + self._period <= now:
            gone = self._uses.popleft()
            gone.is_counted = False
            self._used -= gone.amount
        return self._used

    def take(self, now: float, amount: int) -> Use:
        """Take ``amount``, which ``next`` said fits in."""
        use = Use(now, amount, self.limit is not None)
        if use.is_counted:
            self._uses.append(use)
            self._used += amount
        return use

    def settle(self, use: Use, amount: int) -> None:
        """A call is over and took ``amount``."""
        if use.is_counted:
            self._used += amount - use.amount
        use.amount = amount


@dataclass(slots=True)
class _Heard:
    """A limit as it was told, and the longest time after which it was said to be whole again."""

    limit: int
    longest: float
    before: float
    since: float


class Told:
    """The pace that an endpoint's ``x-ratelimit-…`` headers allow.

    Whether a limit is a bucket that fills or a window that ends is not told. In both, the longest time ever named
    until it is whole again comes close to its period when the limit is nearly used up, and is never longer.
    """

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def hear(self, now: float, headers: Mapping[str, str]) -> None:
        """What a reply tells."""
        for kind, names in _NAMES.items():
            limit_name, reset_name = next((pair for pair in names if pair[0] in headers), ("", ""))
            limit, reset = headers.get(limit_name, ""), seconds_of(headers.get(reset_name, ""))
            if limit.isascii() and limit.isdecimal() and int(limit[:12]) > 0 and 0 < reset <= _LONGEST_TOLD:
                self._note(kind, int(limit[:12]), reset, now)

    def pace(self, tokens: float) -> float:
        """Calls a second that are allowed if each takes so many tokens."""
        allowed = math.inf
        for kind, heard in self._heard.items():
            each = 1.0 if kind == "requests" else max(tokens, 1.0)
            allowed = min(allowed, _KEPT_FREE * heard.limit / max(heard.longest, heard.before) / each)
        return allowed

    def _note(self, kind: str, limit: int, reset: float, now: float) -> None:
        heard = self._heard.get(kind)
        if heard is None or heard.limit != limit:
            self._heard[kind] = _Heard(limit, reset, reset, now)
        elif now - heard.since > _FORGOTTEN_AFTER:
            self._heard[kind] = _Heard(limit, reset, heard.longest, now)
        else:
            heard.longest = max(heard.longest, reset)


def seconds_of(told: str) -> float:
    """A time as endpoints write it, in seconds; 0 where it is none.

    >>> seconds_of("6m0.5s"), seconds_of("120ms"), seconds_of("2"), seconds_of("soon")
    (360.5, 0.12, 2.0, 0.0)
    """
    told = told.strip()
    if told.replace(".", "", 1).isdecimal() and told.isascii():
        return float(told[:20])
    found = _DURATION.fullmatch(told)
    parts = zip(found.groups(), _WORTH, strict=True) if found else ()
    return sum((float(part) * worth for part, worth in parts if part), 0.0)
