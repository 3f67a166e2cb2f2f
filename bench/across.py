"""How fast reports are compared when the store holds many: what the pages of `docs/across.md` ask, one call each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from extractor.across.absent import Asked, Expected, absent, absent_count, expect
from extractor.across.checks import count_contradicted, open_contradictions
from extractor.across.compared import (
    Ranked,
    Wanted,
    bodies_named,
    choices,
    count_of_year,
    of_year,
    over_years,
)
from extractor.across.trends import by_year
from extractor.forms.figures import MILLION
from extractor.review.people import Person
from extractor.store import Store
from extractor.store.figures import KEYS, Told, tell
from extractor.store.tables import body

LIN = Person("Lin", "lead")
CONTRADICTED = 20
"""One report in so many is contradicted by another year's."""
_LISTED = 20_000
_FINDING = 99
_WHAT = ("carried_between_years", ["/tables/applications/carried_over/total"], "应当相等", "should be equal")


def figure_row(number: int, place: Mapping[str, Any], stated: Mapping[str, int], dice: random.Random) -> dict[str, Any]:
    """A report's row of ``figure``: a model's, with a number of applications of its own."""
    row: dict[str, Any] = {"report_id": number, **place, **{key: stated.get(key) for key in KEYS}}
    return row | {"new_received": MILLION * int(dice.paretovariate(0.8))}


def finding_row(number: int) -> list[dict[str, Any]]:
    """What the queue knows of a report that another year's contradicts."""
    if number % CONTRADICTED:
        return []
    return [{"report_id": number, "number": _FINDING, "code": _WHAT[0], "severity": "warning", "settled": False}]


def fill(store: Store, count: int) -> None:
    """What years say against each other, and a list of who ought to report."""
    with store.writing() as connection:
        for number in range(CONTRADICTED, count + 1, CONTRADICTED):
            tell(connection, {number: [Told(*_WHAT, number - 1)]}, number)
        names = connection.execute(select(body.c.name).limit(_LISTED)).scalars().all()
    expect(store, LIN, [Expected(name, "松江市", "county") for name in _half_known(names)])


def _half_known(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        yield name if number % 2 else f"新{name}"


def calls(store: Store, dice: random.Random) -> Iterator[tuple[str, float, Callable[[], object]]]:
    """What the pages ask: what it is, the most seconds it may take, and the call."""
    with store.reading() as connection:
        bodies = connection.execute(select(body.c.id).limit(500)).scalars().all()
    year = Wanted(year=2023)
    wanted = {"": year, ", a region": Wanted(year=2023, region="松江市"), ", a name": Wanted(year=2023, name="教育局")}
    for name, one in wanted.items():
        yield f"bodies of a year{name}", 0.5, partial(of_year, store, LIN, one, Ranked())
        yield f"bodies of a year{name}: counts", 0.5, partial(count_of_year, store, LIN, one)
    yield "bodies of a year, the 200th page", 0.5, partial(of_year, store, LIN, year, Ranked(), skip=200 * 50)
    yield "a body over the years", 0.5, lambda: over_years(store, LIN, dice.choice(bodies))
    yield "bodies by name", 0.5, partial(bodies_named, store, LIN, "人民政府")
    yield "what filters offer", 0.5, partial(choices, store, LIN)
    yield "trend of a figure", 0.5, partial(by_year, store, LIN, Wanted(), "new_received")
    yield "trend of a figure, by level", 0.5, partial(by_year, store, LIN, Wanted(), "new_received", "level")
    yield "trend of a figure, a region", 0.5, partial(by_year, store, LIN, Wanted(region="北河市"), "new_received")
    yield "years that disagree", 0.5, partial(open_contradictions, store, LIN, Wanted())
    yield "years that disagree: counts", 0.5, partial(count_contradicted, store, LIN, Wanted())
    for known in ("years", "list"):
        asked = Asked(2023, known)
        yield f"not reported, known from {known}", 0.5, partial(absent, store, LIN, asked, limit=50)
        yield f"not reported, known from {known}: counts", 0.5, partial(absent_count, store, LIN, asked)
