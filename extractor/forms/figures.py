"""The figures by which reports are compared, and what ties those of two years: ``figures.toml``, read once.

A figure of a report is exact. In the store it is a whole number of millionths, because SQLite has no exact decimals;
amounts have at most six places (docs/record.md), so nothing is lost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MILLION = 1_000_000
_LARGEST = 2**63 - 1

Cells = Mapping[str, Mapping[str, Mapping[str, int | Decimal | None]]]
"""A record's tables."""

EMPTY_STATES = frozenset({"blank", "not_applicable"})
"""States of a cell that count as 0 in a sum beside cells that hold a number."""


class Figure(BaseModel):
    """One figure: ``sums`` are lists of cells, ``table/row/column``; ``group`` is what it is shown with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    group: str
    zh: str
    en: str
    sums: tuple[tuple[str, ...], ...] = Field(min_length=1)
    kind: Literal["count", "amount"] = "count"
    headline: bool = True


class Tie(BaseModel):
    """The figures ``earlier`` of a year add up to the figures ``later`` of the next, those with ``-`` taken away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]


class _File(BaseModel):
    figures: tuple[Figure, ...]
    ties: tuple[Tie, ...]


@lru_cache(maxsize=1)
def _file() -> _File:
    raw = tomllib.loads(resources.files(__package__).joinpath("figures.toml").read_text("utf-8"))
    return TypeAdapter(_File).validate_python(raw)


def figures() -> tuple[Figure, ...]:
    """Every figure, in the order in which they are shown."""
    return _file().figures


@lru_cache(maxsize=1)
def figures_by_key() -> dict[str, Figure]:
    """Every figure by its key."""
    return {figure.key: figure for figure in figures()}


def ties() -> tuple[Tie, ...]:
    """What ties the reports of two years."""
    return _file().ties


def figures_of(tables: Cells, states: Mapping[str, str]) -> dict[str, int]:
    """The figures that a report states, in millionths; a figure with a cell that is missing or unread is left out.

    ``states``: the state of cells that hold no number, by JSON Pointer; a blank beside numbers counts as 0, alone not.

    >>> figures_of({"applications": {"granted": {"total": 3}}}, {})
    {'granted': 3000000}
    """
    found = ((figure.key, _first(figure, tables, states)) for figure in figures())
    return {key: value for key, value in found if value is not None}


def exact(millionths: int) -> int | Decimal:
    """A figure as a number: a whole one where it is whole.

    >>> exact(3_000_000), exact(25_100_000)
    (3, Decimal('25.1'))
    """
    whole, rest = divmod(millionths, MILLION)
    return (Decimal(millionths) / MILLION).normalize() if rest else whole


def _first(figure: Figure, tables: Cells, states: Mapping[str, str]) -> int | None:
    for cells in figure.sums:
        total = _sum(cells, tables, states)
        if total is not None:
            return total if abs(total) <= _LARGEST else None
    return None


def _sum(cells: tuple[str, ...], tables: Cells, states: Mapping[str, str]) -> int | None:
    values = [_value(cell, tables) for cell in cells]
    known = [value for value in values if value is not None]
    lost = (cell for cell, value in zip(cells, values, strict=True) if value is None)
    if not known or any(states.get(f"/tables/{cell}") not in EMPTY_STATES for cell in lost):
        return None
    return int(sum(known) * MILLION)


def _value(cell: str, tables: Cells) -> int | Decimal | None:
    table, row, column = cell.split("/")
    return tables.get(table, {}).get(row, {}).get(column)
