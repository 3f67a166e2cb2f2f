"""Cells of the tables: exact numbers; what was left out, put in or misread; what was taken for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import cast

from eval.metrics import METRICS, letters, number_text
from eval.result import FieldScore, Outcome
from eval.scores.compared import Compared
from extractor.forms import Form, kin_of
from extractor.gold import stands_for
from extractor.record import Record

_ABSENT = "absent"
"""The record does not have the cell at all, which no record may: every row and column of the form is in it."""

_UNLABELLED = "no number"


def score_cells(compared: Compared) -> Iterator[FieldScore]:
    """Every cell of the gold, why it is empty where the gold says so, and every number that the gold does not have."""
    got = dict(_cells(compared.record))
    metrics = _metrics(compared.form)
    labelled = set()
    for pointer, due in compared.gold.cells():
        labelled.add(pointer)
        score = _cell(compared, pointer, due, got, metrics)
        yield score
        yield from _reason(compared, score)
    for pointer, value in got.items():
        if pointer not in labelled and value is not None:
            score = _cell(compared, pointer, None, got, metrics)
            yield score if _has_no_place(compared, score) else _unscored(score)
    yield from _remarks(compared)


def _has_no_place(compared: Compared, score: FieldScore) -> bool:
    """Whether the report cannot have the cell: its form has no such row, or the gold has the one that stands for it.

    What the gold merely does not label is not scored.
    """
    table = compared.form.table(score.table or "")
    rows = compared.gold.tables.get(score.table or "", {})
    if compared.gold.form is None or table is None or score.row not in table.rows:
        return True
    return score.row not in rows and stands_for(score.row, table, rows)


def _unscored(score: FieldScore) -> FieldScore:
    return replace(score, outcome="unscored", confusion=None)


def outcome_of(right: bool, due: str | None, got: str | None) -> Outcome:
    """Right, or in which way it is not.

    >>> outcome_of(False, "3", None), outcome_of(False, None, "0"), outcome_of(False, "3", "8")
    ('omitted', 'spurious', 'wrong')
    """
    if right:
        return "right"
    if got is None:
        return "omitted"
    return "spurious" if due is None else "wrong"


def _cells(record: Record | None) -> Iterator[tuple[str, Decimal | int | None]]:
    for table, rows in record.tables.items() if record else ():
        for row, columns in rows.items():
            for column, value in columns.items():
                yield f"/tables/{table}/{row}/{column}", value


def _metrics(form: Form) -> dict[str, str]:
    """Pointer → the metric of the column's kind; those of the form come before those of its kin."""
    return {
        f"/tables/{table.key}/{row}/{column.key}": form.scoring.cells[column.kind]
        for one in (*kin_of(form), form)
        for table in one.tables
        for row, columns in table.columns_of.items()
        for column in columns
    }


def _cell(
    compared: Compared,
    pointer: str,
    due: Decimal | int | None,
    cells: dict[str, Decimal | int | None],
    metrics: dict[str, str],
) -> FieldScore:
    table, row, column = pointer.split("/")[2:]
    metric = metrics.get(pointer, "number")
    gold, got = number_text(due), number_text(cells.get(pointer))
    right = pointer in cells and METRICS[metric]([gold], got)
    score = FieldScore(
        pointer,
        "cell",
        metric,
        outcome_of(right, gold, got),
        gold,
        got,
        table,
        row,
        column,
        nonzero=bool(due),
        **compared.belief(pointer),
    )
    score.gold_state, score.got_state = _states(compared, pointer, gold, got)
    if not right:
        score.confusion = _confusion(score, absent=pointer not in cells)
    return score


def _states(compared: Compared, pointer: str, gold: str | None, got: str | None) -> tuple[str | None, str | None]:
    known = compared.evidence(pointer)
    due = "number" if gold is not None else (compared.gold.states or {}).get(pointer)
    return due, "number" if got is not None else known.state if known else None


def _confusion(score: FieldScore, *, absent: bool) -> str | None:
    """What was taken for what; None for one number in place of another."""
    due = _thing(score.gold, score.gold_state)
    got = _ABSENT if absent else _thing(score.got, score.got_state)
    return None if due == got else f"{due} read as {got}"


def _thing(value: str | None, state: str | None) -> str:
    if value is None:
        return (state or _UNLABELLED).replace("_", " ")
    return "zero" if value == "0" else "number"


def _reason(compared: Compared, cell: FieldScore) -> Iterator[FieldScore]:
    """Whether the record says rightly why a cell has no number; only of cells that rightly have none."""
    if compared.gold.states is None or cell.gold is not None or cell.outcome != "right":
        return
    due, got = cell.gold_state, cell.got_state
    yield FieldScore(
        f"/evidence{cell.pointer}/state",
        "state",
        "same",
        outcome_of(METRICS["same"]([due], got), due, got),
        due,
        got,
        cell.table,
        cell.row,
        cell.column,
        confusion=None if due == got else f"{_thing(None, due)} read as {_thing(None, got)}",
        **compared.belief(cell.pointer),
    )


def _remarks(compared: Compared) -> Iterator[FieldScore]:
    for pointer, due in compared.gold.evidence_notes.items():
        known = compared.evidence(pointer)
        got = known.note if known else None
        right = got is not None and letters(got) == letters(due)
        parts = cast("tuple[str, str, str]", tuple(pointer.split("/")[2:]))
        outcome = outcome_of(right, due, got)
        belief = compared.belief(pointer)
        yield FieldScore(f"/evidence{pointer}/note", "state", "letters", outcome, due, got, *parts, **belief)
