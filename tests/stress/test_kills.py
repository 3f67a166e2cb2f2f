"""Workers killed at random while they work: every item gets its result or its failure, in order."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from extractor.workers import Lost, in_workers
from tests.scale import scaled

ITEMS = scaled(150, 5_000)


def work(item: int) -> tuple[int, int]:
    """Take a moment; say who did it."""
    time.sleep(0.002)
    return item, os.getpid()


def test_killed_workers_lose_their_own_item_only() -> None:
    dice = random.Random(7)
    lost = []
    for item, result in in_workers(work, range(ITEMS), workers=3, seconds=30):
        if isinstance(result, Lost):
            lost.append(item)
            assert result.error.code == "crashed"
        else:
            assert result[0] == item
            if dice.random() < 0.05:
                kill(result[1])
    assert len(lost) < ITEMS / 4


def test_results_arrive_once_each_and_in_order() -> None:
    def killing(items: Iterator[tuple[int, object]]) -> Iterator[int]:
        for item, result in items:
            if isinstance(result, tuple) and item % 17 == 0:
                kill(result[1])
            yield item

    assert list(killing(in_workers(work, range(ITEMS), workers=2, seconds=30))) == list(range(ITEMS))


def test_a_killed_call_leaves_no_half_written_file(tmp_path: Path) -> None:
    """Whatever moment SIGKILL hits: each file in the output folder is whole."""
    script = (
        "import sys; from pathlib import Path; from extractor.output import FolderOutput\n"
        "output = FolderOutput(Path(sys.argv[1]))\n"
        "for number in range(10**9): output.write(str(number % 50), '[' + '1,' * 20_000 + '1]')\n"
    )
    for attempt in range(scaled(3, 100)):
        with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) as process:
            while not list(tmp_path.glob("*.json")):
                time.sleep(0.01)
            time.sleep(0.01 * (attempt % 10))
            process.kill()
        assert all(path.stat().st_size == 40_004 for path in tmp_path.glob("*.json"))


def kill(process: int) -> None:
    """End a worker, if it still is."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
