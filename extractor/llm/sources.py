"""The source of one table as a model is shown it: its lines with anchors, and whether its grid is legible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.document import Document
from extractor.draft import Draft, ShownRow, Spot
from extractor.forms import FormTable
from extractor.llm.anchors import (
    Anchors,
    Line,
    figures_in,
    is_row_of_values,
    lines_in,
    shown_line,
    tables_within,
    tag_of,
)
from extractor.text import is_blank

Rows = Mapping[int, Sequence[ShownRow]]

_MOST_LINES = 1_500
_FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table of the form in the source: what is shown, and what its anchors stand for.

    With a ``grid`` anchors number rows (``rows``, all with ``width`` values), else single values (``anchors``).
    """

    text: str
    tag: str
    grid: bool
    rows: tuple[ShownRow, ...]
    width: int
    anchors: Anchors

    @property
    def places(self) -> list[Spot]:
        """Every place of a value, in reading order."""
        return [spot for row in self.rows for spot in row.spots] if self.grid else self.anchors.spots


def table_source(draft: Draft, table: FormTable, rows: Rows) -> TableSource | None:
    """What is shown of a table of the form; None where nothing in the report can be it."""
    document = draft.document
    lines = _lines(draft, table, rows)[:_MOST_LINES]
    legible = _legible(document, table, lines)
    if legible:
        return _as_grid(document, lines, legible)
    anchors = Anchors(tag_of(document))
    text = "\n".join(shown_line(document, line, anchors) for line in lines)
    return TableSource(text, anchors.tag, False, (), 0, anchors) if anchors.spots else None


def _lines(draft: Draft, table: FormTable, rows: Rows) -> list[Line]:
    """The lines of the part that has the table; without figures there, of the tables that stand in no such part."""
    document = draft.document
    part = draft.sections.get(table.key)
    inside = lines_in(document, [(part.start, part.end)], rows) if part else []
    if sum(_figures(document, line) for line in inside) >= len(table.blocks):
        return inside
    others = [draft.sections.get(key) for key in (one.key for one in (draft.form.tables if draft.form else ()))]
    taken = {id(one) for part in others if part for one in tables_within(document, [(part.start, part.end)])}
    free = [(one.start, one.end) for one in document.tables if id(one) not in taken]
    if part or not any(others):
        return [*inside, *lines_in(document, free, rows)]
    return lines_in(document, _gaps(draft), rows)


def _gaps(draft: Draft) -> list[tuple[int, int]]:
    """What stands before the first and between the parts that hold other tables of the form."""
    keys = {table.key for table in draft.form.tables} if draft.form else set()
    return [(part.start, part.end) for part in draft.sections.parts if part.key not in keys]


def _figures(document: Document, line: Line) -> int:
    return len(line.row.spots) if line.row else len(figures_in(document.folded, line))


def _legible(document: Document, table: FormTable, lines: Sequence[Line]) -> int:
    """How many values each row of a legible grid has; 0 where the table is no such grid.

    A table of one block with several rows, whose rows of values in the source are all rows of as many places.
    """
    block = table.blocks[0]
    if len(table.blocks) > 1 or block.across or len(block.rows) < _FEWEST_ROWS:
        return 0
    shown = [line.row for line in lines if line.row is not None and is_row_of_values(document, line.row)]
    loose = any(line.row is None and len(figures_in(document.folded, line)) > 1 for line in lines)
    if len(shown) < _FEWEST_ROWS or loose:
        return 0
    width = min(len(row.spots) for row in shown)
    legible = width >= len(block.columns) and all(_last(document, row, width) for row in shown)
    return width if legible else 0


def _last(document: Document, row: ShownRow, width: int) -> ShownRow | None:
    """The row with its last ``width`` places, where those before are the blanks of a label cell; else None."""
    extra = row.spots[: len(row.spots) - width]
    if len(row.spots) < width or not all(is_blank(document.text[spot.start : spot.end]) for spot in extra):
        return None
    return ShownRow(row.words, row.spots[len(extra) :])


def _as_grid(document: Document, lines: Sequence[Line], width: int) -> TableSource:
    anchors = Anchors(tag_of(document))
    rows: list[ShownRow] = []
    shown: list[str] = []
    for line in lines:
        words = line.row.words if line.row else document.text[line.start : line.end]
        row = _last(document, line.row, width) if line.row else None
        if row is None:
            values = [document.text[spot.start : spot.end] for spot in line.row.spots] if line.row else []
            shown.append(" | ".join([words, *(" ".join(value.split()) for value in values)]))
            continue
        rows.append(row)
        values = [" ".join(document.text[spot.start : spot.end].split()) for spot in row.spots]
        shown.append(f"{anchors.mark(row.spots[0])} {words} | {' | '.join(values)}")
    return TableSource("\n".join(shown), anchors.tag, True, tuple(rows), width, anchors)
