"""Which slot of a row belongs to which column.

Two readings are made and compared: by place (the header above the slot in the lattice) and by order (the slots after
the label, counted off against the header's columns). A converter that drops spans breaks the first, one that drops
blanks the second; where both break, nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.forms import Block, Column
from extractor.tables.cells import read_cell
from extractor.tables.header import LEADING, UNREAD, CellKey, Header
from extractor.tables.labels import in_header_order, known_words
from extractor.tables.source import Slot, SourceRow, phrase

Columns = dict[str, list[Slot]]
"""Column key → its slots: several where a converter repeats a merged cell."""


def columns_of_row(block: Block, header: Header, rows: Sequence[SourceRow]) -> list[Columns | None]:
    """The columns of each row of a block; None for a row that cannot be decided."""
    if header.remarks:
        rows = [_without_remarks(row, header, len(block.columns)) for row in rows]
    place = header.by_place(block)
    placed = [_by_place(row, place, header, block) for row in rows]
    named = set(place.values()) | set(header.leaves(block))
    if 0 < len(named) < len(block.columns) and len(named) + len(header.unknown(block)) != len(block.columns):
        return [_named_only(row, found, named, header, block) for row, found in zip(rows, placed, strict=True)]
    complete = len(set(place.values())) == len(block.columns) and all(placed)
    if complete and (header.grid or len(place) > len(block.columns)):
        return placed  # a lattice to go by, or the copies of merged cells, which cannot be counted off
    order = in_header_order(block, header.words_for(block))
    counted = _by_order(rows, order)
    if complete:
        return _agreed(rows, placed, counted)
    return [
        by_order
        or (by_place if _contains_window(row, by_place, order) else None)
        or _cut_short(row, order, header, block)
        for row, by_place, by_order in zip(rows, placed, counted, strict=True)
    ]


def _without_remarks(row: SourceRow, header: Header, width: int) -> SourceRow:
    """A row without what stands under 备注 or 序号; where no place tells, the one slot too many, at its usual end."""
    slots = [slot for slot in row.slots if header.over(slot) not in UNREAD]
    if len(slots) == len(row.slots) == width + 1:
        slots = slots[:-1] if header.remarks.isdisjoint(LEADING) else slots[1:]
    return replace(row, slots=slots)


def _by_order(rows: Sequence[SourceRow], order: Sequence[Column]) -> list[Columns | None]:
    """The slots after each label counted off; where they can begin at two places, as in rows of the same length."""
    windows = [_windows(row.slots, len(order)) for row in rows]
    usual = _usual_window(rows, windows, len(order))
    read: list[Columns | None] = []
    for row, found in zip(rows, windows, strict=True):
        likely = usual.get((len(row.slots), row.table), usual.get((None, row.table)))
        begin = found[0] if len(found) == 1 else likely if likely in found else None
        counted = None if begin is None else {c.key: [row.slots[begin + at]] for at, c in enumerate(order)}
        read.append(counted)
    return read


def _agreed(
    rows: Sequence[SourceRow], placed: Sequence[Columns | None], counted: Sequence[Columns | None]
) -> list[Columns | None]:
    """By place where the whole header is placed, unless counting says otherwise and nothing tells which is right.

    A row that cannot be counted off at all shows that the source pads its rows, so that place is to be trusted; of a
    row left blank the reading with more columns is.
    """
    filled = [by_order for row, by_order in zip(rows, counted, strict=True) if not row.empty]
    if any(by_order is None for by_order in filled):
        return list(placed)
    return [
        max(by_place, by_order, key=lambda read: len(read or ()))
        if row.empty
        else (by_place if _values(by_place) == _values(by_order) else None)
        for row, by_place, by_order in zip(rows, placed, counted, strict=True)
    ]


def _values(columns: Columns | None) -> dict[str, int]:
    """Column key → where its value stands, blanks left out."""
    return {key: slot.start for key, slots in (columns or {}).items() for slot in slots if not slot.blank}


def _contains_window(row: SourceRow, by_place: Columns | None, order: Sequence[Column]) -> bool:
    """Whether a reading by place is one of those that counting leaves open, or counting leaves none."""
    if by_place is None:
        return False
    windows = _windows(row.slots, len(order))
    readings = ({c.key: [row.slots[begin + at]] for at, c in enumerate(order)} for begin in windows)
    return not windows or any(_values(reading) == _values(by_place) for reading in readings)


def _named_only(
    row: SourceRow, by_place: Columns | None, named: set[str], header: Header, block: Block
) -> Columns | None:
    """Under a header that names some of the columns: by place, or counted off where there are just as many slots.

    Where there are as many slots as the block has columns, and those named stand in their places among them, the
    others do too: of a header over several rows a new page may repeat the lowest alone.
    """
    if by_place is not None and header.rows:
        return by_place
    every = in_header_order(block, header.words_for(block))
    begin = _place_among(row, [column.key if column.key in named else None for column in every], header, block)
    if begin is not None:
        return {column.key: [row.slots[begin + at]] for at, column in enumerate(every)}
    order = [column for column in every if column.key in named]
    if len(row.slots) != len(order):
        return None
    return {column.key: [slot] for column, slot in zip(order, row.slots, strict=True)}


def _place_among(row: SourceRow, keys: Sequence[str | None], header: Header, block: Block) -> int | None:
    """Where a run of slots begins over which just these columns are named, with no value outside of it."""
    place = header.by_place(block)
    over = [place.get(slot.column) if slot.column is not None else None for slot in row.slots]
    begins = (at for at in _windows(row.slots, len(keys)) if over[at : at + len(keys)] == keys)
    return next(begins, None) if any(keys) else None


def _cut_short(row: SourceRow, order: Sequence[Column], header: Header, block: Block) -> Columns | None:
    """A row whose last cells were blank and so left away; its first slots stand under the first columns."""
    place = header.by_place(block)
    under = [place.get(slot.column) for slot in row.slots if slot.column is not None]
    if not row.slots or header.grid or under != [column.key for column in order[: len(row.slots)]]:
        return None
    last = row.slots[-1]
    beyond = range(1, len(order) - len(row.slots) + 1)
    blanks = [
        Slot("", last.end, last.end, last.table, last.row, (last.column or 0) + by, assumed=True) for by in beyond
    ]
    return {column.key: [slot] for column, slot in zip(order, [*row.slots, *blanks], strict=True)}


def across_row(block: Block, header: Header, row: SourceRow) -> dict[CellKey, Slot] | None:
    """(row key, column key) → slot for the one line of values under a header laid out across; None if undecided."""
    if header.remarks:
        row = _without_remarks(row, header, header.width_across(block))
    place = header.across_by_place(block)
    placed = {place[slot.column]: slot for slot in row.slots if slot.column in place}
    beside = [slot for slot in row.slots if slot.column not in place and not slot.blank]
    if header.whole_rows(place, block) and len(placed) == len(place) and not beside:
        return placed
    if any(slot.blank for slot in row.slots) and read_cell(row.slots[0].text).state == "text":
        return None  # words in front and blanks behind: a label, or a value, and only place could have told
    order = header.across(block) or []
    windows = _windows(row.slots, len(order))
    if not order or not windows or (len(windows) > 1 and not all(slot.blank for slot in row.slots)):
        return None
    return {key: row.slots[windows[0] + at] for at, key in enumerate(order)}


def _by_place(row: SourceRow, place: dict[int, str], header: Header, block: Block) -> Columns | None:
    """Slots by the header over them; None if a value stands under no column, or under two."""
    found: Columns = {}
    for slot in row.slots:
        key = _key_over(slot, place)
        if key is not None:
            found.setdefault(key, []).append(slot)
        elif not slot.blank and not _foreign(header.over(slot), block):
            return None
    return found or None


def _key_over(slot: Slot, place: dict[int, str]) -> str | None:
    """The column over a slot; None where there is none, or several."""
    if slot.column is None:
        return None
    if slot.span == 1:
        return place.get(slot.column)
    keys = {place.get(at) for at in range(slot.column, slot.column + min(slot.span, 200))}
    return keys.pop() if len(keys) == 1 else None


def _foreign(words: str, block: Block) -> bool:
    """Whether header words name a column that the block does not have; a heading over several columns is none."""
    return bool(words) and not known_words(block, phrase([words]))


def _windows(slots: Sequence[Slot], width: int) -> list[int]:
    """Where a run of ``width`` slots can begin so that no value is left outside; the first if all are blank."""
    if len(slots) <= width:
        return [0] if len(slots) == width else []
    filled = [at for at, slot in enumerate(slots) if not slot.blank]
    if not filled:
        return [0]
    if filled[-1] - filled[0] >= width:
        return []
    return list(range(max(0, filled[-1] - width + 1), min(filled[0], len(slots) - width) + 1))


def _usual_window(
    rows: Sequence[SourceRow], windows: Sequence[list[int]], width: int
) -> dict[tuple[int | None, int | None], int]:
    """(length, table) → the window that every decided row of this length has.

    With None for the length: 0 where all decided rows begin right after their label, some with room to spare, as where
    a converter drops merged cells and fills up all rows at their ends.
    """
    usual: dict[tuple[int | None, int | None], set[int]] = {}
    for row, found in zip(rows, windows, strict=True):
        if len(found) == 1 and not row.empty:
            usual.setdefault((len(row.slots), row.table), set()).add(found[0])
    decided = {shape: min(found) for shape, found in usual.items() if len(found) == 1}
    filled_up = {table for (length, table), begin in decided.items() if begin == 0 and (length or 0) > width}
    filled_up -= {table for (_, table), found in usual.items() if found != {0}}
    return {**decided, **{(None, table): 0 for table in filled_up}}
