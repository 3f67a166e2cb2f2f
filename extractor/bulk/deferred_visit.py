"""What sending and taking share: how far a batch has come is written down, counted and told; dropped ones put back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from extractor.bulk.deferred_batches import TOO_MUCH, UNSENT, Batch, State, move
from extractor.bulk.deferred_desk import Desk, Tally
from extractor.bulk.deferred_endpoint import BatchEndpoint
from extractor.bulk.deferred_lines import Lines
from extractor.bulk.deferred_questions import Deferred, fail_question, questions_in, reopen
from extractor.bulk.watch import Event
from extractor.llm.cache import Content

Result = TypeVar("Result")
UNDONE = "batch_expired"
"""Why a question is open again that its batch did not come to."""

_BAD = "bad_request"


class Visit:
    """A visit to the provider for the batches of one job."""

    def __init__(self, desk: Desk, endpoint: BatchEndpoint, tally: Tally | None = None) -> None:
        self.tally = tally or Tally()
        self._desk = desk
        self._lines = Lines(desk.settings, desk.manners.known)
        self._endpoint = endpoint

    def _put_back(self, connection: Connection, row: Deferred, reason: str, answer: Content | None = None) -> None:
        """Open again, or failed after so many tries."""
        if row.tries >= self._desk.settings.batch_tries:
            fail_question(connection, row.key, reason, answer)
        else:
            reopen(connection, row.key, reason, row.variant)

    def _drop(self, batch: Batch, reason: str) -> None:
        """A batch of which nothing will come."""
        is_untried = reason == UNSENT or (reason == TOO_MUCH and batch.requests > 1)

        def drop(connection: Connection) -> None:
            for one in questions_in(connection, batch.id):
                if is_untried:
                    reopen(connection, one.key, "rate_limited", one.variant, untried=True)
                else:
                    self._put_back(connection, one, UNDONE if reason == "gone" else _BAD)
            move(connection, batch, "dropped", reason=reason)

        self._desk.patient.write(drop)
        self._say("dropped", batch.requests)

    def _say(self, what: str, count: int) -> None:
        self.tally.batches[what] += 1
        self._desk.watcher.see(Event("batch_moved", job=self._desk.job.name, outcome=what, count=count))

    def _move(self, batch: Batch, state: State, **values: str | None) -> None:
        self._desk.patient.write(lambda connection: move(connection, batch, state, **values))

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        return self._desk.patient.read(work)


def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for the time of a transfer."""
    return tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True)
