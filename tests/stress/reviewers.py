"""Simulated reviewers, a process: ``python -m tests.stress.reviewers ADDRESS NAME THREADS SECONDS SEED``.

Each edits reports as fast as the store takes it and tells every edit that was acknowledged as one line of JSON. Now and
then one saves twice, as a page does that lost the answer.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time

from extractor.errors import ClaimedError, StaleEditError, StoreBusyError
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store, open_store
from extractor.store.queue import Filter
from extractor.store.state import Entry
from tests.stores import settings_for

PATHS = [f"/tables/applications/{row}/total" for row in ("new_received", "carried_over", "granted", "total_processed")]


class Reviewer:
    """One reviewer at work until ``end`` (seconds of the monotonic clock)."""

    def __init__(self, store: Store, name: str, seed: int, end: float) -> None:
        self._store, self._me, self._dice, self._end = store, Person(name, "reviewer"), random.Random(seed), end
        self._count = 0
        self._held: list[int] = []

    def run(self) -> None:
        """Edit until the time is over."""
        reports = [row.id for row in work.queue_page(self._store, self._me, Filter(), limit=500)]
        while time.monotonic() < self._end:
            try:
                self._edit(self._held.pop() if self._held else self._dice.choice(reports))
            except (StaleEditError, ClaimedError):
                tell({"refused": 1})
            except StoreBusyError:
                tell({"busy": 1})

    def _edit(self, report: int) -> None:
        before = open_report(self._store, self._me, report)
        self._count += 1
        token = f"{self._me.name}-{self._count}"
        value = self._dice.randrange(10**6)
        on, change = On(report, before.version, token=token), Change(self._dice.choice(PATHS), Entry(value))
        start = time.monotonic()
        after = work.correct(self._store, self._me, on, change)
        took = time.monotonic() - start
        saved = after.events[-1]
        tell({"token": token, "report": report, "seq": saved.seq, "path": change.path, "value": value, "took": took})
        if self._dice.random() < 0.1:
            work.correct(self._store, self._me, on, change)
        if self._dice.random() < 0.7:
            work.release(self._store, self._me, report)
        else:
            self._held.append(report)


_TELLING = threading.Lock()


def tell(line: dict[str, object]) -> None:
    """One line, whole, at once."""
    with _TELLING:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Run the reviewers."""
    address, name, threads, seconds, seed = sys.argv[1:]
    store = open_store(settings_for(address))
    end = time.monotonic() + float(seconds)
    reviewers = [Reviewer(store, f"{name}{number}", int(seed) + number, end) for number in range(int(threads))]
    running = [threading.Thread(target=reviewer.run) for reviewer in reviewers]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    store.close()


if __name__ == "__main__":
    main()
