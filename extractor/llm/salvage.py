"""What can be kept of a table's answer that was still not valid after it was asked again: anchors that break no rule.

A place named twice, out of range or out of the form's order is dropped; of anchors out of order as few as possible.
What is left is a valid answer with gaps, and is admitted or not like any other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from extractor.draft import Question
from extractor.forms import Block
from extractor.llm.answers import answer_type

Anchors = list[int | None]


def salvaged(question: Question, content: dict[str, Any]) -> dict[str, Any] | None:
    """The valid part of an invalid answer on a table; None where there is none, or of any other question."""
    table = question.form.table(question.content.get("table", "")) if question.form else None
    if table is None:
        return None
    try:
        if question.kind == "table_grid":
            left = _grid(question, table.blocks[0], content)
        else:
            left = _cells(question, table.blocks, content)
        model: BaseModel = answer_type(question).model_validate(left)
    except (ValidationError, KeyError, TypeError):
        return None
    return model.model_dump()


def _grid(question: Question, block: Block, content: dict[str, Any]) -> dict[str, Any]:
    rows = _known(content["rows"], len(block.rows), question.content["anchors"])
    columns = _known(content["columns"], len(block.columns), question.content["width"])
    return {"rows": _in_order(_once(rows)), "columns": _in_order(_once(columns))}


def _cells(question: Question, blocks: Sequence[Block], content: dict[str, Any]) -> dict[str, Any]:
    most = question.content["anchors"]
    tables = {
        f"b{number}": [_known(row or [], len(block.columns), most) for row in _long(content[f"b{number}"], block)]
        for number, block in enumerate(blocks, 1)
    }
    named = Counter(value for rows in tables.values() for row in rows for value in row if value is not None)
    return {
        name: _rows([[v if v is not None and named[v] == 1 else None for v in row] for row in rows])
        for name, rows in tables.items()
    }


def _rows(rows: list[Anchors]) -> list[Anchors | None]:
    """Rows each in order, and in order among each other by their first value."""
    rows = [_in_order(row) for row in rows]
    firsts = _in_order([next((value for value in row if value is not None), None) for row in rows])
    return [row if first is not None else None for row, first in zip(rows, firsts, strict=True)]


def _long(rows: list[Any], block: Block) -> list[Any]:
    if len(rows) != len(block.rows):
        raise TypeError("rows cannot be told apart when some are left out")
    return rows


def _known(values: list[Any], due: int, most: int) -> Anchors:
    """Anchors that there are; none where the list is too long or too short to tell whose they are."""
    if len(values) != due:
        return [None] * due
    return [value if isinstance(value, int) and 1 <= value <= most else None for value in values]


def _once(values: Anchors) -> Anchors:
    named = Counter(values)
    return [value if named[value] == 1 else None for value in values]


def _in_order(values: Anchors) -> Anchors:
    """The longest ascending run of anchors; those that break it are dropped.

    >>> _in_order([1, 9, 2, None, 3])
    [1, None, 2, None, 3]
    """
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int] = {}
    for at, value in enumerate(values):
        if value is None:
            continue
        place = bisect_left(tails, value)
        before[at] = ends[place - 1] if place else -1
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [at]
    kept, at = set[int](), ends[-1] if ends else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return [value if at in kept else None for at, value in enumerate(values)]
