"""A table of a form as the form prints it: blocks under their headings, labels that span columns and rows.

The review pages and the Word export both draw their tables from this.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.forms import kin_of
from extractor.forms.form import Block, Column, Form, FormTable, Row

Path = Sequence[str]
Labels = Callable[[Row | Column], Path]
"""The labels that lead to a row or column, the outermost first."""
Rows = Mapping[str, Collection[str]]
"""The columns of each row that a record has, by key."""


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell and how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A line of values: the labels that begin in it, then its cells as (row, column) keys."""

    heads: list[Head]
    cells: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """A rectangle of a table: ``stubs`` columns of labels, the lines of its header, its lines of values."""

    heading: str
    stubs: int
    head: list[list[Head]]
    lines: list[Line]
    across: bool = False

    @property
    def width(self) -> int:
        """Columns of labels and values."""
        return self.stubs + len(self.lines[0].cells)


def as_printed(one: Row | Column) -> Path:
    """The labels as the form prints them."""
    return one.path or (one.label,)


def printed_blocks(form: Form | None, key: str, rows: Rows, labels: Labels = as_printed) -> list[PrintedBlock]:
    """The blocks of table ``key`` with the rows and columns that a record has.

    A block that the report filled in by a form of the same kin is printed as that form has it. What no form describes
    comes last, by its keys.
    """
    table = form.table(key) if form else None
    kin = [one for other in (kin_of(form) if form else []) if (one := other.table(key))]
    chosen = [_standing(block, rows, kin) for block in (table.blocks if table else ())]
    blocks = [block for block in chosen if block is not None]
    shown = {row.key for block in blocks for row in block.rows}
    rest = {row: columns for row, columns in rows.items() if row not in shown and columns}
    return [_printed(block, labels) for block in (*blocks, *_bare(rest))]


def _standing(block: Block, rows: Rows, kin: Sequence[FormTable]) -> Block | None:
    """The block, or the kin's that describes it better, with no more rows than there are and no fewer columns."""
    there = [row.key for row in block.rows if row.key in rows]
    if not there:
        return None
    used = dict.fromkeys(column for row in there for column in rows[row])
    others = [one for table in kin for one in table.blocks if {row.key for row in one.rows} >= set(there)]
    best = min((block, *others), key=lambda one: _misfit(one, used))
    known = {column.key for column in best.columns}
    more = [Column(key=key, label=_label(key, (block, *others))) for key in used if key not in known]
    kept = tuple(row for row in best.rows if row.key in there)
    return best.model_copy(update={"rows": kept, "columns": (*best.columns, *more)})


def _misfit(block: Block, used: Collection[str]) -> tuple[int, int]:
    known = {column.key for column in block.columns}
    return len([key for key in used if key not in known]), len(known)


def _label(key: str, blocks: Sequence[Block]) -> str:
    return next((one.label for block in blocks for one in block.columns if one.key == key), key)


def _bare(rows: Rows) -> Iterator[Block]:
    if rows:
        columns = dict.fromkeys(column for some in rows.values() for column in some)
        yield Block(
            rows=tuple(Row(key=row, label=row) for row in rows),
            columns=tuple(Column(key=column, label=column) for column in columns),
        )


def _printed(block: Block, labels: Labels) -> PrintedBlock:
    heading = " ".join(block.heading)
    if block.across:
        cells = [(row.key, column.key) for row in block.rows for column in block.columns]
        return PrintedBlock(heading, 0, _across(block, labels), [Line([], cells)], across=True)
    paths = [labels(row) for row in block.rows]
    depth = max(map(len, paths))
    head = column_heads([labels(column) for column in block.columns])
    head[0].insert(0, Head(block.stub or "", columns=depth, rows=len(head)))
    lines = [
        Line(heads, [(row.key, column.key) for column in block.columns])
        for row, heads in zip(block.rows, row_heads(paths), strict=True)
    ]
    return PrintedBlock(heading, depth, head, lines)


def _across(block: Block, labels: Labels) -> list[list[Head]]:
    """The rows' labels side by side, and under each of them all columns."""
    under = column_heads([labels(column) for column in block.columns])
    over = column_heads([labels(row) for row in block.rows])
    wide = [[Head(one.text, one.columns * len(block.columns), one.rows) for one in line] for line in over]
    return [*wide, *(line * len(block.rows) for line in under)]


def column_heads(paths: Sequence[Path]) -> list[list[Head]]:
    """The lines of a header, from the top; ``paths`` are the labels over each column, the outermost first.

    >>> lines = column_heads([["a", "x"], ["a", "y"], ["b"]])
    >>> [[(head.text, head.columns, head.rows) for head in line] for line in lines]
    [[('a', 2, 1), ('b', 1, 2)], [('x', 1, 1), ('y', 1, 1)]]
    """
    depth = max(map(len, paths), default=0)
    return [
        [
            Head(paths[first][level], columns=last - first, rows=_left(paths[first], level, depth))
            for first, last in _groups(paths, level)
        ]
        for level in range(depth)
    ]


def row_heads(paths: Sequence[Path]) -> list[list[Head]]:
    """The header cells that begin in each row, from the outermost in.

    >>> [[(head.text, head.columns, head.rows) for head in row] for row in row_heads([["a", "x"], ["a", "y"], ["b"]])]
    [[('a', 1, 2), ('x', 1, 1)], [('y', 1, 1)], [('b', 2, 1)]]
    """
    depth = max(map(len, paths), default=0)
    heads: list[list[Head]] = [[] for _ in paths]
    for level in range(depth):
        for first, last in _groups(paths, level):
            spanned = _left(paths[first], level, depth)
            heads[first].append(Head(paths[first][level], columns=spanned, rows=last - first))
    return heads


def _left(path: Path, level: int, depth: int) -> int:
    """How many levels the label at ``level`` fills: the last one fills all that are left."""
    return depth - level if level == len(path) - 1 else 1


def _groups(paths: Sequence[Path], level: int) -> list[tuple[int, int]]:
    """Stretches of neighbours that have the same labels down to ``level``."""
    groups: list[tuple[int, int]] = []
    for at, path in enumerate(paths):
        if len(path) <= level:
            continue
        before = paths[at - 1] if at else ()
        if (
            groups
            and groups[-1][1] == at
            and list(before[: level + 1]) == list(path[: level + 1])
            and level < min(len(path), len(before)) - 1
        ):
            groups[-1] = (groups[-1][0], at + 1)
        else:
            groups.append((at, at + 1))
    return groups
