"""Progress of a run for a person: how many, how fast, how long yet, failures, tokens and money."""

from __future__ import annotations

import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from extractor.console import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from extractor.bulk.jobs import State
    from extractor.llm.money import Attempt

_LINE, _FRAME = 10.0, 0.25
_SETTLED = ("done", "failed", "skipped")
_WINDOW = 60.0
"""Seconds over which the rate is told."""


@dataclass
class Progress:
    """What a run has done so far. ``total``: sources of the job; ``grows``: there may be more.

    ``is_silent``: somebody else tells of it.
    """

    language: Language
    currency: str = ""
    is_silent: bool = False
    total: int = 0
    settled: int = 0
    grows: bool = False
    states: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    _seen: deque[tuple[float, int]] = field(default_factory=deque)
    _due: float = field(default_factory=lambda: time.monotonic() + _LINE)
    _draw: Callable[[str], None] | None = None

    def began(self, counts: Mapping[State, int]) -> None:
        """How many sources the job has in each state by now, whoever brought them there."""
        self.total = sum(count for state, count in counts.items() if state != "opened")
        self.settled = sum(count for state, count in counts.items() if state in _SETTLED)
        self._seen.append((time.monotonic(), 0))

    def ended(self, states: Mapping[str, int], attempts: Iterable[Attempt]) -> None:
        """Sources are settled, and calls paid."""
        self.states.update({state: count for state, count in states.items() if state in _SETTLED})
        self.settled += sum(count for state, count in states.items() if state in _SETTLED)
        for one in attempts:
            self.calls += 1
            self.tokens += one.tokens.into + one.tokens.out
            self.cost += one.cost
        self._seen.append((time.monotonic(), self.states.total()))

    def show(self) -> None:
        """Draw the line, or say it now and then."""
        if self.is_silent or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + (_FRAME if self._draw else _LINE)
        zh, en = self.line()
        if self._draw:
            self._draw(zh if self.language == "zh" else en)
        else:
            say(zh, en, self.language)

    def line(self) -> tuple[str, str]:
        """What is told, in Chinese and in English."""
        rate, more = self.rate(), "+" if self.grows else ""
        failed, skipped = self.states["failed"], self.states["skipped"]
        zh = f"已完成 {self.settled}/{self.total}{more}，每秒 {rate:.1f} 份，失败 {failed}，重复 {skipped}"
        en = f"{self.settled} of {self.total}{more}, {rate:.1f} a second, {failed} failed, {skipped} duplicates"
        if rate > 0 and self.total > self.settled:
            left = (self.total - self.settled) / rate
            zh, en = f"{zh}，约剩 {duration(left)}", f"{en}, {duration(left)} left"
        if self.calls:
            zh = f"{zh}；调用 {self.calls}，词元 {self.tokens}，费用 {self.cost:.4f} {self.currency}"
            en = f"{en}; {self.calls} calls, {self.tokens} tokens, {self.cost:.4f} {self.currency}"
        return zh, en

    def rate(self) -> float:
        """Sources settled a second, over the last minute."""
        now = time.monotonic()
        while len(self._seen) > 2 and self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()
        if len(self._seen) < 2:
            return 0.0
        (since, before), (_, after) = self._seen[0], self._seen[-1]
        return (after - before) / max(now - since, 0.001)


@contextmanager
def progress(language: Language, currency: str = "") -> Iterator[Progress]:
    """A line that is drawn anew on a terminal, and said every ten seconds elsewhere."""
    shown = Progress(language, currency)
    if sys.stderr is None or not sys.stderr.isatty():
        yield shown
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.live import Live  # noqa: PLC0415

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True, redirect_stdout=False) as live:
        shown._due = 0.0
        shown._draw = lambda line: live.update(line, refresh=True)
        yield shown


def duration(seconds: float) -> str:
    """A time as a person tells it.

    >>> duration(42), duration(4000), duration(200_000)
    ('42s', '1h06m', '2d07h')
    """
    whole = int(seconds)
    for size, unit, smaller, letter in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // smaller:02}{letter}"
    return f"{whole}s"
