"""A figure over the years: how many state it, its sum, and its middle; and how far the bodies of a year lie apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, null, select

from extractor.across.compared import LEVEL, REGION, Number, Wanted, filtered
from extractor.forms.figures import exact, figures_by_key
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.figure_tables import figure

Split = Literal["level", "region", "form"]
_SPLITS: dict[Split, ColumnElement[Any]] = {"level": LEVEL, "region": REGION, "form": figure.c.form}


@dataclass(frozen=True, slots=True)
class OfYears:
    """A figure in a year, of every body wanted or of those of a ``group``.

    ``bodies``: how many state it. ``low``, ``middle``, ``high``: the quartiles, each a value that some body states: the
    smallest that a quarter, half, three quarters of them do not exceed (``percentile_disc`` of SQL).
    """

    year: int
    group: str | None
    bodies: int
    total: Number
    low: Number
    middle: Number
    high: Number
    largest: Number


def by_year(store: Store, person: Person, wanted: Wanted, key: str, split: Split | None = None) -> list[OfYears]:
    """A figure in each year, the oldest first; ``split`` tells groups apart.

    Raises:
        KeyError: there is no such figure.
    """
    permit(person, "view")
    column = figure.c[figures_by_key()[key].key]
    group: ColumnElement[Any] = _SPLITS[split] if split else null()
    parts = (figure.c.year, column) if split is None else (figure.c.year, column, group)
    with store.reading() as connection:
        query: Select[Any] = select(figure.c.year, group.label("group_name"), column.label("value"), func.count())
        query = filtered(connection, query, wanted).where(column.is_not(None)).group_by(*parts)
        rows = connection.execute(query).all()
    spread: dict[tuple[int, str | None], list[tuple[int, int]]] = {}
    for year, name, value, count in rows:
        spread.setdefault((year, name), []).append((value, count))
    told = sorted(spread.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    return [_made(year, name, sorted(values)) for (year, name), values in told]


def _made(year: int, group: str | None, values: Sequence[tuple[int, int]]) -> OfYears:
    """From each value and how often it stands there: most bodies state one of few, so that is little to fetch."""
    ends = list(accumulate(count for _, count in values))
    many = ends[-1]
    low, middle, high = (values[bisect_left(ends, many * quarter / 4)][0] for quarter in (1, 2, 3))
    total = sum(value * count for value, count in values)
    numbers = (exact(one) for one in (total, low, middle, high, values[-1][0]))
    return OfYears(year, group, many, *numbers)
