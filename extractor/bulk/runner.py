"""One process that works on a job: it lists, claims, has sources read and asked about, and writes what became of them.

The parts meet here in one loop and one thread: workers read (``supply``), a model answers (``answering``), and a few
dozen results at a time are written in one transaction (``settling``). Nothing is held but what is under way.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from extractor.bulk import jobs, ledger, runs
from extractor.bulk.adding import add
from extractor.bulk.ending import Asked
from extractor.bulk.jobs import Added, Job, New, Source
from extractor.bulk.patience import Patient
from extractor.bulk.reading import Open, ToSettle
from extractor.bulk.settling import Outcome, Same, Written, write
from extractor.bulk.showing import Progress
from extractor.bulk.supply import Supplied, Supply, Turn
from extractor.bulk.watch import NOBODY, Event, Watcher
from extractor.errors import CrashedError
from extractor.forms import Form
from extractor.store.readings import Reader
from extractor.workers import Lost

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
    """What one run works with. ``listing``: sources still to be added, some at a time.

    ``unanswered``: reports that are settled without an answer to some question, by reason.
    """

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
    unanswered: Counter[str] = field(default_factory=Counter)
    _open: dict[int, tuple[Source, Open]] = field(default_factory=dict)
    _paid: dict[int, Sequence[Attempt]] = field(default_factory=dict)
    _late: set[int] = field(default_factory=set)
    _since: dict[int, float] = field(default_factory=dict)
    _batch: list[Outcome] = field(default_factory=list)
    _oldest: float = 0.0
    _renew_at: float = 0.0
    _stopped_at: float = 0.0

    def __post_init__(self) -> None:
        self.supply.told = self._supplied
        self.supply.told_added = self._note_added

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
        self._tell_returned(self._since.keys())
        return self.ending or "finished"

    def _is_over(self) -> bool:
        if len(self._batch) >= len(self.supply.hand):  # nothing else is to be waited for
            self._write()
        if self._stopped_at and time.monotonic() - self._stopped_at > _GRACE:
            self._write()
            return True
        if self.listing is not None or self._batch or self._late or not self.supply.is_over:
            return False
        return bool(self.ending) or not self._more_came()

    def _more_came(self) -> bool:
        """Whether there is something to claim after all: given back by a run that died, or by ourselves."""
        if self._return_lost() is None:
            self._begin_anew()
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
        self._note_added(added)
        if added.new or added.changed:
            self.supply.look_again()

    def _note_added(self, added: Added) -> None:
        self.shown.total += added.new + added.reopened
        self.shown.settled += added.failed - (added.changed - added.reopened)
        self.shown.states["failed"] += added.failed

    def _stop_if_asked(self) -> None:
        if self.asked.number and not self.ending:
            self._stop("stopped")

    def _stop(self, why: str) -> None:
        self.ending, self._stopped_at, self.listing = why, time.monotonic(), None
        self.supply.stop()
        if self.answering:
            unasked = [*self.answering.stop(), *(self._late & self._open.keys())]
            self.supply.let_go(unasked)
            for key in unasked:
                self._open.pop(key, None)
        self._tell_returned(self._since.keys() - self.supply.hand.keys())

    def _took(self, one: Supplied) -> None:
        if isinstance(one.result, Open) and self.answering is not None:
            if self.ending:
                self.supply.let_go([one.source.id])
                return
            self._open[one.source.id] = (one.source, one.result)
            if one.source.id not in self._late:
                self.answering.ask(one.source.id, one.result.questions)
        elif not isinstance(one.result, Open):
            self._put(Outcome(one.source, one.result, self._paid.pop(one.source.id, ())))

    def _answered(self, one: Answered) -> None:
        for attempt in one.attempts:
            self.watcher.see(_call(self.job, one.source, attempt, self.currency))
        if one.source in self._late:
            self._answered_late(one)
            return
        source, draft = self._open.pop(one.source, (None, None))
        if source is None or draft is None or source.id not in self.supply.hand:
            return
        if one.verdict == "settle":
            self._paid[source.id] = one.attempts
            self.unanswered.update({answer.failure for answer in one.answers.values() if answer.failure})
            task = ToSettle(draft.draft, one.answers, draft.file, source.name, source.told.get("url"))
            self.supply.settle(source, task)
            return
        self._put(Outcome(source, None, one.attempts))
        if one.verdict == "stop" and not self.ending:
            self._stop(one.reason)

    def _answered_late(self, one: Answered) -> None:
        """What was asked before others took this run for dead: its calls are noted, and what is ours again is asked."""
        self._late.discard(one.source)
        self.patient.write(partial(ledger.note_calls, run=self.supply.run, attempts={one.source: one.attempts}))
        if one.verdict == "stop" and not self.ending:
            self._stop(one.reason)
        if self.answering and one.source in self._open:
            self.answering.ask(one.source, self._open[one.source][1].questions)

    def _put(self, outcome: Outcome) -> None:
        self._oldest = self._oldest if self._batch else time.monotonic()
        self._batch.append(outcome)

    def _write(self) -> None:
        """Write what is ready, with those of the same bytes that waited for it."""
        batch = self._batch
        if not batch:
            return
        done, held = self.patient.write(partial(self._written, batch=batch))
        self._batch = []
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
        returned = self._return_lost()
        if returned is None:
            self._begin_anew()
        elif returned:
            self.supply.look_again()

    def _return_lost(self) -> int | None:
        """Give back what dead runs hold; this one lives, whatever the clock says. None: others took it for dead."""

        def write(connection: Connection) -> int | None:
            is_alive = runs.renew(connection, self.supply.run)
            return runs.return_lost(connection, self.job.id) if is_alive else None

        return self.patient.write(write)

    def note_rest(self, patient: Patient) -> None:
        """Stop asking, and note calls that were made for reports which go back unfinished.

        Raises:
            StoreError: the store cannot be written to.
        """
        paid, run = self._unwritten() | (self.answering.end() if self.answering else {}), self.supply.run

        def write(connection: Connection) -> None:
            written = jobs.settled_by(connection, run, self._unwritten())
            ledger.note_calls(connection, run, {key: calls for key, calls in paid.items() if key not in written})

        if paid:
            patient.write(write)
        self._paid.clear()
        self._batch.clear()

    def _unwritten(self) -> dict[int, Sequence[Attempt]]:
        """Attempts for reports that are answered and not written yet."""
        return self._paid | {one.source.id: one.attempts for one in self._batch if one.attempts}

    def _begin_anew(self) -> None:
        """Others have taken this run for dead and have what it held; what it has paid for is noted all the same."""
        run = self.supply.run
        paid = self._unwritten()

        def write(connection: Connection) -> runs.Run:
            ledger.note_calls(connection, run, paid)
            return runs.start_run(connection, self.job.id, run.key)

        new = self.patient.write(write)
        self._renew_at = time.monotonic() + _RENEWS
        self._tell_returned(self._since.keys())
        self._late |= self._open.keys()
        self._batch.clear()
        self._open.clear()
        self._paid.clear()
        self.supply.start_anew(new)

    def _supplied(self, source: Source, turn: Turn) -> None:
        if turn == "claimed":
            self._since[source.id] = time.monotonic()
            self.watcher.see(Event("report_started", self.job.name, str(source.id)))
            return
        if turn == "opened":
            self.shown.total -= 1
        else:
            self.shown.ended({"failed": 1}, ())
        self._ended(source.id, turn)

    def _tell_returned(self, sources: Iterable[int]) -> None:
        for source in list(sources):
            self._ended(source, "returned")

    def _ended(self, source: int, outcome: str, code: str = "") -> None:
        since = self._since.pop(source, None)
        if since is not None:
            took = time.monotonic() - since
            self.watcher.see(
                Event("report_ended", self.job.name, str(source), outcome=outcome, code=code, seconds=took)
            )

    def _tell(self, one: Outcome) -> None:
        outcome, code = _outcome_of(one)
        self._ended(one.source.id, outcome, code)


def _outcome_of(one: Outcome) -> tuple[str, str]:
    """What an event tells of a source: what became of it, and the code of its error."""
    result = one.result
    if isinstance(result, Same):
        return "skipped", ""
    if isinstance(result, Lost):
        return "returned" if isinstance(result.error, CrashedError) else "failed", result.error.code
    if result is None:
        return "returned", ""
    return ("failed", str(result.error.get("code", ""))) if result.error else ("done", "")


def _call(job: Job, source: int, attempt: Attempt, currency: str) -> Event:
    called = Event("call_ended", job.name, str(source), attempt.kind, attempt.model, attempt.outcome)
    return replace(called, seconds=attempt.took, waited=attempt.waited).paid(attempt, currency)


def counts_now(patient: Patient, job: Job) -> dict[jobs.State, int]:
    """A job's counts as they stand."""
    return patient.read(partial(jobs.counts, job_id=job.id))
