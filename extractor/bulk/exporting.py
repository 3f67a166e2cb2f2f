"""A job's reports on their way out: by name, each content once, in an order and with names that no timing changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, exists, select

from extractor.bulk import jobs, ledger, runs
from extractor.bulk.jobs import Job
from extractor.bulk.manifest import PartKind
from extractor.bulk.parts import About, Delivery, stored, write_parts
from extractor.bulk.patience import Patient
from extractor.bulk.reading import UNKNOWN_TYPE
from extractor.console import say
from extractor.record import Usage
from extractor.review.people import person_at_the_terminal
from extractor.settings import load_settings
from extractor.store import Store, open_store
from extractor.store.job_tables import job_source

_PAGE = 1000


def export(name: str, kind: PartKind, folder: Path) -> int:
    """Write the reports of the job ``name`` to ``folder``, and say how many; the exit status.

    Raises:
        JobError: there is no such job.
        StoreError, OutputError: the store, or the folder, cannot be used.
    """
    settings = load_settings()
    store = open_store(settings)
    try:
        job = Patient(store).read(partial(jobs.job_named, name=name))
        manifest = write_parts(folder, kind, deliveries(store, job), about(store, job))
    finally:
        store.close()
    count, parts = manifest.counts["reports"], len(manifest.parts)
    say(f"{count} 份，{parts} 个文件 → {folder}", f"{count} reports in {parts} parts → {folder}", settings.language)
    return 0


def deliveries(store: Store, job: Job) -> Iterator[Delivery]:
    """Every report of a job that is done or failed, each content under the first of its names."""
    after = ""
    while True:
        with store.reading() as connection:
            page = _page(connection, job.id, after)
        if not page:
            return
        after = page[-1].name
        for row in page:
            if row.state == "failed":
                yield _failure(row)
            else:
                told = json.loads(row.told) if row.told else {}
                yield from stored(store, person_at_the_terminal(), [(row.name, told.get("url"), row.report_id)])


def about(store: Store, job: Job) -> About:
    """What the manifest tells of a job: its engine and model, what it cost, how many sources it has."""
    with store.reading() as connection:
        sums = runs.sums_of(connection, job.id)
        inputs = sum(count for state, count in jobs.counts(connection, job.id).items() if state != "opened")
    tokens = (sums["calls"], sums["tokens_in"], sums["tokens_cached"], sums["tokens_out"])
    cost = Usage(
        *tokens, cost=f"{ledger.money(sums['cost']).normalize():f}", currency=str(job.terms.more.get("currency", "USD"))
    )
    return About(job.terms.engine, str(job.terms.more.get("model", "")), cost, inputs, job.name)


def _page(connection: Connection, job: int, after: str) -> list[Any]:
    """Sources by name; of the same bytes the first, whichever of them was read."""
    other = job_source.alias()
    settled = ("done", "skipped", "failed")
    earlier = exists().where(
        and_(
            other.c.sha256 == job_source.c.sha256,
            other.c.job_id == job_source.c.job_id,
            other.c.state.in_(settled),
            other.c.name < job_source.c.name,
        )
    )
    columns = [job_source.c[name] for name in ("name", "state", "report_id", "sha256", "error", "told")]
    wanted = select(*columns).where(job_source.c.job_id == job, job_source.c.state.in_(settled))
    found = wanted.where(job_source.c.name > after, ~earlier).order_by(job_source.c.name).limit(_PAGE)
    return list(connection.execute(found))


def _failure(row: Any) -> Delivery:
    """The object of a source that failed, in its own words: the store has those of any source with the same bytes."""
    told = json.loads(row.told) if row.told else {}
    source = {"name": row.name, "sha256": (row.sha256 or b"").hex(), "media_type": UNKNOWN_TYPE, "pages": None}
    error = json.loads(row.error or "{}")
    failed = {"source": {**source, "url": told.get("url")}, "error": error, "status": "failed"}
    key = hashlib.sha256(json.dumps(failed, sort_keys=True).encode()).hexdigest()
    return Delivery(row.name, key, lambda: failed)
