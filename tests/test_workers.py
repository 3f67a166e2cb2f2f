"""Time limits and crashes: extractor.workers, with tasks of its own."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from extractor.scratch import Scratch
from extractor.workers import Lost, Workers, in_workers

SECONDS = 0.5


def behave(item: str) -> str:
    """Do what ``item`` says, and return it where that is possible."""
    match item:
        case "sleep":
            time.sleep(60)
        case "loop":
            while True:
                pass
        case "c code":
            re.match(r"(a+)+$", "a" * 60 + "b")
        case "segfault":
            faulthandler.disable()  # the test runner turned it on, and its report is long
            os.kill(os.getpid(), signal.SIGSEGV)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(7)
        case "large":
            return "x" * 5_000_000
        case _ if item.startswith("wait "):
            time.sleep(float(item.removeprefix("wait ")))
    return item


def results(items: list[str], workers: int = 2, task: Callable[[str], Any] = behave) -> list[Any]:
    replies = in_workers(task, items, workers=workers, seconds=SECONDS)
    return [result.error.code if isinstance(result, Lost) else result for _, result in replies]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_keep_the_order_of_the_items(workers: int) -> None:
    items = [f"wait {delay}" for delay in (0.1, 0.0, 0.05, 0.0, 0.02)]
    assert results(items, workers) == items


@pytest.mark.parametrize("yields", [False, True])
def test_workers_that_yield_are_nicer_than_whoever_gives_them_work(yields: bool) -> None:
    pool: Workers[int, int, int] = Workers(os.nice, 1, SECONDS, yields=yields)
    pool.give(1, 0)
    [(_, niceness)] = pool.collect()
    pool.close()
    assert isinstance(niceness, int)
    assert (niceness > os.nice(0)) is yields


@pytest.mark.parametrize("bad", ["sleep", "loop", "c code"])
def test_the_time_limit_holds_in_any_code(bad: str) -> None:
    assert results(["a", bad, "b", "c"], workers=1) == ["a", "time_limit", "b", "c"]


@pytest.mark.parametrize("bad", ["segfault", "killed", "exit"])
def test_a_dying_worker_loses_its_own_item_only(bad: str) -> None:
    assert results(["a", bad, "b", bad, "c"]) == ["a", "crashed", "b", "crashed", "c"]


def test_large_results_arrive_whole() -> None:
    assert [len(result) for result in results(["large", "a", "large"])] == [5_000_000, 1, 5_000_000]


def test_no_items_no_workers() -> None:
    assert results([]) == []


def test_items_are_drawn_as_needed_and_results_held_only_until_their_turn() -> None:
    drawn = []

    def items() -> Iterator[str]:
        for number in range(10_000):
            drawn.append(number)
            yield "wait 0.3" if number == 0 else "a"

    replies = in_workers(behave, items(), workers=2, seconds=5)
    next(replies)
    assert len(drawn) < 100
    replies.close()  # type: ignore[attr-defined]


def test_closing_early_ends_every_worker() -> None:
    replies = in_workers(_own_id, ["a", "b"], workers=2, seconds=60)
    _, worker = next(replies)
    assert isinstance(worker, int)
    replies.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_a_worker_that_dies_while_idle_is_replaced(tmp_path: Path) -> None:
    noted = tmp_path / "id"

    def items() -> Iterator[str]:
        yield str(noted)
        os.kill(int(noted.read_text()), signal.SIGKILL)
        time.sleep(0.05)
        yield str(tmp_path / "another")

    first, second = [result for _, result in in_workers(_note_own_id, items(), workers=1, seconds=5)]
    assert first != second


def test_with_other_threads_about_workers_do_not_fork() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert list(in_workers(abs, [-1, 2], workers=1, seconds=30)) == [(-1, 1), (2, 2)]
    finally:
        done.set()
        thread.join()


def test_a_library_with_threads_of_its_own_works_in_workers_too() -> None:
    pytest.importorskip("cv2", reason="the extra [ocr] is not installed")
    assert _turned(9) == 9
    assert list(in_workers(_turned, [9], workers=1, seconds=30)) == [(9, 9)]


def _turned(grey: int) -> int:
    """A picture large enough that OpenCV shares it out among its threads; they are ended first, as before a reading."""
    cv2, numpy = import_module("cv2"), import_module("numpy")
    cv2.setNumThreads(1)
    cv2.setNumThreads(2)
    turned = cv2.warpAffine(numpy.full((3000, 3000, 3), grey, "uint8"), numpy.eye(2, 3), (3000, 3000))
    return int(turned[0, 0, 0])


def _own_id(_: str) -> int:
    return os.getpid()


def _note_own_id(path: str) -> int:
    Path(path).write_text(str(os.getpid()))
    return os.getpid()


INTERRUPTED = """
import os, signal
from extractor.workers import in_workers

def interrupted(number, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, interrupted)
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
print([result for _, result in in_workers(str, [1, 2, 3], workers=2, seconds=20.0)])
"""


def test_a_signal_in_the_moment_of_a_fork_is_not_the_copys() -> None:
    """Ctrl-C goes to all processes of a terminal, also to a worker that is not set up yet."""
    ran = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False, timeout=60)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("['1', '2', '3']\n", "", 0)


def test_a_folder_is_cleared_by_whoever_was_ended_while_making_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Path.mkdir

    def ended(path: Path, *given: Any, **more: Any) -> None:
        made(path, *given, **more)
        raise SystemExit(143)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch()
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(Path, "mkdir", ended)
        scratch.new()
    assert len(list(tmp_path.iterdir())) == 1
    scratch.clear()
    assert not list(tmp_path.iterdir())
