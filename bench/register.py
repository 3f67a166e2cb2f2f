"""What the page of the register costs with many bodies and reports in the store; part of ``python -m bench.store``."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Connection

from extractor.across.listing import Wanted, body_count, listed, proposals
from extractor.across.settling import set_apart
from extractor.across.suggesting import compare_some, suggestion_count, suggestions, waiting
from extractor.across.versions import also, compare, group_count, groups
from extractor.review.people import Person
from extractor.store import Store

ANN = Person("Ann", "reviewer")
_PAGE = 0.5
_SAVED = 0.2
_ENOUGH = 200


def register_calls(store: Store) -> Iterator[tuple[str, float, Callable[[], object]]]:
    """What a page asks for, with the most seconds that it may take; every name is compared before."""
    compare_all(store)
    pages: dict[str, Callable[[Connection], object]] = {
        "register list": lambda connection: listed(connection, Wanted()),
        "register, bodies without a level": lambda connection: listed(connection, Wanted(level="")),
        "register search, a rare body": lambda connection: listed(connection, Wanted("松江口")),
        "register search, a common word": lambda connection: listed(connection, Wanted("人民政府")),
        "register, how many bodies": body_count,
        "suggestions page": suggestions,
        "suggestions, how many": suggestion_count,
        "levels and regions page": proposals,
        "duplicates page": groups,
        "duplicates, how many": group_count,
        "a report's other versions": lambda connection: also(connection, 1),
    }
    for what, ask in pages.items():
        yield what, _PAGE, partial(_read, store, ask)
    with store.reading() as connection:
        found, pairs = groups(connection, limit=1), suggestions(connection, limit=_ENOUGH)
    yield "two versions compared", 1.0, partial(compare, store, ANN, *found[0].reports[:2])
    asked = iter([(one.one, one.other) for one in pairs])
    yield "a suggestion is answered", _SAVED, lambda: set_apart(store, ANN, *next(asked))


def compare_all(store: Store) -> None:
    """Every name compared with the others, and told how long it took."""
    with store.reading() as connection:
        count = waiting(connection)
    start, slowest = time.perf_counter(), 0.0
    for _ in itertools.count():
        before = time.perf_counter()
        if not compare_some(store, ANN):
            break
        slowest = max(slowest, time.perf_counter() - before)
    taken = time.perf_counter() - start
    with store.reading() as connection:
        found = suggestion_count(connection, 10**6)
    print(f"{count} names compared: {taken:.1f} s, slowest step {slowest:.2f} s, {found} suggestions", flush=True)


def _read(store: Store, ask: Callable[[Connection], object]) -> object:
    with store.reading() as connection:
        return ask(connection)
