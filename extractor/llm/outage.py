"""Whether there is any use in going on asking: an endpoint that has gone is waited for, a dead one is left alone.

Moments are of one monotonic clock, in seconds.
"""

from __future__ import annotations

import random

from extractor.llm.failures import AskingError, reasons

_LOST_IN_A_ROW = 3
"""Questions, and calls, without a connection after which the endpoint is taken for gone."""

_NO_CONNECTION = ("connection_lost", "timed_out", "server_error")
_SILENT_BEFORE = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 20.0


class Outage:
    """What becomes of calls and questions, for all models of a run.

    ``patience``: seconds without any reply after which asking stops. ``stopped``: the reason for which no more is
    asked,
    "" while it is. ``opens``: while the endpoint is gone, the moment from which on one call may look for it.
    """

    def __init__(self, patience: float) -> None:
        self.stopped = ""
        self.opens = 0.0
        self._patience = patience
        self._questions_lost = 0
        self._lost = self._looks = 0
        self._was_there = False
        self._silent_since: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether the endpoint has answered in this run, and has gone."""
        return self._was_there and self.opens > 0.0

    def check(self) -> None:
        """Raise what asking has stopped for.

        Raises:
            AskingError: it has.
        """
        if self.stopped:
            raise AskingError(self.stopped)

    def answered(self) -> None:
        """A question was answered."""
        self._questions_lost = 0

    def failed(self, reason: str) -> None:
        """A question was not; asking stops where none will fare better, lest a dead endpoint hold up each report."""
        self._questions_lost = self._questions_lost + 1 if reason in _NO_CONNECTION else 0
        if reasons()[reason].for_all:
            self.stopped = self.stopped or reason
        elif self._questions_lost >= _LOST_IN_A_ROW:
            self.stopped = "unreachable"

    def called(self, now: float, reason: str) -> None:
        """A call is over: answered ("") or failed for ``reason``, which may be a reply all the same."""
        if reason not in _NO_CONNECTION:
            self._lost = self._looks = 0
            self._silent_since, self.opens, self._was_there = None, 0.0, True
            return
        self._lost += 1
        self._silent_since = now if self._silent_since is None else self._silent_since
        silent = now - self._silent_since
        if silent > self._patience:
            self.stopped = self.stopped or "unreachable"
        if self._was_there and self._lost >= _LOST_IN_A_ROW and silent >= _SILENT_BEFORE and now >= self.opens:
            pause = min(_FIRST_PAUSE * 2.0**self._looks, _LONGEST_PAUSE)
            self._looks += 1
            self.opens = now + pause * random.uniform(0.5, 1.0)  # noqa: S311 - only spreads calls
