"""An event loop whose time passes as fast as there is nothing to do: minutes in a moment, the code unchanged."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _NoWaiting(selectors.SelectSelector):
    """Waits for nothing: the time it would have waited is taken as gone by."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """No events, at once."""
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that never sleeps."""

    def __init__(self) -> None:
        self._no_waiting = _NoWaiting()
        super().__init__(self._no_waiting)

    def time(self) -> float:
        """Seconds that have gone by in this loop."""
        return self._no_waiting.now


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine in a loop of its own, whose clock is its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
