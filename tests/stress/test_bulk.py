"""A job of two thousand reports, killed a hundred times: runner, worker, database connection, endpoint.

After the last kill it is resumed. Every report is there once, the export is that of a job that nothing happened to, and
no more calls were paid than there are distinct questions and calls that were under way at a kill.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs
from extractor.forms import builtin_forms
from extractor.llm.prompts import load_prompt
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from extractor.settings import load_settings
from extractor.store import open_store
from tests import postgres
from tests.bulk.disturbing import database_of
from tests.bulk.running import COMMAND, KIND_OF, ROOT, generated, reports
from tests.llm.test_extract import harmless
from tests.llm.truthful import Truthful
from tests.scale import STRESS, scaled
from tests.stores import make_address, settings_for
from tests.stress.endpoint import hash_of

REPORTS = scaled(120, 2_000)
KILLS = scaled(6, 100)
AT_ONCE = 8
LATENCY = 0.1
"""Seconds that the endpoint takes: so that calls are under way at the kills."""

KINDS = ("sqlite", "postgresql")
pytestmark = pytest.mark.skipif(not STRESS, reason="takes long: make stress")


class Endpoint:
    """A model endpoint in a process of its own, which counts what it was paid for in a file; it can be killed."""

    def __init__(self, folder: Path, latency: float = 0.0) -> None:
        self._folder = folder
        self._latency = latency
        for name in ("begun.txt", "paid.txt"):
            (folder / name).write_text("")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        """Start it, on the port that it had."""
        port = self.url.rpartition(":")[2].partition("/")[0] if self.url else "0"
        command = [sys.executable, "-m", "tests.stress.endpoint", port, str(self._folder), str(self._latency)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def paid(self) -> list[str]:
        """The questions it has answered, by their hashes."""
        return (self._folder / "paid.txt").read_text().split()

    def calls(self) -> list[str]:
        """The questions that have come to it, each as often as it came."""
        return (self._folder / "begun.txt").read_text().split()

    def begun(self) -> set[str]:
        """The questions that have come to it."""
        return set(self.calls())


def answers_to(folder: Path) -> dict[str, Any]:
    """Valid answers to what the rules leave open in the reports of a folder, by the hashes of the questions."""
    answers: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.txt")):
        truthful = Truthful(generated(KIND_OF + int(path.stem)).truth)
        for question in ask_about(read_report(load_document(path), builtin_forms())):
            content = truthful._asked(question) or harmless(question)
            answers[hash_of(load_prompt(question.kind).render(question.content)[1])] = content
    return answers


class Disturbed:
    """A job that is killed and started again."""

    def __init__(self, address: str, folder: Path, endpoint: Endpoint, dice: random.Random) -> None:
        self.address, self.folder, self.endpoint, self.dice = address, folder, endpoint, dice
        self.process: subprocess.Popen[str] | None = None
        self.kills: Counter[str] = Counter()
        self.in_flight = 0
        self._lost = 0
        self.cache = folder / f"cache-{Path(database_of(address)).name}"
        ours = ("EXTRACTOR_", "OPENAI_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.env |= {"EXTRACTOR_DATABASE_URL": address, "EXTRACTOR_LANGUAGE": "en", "PYTHONPATH": str(ROOT)}
        self.env |= {"OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": endpoint.url, "EXTRACTOR_MODEL": "test-model"}
        self.env |= {"EXTRACTOR_CACHE_DIR": str(self.cache), "EXTRACTOR_MODEL_CALLS_AT_ONCE": str(AT_ONCE)}

    @property
    def is_at_work(self) -> bool:
        """Whether a runner is."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start a runner, unless one is at work."""
        if not self.is_at_work:
            command = [*COMMAND, "run", str(self.folder / "in"), "--engine", "hybrid", "--jobs", "2"]
            self.process = subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL, text=True)

    def work_until(self, moment: int) -> None:
        """Have a runner at work until so many questions have come to the endpoint, and a while longer."""
        self.start()
        while self.is_at_work and len(self.endpoint.begun()) <= moment:
            time.sleep(0.02)
        self.start()
        time.sleep(self.dice.uniform(0, 0.2))

    def kill(self, what: str) -> None:
        """Kill something while a runner is at work, as soon as it is there, and count it."""
        until = time.monotonic() + 20
        while self.is_at_work and time.monotonic() < until:
            if _KILLS[what](self):
                self.kills[what] += 1
                return
            time.sleep(0.02)

    def kill_runner(self) -> bool:
        """Kill the runner."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        time.sleep(0.1)  # what it had sent arrives
        self._count_in_flight()
        return True

    def kill_worker(self) -> bool:
        """Kill one of its workers."""
        with contextlib.suppress(OSError, IndexError):
            pid = self.process.pid if self.process else 0
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            os.kill(int(self.dice.choice(children)), signal.SIGKILL)
            return True
        return False

    def cut_database(self) -> bool:
        """End its connections to the server; a file, which has none, is locked for as long as a reconnection takes."""
        if self.address.startswith("postgresql"):
            postgres.cut(database_of(self.address))
            return True
        with contextlib.closing(sqlite3.connect(self.address.removeprefix("sqlite:///"))) as other:
            other.isolation_level = None
            with contextlib.suppress(sqlite3.OperationalError):  # the runner had it for all the time
                other.execute("BEGIN EXCLUSIVE")
                time.sleep(self.dice.uniform(0, 1))
                return True
        return False

    def kill_endpoint(self) -> bool:
        """Kill the endpoint, and start it again."""
        self.endpoint.kill()
        self._count_in_flight()
        time.sleep(self.dice.uniform(0, 1))
        self.endpoint.start()
        return True

    def kept(self) -> int:
        """How many answers it has."""
        return sum(1 for _ in (self.cache / "answers").rglob("*.json"))

    def _count_in_flight(self) -> None:
        """Add calls since the last kill whose answers have not come back, of which there can be ``AT_ONCE``."""
        lost = len(self.endpoint.calls()) - self.kept()
        self.in_flight += min(AT_ONCE, max(0, lost - self._lost))
        self._lost = lost

    def finish(self) -> None:
        """Resume until nothing is left."""
        for _ in range(20):
            self.start()
            assert self.process is not None
            if self.process.wait(timeout=3_600) in (0, 1):
                return
        raise AssertionError("the job does not end")

    def end(self) -> None:
        """Leave no process behind."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def export(self, name: str) -> dict[str, bytes]:
        """The parts of its export."""
        command = [*COMMAND, "export", "--out", str(self.folder / name)]
        subprocess.run(command, env=self.env, check=True, capture_output=True)
        return {path.name: path.read_bytes() for path in sorted((self.folder / name).glob("part-*"))}


_KILLS: dict[str, Callable[[Disturbed], bool]] = {
    "runner": Disturbed.kill_runner,
    "worker": Disturbed.kill_worker,
    "database connection": Disturbed.cut_database,
    "endpoint": Disturbed.kill_endpoint,
}


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A folder with reports and answers, and a job on it that nothing happened to: its export, and its questions."""

    folder: Path
    export: dict[str, bytes]
    questions: set[str]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "answers.json").write_text(json.dumps(answers_to(reports(folder / "in", REPORTS))))
    endpoint = Endpoint(folder)
    try:
        job = Disturbed(str(folder / "undisturbed.db"), folder, endpoint, random.Random(7))
        job.finish()
        assert job.kept() == len(set(endpoint.paid())) == len(endpoint.paid())
        return Undisturbed(folder, job.export("undisturbed"), set(endpoint.paid()))
    finally:
        endpoint.kill()


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_kills(kind: str, undisturbed: Undisturbed, tmp_path: Path) -> None:
    dice = random.Random(7)
    endpoint = Endpoint(undisturbed.folder, LATENCY)
    job = Disturbed(make_address(kind, tmp_path), undisturbed.folder, endpoint, dice)
    try:
        for number, moment in enumerate(sorted(dice.sample(range(len(undisturbed.questions)), KILLS))):
            job.work_until(moment)
            job.kill(list(_KILLS)[number % len(_KILLS)])
        job.finish()
        exported, paid = job.export(kind), endpoint.paid()
    finally:
        endpoint.kill()
        job.end()
    kills = ", ".join(f"{what} {count}" for what, count in job.kills.items())
    told = f"{kind}: {job.kills.total()} kills ({kills}), {REPORTS} reports, {len(paid)} paid calls, "
    told += f"{len(undisturbed.questions)} distinct questions, {job.in_flight} in flight at the kills, "
    print(f"{told}export identical: {exported == undisturbed.export}")
    assert job.kills.total() == KILLS
    assert exported == undisturbed.export
    assert set(paid) == undisturbed.questions
    assert len(paid) <= len(undisturbed.questions) + job.in_flight
    assert states_of(job.address) == {"done": REPORTS}
    names = [json.loads(line)["source"]["name"] for part in exported.values() for line in part.splitlines()]
    assert len(names) == len(set(names)) == REPORTS


def states_of(address: str) -> dict[str, int]:
    """How many sources of the job are in each state."""
    load_settings.cache_clear()
    store = open_store(settings_for(address))
    try:
        with store.reading() as connection:
            found = jobs.counts(connection, jobs.job_named(connection, "bulk").id)
    finally:
        store.close()
    return {str(state): count for state, count in found.items()}
