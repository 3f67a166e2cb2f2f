"""Runs: who works on a job. A run holds a lease on every source it has claimed, and renews it by one row.

A run is dead when its lease is over, or when it ran on this machine and its process is gone: then its sources go back
at once, without waiting. Leases go by the database server's clock; a file on this machine has the machine's time since
it was started, which no setting of the clock changes. Both are alike for all who work on the job. Where the server's
clock is set forward, live runs are taken for dead: what they held is read again by whoever has it now, and written
once. Where it is set back, no lease lasts longer than a new one.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, text, update

from extractor.store.job_tables import COUNTERS, job_run, job_source

Kind = Literal["local", "deferred", "cluster"]
DEFERRED: Kind = "deferred"
"""A run of files that an endpoint works on: it goes on between the processes that submit and collect."""

LEASE = 60_000_000
"""Microseconds that a run may be silent for before others take what it holds."""

MOST_TRIES = 5
"""Tries of a source after which it fails as one that ends whoever reads it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One worker (or group of workers) on a job. ``key``: of the terms it works under."""

    id: int
    job: int
    key: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as told: times in microseconds since 1970; ``sums`` by the names of ``COUNTERS``, money in 10⁻¹²."""

    id: int
    kind: str
    place: str
    started_at: int
    ended_at: int | None
    ending: str | None
    sums: Mapping[str, int]


def start_run(connection: Connection, job: int, key: str, kind: Kind = "local", *, lease: int = LEASE) -> Run:
    """A new run of this process; sources of dead ones are given back first."""
    return_lost(connection, job)
    values = {
        "job_id": job,
        "kind": kind,
        "place": place(),
        "process": process(),
        "key": key,
        "started_at": wall_clock_of(connection),
        "alive_until": lease_clock_of(connection) + lease,
    }
    made = connection.execute(insert(job_run).values(values)).inserted_primary_key
    return Run(int(made[0]) if made else 0, job, key)


def renew(connection: Connection, run: Run, *, lease: int = LEASE) -> bool:
    """Go on holding what the run has claimed; False where others have taken it for dead: all of it is lost then."""
    alive = update(job_run).where(job_run.c.id == run.id, job_run.c.ended_at.is_(None))
    return bool(connection.execute(alive.values(alive_until=lease_clock_of(connection) + lease)).rowcount)


def is_open(connection: Connection, run: Run) -> bool:
    """Whether nobody has ended the run; so it stays until the transaction ends."""
    alive = select(job_run.c.id).where(job_run.c.id == run.id, job_run.c.ended_at.is_(None))
    return connection.execute(alive.with_for_update(read=True)).first() is not None


def end_run(connection: Connection, run: Run, ending: str) -> None:
    """The run is over, for the reason ``ending``; what it still holds goes back, untried."""
    mine = (job_source.c.job_id == run.job, job_source.c.state == "running", job_source.c.run_id == run.id)
    connection.execute(update(job_source).where(*mine).values(state="pending", run_id=None))
    ended = {"ended_at": wall_clock_of(connection), "ending": ending}
    connection.execute(update(job_run).where(job_run.c.id == run.id, job_run.c.ended_at.is_(None)).values(ended))


def return_lost(connection: Connection, job: int) -> int:
    """Give back what dead runs hold, each source tried once more; how many sources.

    A lease that ends later than a new one would was granted before the clock was set back, and is cut to a new one's.
    """
    now, returned = lease_clock_of(connection), 0
    columns = (job_run.c.id, job_run.c.kind, job_run.c.place, job_run.c.process, job_run.c.alive_until)
    wanted = select(*columns).where(job_run.c.job_id == job, job_run.c.ended_at.is_(None)).order_by(job_run.c.id)
    for row in connection.execute(wanted.with_for_update(skip_locked=True)).all():
        if row.alive_until < now or (row.kind != DEFERRED and is_gone(connection, row.place, row.process)):
            returned += _returned(connection, job, row.id)
        elif row.kind != DEFERRED and row.alive_until > now + LEASE:
            connection.execute(update(job_run).where(job_run.c.id == row.id).values(alive_until=now + LEASE))
    if returned:
        fail_poison(connection, job)
    return returned


def fail_poison(connection: Connection, job_id: int) -> int:
    """Fail what was tried too often; how many there were."""
    wanted = (job_source.c.job_id == job_id, job_source.c.state == "pending", job_source.c.tries >= MOST_TRIES)
    error = {
        "code": "poison",
        "message": f"每次读取都使进程终止，已试 {MOST_TRIES} 次",
        "message_en": f"whoever reads it ends; tried {MOST_TRIES} times",
    }
    done = connection.execute(
        update(job_source).where(*wanted).values(state="failed", error=json.dumps(error, ensure_ascii=False))
    )
    return done.rowcount


def held_by_deferred(connection: Connection, job: int) -> int:
    """How many sources wait for a batch, perhaps for weeks: nobody else is to wait for them."""
    living = select(job_run.c.id).where(
        job_run.c.job_id == job, job_run.c.kind == DEFERRED, job_run.c.ended_at.is_(None)
    )
    held = (job_source.c.job_id == job, job_source.c.state == "running", job_source.c.run_id.in_(living))
    return int(connection.execute(select(func.count()).select_from(job_source).where(*held)).scalar_one())


def runs_of(connection: Connection, job: int, limit: int = 20) -> list[RunRow]:
    """The last runs of a job, the newest first."""
    wanted = select(job_run).where(job_run.c.job_id == job).order_by(job_run.c.id.desc()).limit(limit)
    return [
        RunRow(row.id, row.kind, row.place, row.started_at, row.ended_at, row.ending, _sums(row._mapping))
        for row in connection.execute(wanted)
    ]


def sums_of(connection: Connection, job: int) -> dict[str, int]:
    """What all runs of a job add up to, by the names of ``COUNTERS``; money in 10⁻¹²."""
    sums = [func.coalesce(func.sum(job_run.c[name]), 0).label(name) for name in COUNTERS]
    return _sums(connection.execute(select(*sums).where(job_run.c.job_id == job)).one()._mapping)


def sums_of_run(connection: Connection, run: Run) -> dict[str, int]:
    """What one run adds up to, by the names of ``COUNTERS``; money in 10⁻¹²."""
    columns = [job_run.c[name] for name in COUNTERS]
    return _sums(connection.execute(select(*columns).where(job_run.c.id == run.id)).one()._mapping)


def count_in(connection: Connection, run: Run, more: Mapping[str, int]) -> None:
    """Add to a run's sums."""
    values = {name: job_run.c[name] + more[name] for name in more if more[name]}
    if values:
        connection.execute(update(job_run).where(job_run.c.id == run.id).values(values))


def wall_clock_of(connection: Connection) -> int:
    """Now by the database's clock, in microseconds since 1970."""
    if connection.dialect.name == "sqlite":
        return time.time_ns() // 1000
    return int(
        connection.execute(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")).scalar_one()
    )


def lease_clock_of(connection: Connection) -> int:
    """Now by the clock of leases, in microseconds."""
    if connection.dialect.name != "sqlite":
        return wall_clock_of(connection)
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.clock_gettime_ns(clock) if clock is not None else time.time_ns()) // 1000


def is_gone(connection: Connection, where: str, which: str) -> bool:
    """Whether a run's process is known to be gone: it was here, or the file's machine has been started anew."""
    if where == place():
        return which != process(int(which.partition(":")[0]))
    (machine, started, _), (this_machine, this_start, _) = where.split("|"), place().split("|")
    return connection.dialect.name == "sqlite" and machine == this_machine and started != this_start


@lru_cache(maxsize=1)
def place() -> str:
    """This machine since it was started, and its table of processes (a container has its own)."""
    return "|".join([platform.node(), _read("/proc/sys/kernel/random/boot_id"), _processes()])


def process(number: int | None = None) -> str:
    """A process by its number and start (this one without ``number``); "" where there is none."""
    number = os.getpid() if number is None else number
    told = _read(f"/proc/{number}/stat")
    if told:
        return f"{number}:{told.rpartition(')')[2].split()[19]}"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return f"{number}:"


def _returned(connection: Connection, job: int, run: int) -> int:
    held = (job_source.c.job_id == job, job_source.c.state == "running", job_source.c.run_id == run)
    values = {"state": "pending", "run_id": None, "tries": job_source.c.tries + 1}
    count = connection.execute(update(job_source).where(*held).values(values)).rowcount
    ended = {"ended_at": wall_clock_of(connection), "ending": "lost"}
    connection.execute(update(job_run).where(job_run.c.id == run).values(ended))
    return count


def _sums(row: Mapping[Any, Any]) -> dict[str, int]:
    return {name: int(row[name]) for name in COUNTERS}


def _processes() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
