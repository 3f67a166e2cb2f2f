"""One process that works on a job: it lists, claims, has sources read and asked about, and writes what became of them.

The parts meet here in one loop and one thread: workers read (``supply``), a model answers (``answering``), and a few
dozen results at a time are written in one transaction (``settling``). Nothing is held but what is under way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from extractor.bulk import jobs, runs
from extractor.bulk.adding import add
from extractor.bulk.ending import Asked
from extractor.bulk.jobs import Added, Job, New, Source
from extractor.bulk.patience import Patient
from extractor.bulk.reading import Open, ToSettle
from extractor.bulk.settling import Outcome, Same, Written, write
from extractor.bulk.showing import Progress
from extractor.bulk.supply import Supplied, Supply
from extractor.bulk.watch import NOBODY, Event, Watcher
from extractor.forms import Form
from extractor.store.readings import Reader

if TYPE_CHECKING:
    from extractor.bulk.answering import Answered, Answering
    from extractor.llm.money import Attempt

_BATCH = 128
_LONGEST_HELD = 1.0
"""Seconds that a result waits for others to be written with."""

_POLL = 0.2
_RENEWS = runs.LEASE / 1_000_000 / 3
_GRACE = 60.0
"""Seconds that what is under way may take when a run is asked to end."""


@dataclass
class Runner:
    """What one run works with. ``listing``: sources still to be added, some at a time."""

    patient: Patient
    job: Job
    supply: Supply
    reader: Reader
    shown: Progress
    asked: Asked
    answering: Answering | None = None
    listing: Iterator[list[New]] | None = None
    forms: tuple[Form, ...] = ()
    watcher: Watcher = NOBODY
    added: Added = field(default_factory=Added)
    ending: str = ""
    _open: dict[int, tuple[Source, Open]] = field(default_factory=dict)
    _paid: dict[int, Sequence[Attempt]] = field(default_factory=dict)
    _batch: list[Outcome] = field(default_factory=list)
    _oldest: float = 0.0
    _renew_at: float = 0.0
    _stopped_at: float = 0.0

    @property
    def currency(self) -> str:
        """Of what asking costs; "" where nobody is asked."""
        return self.answering.model.currency if self.answering else ""

    def detail(self, ending: str) -> tuple[str, str] | None:
        """Why asking stopped, in Chinese and English; None where it was not for that that the run ended."""
        return self.answering.told(ending) if self.answering else None

    def work(self) -> str:
        """Work until nothing is left, or until it is to end; why it ended: ``finished``, ``stopped`` or a reason."""
        self._renew_at = time.monotonic() + _RENEWS
        while not self._is_over():
            self._list_some()
            self._stop_if_asked()
            self.supply.fill(may_read=self.answering is None or self.answering.has_room)
            waiting = [self.answering.wake] if self.answering else []
            for one in self.supply.collect(0.0 if self.listing else _POLL, waiting):
                self._took(one)
            for answered in self.answering.answered() if self.answering else ():
                self._answered(answered)
            if len(self._batch) >= _BATCH or (self._batch and time.monotonic() - self._oldest > _LONGEST_HELD):
                self._write()
            self._renew()
            self.shown.show()
        return self.ending or "finished"

    def _is_over(self) -> bool:
        if len(self._batch) >= len(self.supply.hand):  # nothing else is to be waited for
            self._write()
        if self._stopped_at and time.monotonic() - self._stopped_at > _GRACE:
            self._write()
            return True
        if self.listing is not None or self._batch or not self.supply.is_over:
            return False
        return bool(self.ending) or not self._more_came()

    def _more_came(self) -> bool:
        """Whether there is something to claim after all: given back by a run that died, or by ourselves."""
        self.patient.write(partial(runs.return_lost, job=self.job.id))
        self.supply.look_again()
        self.supply.fill()
        return not self.supply.is_over

    def _list_some(self) -> None:
        if self.listing is None:
            return
        batch = next(self.listing, None)
        if batch is None:
            self.listing, self.shown.grows = None, False
            return
        added = self.patient.write(partial(add, job=self.job, sources=batch))
        self.added += added
        self.shown.total += added.new
        self.shown.settled -= added.changed
        if added.new or added.changed:
            self.supply.look_again()

    def _stop_if_asked(self) -> None:
        if self.asked.number and not self.ending:
            self._stop("stopped")

    def _stop(self, why: str) -> None:
        self.ending, self._stopped_at, self.listing = why, time.monotonic(), None
        self.supply.stop()
        if self.answering:
            unasked = self.answering.stop()
            self.supply.let_go(unasked)
            for key in unasked:
                self._open.pop(key, None)

    def _took(self, one: Supplied) -> None:
        if isinstance(one.result, Open) and self.answering is not None:
            if self.ending:
                self.supply.let_go([one.source.id])
                return
            self._open[one.source.id] = (one.source, one.result)
            self.answering.ask(one.source.id, one.result.questions)
        elif not isinstance(one.result, Open):
            self._put(Outcome(one.source, one.result, self._paid.pop(one.source.id, ())))

    def _answered(self, one: Answered) -> None:
        source, draft = self._open.pop(one.source, (None, None))
        if source is None or draft is None or source.id not in self.supply.hand:
            return
        for attempt in one.attempts:
            self.watcher.see(_call(self.job, source, attempt, self.currency))
        if one.verdict == "settle":
            self._paid[source.id] = one.attempts
            task = ToSettle(draft.draft, one.answers, draft.file, source.name, source.told.get("url"))
            self.supply.settle(source, task)
            return
        self._put(Outcome(source, None, one.attempts))
        if one.verdict == "stop" and not self.ending:
            self._stop(one.reason)

    def _put(self, outcome: Outcome) -> None:
        self._oldest = self._oldest if self._batch else time.monotonic()
        self._batch.append(outcome)

    def _write(self) -> None:
        """Write what is ready, with those of the same bytes that waited for it."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        done, held = self.patient.write(partial(self._written, batch=batch))
        for one in [*batch, *held]:
            self.supply.done(one.source)
            self._tell(one)
        self.shown.ended(done.states, [attempt for one in batch for attempt in one.attempts])
        self.supply.look_again()
        if done.lost:
            self._renew_at = 0.0

    def _written(self, connection: Connection, batch: Sequence[Outcome]) -> tuple[Written, list[Outcome]]:
        first = write(connection, self.supply.run, batch, self.reader, self.forms)
        by_id = {source.id: source for source in first.done.values()}
        held = [
            Outcome(follower, Same(by_id[one.source.id]))
            for one in batch
            if one.source.id in by_id
            for follower in self.supply.followers(one.source)
        ]
        if not held:
            return first, []
        second = write(connection, self.supply.run, held, self.reader, self.forms)
        return Written(first.states + second.states, first.done, first.lost | second.lost), held

    def _renew(self) -> None:
        if time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + _RENEWS
        run = self.supply.run
        if self.patient.write(partial(runs.renew, run=run)):
            if self.patient.write(partial(runs.return_lost, job=self.job.id)):
                self.supply.look_again()
            return
        new = self.patient.write(partial(runs.start_run, job=self.job.id, key=run.key))
        self._batch.clear()
        self._open.clear()
        self._paid.clear()
        self.supply.start_anew(new)

    def _tell(self, one: Outcome) -> None:
        result = one.result
        error: Mapping[str, object] = getattr(result, "error", None) or {}
        code = str(error.get("code", "")) if isinstance(error, Mapping) else type(error).__name__
        state = (
            "returned" if result is None else "skipped" if isinstance(result, Same) else "failed" if code else "done"
        )
        self.watcher.see(Event("report_ended", self.job.name, str(one.source.id), outcome=state, code=code))


def _call(job: Job, source: Source, attempt: Attempt, currency: str) -> Event:
    tokens = attempt.tokens
    return Event(
        "call_ended",
        job.name,
        str(source.id),
        attempt.kind,
        attempt.model,
        attempt.outcome,
        seconds=getattr(attempt, "took", None),
        waited=getattr(attempt, "waited", None),
        tokens_in=tokens.into,
        tokens_cached=tokens.cached,
        tokens_out=tokens.out,
        cost=attempt.cost,
        currency=currency,
    )


def counts_now(patient: Patient, job: Job) -> dict[jobs.State, int]:
    """A job's counts as they stand."""
    return patient.read(partial(jobs.counts, job_id=job.id))
