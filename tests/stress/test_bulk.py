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
import subprocess
import sys
import time
from collections.abc import Callable
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
from tests.bulk.running import COMMAND, KIND_OF, ROOT, generated, reports
from tests.llm.test_extract import harmless
from tests.llm.truthful import Truthful
from tests.scale import STRESS, scaled
from tests.stores import make_address, settings_for
from tests.stress.endpoint import hash_of

REPORTS = scaled(120, 2_000)
KILLS = scaled(6, 100)
DISTINCT = scaled(12, 100)
AT_ONCE = 8
KINDS = ("sqlite", "postgresql")
pytestmark = pytest.mark.skipif(not STRESS, reason="takes long: make stress")


class Endpoint:
    """A model endpoint in a process of its own, which counts what it was paid for in a file; it can be killed."""

    def __init__(self, folder: Path) -> None:
        self.counted = folder / "paid.txt"
        self.counted.touch()
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        """Start it, on the port that it had."""
        port = self.url.rpartition(":")[2].partition("/")[0] if self.url else "0"
        files = [str(self.counted), str(self._folder / "answers.json")]
        command = [sys.executable, "-m", "tests.stress.endpoint", port, *files]
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
        return self.counted.read_text().split()


def answers_to(folder: Path) -> dict[str, Any]:
    """Valid answers to what the rules leave open in the reports of a folder, by the hashes of the questions."""
    answers: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.txt")):
        truthful = Truthful(generated(KIND_OF + int(path.stem) % DISTINCT).truth)
        for question in ask_about(read_report(load_document(path), builtin_forms())):
            content = truthful._asked(question) or harmless(question)
            answers[hash_of(load_prompt(question.kind).render(question.content)[1])] = content
    return answers


class Disturbed:
    """A job that is killed and started again."""

    def __init__(self, address: str, folder: Path, endpoint: Endpoint, dice: random.Random) -> None:
        self.address, self.folder, self.endpoint, self.dice = address, folder, endpoint, dice
        self.process: subprocess.Popen[str] | None = None
        ours = ("EXTRACTOR_", "OPENAI_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.env |= {"EXTRACTOR_DATABASE_URL": address, "EXTRACTOR_LANGUAGE": "en", "PYTHONPATH": str(ROOT)}
        self.env |= {"OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": endpoint.url, "EXTRACTOR_MODEL": "test-model"}
        self.env |= {"EXTRACTOR_CACHE_DIR": str(folder / "cache"), "EXTRACTOR_MODEL_CALLS_AT_ONCE": str(AT_ONCE)}

    def start(self) -> None:
        """Start a runner, unless one is at work."""
        if self.process is None or self.process.poll() is not None:
            command = [*COMMAND, "run", str(self.folder / "in"), "--engine", "hybrid", "--jobs", "2"]
            self.process = subprocess.Popen(command, env=self.env, stderr=subprocess.DEVNULL, text=True)

    def kill_runner(self) -> None:
        """Kill the runner."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def kill_worker(self) -> None:
        """Kill one of its workers."""
        with contextlib.suppress(OSError, IndexError):
            pid = self.process.pid if self.process else 0
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            os.kill(int(self.dice.choice(children)), signal.SIGKILL)

    def cut_database(self) -> None:
        """End its connections to the server; a file has none."""
        if self.address.startswith("postgresql"):
            postgres.cut(self.address.rpartition("/")[2].partition("?")[0])
        else:
            self.kill_worker()

    def kill_endpoint(self) -> None:
        """Kill the endpoint, and start it again."""
        self.endpoint.kill()
        time.sleep(self.dice.uniform(0, 1))
        self.endpoint.start()

    def finish(self) -> None:
        """Resume until nothing is left."""
        for _ in range(20):
            self.start()
            assert self.process is not None
            if self.process.wait(timeout=3_600) in (0, 1):
                return
        raise AssertionError("the job does not end")

    def export(self, name: str) -> dict[str, bytes]:
        """The parts of its export."""
        command = [*COMMAND, "export", "--out", str(self.folder / name)]
        subprocess.run(command, env=self.env, check=True, capture_output=True)
        return {path.name: path.read_bytes() for path in sorted((self.folder / name).glob("part-*"))}


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_kills(kind: str, tmp_path: Path) -> None:
    dice = random.Random(7)
    (tmp_path / "answers.json").write_text(json.dumps(answers_to(reports(tmp_path / "in", REPORTS, DISTINCT))))
    endpoint = Endpoint(tmp_path)
    try:
        expected = undisturbed(tmp_path, endpoint, dice)
        distinct = len(set(endpoint.paid()))
        endpoint.counted.write_text("")
        job = Disturbed(make_address(kind, tmp_path), tmp_path, endpoint, dice)
        job.env["EXTRACTOR_CACHE_DIR"] = str(tmp_path / "second")
        kills: list[Callable[[], None]] = [job.kill_runner, job.kill_worker, job.cut_database, job.kill_endpoint]
        for number in range(KILLS):
            job.start()
            time.sleep(dice.uniform(0.5, 3.0))
            kills[number % len(kills)]()
        job.finish()
        assert job.export("disturbed") == expected
        assert len(endpoint.paid()) <= distinct + KILLS * AT_ONCE
    finally:
        endpoint.kill()
    load_settings.cache_clear()
    store = open_store(settings_for(job.address))
    with store.reading() as connection:
        counts = jobs.counts(connection, jobs.job_named(connection, "bulk").id)
    store.close()
    assert counts == {"done": REPORTS}
    names = [json.loads(line)["source"]["name"] for part in expected.values() for line in part.splitlines()]
    assert len(names) == len(set(names)) == REPORTS


def undisturbed(folder: Path, endpoint: Endpoint, dice: random.Random) -> dict[str, Any]:
    """The export of a job that nothing happened to."""
    job = Disturbed(str(folder / "undisturbed.db"), folder, endpoint, dice)
    job.env["EXTRACTOR_CACHE_DIR"] = str(folder / "first")
    job.finish()
    return job.export("undisturbed")
