"""A job of many reports on one machine: rate on two cores and on one, overhead, memory, growth, status of a million.

``python -m bench.bulk [COUNT]`` (10,000). Reports of plain text are generated first; each is a report of its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bench.lines import tell
from extractor.bulk import jobs, runs
from extractor.bulk.jobs import Terms
from extractor.store import create_store, open_store
from extractor.store.job_tables import job_source
from tests import postgres
from tests.generator import LAYOUTS, generate
from tests.stores import settings_for

COUNT, ROUNDS = 10_000, 2
ROWS = 1_000_000
_MB = 1_000_000
_BATCH = 20_000
_LAYOUTS = [name for name in LAYOUTS if name.startswith("txt_")]
_LOOKS = 0.25


@dataclass(frozen=True)
class Ran:
    """How a command went: seconds, of the clock and of processors, and the memory of all its processes in bytes.

    ``peak``: the most; ``middle`` and ``late``: on average in the second and the last quarter of the time.
    """

    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0
    middle: int = 0
    late: int = 0


def main(count: int = COUNT) -> None:
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
    """So many generated reports of plain text, each with a seed of its own, in all layouts of text by turns."""
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(generate(number, layout=_LAYOUTS[number % len(_LAYOUTS)]).data)


def measure(here: Path, count: int) -> None:
    """Plain extraction and bulk runs over the same files."""
    ran = Runs.over(here / "runs", here / "in")
    ratios(ran, count)
    tell("bulk: memory at the end : in the middle", ran.two.late / max(ran.two.middle, 1), 1.1, "×")
    tenth = run(["bulk", "run", str(here / "tenth"), "--jobs", "2"], here / "tenth.db", 2)
    again = run(["bulk", "run", str(here / "in"), "--jobs", "2"], here / "runs" / "0" / "two.db", 2)
    tell(f"bulk: {count:,} reports : {count // 10:,}", ran.two.seconds / tenth.seconds, 10.5, "×")
    tell(f"bulk: {count:,} reports : {count // 10:,}, processor time", ran.two.processor / tenth.processor, 10.5, "×")
    tell("bulk: the same folder again, nothing read", again.seconds, ran.two.seconds / 10, " s")


@dataclass(frozen=True)
class Runs:
    """The same files extracted plainly, and as a job, on two cores and on one."""

    plain: Ran
    two: Ran
    one: Ran

    @classmethod
    def over(cls, here: Path, reports: Path) -> Runs:
        """Run it all, some times by turns; the fastest of each: what else the machine does only ever adds."""
        here.mkdir(exist_ok=True)
        rounds = [cls.once(here / str(number), str(reports)) for number in range(ROUNDS)]
        found = {name: min((getattr(one, name) for one in rounds), key=_seconds) for name in ("plain", "two", "one")}
        return cls(**found)

    @classmethod
    def once(cls, here: Path, reports: str) -> Runs:
        """Run it all once."""
        here.mkdir()
        plain = run(["extract", reports, "--out", str(here / "out"), "--jobs", "2"], here / "none.db", 2)
        two = run(["bulk", "run", reports, "--jobs", "2"], here / "two.db", 2)
        one = run(["bulk", "run", reports, "--jobs", "1"], here / "one.db", 1)
        return cls(plain, two, one)


def _seconds(ran: Ran) -> float:
    return ran.seconds


def ratios(ran: Runs, count: int) -> None:
    """What the levels are about, as ratios."""
    rate, each = count / ran.two.seconds, 1000 * ran.two.processor / count
    what = f"bulk, {count:,} reports, {rate:.0f} a second, {each:.1f} ms each"
    tell(f"{what}; two cores : one", ran.one.seconds / ran.two.seconds, 1.8, "×", at_least=True)
    tell("bulk: overhead over plain extraction", 100 * (ran.two.seconds / ran.plain.seconds - 1), 15, " %")
    spent = ran.two.processor / ran.plain.processor - 1
    tell("bulk: overhead over plain extraction, processor time", 100 * spent, 15, " %")
    tell("bulk: memory of all processes", ran.two.peak / _MB, 500, " MB")


def run(arguments: list[str], database: Path, cores: int) -> Ran:
    """A command on so many cores, by rule."""
    env = {**os.environ, "EXTRACTOR_DATABASE_URL": str(database), "EXTRACTOR_LANGUAGE": "en"}
    command = [sys.executable, "-m", "extractor.cli", *arguments, "--engine", "rules"]
    begun, seen, before = time.perf_counter(), list[int](), os.sched_getaffinity(0)
    spent = _processor()
    os.sched_setaffinity(0, sorted(before)[:cores])
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    os.sched_setaffinity(0, before)
    looking = threading.Thread(target=_look, args=(process, seen))
    looking.start()
    process.wait()
    took = time.perf_counter() - begun
    looking.join()
    half = seen[len(seen) // 4 : len(seen) // 2] or [0]
    late = seen[3 * len(seen) // 4 :] or [0]
    return Ran(took, _processor() - spent, max(seen, default=0), sum(half) // len(half), sum(late) // len(late))


def _processor() -> float:
    """Seconds of processor time of all processes that were started here and have ended, with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
    tell(f"bulk: status of a million rows, {name}", took, 2, " s")
    begun = time.perf_counter()
    store = open_store(settings_for(address))
    with store.writing() as connection:
        begin = runs.start_run(connection, jobs.job_named(connection, "bulk").id, "k")
        jobs.counts(connection, begin.job)
        found = jobs.claim(connection, begin, 128)
    took = time.perf_counter() - begun
    store.close()
    tell(f"bulk: resuming a million rows, {name}, to the first {len(found)}", took, 2, " s")


def _state(number: int) -> str:
    return "pending" if number % 2 else "failed" if number % 1000 == 0 else "done"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
