"""The sums of a record's tables, each with what both sides come to: what a reviewer sees beside rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor.forms import Form, FormTable
from extractor.record import Number, Record
from extractor.verify.arithmetic import equations_of, shown
from extractor.verify.parity import Equation
from extractor.verify.readings import BLANK_STATES


@dataclass(frozen=True, slots=True)
class Sum:
    """One identity along a row or column (``line`` is its key): what its ``left`` and ``right`` side come to."""

    table: str
    code: str
    along: str
    line: str
    left: str
    right: str
    paths: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether both sides are the same."""
        return self.left == self.right


def sums_of(record: Record, form: Form | None) -> list[Sum]:
    """Every sum that can be checked: a blank counts as 0; where a cell holds words or was lost, nothing is told."""
    return [one for table in (form.tables if form else ()) for one in _table_sums(record, form, table)]


def _table_sums(record: Record, form: Form | None, table: FormTable) -> Iterator[Sum]:
    rows = record.tables.get(table.key)
    if not rows or form is None:
        return
    numbers = _numbers(record, table.key)
    standing = [(row, tuple(cells)) for row, cells in rows.items() if not _is_absent(record, table, row)]
    for equation in equations_of(form, table, tuple(standing)):
        if all(cell in numbers for cell in equation.cells) and not _has_no_parts(equation, record):
            left, right = (sum(numbers[cell] for cell in side) for side in (equation.left, equation.right))
            told = shown(left), shown(right)
            yield Sum(table.key, equation.code, equation.along, equation.line, *told, equation.cells)


def _numbers(record: Record, table: str) -> dict[str, Number]:
    numbers: dict[str, Number] = {}
    for row, cells in record.tables[table].items():
        for column, value in cells.items():
            path = f"/tables/{table}/{row}/{column}"
            if value is not None:
                numbers[path] = value
            elif _state(record, path) in BLANK_STATES:
                numbers[path] = 0
    return numbers


def _is_absent(record: Record, table: FormTable, row: str) -> bool:
    """Of rows that can stand for one another, one that the report does not have."""
    if row not in table.replaced_by and row not in table.replaced_by.values():
        return False
    return all(
        _state(record, f"/tables/{table.key}/{row}/{column}") == "missing" for column in record.tables[table.key][row]
    )


def _has_no_parts(equation: Equation, record: Record) -> bool:
    """Whether only the total was filled in: then there is nothing to add up."""
    return all(_state(record, cell) in BLANK_STATES for cell in equation.left)


def _state(record: Record, path: str) -> str | None:
    known = record.evidence.get(path)
    return known.state if known else None
