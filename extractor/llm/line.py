"""The line of calls to the endpoints of a run: so many at once and no more, and none once asking has stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from extractor.llm.failures import AskingError, reasons

_LOST_IN_A_ROW = 3
"""Questions without a connection after which no other is asked in this run."""

_NO_CONNECTION = ("connection_lost", "timed_out", "server_error")


class Line:
    """Every call takes its turn here; what becomes of calls and questions tells whether there is any use in going on.

    ``at_once``: most calls under way. ``patience``: seconds without any reply after which asking stops.
    ``stopped``: the reason for which no more is asked, "" while it is.
    """

    def __init__(self, at_once: int, patience: float) -> None:
        self.stopped = ""
        self._at_once = asyncio.Semaphore(at_once)
        self._patience = patience
        self._lost = 0
        self._silent_since: float | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn for one call, whose failure is noted.

        Raises:
            AskingError: asking has stopped, perhaps while this call stood in line.
        """
        async with self._at_once:
            self.check()
            try:
                yield
            except AskingError as error:
                self._called(lost=error.reason in _NO_CONNECTION)
                raise
            self._called(lost=False)

    def check(self) -> None:
        """Raise what asking has stopped for.

        Raises:
            AskingError: it has.
        """
        if self.stopped:
            raise AskingError(self.stopped)

    def answered(self) -> None:
        """A question was answered: the endpoint is there."""
        self._lost = 0

    def failed(self, reason: str) -> None:
        """A question was not; asking stops where none will fare better, lest a dead endpoint hold up each report."""
        self._lost = self._lost + 1 if reason in _NO_CONNECTION else 0
        if reasons()[reason].for_all:
            self.stopped = self.stopped or reason
        elif self._lost >= _LOST_IN_A_ROW:
            self.stopped = "unreachable"

    def _called(self, *, lost: bool) -> None:
        """A call is over: a long line must not wait for the time limit of each call in it."""
        now = time.monotonic()
        self._silent_since = (self._silent_since or now) if lost else None
        if lost and now - (self._silent_since or now) > self._patience:
            self.stopped = self.stopped or "unreachable"
