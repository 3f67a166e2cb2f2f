"""Telling the figures of reports that an older store kept before there were any. It can be stopped and goes on."""

from __future__ import annotations

from collections.abc import Callable

from extractor.review.comparing import figure_again
from extractor.store import Store
from extractor.store.figures import next_waiting, waiting

_AT_ONCE = 100


def catch_up(store: Store, tell: Callable[[int, int], None] = lambda done, count: None) -> int:
    """Tell the figures of every report that waits for it, a few a transaction; how many there were.

    ``tell``: called after each few with how many are done, and how many there are.
    """
    with store.reading() as connection:
        count = waiting(connection)
    done = 0
    while True:
        with store.writing() as connection:
            reports = next_waiting(connection, _AT_ONCE)
            for report in reports:
                figure_again(connection, report, store.clock())
        if not reports:
            return done
        done += len(reports)
        tell(done, count)
