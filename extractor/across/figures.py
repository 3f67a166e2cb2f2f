"""Comparing reports that wait for it: many that came in at once, or those of a store of before there were figures."""

from __future__ import annotations

from collections.abc import Callable

from extractor.review.comparing import compare_waiting
from extractor.store import Store
from extractor.store.figures import next_waiting, waiting

_AT_ONCE = 100


def catch_up(
    store: Store,
    tell: Callable[[int, int], None] = lambda done, count: None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Compare every report that waits for it, a few a transaction; how many were. It can be stopped and goes on.

    ``tell``: called after each few with how many are done, and how many there are; ``may_go_on``: asked before.
    """
    with store.reading() as connection:
        count = waiting(connection)
    done = 0
    while may_go_on():
        with store.writing() as connection:
            reports = next_waiting(connection, _AT_ONCE)
            done += compare_waiting(connection, reports, store.clock())
        if not reports:
            break
        tell(done, count)
    return done
