"""When many reports have come in: they are compared with those of other years, and their bodies' names with others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from extractor.across import suggesting
from extractor.across.figures import catch_up
from extractor.console import Language, say, say_error
from extractor.errors import StoreError
from extractor.review.people import person_at_the_terminal
from extractor.store import Store, figures

_NAMES = 500
"""Names that are compared at once: what they may be like is in memory meanwhile."""

_SHARE, _LEAST = 0.1, 20.0
"""Part of the time that reading took which comparing may take, and seconds that it always may."""


@dataclass(frozen=True, slots=True)
class Left:
    """How many reports and names wait to be compared."""

    reports: int
    names: int


def compare_arrivals(
    store: Store,
    language: Language,
    *,
    took: float,
    is_over: Callable[[], bool] = lambda: False,
    again: Callable[[Callable[[], Left]], Left] = lambda once: once(),
) -> None:
    """Compare what came in during ``took`` seconds, for a tenth of them or 20 seconds, and tell how much is left.

    What is left waits for the next call, or for `extractor db upgrade`. ``is_over``: it is to end; ``again``: calls it,
    more than once where the store is away meanwhile.
    """
    end = time.monotonic() + max(_LEAST, _SHARE * took)
    try:
        left = again(lambda: compare_waiting(store, lambda: time.monotonic() < end and not is_over()))
    except StoreError as error:  # what was read is kept all the same
        say_error(error, language)
        return
    if left.reports or left.names:
        say(
            f"尚有 {left.reports} 份报告、{left.names} 个机关名称待比对：extractor db upgrade",
            f"{left.reports} reports and {left.names} names are still to be compared: extractor db upgrade",
            language,
        )


def compare_waiting(
    store: Store,
    may_go_on: Callable[[], bool] = lambda: True,
    tell: Callable[[int, int], None] = lambda done, count: None,
) -> Left:
    """Compare every report and name that waits for it, a few a transaction, while ``may_go_on``; how many are left."""
    catch_up(store, tell, may_go_on)
    person = person_at_the_terminal()
    while may_go_on() and suggesting.compare_some(store, person, _NAMES):
        pass
    with store.reading() as connection:
        return Left(figures.waiting(connection), suggesting.waiting(connection))
