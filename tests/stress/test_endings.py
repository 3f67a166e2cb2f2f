"""A call that is ended, or that can write no more: no traceback, nothing half written, no file and no process left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.scale import STRESS, scaled
from tests.stress.originals import TEXT, WORD, originals

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "extractor", "extract"]
REPORTS = scaled(80, 200)
SECONDS = 30.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and limits as Linux has them")


@dataclass(frozen=True, slots=True)
class Running:
    """A call at work; ``temporary`` is where it may put what it needs meanwhile."""

    process: subprocess.Popen[bytes]
    out: Path
    temporary: Path

    def wait_for_files(self) -> None:
        """Until it has written some."""
        until = time.monotonic() + SECONDS
        while not list(self.out.rglob("*.json")) and time.monotonic() < until:
            assert self.process.poll() is None
            time.sleep(0.01)

    def workers(self) -> list[psutil.Process]:
        """The processes it has started."""
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def ended(self) -> str:
        """What it said until it ended."""
        assert self.process.stderr is not None
        said = self.process.stderr.read().decode("utf-8")
        self.process.wait(SECONDS)
        assert "Traceback" not in said and "Exception ignored" not in said, said
        return said

    def check_nothing_is_left(self) -> None:
        """No temporary file, no half written one."""
        until = time.monotonic() + 5
        while list(self.temporary.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert list(self.temporary.iterdir()) == []
        for path in self.out.rglob("*"):
            if path.is_file():
                json.loads(path.read_bytes())


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A call for many reports, of which an archive holds most; it writes to a folder."""
    folder, temporary, out = tmp_path / "in", tmp_path / "tmp", tmp_path / "out"
    for each in (folder, temporary):
        each.mkdir()
    for number in range(REPORTS):
        (folder / f"{number:03}.txt").write_bytes(TEXT.read_bytes())
        if number % 10 == 0:
            (folder / f"{number:03}.zip").write_bytes(originals("zip")[0].data)
    with called(folder, "--out", out, temporary=temporary) as process:
        yield Running(process, out, temporary)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def called(*arguments: str | Path, temporary: Path, **settings: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "EXTRACTOR_LANGUAGE": "en"} | settings
    command = [*COMMAND, *map(str, arguments), "--jobs", "2"]
    return subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=temporary.parent, start_new_session=True
    )


def once(signals: Sequence[int]) -> Callable[[Running], None]:
    def send(call: Running) -> None:
        for each in signals:
            with contextlib.suppress(ProcessLookupError):
                os.kill(call.process.pid, each)
            time.sleep(0.002)

    return send


ENDINGS: dict[str, tuple[Sequence[int], int]] = {
    "SIGTERM": ([signal.SIGTERM], 128 + signal.SIGTERM),
    "a closed terminal": ([signal.SIGHUP], 128 + signal.SIGHUP),
    "Ctrl-C": ([signal.SIGINT], 130),
    "Ctrl-C twice": ([signal.SIGINT, signal.SIGINT], 130),
    "Ctrl-C ten times": ([signal.SIGINT] * 10, 130),
    "SIGTERM and Ctrl-C": ([signal.SIGTERM, signal.SIGINT], 128 + signal.SIGTERM),
}


IN_SHORT = ("SIGTERM", "Ctrl-C ten times")


@pytest.mark.parametrize("ending", [name for name in ENDINGS if STRESS or name in IN_SHORT])
def test_a_call_that_is_asked_to_end_clears_up(running: Running, ending: str) -> None:
    signals, status = ENDINGS[ending]
    running.wait_for_files()
    workers = running.workers()
    once(signals)(running)
    running.ended()
    # One that comes when all is cleared up and Python is on its way out ends it as any program without a handler.
    assert running.process.returncode in (status, 130, -signals[-1])
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)
    running.check_nothing_is_left()


@pytest.mark.parametrize("after", [0.02 * step for step in range(scaled(1, 40))])
def test_whatever_the_moment(running: Running, after: float) -> None:
    time.sleep(0.3 + after)  # the interpreter itself has to be up
    once([signal.SIGTERM])(running)
    running.process.wait(SECONDS)
    running.check_nothing_is_left()


def test_workers_that_are_killed_cost_their_own_report_only(running: Running) -> None:
    running.wait_for_files()
    for _ in range(5):
        for worker in running.workers()[:1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
        time.sleep(0.05)
    assert "inputs: " in running.ended()
    assert running.process.returncode == 1
    codes = [json.loads(path.read_bytes()).get("error", {}).get("code") for path in running.out.rglob("*.json")]
    assert 0 < codes.count("crashed") <= 5 and set(codes) == {None, "crashed"}
    running.check_nothing_is_left()


def test_workers_whose_call_was_killed_end_too(running: Running) -> None:
    running.wait_for_files()
    workers = running.workers()
    running.process.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []
    running.ended()


def test_a_full_disk_ends_it_with_what_was_written_whole(tmp_path: Path) -> None:
    """No file may grow over 16 kB here: as on a full disk, writing breaks off in the middle of a record."""
    (tmp_path / "a.txt").write_bytes(TEXT.read_bytes())
    (tmp_path / "tmp").mkdir()
    limited = ["sh", "-c", 'ulimit -f 32; trap "" XFSZ; exec "$@"', "sh", *COMMAND, "a.txt", "--out", "out"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")}
    ran = subprocess.run(limited, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr and b"a.txt.json" in ran.stderr
    assert list((tmp_path / "out").iterdir()) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_place_for_temporary_files_all_but_archives_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.read_bytes())
    (tmp_path / "a.zip").write_bytes(originals("zip")[0].data)
    nowhere = "import tempfile; tempfile._candidate_tempdir_list = lambda: ['/nowhere']"
    script = f"{nowhere}; from extractor.cli import main; main()"
    env = os.environ | {"PYTHONPATH": str(ROOT), "EXTRACTOR_LANGUAGE": "en"}
    ran = subprocess.run(
        [sys.executable, "-c", script, "extract", "a.zip", "a.txt"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        check=False,
    )
    found = [
        (item["source"]["name"], item.get("error", {}).get("code")) for item in map(json.loads, ran.stdout.splitlines())
    ]
    assert found == [("a.zip", "limit_exceeded"), ("a.txt", None)]
    assert ran.returncode == 1 and b"Traceback" not in ran.stderr


def test_without_room_for_what_an_archive_holds_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.read_bytes())
    (tmp_path / "b.docx").write_bytes(WORD.read_bytes())
    (tmp_path / "a.zip").write_bytes(originals("zip")[0].data)
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": "/nowhere", "EXTRACTOR_LANGUAGE": "en"}
    limited = ["sh", "-c", 'ulimit -f 4; trap "" XFSZ; exec "$@"', "sh", *COMMAND, "a.zip", "a.txt", "b.docx"]
    ran = subprocess.run(limited, cwd=tmp_path, env=env, capture_output=True, check=False)
    found = {item["source"]["name"]: item["status"] for item in map(json.loads, ran.stdout.splitlines())}
    assert b"Traceback" not in ran.stderr
    assert ran.returncode == 1
    assert {found["a.txt"], found["b.docx"]} <= {"accepted", "needs_review"}
    assert "failed" in found.values()
