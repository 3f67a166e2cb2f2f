"""A job's sources in the store: added, claimed, ended; one row each, never claimed by two at once (docs/bulk.md).

Every function takes a connection of ``Store.writing`` or ``Store.reading``, so that a caller puts what belongs together
into one transaction. The life of a source::

    pending ──claim──▶ running ──finish──▶ done | failed | skipped | opened (an archive; its members are sources)
       ▲                  │
       └── give_back, or the run that held it is dead (then its ``tries`` grow by one)

A lease is the run's, not the row's: a run renews one row for all it holds (``extractor.bulk.runs``). A source that has
been tried before is claimed after all others and read alone: if it ends its run again, it is known which one it was,
or which few.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from operator import add
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from extractor.bulk.runs import Run, count_in, fail_poison, is_open, wall_clock_of
from extractor.errors import JobError
from extractor.store.job_tables import job, job_source
from extractor.store.statements import portions
from extractor.store.tables import finding

State = Literal["pending", "running", "done", "failed", "skipped", "opened"]
Ending = Literal["done", "failed", "skipped", "opened"]

MOST_AMONG_OTHERS = 2
"""Tries after which a source is claimed only when no other one that was tried is held: below ``runs.MOST_TRIES``, so
that whatever ends its runs is alone in the end, and nothing else fails with it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a job reads with. ``key`` names all of it: what was done under another key is not done.

    ``more``: whatever else a reading depends on (form, model, samples …), to be shown and compared.
    """

    version: str
    engine: str
    key: str
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A named job and the terms it was last run under."""

    id: int
    name: str
    terms: Terms
    created_at: int


@dataclass(frozen=True, slots=True)
class New:
    """A source to be added. ``changed``: of the file, nanoseconds; ``told``: what a manifest says of it."""

    name: str
    path: str
    size: int | None = None
    changed: int | None = None
    parent: int | None = None
    told: Mapping[str, Any] | None = None
    state: State = "pending"
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A source's row. ``parent``: the archive it lies in, a source too; ``error``: why it failed or was skipped."""

    id: int
    name: str
    path: str
    parent: int | None
    state: State
    tries: int
    told: dict[str, Any]
    key: str | None = None
    sha256: bytes | None = None
    report: int | None = None
    reading: int | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a claimed source. ``error``: the failed object's ``error``, or why it was skipped."""

    source: int
    state: Ending
    sha256: bytes | None = None
    report: int | None = None
    reading: int | None = None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """How many of the sources were new, changed (or done under another key), and there already.

    ``failed``: those of the new ones that cannot be read as it is; ``reopened``: archives among the changed ones whose
    members had become sources in place of them.
    """

    new: int = 0
    changed: int = 0
    known: int = 0
    failed: int = 0
    reopened: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(*map(add, astuple(self), astuple(other)))


def open_job(connection: Connection, name: str, terms: Terms) -> Job:
    """The job of that name under these terms, made where there is none."""
    values: dict[str, Any] = {
        "engine": terms.engine,
        "version": terms.version,
        "key": terms.key,
        "terms": told_as_text(dict(terms.more)),
    }
    known = connection.execute(update(job).where(job.c.name == name).values(values))
    if not known.rowcount:
        made = {"name": name, **values, "created_at": wall_clock_of(connection)}
        connection.execute(insert(job).values(made))
    return job_named(connection, name)


def job_named(connection: Connection, name: str) -> Job:
    """A job by its name.

    Raises:
        JobError: there is none.
    """
    row = connection.execute(select(job).where(job.c.name == name)).first()
    if row is None:
        known = ", ".join(one.name for one in jobs_of(connection)) or "-"
        raise JobError(f"there is no job {name!r}; jobs: {known}", f"没有名为 {name} 的任务；现有任务：{known}")
    return _job(row)


def jobs_of(connection: Connection) -> list[Job]:
    """Every job of the store, the oldest first."""
    return [_job(row) for row in connection.execute(select(job).order_by(job.c.id))]


def claim(connection: Connection, run: Run, limit: int) -> list[Source]:
    """Up to ``limit`` pending sources that nobody tried yet, in the order they were added; they are the run's now."""
    return _claimed(connection, run, limit, job_source.c.tries == 0)


def claim_suspect(connection: Connection, run: Run, *, is_alone: bool = True) -> list[Source]:
    """One source that was tried before and never ended, the least tried first; none where there is none.

    ``is_alone``: the run holds no other such source; where it does, only one that was tried seldom.
    """
    tried = job_source.c.tries > 0 if is_alone else job_source.c.tries.between(1, MOST_AMONG_OTHERS)
    return _claimed(connection, run, 1, tried)


def claim_members(connection: Connection, run: Run, archive: int, limit: int) -> list[Source]:
    """Up to ``limit`` pending members of an archive, suspects left out."""
    return _claimed(connection, run, limit, job_source.c.tries == 0, within=job_source.c.parent_id == archive)


def finish(connection: Connection, run: Run, ended: Sequence[Ended]) -> set[int]:
    """Write what became of sources; the ids that were still the run's. What another run has taken over stays as it is.

    To be called in the transaction that keeps the results, before they are kept: results of others' sources are not.
    """
    ours = held(connection, run, [one.source for one in ended])
    rows = [_ending(one, run) for one in ended if one.source in ours]
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _ENDING}
        connection.execute(update(job_source).where(job_source.c.id == bindparam("row")).values(values), rows)
        count_in(connection, run, _endings(one for one in ended if one.source in ours))
    return ours


def held(connection: Connection, run: Run, sources: Iterable[int]) -> set[int]:
    """Those of the sources that the run holds; they stay so until the transaction ends."""
    found: set[int] = set()
    for some in portions(sorted(sources)):
        wanted = select(job_source.c.id).where(job_source.c.id.in_(some), *_is_held(run)).order_by(job_source.c.id)
        found.update(connection.execute(wanted.with_for_update()).scalars())
    return found


def settled_by(connection: Connection, run: Run, sources: Iterable[int]) -> set[int]:
    """Those of the sources that the run itself has ended or given back: a commit that seemed to fail had succeeded."""
    found: set[int] = set()
    for some in portions(sorted(sources)):
        wanted = select(job_source.c.id).where(job_source.c.id.in_(some), job_source.c.run_id == run.id)
        found.update(connection.execute(wanted.where(job_source.c.state != "running")).scalars())
    return found


def give_back(connection: Connection, run: Run, sources: Iterable[int], *, tried: bool = False) -> int:
    """Make sources pending again; ``tried``: the process that read them ended. How many failed of too many tries.

    Until somebody claims them their rows tell which run had them last.
    """
    chosen = sorted(sources)
    for some in portions(chosen):
        held = update(job_source).where(job_source.c.id.in_(some), *_is_held(run))
        connection.execute(held.values(state="pending", tries=job_source.c.tries + int(tried)))
    failed = fail_poison(connection, run.job) if tried and chosen else 0
    count_in(connection, run, {"failed": failed})
    return failed


def retry_failed(connection: Connection, job_id: int, code: str | None = None) -> int:
    """Make failed sources that have a file pending again, with no tries; how many. ``code``: those with one error."""
    wanted = [job_source.c.state == "failed", job_source.c.path != b""]
    if code is not None:
        wanted.append(job_source.c.error.like(f'{{"code": "{_escaped(code)}"%', escape="\\"))
    return _put_back(connection, job_id, *wanted)


def retry_outdated(connection: Connection, job_id: int, key: str) -> int:
    """The same for what was done under another key than this one."""
    return _put_back(connection, job_id, job_source.c.state == "done", job_source.c.key != key)


def retry_found(connection: Connection, job_id: int, code: str) -> int:
    """The same for what was done and has a finding of this code."""
    with_it = select(finding.c.report_id).where(finding.c.code == code)
    return _put_back(connection, job_id, job_source.c.state == "done", job_source.c.report_id.in_(with_it))


def _put_back(connection: Connection, job_id: int, *wanted: ColumnElement[bool]) -> int:
    values = {"state": "pending", "tries": 0, "run_id": None, "error": None}
    return connection.execute(update(job_source).where(job_source.c.job_id == job_id, *wanted).values(values)).rowcount


def counts(connection: Connection, job_id: int) -> dict[State, int]:
    """How many sources are in each state: read from an index alone."""
    wanted = select(job_source.c.state, func.count()).where(job_source.c.job_id == job_id)
    found: dict[State, int] = {row[0]: row[1] for row in connection.execute(wanted.group_by(job_source.c.state))}
    return found


def sources_of(connection: Connection, job_id: int, *states: State, after: str = "", limit: int = 1000) -> list[Source]:
    """A page of a job's sources by name (in byte order), those behind ``after``; in all states where none is named."""
    wanted = select(*_COLUMNS).where(job_source.c.job_id == job_id, job_source.c.name > after)
    if states:
        wanted = wanted.where(job_source.c.state.in_(states))
    return [_source(row) for row in connection.execute(wanted.order_by(job_source.c.name).limit(limit))]


def source_with(connection: Connection, source: int) -> Source:
    """A source by its id."""
    return _source(connection.execute(select(*_COLUMNS).where(job_source.c.id == source)).one())


def done_already(connection: Connection, key: str, hashes: Iterable[bytes]) -> dict[bytes, Source]:
    """Of these contents, those that a source of any job has been read to the end from under ``key``."""
    found: dict[bytes, Source] = {}
    for some in portions(sorted(set(hashes))):
        wanted = select(*_COLUMNS).where(job_source.c.sha256.in_(some), job_source.c.state == "done")
        for row in connection.execute(wanted.where(job_source.c.key == key).order_by(job_source.c.id.desc())):
            found[bytes(row.sha256)] = _source(row)
    return found


_NAMES = (
    "id",
    "name",
    "path",
    "parent_id",
    "state",
    "tries",
    "told",
    "key",
    "sha256",
    "report_id",
    "reading_id",
    "error",
)
_COLUMNS = tuple(job_source.c[name] for name in _NAMES)
_ENDING = ("state", "key", "sha256", "report_id", "reading_id", "error", "tries")


def _claimed(
    connection: Connection, run: Run, limit: int, wanted: ColumnElement[bool], within: ColumnElement[bool] | None = None
) -> list[Source]:
    """Rows that no other transaction holds; SQLite has one writer, who sees them all. A run that has ended gets none.

    ``within``: in place of the run's whole job, which the databases would look through for them.
    """
    if not is_open(connection, run):
        return []
    mine = [job_source.c.job_id == run.job if within is None else within, job_source.c.state == "pending", wanted]
    order = (job_source.c.tries, job_source.c.id)
    chosen = select(*_COLUMNS).where(*mine).order_by(*order).limit(limit).with_for_update(skip_locked=True)
    rows = list(connection.execute(chosen))
    for some in portions([row.id for row in rows]):
        taken = update(job_source).where(job_source.c.id.in_(some))
        connection.execute(taken.values(state="running", run_id=run.id))
    return [_source(row) for row in rows]


def _is_held(run: Run) -> tuple[ColumnElement[bool], ...]:
    return (job_source.c.run_id == run.id, job_source.c.state == "running")


def _ending(one: Ended, run: Run) -> dict[str, Any]:
    values = {
        "state": one.state,
        "key": run.key,
        "sha256": one.sha256,
        "report_id": one.report,
        "reading_id": one.reading,
        "error": told_as_text(dict(one.error)) if one.error else None,
        "tries": 0,
    }
    return {"row": one.source, **{f"new_{name}": value for name, value in values.items()}}


def _endings(ended: Iterable[Ended]) -> dict[str, int]:
    found = {"done": 0, "failed": 0, "skipped": 0}
    for one in ended:
        if one.state in found:
            found[one.state] += 1
    return found


def _escaped(code: str) -> str:
    return code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace('"', '\\"')


def told_as_text(plain: Mapping[str, Any]) -> str:
    """Plain values as a row keeps them."""
    return json.dumps(plain, ensure_ascii=False)


def _job(row: Row[Any]) -> Job:
    terms = Terms(row.version, row.engine, row.key, json.loads(row.terms))
    return Job(row.id, row.name, terms, row.created_at)


def _source(row: Row[Any]) -> Source:
    return Source(
        row.id,
        row.name,
        os.fsdecode(bytes(row.path)),
        row.parent_id,
        row.state,
        row.tries,
        json.loads(row.told) if row.told else {},
        row.key,
        bytes(row.sha256) if row.sha256 else None,
        row.report_id,
        row.reading_id,
        json.loads(row.error) if row.error else None,
    )
