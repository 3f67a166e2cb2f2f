"""Fifty reviewers at once, and reviewers killed at any moment: no acknowledged edit is lost, none is there twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from extractor.review.opening import history, open_report
from extractor.store import Store, open_store
from extractor.store.readings import Reader
from extractor.store.state import replay
from tests.review.test_replay import kept, replayed
from tests.scale import scaled
from tests.stores import EVE, KINDS, arrival, make_address, settings_for, taken

ROOT = Path(__file__).resolve().parent.parent.parent
REPORTS = 40
REVIEWERS, PROCESSES = 50, 5
SECONDS = scaled(4, 300)
KILLS = scaled(3, 20)

Line = dict[str, Any]


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    made = make_address(request.param, tmp_path)
    store = open_store(settings_for(made))
    for number in range(REPORTS):
        taken(store, arrival(number), Reader("1.0"))
    store.close()
    return made


class Reviewers:
    """Reviewers in a process of their own; ``told`` is what they have said, to a file: a pipe would hold them up."""

    def __init__(self, folder: Path, address: str, name: str, threads: int, seconds: float) -> None:
        seed = sum(name.encode()) * 1000
        call = [sys.executable, "-m", "tests.stress.reviewers", address, name, str(threads), str(seconds), str(seed)]
        self._file = folder / f"{name}.jsonl"
        with self._file.open("w") as out:
            self.process = subprocess.Popen(call, stdout=out, cwd=ROOT)

    def told(self) -> list[Line]:
        """Whole lines; one that a kill cut off was not told."""
        return [json.loads(line) for line in self._file.read_text().split("\n")[:-1]]


def edits_in(store: Store) -> dict[str, Line]:
    """Every correction in the log, by token; each log is whole and adds up to what the queue says."""
    found: dict[str, Line] = {}
    for report in range(1, REPORTS + 1):
        events = history(store, EVE, report)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        for event in events:
            if event.kind == "correct":
                assert event.token is not None and event.token not in found
                found[event.token] = {"report": report, "seq": event.seq, "path": event.path, **event.data["new"]}
    return found


def check(store: Store, told: list[Line]) -> int:
    """Each acknowledged edit is in the log once, as it was told; how many others are."""
    found = edits_in(store)
    for line in told:
        there = found.pop(line["token"])
        assert {name: there[name] for name in ("report", "seq", "path", "value")} == {
            name: line[name] for name in ("report", "seq", "path", "value")
        }
    return len(found)


def test_fifty_reviewers_lose_nothing_and_double_nothing(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    each = REVIEWERS // PROCESSES
    running = [Reviewers(tmp_path, address, f"p{number}-", each, SECONDS) for number in range(PROCESSES)]
    assert [one.process.wait(SECONDS * 3 + 120) for one in running] == [0] * PROCESSES
    told = [line for one in running for line in one.told()]
    saved = [line for line in told if "token" in line]
    store = open_store(settings_for(address))
    assert check(store, saved) == 0
    for report in range(1, REPORTS + 1, 7):
        one = open_report(store, EVE, report)
        assert one.state == replay(one.events)
    store.close()
    took = sorted(line["took"] for line in saved)
    refused, busy = (sum(name in line for line in told) for name in ("refused", "busy"))
    with capsys.disabled():
        print(
            f"\n{address.partition(':')[0]}: {REVIEWERS} reviewers, {SECONDS} s: {len(saved)} edits, "
            f"{refused} refused, {busy} busy; a save took {took[len(took) // 2]:.3f} s (median), "
            f"{took[int(len(took) * 0.99)]:.3f} s (99%)"
        )
    assert len(saved) > REVIEWERS / 5
    assert busy <= len(saved) / 100


def test_a_kill_at_any_moment_loses_no_acknowledged_edit(address: str, tmp_path: Path) -> None:
    dice = random.Random(11)
    told: list[Line] = []
    for attempt in range(KILLS):
        running = Reviewers(tmp_path, address, f"k{attempt}-", 3, 60)
        while not running.told():
            time.sleep(0.02)
        time.sleep(dice.random())
        running.process.kill()
        running.process.wait()
        told += [line for line in running.told() if "token" in line]
        store = open_store(settings_for(address))
        assert check(store, told) <= 3 * (attempt + 1)  # what was saved as the kill came, and not told any more
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE report SET claimed_by = NULL, claimed_until = NULL")
        store.close()
    assert len(told) > KILLS


def test_the_queue_is_what_the_log_adds_up_to_afterwards(address: str, tmp_path: Path) -> None:
    Reviewers(tmp_path, address, "q-", 6, 1.5).process.wait(120)
    store = open_store(settings_for(address))
    for report in range(1, REPORTS + 1):
        assert kept(store, report) == replayed(store, report)
    store.close()
