"""Which slot of a row belongs to which column.

Two readings are made and compared: by place (the header above the slot in the lattice) and by order (the slots after
the label, counted off against the header's columns). A converter that drops spans breaks the first, one that drops
blanks the second; where both break, nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.forms import Block, Column
from extractor.tables.header import CellKey, Header
from extractor.tables.labels import in_header_order, leaves_in
from extractor.tables.source import Slot, SourceRow, phrase
from extractor.text import squash

IGNORED = frozenset({"序号", "备注", "编号", "说明"})


def columns_of_row(block: Block, header: Header, rows: Sequence[SourceRow]) -> list[dict[str, list[Slot]] | None]:
    """For each row of a block, column key → its slots (several where a merged cell is repeated); None if undecided."""
    by_place = _all_by_place(block, header, rows) if header.grid else None
    if by_place is not None:
        return by_place
    order = _order(block, header)
    windows = [_windows(row.slots, len(order)) for row in rows]
    usual = _usual_window(rows, windows)
    read: list[dict[str, list[Slot]] | None] = []
    for row, found in zip(rows, windows, strict=True):
        shape = (len(row.slots), row.table)
        choice = found[0] if len(found) == 1 else usual.get(shape) if usual.get(shape) in found else None
        if choice is not None:
            read.append({column.key: [row.slots[choice + at]] for at, column in enumerate(order)})
        else:
            read.append(_cut_short(row, order, header, block) or _by_place(row, header.by_place(block), header, block))
    return read


def _cut_short(row: SourceRow, order: Sequence[Column], header: Header, block: Block) -> dict[str, list[Slot]] | None:
    """A row whose last cells were blank and so left away; its first slots stand under the first columns."""
    place = header.by_place(block)
    under = [place.get(slot.column) for slot in row.slots if slot.column is not None]
    if not row.slots or header.grid or under != [column.key for column in order[: len(row.slots)]]:
        return None
    last = row.slots[-1]
    beyond = range(1, len(order) - len(row.slots) + 1)
    blanks = [Slot("", last.end, last.end, last.table, last.row, (last.column or 0) + by) for by in beyond]
    return {column.key: [slot] for column, slot in zip(order, [*row.slots, *blanks], strict=True)}


def _all_by_place(block: Block, header: Header, rows: Sequence[SourceRow]) -> list[dict[str, list[Slot]] | None] | None:
    """Every row by place, if the header names all columns and no value of any row stands beside them."""
    place = header.by_place(block)
    if len(set(place.values())) < len(block.columns):
        return None
    read = [_by_place(row, place, header, block) for row in rows]
    return read if all(read) else None


def across_row(block: Block, header: Header, row: SourceRow) -> dict[CellKey, Slot] | None:
    """(row key, column key) → slot for the one line of values under a header laid out across; None if undecided."""
    place = header.across_by_place(block)
    placed = {place[slot.column]: slot for slot in row.slots if slot.column in place}
    beside = [slot for slot in row.slots if slot.column not in place and not slot.blank]
    if header.whole_rows(place, block) and len(placed) == len(place) and not beside:
        return placed
    order = header.across(block) or []
    windows = _windows(row.slots, len(order))
    if not order or not windows or (len(windows) > 1 and not all(slot.blank for slot in row.slots)):
        return None
    return {key: row.slots[windows[0] + at] for at, key in enumerate(order)}


def _order(block: Block, header: Header) -> list[Column]:
    """The columns in the header's order. Those it does not name are left out, unless it has as many misspelled ones."""
    words = header.words_for(block)
    order = in_header_order(block, words)
    named = set(leaves_in(block, words))
    unknown = [
        text
        for text in header.lowest(block)
        if not leaves_in(block, phrase([text])) and text != squash(block.stub or "")
    ]
    if not named or len(named) + len(unknown) == len(order):
        return order
    return [column for column in order if column.key in named]


def _by_place(row: SourceRow, place: dict[int, str], header: Header, block: Block) -> dict[str, list[Slot]] | None:
    """Slots by the header over them; None if a value stands under no column, or under two."""
    found: dict[str, list[Slot]] = {}
    for slot in row.slots:
        column = slot.column if slot.column is not None else -1
        keys = {place.get(at) for at in range(column, column + min(slot.span, 200))}
        if len(keys) == 1 and None not in keys:
            found.setdefault(str(keys.pop()), []).append(slot)
        elif not slot.blank and not _foreign(header.over(slot), block):
            return None
    return found or None


def _foreign(words: str, block: Block) -> bool:
    """Whether header words name a column that the block does not have."""
    return bool(words) and not leaves_in(block, phrase([words]))


def _windows(slots: Sequence[Slot], width: int) -> list[int]:
    """Where a run of ``width`` slots can begin so that no value is left outside; the first if all are blank."""
    filled = [at for at, slot in enumerate(slots) if not slot.blank]
    if len(slots) < width:
        return []
    if not filled:
        return [0]
    if filled[-1] - filled[0] >= width:
        return []
    return list(range(max(0, filled[-1] - width + 1), min(filled[0], len(slots) - width) + 1))


def _usual_window(rows: Sequence[SourceRow], windows: Sequence[list[int]]) -> dict[tuple[int, int | None], int]:
    """For rows of one length, the window that every decided one of them has."""
    usual: dict[tuple[int, int | None], set[int]] = {}
    for row, found in zip(rows, windows, strict=True):
        if len(found) == 1 and any(not slot.blank for slot in row.slots):
            usual.setdefault((len(row.slots), row.table), set()).add(found[0])
    return {shape: found.pop() for shape, found in usual.items() if len(found) == 1}
