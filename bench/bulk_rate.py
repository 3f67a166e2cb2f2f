"""A whole bulk run against an endpoint with a limit: the rate that it reaches, calls wasted on 429, processor time.

    python -m bench.bulk_rate                    500 reports, by rule and model
    python -m bench.bulk_rate 1000 --engine model --retry-after 1

The endpoint is a server on loopback in a process of its own: 40 calls in any second, 0.5 s a reply. The rate is that of
the calls it let in from 20 s after the first on. Processor time is that of the process that asks, from its start to its
end; with its workers, which read the reports and settle them, it is told too.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from bench.lines import tell
from bench.rates import PROCESSOR, RATE, WASTED
from extractor.draft import Question
from extractor.forms import builtin_forms
from extractor.llm.questions import Engine
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from tests.bulk.running import COMMAND, KIND_OF, ROOT, generated, reports
from tests.faulty_server import FaultyServer, limited
from tests.limiters import Sliding
from tests.llm.asked import KEY
from tests.llm.test_extract import harmless
from tests.llm.truthful import Truthful

MOST, LATENCY = 40, 0.5
SETTLED, ENDING = 20.0, 3.0
"""Seconds after the first call, and before the last one, in which the rate is not looked at."""

COUNT = 500
_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Found:
    """Calls that were let in, as moments; calls refused; seconds of processor time, of who asked and of all."""

    let_in: list[float]
    refused: int
    own: float
    whole: float

    @property
    def rate(self) -> float:
        """Calls a second, when settled."""
        first, last = self.let_in[0] + SETTLED, self.let_in[-1] - ENDING
        return sum(first <= moment < last for moment in self.let_in) / max(last - first, 1.0)


def main(count: int = COUNT, engine: Engine = "hybrid", retry_after: str = "1") -> None:
    """Measure, and print each figure with its level."""
    with tempfile.TemporaryDirectory(prefix="extractor-bench-") as name:
        found = measured(Path(name), count, engine, retry_after)
    calls, what = len(found.let_in), f"bulk run, {engine}, {MOST}/s, Retry-After: {retry_after}"
    tell(f"{what}: share of the possible rate", 100 * found.rate / MOST, 100 * RATE, " %", at_least=True)
    tell(f"{what}: calls refused", 100 * found.refused / (calls + found.refused), 100 * WASTED, " %")
    tell(f"{what}: processor time a call", 1000 * found.own / calls, PROCESSOR, " ms")
    print(f"    {calls} calls, {calls / count:.1f} a report; with reading {1000 * found.whole / calls:.1f} ms a call")


def measured(folder: Path, count: int, engine: Engine, retry_after: str) -> Found:
    """What a run over so many reports brings."""
    reports(folder / "in", count)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(
        target=_serve, args=(theirs, folder / "in", engine, retry_after), daemon=True
    )
    server.start()
    try:
        own, whole = _run(folder, str(ours.recv()), engine)
        ours.send("end")
        let_in, refused = ours.recv()
    finally:
        server.terminate()
        server.join()
    return Found(let_in, refused, own, whole)


def _serve(told: Connection, folder: Path, engine: Engine, retry_after: str) -> None:
    """Answer rightly, as the limiter lets calls in, until asked what became of them."""
    answers: dict[int, dict[str, Any]] = {}
    questions: list[Question] = []
    for number, path in enumerate(sorted(folder.rglob("*.txt"))):
        truth = Truthful(generated(KIND_OF + number).truth)
        for one in ask_about(read_report(load_document(path), builtin_forms()), engine):
            answers[id(one)] = truth._asked(one) or harmless(one)
            questions.append(one)
    server = FaultyServer(lambda question: answers[id(question)])
    server.always = limited(Sliding(MOST), seconds=LATENCY, retry_after=retry_after)
    server.expect(questions)
    gc.freeze()
    with server:
        told.send(server.url)
        told.recv()
        told.send((list(server.let_in), server.refused))


def _run(folder: Path, url: str, engine: Engine) -> tuple[float, float]:
    """Seconds of processor time of a run: of the process that asks, and with its workers."""
    told = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url, "EXTRACTOR_MODEL": "test-model", "EXTRACTOR_LANGUAGE": "en"}
    told |= {"EXTRACTOR_DATABASE_URL": f"sqlite:///{folder}/store.db", "EXTRACTOR_CACHE_DIR": str(folder / "cache")}
    env = {**os.environ, "PYTHONPATH": str(ROOT), **told}
    before = _children()
    command = [*COMMAND, "run", str(folder / "in"), "--engine", engine]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)  # noqa: S603
    own = [0.0]
    looking = threading.Thread(target=_look, args=(process, own))
    looking.start()
    if process.wait():
        raise SystemExit(f"the run ended with {process.returncode}")
    looking.join()
    return own[0], _children() - before


def _look(process: subprocess.Popen[bytes], own: list[float]) -> None:
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            times = watched.cpu_times()
        except psutil.Error:
            return
        own[0] = times.user + times.system
        time.sleep(_LOOKS)


def _children() -> float:
    used = os.times()
    return used.children_user + used.children_system


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m bench.bulk_rate", description=__doc__)
    asked.add_argument("reports", type=int, nargs="?", default=COUNT)
    asked.add_argument("--engine", choices=["hybrid", "model"], default="hybrid")
    asked.add_argument("--retry-after", choices=["exact", "1", "none"], default="1")
    given = asked.parse_args()
    main(given.reports, given.engine, given.retry_after)
