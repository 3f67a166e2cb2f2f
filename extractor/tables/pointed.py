"""Tables as a model is shown them, and the cells it points to → values: read as every other cell is (``fill``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.document import Document
from extractor.draft import Draft, ShownRow, Spot
from extractor.forms import Block, FormTable
from extractor.tables.fill import TableFiller
from extractor.tables.grid import rows_of
from extractor.tables.header import Header
from extractor.tables.match import Match
from extractor.tables.source import Slot, SourceRow

_HEADER_REACH = 160
"""Characters before a row in which its header can state a unit."""

_RESOLVED = frozenset({"missing_row", "missing_cell", "undecided_columns", "unmatched_row"})
"""What readers report of rows that they could not read; what is left of it is found again by verification."""


def show_rows(document: Document) -> dict[int, list[ShownRow]]:
    """The rows of every source table that has rows, by its index; the places of values as rules see them."""
    return {
        at: [_shown(row) for row in rows_of(table, at)]
        for at, table in enumerate(document.tables)
        if table.layout != "stream"
    }


def _shown(row: SourceRow) -> ShownRow:
    words = " ".join(" ".join(cell.text.split()) for cell in row.labels)
    return ShownRow(words, tuple(Spot(s.start, s.end, s.table, s.row, s.column) for s in row.slots))


def fill_pointed(draft: Draft, cells: Mapping[str, Spot], version: str) -> list[str]:
    """Values for those of the ``cells`` (pointer → place) that no rule has read; the pointers that were filled.

    A row is filled only where no rule read any of it; ``version`` of the prompt is kept in the evidence.
    """
    form = draft.form
    if form is None:
        return []
    filler = TableFiller(draft, form)
    filled: list[str] = []
    for table in form.tables:
        filled += _fill_table(filler, table, cells)
    for pointer in filled:
        evidence = draft.evidence[pointer]
        evidence.method = "model"
        evidence.reasons.append(f"prompt:{version}")
    _drop_resolved(draft, filled)
    return filled


def _fill_table(filler: TableFiller, table: FormTable, cells: Mapping[str, Spot]) -> list[str]:
    draft = filler.draft
    filled: list[str] = []
    for block in table.blocks:
        for row in block.rows:
            stem = f"/tables/{table.key}/{row.key}"
            spots = {c.key: cells[f"{stem}/{c.key}"] for c in block.columns if f"{stem}/{c.key}" in cells}
            if spots and _is_open(draft, table, row.key, list(spots)):
                _fill_row(filler, table, block, row.key, spots)
                filled += [f"{stem}/{column}" for column in spots]
    if filled:
        _settle_alternatives(draft, table)
    return filled


def _is_open(draft: Draft, table: FormTable, row: str, columns: Sequence[str]) -> bool:
    """Whether no rule read any cell of the row, nor of the rows it stands for, nor of the one that stands for it."""
    rivals = [row, *table.rows[row].stands_for]
    if row in table.replaced_by:
        rivals.append(table.replaced_by[row])
    return not any(
        _state(draft, table.key, rival, column) != "missing"
        for rival in rivals
        for column in draft.tables[table.key].get(rival, {})
        if draft.evidence[f"/tables/{table.key}/{rival}/{column}"].method != "model"
    ) and bool(columns)


def _state(draft: Draft, table: str, row: str, column: str) -> str:
    evidence = draft.evidence.get(f"/tables/{table}/{row}/{column}")
    return evidence.state if evidence else "missing"


def _fill_row(filler: TableFiller, table: FormTable, block: Block, row: str, spots: Mapping[str, Spot]) -> None:
    text = filler.text
    first = min(spot.start for spot in spots.values())
    header = Header(grid=False, texts=text[max(0, first - _HEADER_REACH) : first].split("\n"))
    slots = {key: [Slot(text[s.start : s.end], s.start, s.end, s.table, s.row, s.column)] for key, s in spots.items()}
    source = SourceRow([], [found[0] for found in slots.values()], next(iter(spots.values())).table)
    filler.draft.tables[table.key].setdefault(row, {column.key: None for column in block.columns})
    filler.row(Match(source, header, table.key, filler.form.id, block, row), slots)


def _settle_alternatives(draft: Draft, table: FormTable) -> None:
    """Of a row and the items it stands for those that were read stay, in the form's order."""
    rows = draft.tables[table.key]
    for key, row in table.rows.items():
        items = [item for item in row.stands_for if item in rows]
        if key in rows and items and not any(_was_read(draft, table.key, item) for item in items):
            for item in items:
                for column in rows.pop(item):
                    draft.evidence.pop(f"/tables/{table.key}/{item}/{column}", None)
    order = [key for key in table.rows if key in rows]
    draft.tables[table.key] = {key: rows[key] for key in (*order, *(key for key in rows if key not in order))}


def _was_read(draft: Draft, table: str, row: str) -> bool:
    return any(_state(draft, table, row, column) != "missing" for column in draft.tables[table].get(row, {}))


def _drop_resolved(draft: Draft, filled: Sequence[str]) -> None:
    """Readers' findings on rows that have values now are theirs no more."""
    rows = {pointer.rpartition("/")[0] for pointer in filled} | set(filled)
    tables = {row.rpartition("/")[0] for row in rows}
    draft.findings = [
        finding
        for finding in draft.findings
        if finding.code not in _RESOLVED
        or not all(path in rows or _is_of_no_row(draft, path, tables) for path in finding.paths)
    ]


def _is_of_no_row(draft: Draft, path: str, tables: set[str]) -> bool:
    """Whether a path names a label instead of a row of the form, in a table that has been filled."""
    table, _, row = path.rpartition("/")
    return table in tables and row not in draft.tables[table.rpartition("/")[2]]
