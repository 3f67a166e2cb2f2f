"""Asking by the day: questions in batches at half the price (docs/deferred.md).

``submit`` reads the sources of a job by rule and sends what they leave open; ``collect`` takes the answers when they
are there, reads the sources again and finishes them, and sends what expired, failed or was not valid. Either can be
ended at any moment and called again. Sources that wait are held by one run of the job, which lives from the first call
to the last.
"""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection, delete, select

from extractor.bulk import jobs
from extractor.bulk.deferred_batches import UNDER_WAY, Batch, batches_of, owners_of_awaited
from extractor.bulk.deferred_desk import Desk, Manners, Tally
from extractor.bulk.deferred_endpoint import BatchEndpoint
from extractor.bulk.deferred_lock import locked
from extractor.bulk.deferred_post import Post
from extractor.bulk.deferred_questions import forget_unwanted, pending_count, question_counts
from extractor.bulk.deferred_reading import Reading
from extractor.bulk.deferred_taking import Taking
from extractor.bulk.jobs import Job
from extractor.bulk.patience import Patient
from extractor.bulk.reading import Manner
from extractor.bulk.runs import Run, end_run, renew, start_run
from extractor.bulk.supply import Supply
from extractor.bulk.terms import differing
from extractor.bulk.watch import NOBODY, Watcher
from extractor.errors import ExtractorError, JobError, StoreError
from extractor.llm.money import Purse
from extractor.load.archive.names import Skipped
from extractor.settings import Settings
from extractor.store import Store
from extractor.store.deferred_tables import deferred_source, deferred_wait
from extractor.store.job_tables import job_run, job_source

LEASE = 45 * 24 * 3600 * 1_000_000
"""Microseconds for which sources are held: longer than any batch lives."""

_LONGEST_PAUSES = 10
"""The pause between looks grows up to so many times that of the settings."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What ``submit`` and ``collect`` work with. ``skipped``: who is told what archives hold that is not read."""

    store: Store
    job: Job
    manner: Manner
    settings: Settings
    workers: int = 1
    watcher: Watcher = NOBODY
    skipped: Callable[[list[Skipped]], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job's deferred part stands: questions by state, its batches, and what the last call did.

    ``waiting``: questions without an answer that the job's sources wait for, be they in batches of other jobs.
    """

    questions: dict[str, int]
    batches: list[Batch]
    sources: dict[str, int]
    tally: Tally
    waiting: int

    @property
    def is_over(self) -> bool:
        """Whether nothing is waited for, and nothing under way."""
        return not self.waiting and not any(batch.state in UNDER_WAY for batch in self.batches)


def submit(terms: Terms) -> Standing:
    """Read the job's pending sources, finish those that leave nothing open, and send the others' questions.

    Raises:
        AskingError: the provider does not take them. What was read and sent stays so.
        JobError: another process is at work on the same.
        StoreError: the store cannot be used.
    """
    with _alone(terms) as (desk, reading, hold):
        supply = Supply(desk.patient, desk.job, desk.run, terms.manner, workers=terms.workers, skipped=terms.skipped)
        try:
            reading.read(supply)
        finally:
            supply.close()
        reading.settle()
        hold()
        tally = asyncio.run(_visit(desk, may_take=False))
        return _standing(desk, reading, tally)


def collect(terms: Terms, *, wait: bool = False, pause: Callable[[float], None] = time.sleep) -> Standing:
    """Take what has been answered, finish the sources that waited for it, and send again what has to be.

    ``wait``: until nothing is under way any more; else one look.

    Raises:
        AskingError, JobError, StoreError: as ``submit``.
    """
    with _alone(terms) as (desk, reading, hold):
        seconds = first = terms.settings.seconds_between_polls
        while True:
            hold()
            tally = _visited(desk, reading)
            if reading.settle() and not wait:
                more = asyncio.run(_visit(desk, may_take=False))  # what settling found to be missing yet
                tally.is_over_budget |= more.is_over_budget
            standing = _standing(desk, reading, tally)
            if standing.is_over:
                _end(desk)
            if standing.is_over or not wait or tally.is_over_budget:
                return standing
            moved = tally.batches["collected"] or tally.batches["created"]
            seconds = first if moved else min(seconds * 1.5, first * _LONGEST_PAUSES)
            pause(seconds)


def _visited(desk: Desk, reading: Reading) -> Tally:
    """A visit; where it fails, what has been answered is settled before that is told."""
    try:
        return asyncio.run(_visit(desk, may_take=True))
    except StoreError:
        raise
    except ExtractorError:
        reading.settle()
        raise


async def _visit(desk: Desk, *, may_take: bool) -> Tally:
    """Everything that is done at the provider in one go."""
    endpoint = BatchEndpoint(desk.settings)
    try:
        post = Post(desk, endpoint)
        if may_take:
            await Taking(desk, endpoint, post.tally).take()
            for owner in desk.patient.read(partial(_owners_of_awaited, desk=desk)):
                with suppress(JobError), locked(desk.patient.store, owner.job):  # else another process takes it
                    await _take_for(owner, endpoint, post.tally)
        await post.send()
        await post.clear()
        if post.refusal is not None:
            raise post.refusal
        return post.tally
    finally:
        await endpoint.close()


async def _take_for(owner: Desk, endpoint: BatchEndpoint, tally: Tally) -> None:
    post = Post(owner, endpoint, tally)
    await post.go_on()
    await Taking(owner, endpoint, tally).take()
    await post.clear()


def _owners_of_awaited(connection: Connection, desk: Desk) -> list[Desk]:
    """The desks of other jobs in whose batches lies what this one waits for."""
    found = []
    for owner in owners_of_awaited(connection, desk.job.id):
        of = (job_run.c.job_id == owner, job_run.c.kind == "deferred")
        row = connection.execute(select(job_run).where(*of).order_by(job_run.c.id.desc()).limit(1)).one()
        job = next(one for one in jobs.jobs_of(connection) if one.id == owner)
        found.append(replace(desk, job=job, run=Run(row.id, owner, row.key)))
    return found


def _standing(desk: Desk, reading: Reading, tally: Tally) -> Standing:
    def look(connection: Connection) -> Standing:
        job = desk.job.id
        counts, waiting = question_counts(connection, job), pending_count(connection, job)
        return Standing(counts, batches_of(connection, job), dict(reading.counts), tally, waiting)

    return desk.patient.read(look)


# ---- the run that holds what waits ---------------------------------------------------------------------------------
@contextmanager
def _alone(terms: Terms) -> Iterator[tuple[Desk, Reading, Callable[[], None]]]:
    """The desk, for this process alone, and what makes sure that it still is so."""
    patient = Patient(terms.store)
    models = dict.fromkeys(
        name.strip() for name in (terms.settings.model, terms.settings.fallback_model) if name.strip()
    )
    if not models or terms.manner.engine is None:
        raise JobError(
            "batches need a model: set EXTRACTOR_MODEL (docs/model.md)", "批处理需要模型：请设置 EXTRACTOR_MODEL"
        )
    with locked(terms.store, terms.job) as hold:
        run = patient.write(lambda connection: _run(connection, terms.job))
        patient.write(lambda connection: _tidy(connection, run))
        purse = Purse(terms.settings.budget_per_run, tokens=terms.settings.tokens_per_run)
        manners = Manners(patient, run, terms.settings, purse)
        desk = Desk(patient, terms.job, run, terms.settings, terms.watcher, tuple(models), purse, manners)
        yield desk, Reading(desk, terms.manner, list(models), terms.workers), partial(patient.again, hold)


def check_submitted(connection: Connection, job: Job, terms: jobs.Terms) -> None:
    """See that what the job's sources wait for was asked under these terms.

    Raises:
        JobError: it was not: its answers are none under these terms, and would be given up.
    """
    waits = select(deferred_source.c.source_id).where(deferred_source.c.job_id == job.id).limit(1)
    keys = {run.key for run in _open_runs(connection, job.id)}
    if not keys or terms.key in keys or connection.execute(waits).first() is None:
        return
    other = differing(job.terms, terms) if job.terms.key in keys else ""
    other_zh, other_en = (f"（{other}）", f" ({other})") if other else ("", "")
    again = f"extractor bulk submit --job {shlex.quote(job.name)}"
    raise JobError(
        f"reports wait for answers to what was submitted with other settings{other_en}: collect with those, "
        f"or ask anew with these: {again}",
        f"有报告在等待以其他设置{other_zh}提交的问题的回答：请用原设置 collect，或用现在的设置重新提交：{again}",
    )


def _open_runs(connection: Connection, job: int) -> list[Run]:
    """Deferred runs that have not ended, the latest first."""
    wanted = select(job_run.c.id, job_run.c.key).where(job_run.c.job_id == job, job_run.c.kind == "deferred")
    rows = connection.execute(wanted.where(job_run.c.ended_at.is_(None)).order_by(job_run.c.id.desc())).all()
    return [Run(row.id, job, row.key) for row in rows]


def _run(connection: Connection, job: Job) -> Run:
    """The run that holds the job's waiting sources; one of other terms is over, its sources are pending again."""
    for run in _open_runs(connection, job.id):
        if run.key == job.terms.key and renew(connection, run, lease=LEASE):
            return run
        end_run(connection, run, "replaced")
    return start_run(connection, job.id, job.terms.key, "deferred", lease=LEASE)


def _tidy(connection: Connection, run: Run) -> None:
    """What a killed call left: sources claimed and not noted go back, notes of sources that were taken over go.

    So do questions for which nobody waits any more.
    """
    held = select(job_source.c.id).where(job_source.c.run_id == run.id, job_source.c.state == "running")
    noted = select(deferred_source.c.source_id).where(deferred_source.c.job_id == run.job)
    left = list(connection.execute(held.where(job_source.c.id.not_in(noted))).scalars())
    jobs.give_back(connection, run, left, tried=True)
    gone = noted.where(deferred_source.c.source_id.not_in(held))
    connection.execute(delete(deferred_wait).where(deferred_wait.c.source_id.in_(gone)))
    stale = (deferred_source.c.job_id == run.job, deferred_source.c.source_id.not_in(held))
    connection.execute(delete(deferred_source).where(*stale))
    forget_unwanted(connection, run.job)


def _end(desk: Desk) -> None:
    """Nothing waits any more: the run is over."""

    def end(connection: Connection) -> None:
        waiting = select(deferred_source.c.source_id).where(deferred_source.c.job_id == desk.job.id).limit(1)
        if connection.execute(waiting).first() is None:
            end_run(connection, desk.run, "finished")

    desk.patient.write(end)
