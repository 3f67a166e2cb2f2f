"""A job of many reports on one machine: rate on two cores and on one, overhead, memory, growth, status of a million.

``python -m bench.bulk [COUNT]`` (10,000). Reports of plain text are generated first; each is a report of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from extractor.bulk import jobs, runs
from extractor.bulk.jobs import Terms
from extractor.store import create_store, open_store
from extractor.store.job_tables import job_source
from tests import postgres
from tests.generator import generate
from tests.stores import settings_for

COUNT = 10_000
MODELS = 400
ROWS = 1_000_000
_MB = 1_000_000
_BATCH = 20_000
_LOOKS = 0.5


@dataclass(frozen=True)
class Ran:
    """How a command went: seconds, and the most memory of all its processes together, in the middle and at the end."""

    seconds: float
    peak: int
    middle: int
    late: int


def main(count: int) -> None:
    """Measure, and print each figure with its level."""
    with tempfile.TemporaryDirectory(prefix="extractor-bench-") as folder:
        here = Path(folder)
        make(here / "in", count)
        make(here / "tenth", count // 10)
        measure(here, count)
        rows_of_a_million(f"sqlite:///{here}/million.db", "SQLite")
    try:
        rows_of_a_million(postgres.database("million"), "PostgreSQL")
    except pytest.skip.Exception as error:
        print(f"a million rows on PostgreSQL: not measured ({error})")


def make(folder: Path, count: int) -> None:
    """So many reports of plain text, all different: generated ones, each again with a last line of its own."""
    models, seed = list[bytes](), 0
    while len(models) < min(MODELS, count):
        seed += 1
        made = generate(seed)
        models += [made.data] if made.name.endswith(".txt") else []
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(models[number % len(models)] + f"\n{number}\n".encode())


def measure(here: Path, count: int) -> None:
    """Plain extraction and bulk runs over the same files."""
    two, one = sorted(os.sched_getaffinity(0))[:2], sorted(os.sched_getaffinity(0))[:1]
    plain = run(["extract", str(here / "in"), "--out", str(here / "out"), "--jobs", "2"], here / "none.db", two)
    both = run(["bulk", "run", str(here / "in"), "--jobs", "2"], here / "two.db", two)
    tenth = run(["bulk", "run", str(here / "tenth"), "--jobs", "2"], here / "tenth.db", two)
    alone = run(["bulk", "run", str(here / "in"), "--jobs", "1"], here / "one.db", one)
    again = run(["bulk", "run", str(here / "in"), "--jobs", "2"], here / "two.db", two)
    tell("rate on two cores", f"{count / both.seconds:.0f} reports a second", ok=True)
    tell(
        "two cores to one", f"{alone.seconds / both.seconds:.2f} (at least 1.8)", ok=alone.seconds >= 1.8 * both.seconds
    )
    over = both.seconds / plain.seconds - 1
    tell("overhead over plain extraction", f"{over:.1%} (at most 15%)", ok=over <= 0.15)
    tell("memory of all processes", f"{both.peak / _MB:.0f} MB (at most 500)", ok=both.peak <= 500 * _MB)
    grown = both.late / max(both.middle, 1)
    tell("memory at the end to the middle", f"{grown:.2f} (at most 1.1: flat)", ok=grown <= 1.1)
    ratio = both.seconds / tenth.seconds
    tell("ten times as many", f"{ratio:.1f} times as long (at most 10.5)", ok=ratio <= 10.5)
    tell("the same folder again", f"{again.seconds:.1f} s, nothing read", ok=True)


def run(arguments: list[str], database: Path, cores: list[int]) -> Ran:
    """A command on some cores, by rule."""
    env = {**os.environ, "EXTRACTOR_DATABASE_URL": str(database), "EXTRACTOR_LANGUAGE": "en"}
    command = [sys.executable, "-m", "extractor.cli", *arguments, "--engine", "rules"]
    begun, seen, before = time.perf_counter(), list[int](), os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    os.sched_setaffinity(0, before)
    looking = threading.Thread(target=_look, args=(process, seen))
    looking.start()
    process.wait()
    took = time.perf_counter() - begun
    looking.join()
    half = seen[len(seen) // 4 : len(seen) // 2] or [0]
    late = seen[3 * len(seen) // 4 :] or [0]
    return Ran(took, max(seen, default=0), sum(half) // len(half), sum(late) // len(late))


def _look(process: subprocess.Popen[bytes], seen: list[int]) -> None:
    while process.poll() is None:
        seen.append(sum(map(_share, [process.pid, *_children(process.pid)])))
        time.sleep(_LOOKS)


def _children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    except OSError:
        return []
    return [int(one) for one in found]


def _share(pid: int) -> int:
    """A process's share of memory (PSS) in bytes: what several use together is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def rows_of_a_million(address: str, name: str) -> None:
    """Status, and the first claim of a run, on a job of a million sources."""
    create_store(settings_for(address))
    store = open_store(settings_for(address))
    with store.writing() as connection:
        job = jobs.open_job(connection, "bulk", Terms("1", "rules", "k"))
    for first in range(0, ROWS, _BATCH):
        rows = [
            {"job_id": job.id, "name": f"{number:07}.txt", "path": b"/in", "state": _state(number), "tries": 0}
            for number in range(first, first + _BATCH)
        ]
        with store.writing() as connection:
            connection.execute(insert(job_source), rows)
    with store.writing() as connection:
        connection.execute(text("ANALYZE"))
    store.close()
    env = {**os.environ, "EXTRACTOR_DATABASE_URL": address}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "extractor.cli", "bulk", "status"], env=env, check=True, capture_output=True)
    took = time.perf_counter() - begun
    tell(f"status of a million rows, {name}", f"{took:.2f} s (at most 2)", ok=took <= 2)
    begun = time.perf_counter()
    store = open_store(settings_for(address))
    with store.writing() as connection:
        begin = runs.start_run(connection, jobs.job_named(connection, "bulk").id, "k")
        jobs.counts(connection, begin.job)
        found = jobs.claim(connection, begin, 128)
    took = time.perf_counter() - begun
    store.close()
    tell(f"resuming a million rows, {name}", f"{took:.2f} s to the first {len(found)} (at most 2)", ok=took <= 2)


def _state(number: int) -> str:
    return "pending" if number % 2 else "failed" if number % 1000 == 0 else "done"


def tell(what: str, figure: str, *, ok: bool) -> None:
    """One figure."""
    print(f"bulk: {what}: {figure} {'ok' if ok else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
