"""The tables of a record, block by block of the form, narrow enough for 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from extractor.forms import Column, Form, FormTable, Row
from extractor.record import Number, Record
from extractor.show.marks import SIGNS, STATE_SIGNS, STYLES, ZERO, Marks
from extractor.show.words import Wording
from extractor.text import printable

_LABEL_WIDTH = 30
_NARROWEST = 5

Rows = dict[str, dict[str, Number | None]]


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows that share their columns, as the form or, without one, the record itself has them."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]


def tables(record: Record, form: Form | None, marks: Marks, words: Wording, width: int) -> RenderableType:
    """Every table of the record, ``width`` columns wide at most, then the signs used in them."""
    shown: list[RenderableType] = [Text()]
    for key, rows in record.tables.items():
        described = form.table(key) if form else None
        shown.append(_heading(key, described, words))
        for block in _blocks(described, rows):
            shown += [_table(key, block, rows, marks, words, width), Text()]
    legend = _legend(record, marks, words)
    return Group(*shown, legend) if legend else Group(*shown[:-1])


def _heading(key: str, described: FormTable | None, words: Wording) -> Text:
    name = (described.name if words.language == "zh" else described.en) if described else key.replace("_", " ")
    return Text(printable(name), style="bold")


def _blocks(described: FormTable | None, rows: Rows) -> Iterator[_Block]:
    known: set[str] = set()
    for block in described.blocks if described else ():
        known |= {row.key for row in block.rows}
        kept = tuple(row for row in block.rows if row.key in rows)
        if kept:
            yield _Block(kept, block.columns)
    groups: dict[tuple[str, ...], list[str]] = {}
    for key in rows:
        if key not in known:
            groups.setdefault(tuple(rows[key]), []).append(key)
    for columns, keys in groups.items():
        yield _Block(
            tuple(Row(key=key, label=key.replace("_", " ")) for key in keys),
            tuple(Column(key=key, label=key.replace("_", " ")) for key in columns),
        )


def _table(key: str, block: _Block, rows: Rows, marks: Marks, words: Wording, width: int) -> Table:
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    drawn.add_column("", overflow="fold")
    room = max(_NARROWEST, (width - _LABEL_WIDTH) // len(block.columns) - 1)
    for column in block.columns:
        header = _header(words.label(column.label, column.key), room, words)
        drawn.add_column(header, justify="right", vertical="bottom", overflow="fold")
    above: tuple[str, ...] = ()
    for row in block.rows:
        groups = row.path[:-1] if words.language == "zh" else ()
        for depth, group in enumerate(groups):
            if groups[: depth + 1] != above[: depth + 1]:
                drawn.add_row(Text(" " * depth + printable(group), style=ZERO))
        above = groups
        values = rows[row.key]
        cells = [marks.cell(f"/tables/{key}/{row.key}/{name}", value) for name, value in _in_order(block, values)]
        idle = not any(values.values()) and not any(cell.style in STYLES.values() for cell in cells)
        label = " " * len(groups) + printable(words.label(row.label, row.key))
        drawn.add_row(Text(label, style=ZERO if idle else ""), *cells)
    return drawn


def _in_order(block: _Block, values: dict[str, Number | None]) -> list[tuple[str, Number | None]]:
    return [(column.key, values.get(column.key)) for column in block.columns]


def _header(label: str, room: int, words: Wording) -> Text:
    """``label`` on several lines of ``room`` columns: cut anywhere in Chinese; in English words are shortened."""
    label = printable(label)
    if words.language == "zh":
        return Text("\n".join(chop_cells(label, room)))
    return Text("\n".join(word if cell_len(word) <= room else word[: room - 1] + "." for word in label.split()))


def _legend(record: Record, marks: Marks, words: Wording) -> Text:
    """The signs that occur in the tables, each with its meaning."""
    paths = [
        (f"/tables/{table}/{row}/{column}", value)
        for table, rows in record.tables.items()
        for row, columns in rows.items()
        for column, value in columns.items()
    ]
    used = {marks.of(path) for path, _ in paths}
    states = {marks.state(path) for path, value in paths if value is None}
    signs = [f"{SIGNS[kind]} {words('sign', kind)}" for kind in SIGNS if kind in used]
    signs += [f"{STATE_SIGNS[state]} {words('state', state)}" for state in STATE_SIGNS if state in states]
    return Text("   ".join(signs), style=ZERO)
