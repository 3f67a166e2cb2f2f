"""Which slot of a row belongs to which column.

Two readings are made and compared: by place (the header above the slot in the lattice) and by order (the slots after
the label, counted off against the header's columns). A converter that drops spans breaks the first, one that drops
blanks the second; where both break, nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from extractor.document import Cell
from extractor.forms import Block, Column
from extractor.tables.labels import (
    across_labels,
    across_order,
    column_labels,
    header_words,
    in_header_order,
    leaves_in,
    spelled,
)
from extractor.tables.source import Phrase, Slot, SourceRow, phrase
from extractor.text import squash

IGNORED = frozenset({"序号", "备注", "编号", "说明"})

CellKey = tuple[str, str]
"""(row key, column key)."""


@dataclass
class Header:
    """The header rows over a block, from the top down, or (for lines that are no table) the words before its rows."""

    rows: list[SourceRow] = field(default_factory=list)
    grid: bool = True
    texts: list[str] = field(default_factory=list)

    @cached_property
    def written(self) -> list[str]:
        """All header texts as written, line by line."""
        return [cell.text for row in self.rows for cell in row.labels] + self.texts

    def lowest(self, block: Block) -> list[str]:
        """The words of the lowest header row, as the block spells them."""
        return [spelled(block, header_words(cell.text)) for cell in self.rows[-1].labels] if self.rows else []

    def words_for(self, block: Block) -> Phrase:
        """The header words, remarks in brackets left out, in the order in which they name more of the block's columns.

        Line by line is how they are read; column by column is right where labels run over several rows.
        """
        along = phrase([spelled(block, header_words(text)) for text in self.written])
        if len(self.rows) < 2:
            return along
        down = phrase([spelled(block, "".join(self.stacks[column])) for column in sorted(self.stacks)])
        return max(along, down, key=lambda words: len(set(leaves_in(block, words))))

    @cached_property
    def stacks(self) -> dict[int, list[str]]:
        """Lattice column → the words over it from the top down; a merged cell that a converter repeats counts once."""
        stacks: dict[int, list[Cell]] = {}
        for row in self.rows:
            for cell in row.labels:
                for column in range(cell.column, cell.column + min(cell.colspan, 200)):
                    stacks.setdefault(column, []).append(cell)
        return {column: _stacked(cells) for column, cells in stacks.items()}

    def by_place(self, block: Block) -> dict[int, str]:
        """Lattice column → column key, where the words over it (or the lower ones of them) name one."""
        labels = column_labels(block)
        stacks = {column: [spelled(block, word) for word in words] for column, words in self.stacks.items()}
        return _named(self.stacks, labels) | _named(stacks, labels)

    def across_by_place(self, block: Block) -> dict[int, CellKey]:
        """Lattice column → (row key, column key) under a header laid out across."""
        return _named(self.stacks, across_labels(block))

    def across(self, block: Block) -> list[CellKey] | None:
        """The cells in the order of a header laid out across: told by all its rows, or the lowest where it is full."""
        return across_order(block, self.words_for(block)) or across_order(block, phrase(self.lowest(block)))

    def over(self, slot: Slot) -> str:
        """The words over a slot."""
        return "".join(self.stacks.get(slot.column, ())) if slot.column is not None else ""


Name = TypeVar("Name")


def _named(stacks: dict[int, list[str]], labels: dict[str, Name]) -> dict[int, Name]:
    named: dict[int, Name] = {}
    for column, words in stacks.items():
        for depth in range(len(words)):
            name = labels.get("".join(words[depth:]))
            if name is not None:
                named[column] = name
                break
    return named


def _stacked(cells: Sequence[Cell]) -> list[str]:
    words: list[str] = []
    for cell in cells:
        text = header_words(cell.text)
        if not words or words[-1] != text:
            words.append(text)
    return words


def columns_of_row(block: Block, header: Header, rows: Sequence[SourceRow]) -> list[dict[str, list[Slot]] | None]:
    """For each row of a block, column key → its slots (several where a merged cell is repeated); None if undecided."""
    order = _order(block, header)
    place = header.by_place(block)
    by_place = [_by_place(row, place, header, block) for row in rows]
    if header.grid and len(set(place.values())) == len(block.columns) and all(by_place):
        return list(by_place)
    windows = [_windows(row.slots, len(order)) for row in rows]
    usual = _usual_window(rows, windows)
    read: list[dict[str, list[Slot]] | None] = []
    for row, found, placed in zip(rows, windows, by_place, strict=True):
        shape = (len(row.slots), row.table)
        choice = found[0] if len(found) == 1 else usual.get(shape) if usual.get(shape) in found else None
        if choice is not None:
            read.append({column.key: [row.slots[choice + at]] for at, column in enumerate(order)})
        else:
            read.append(placed)
    return read


def across_row(block: Block, header: Header, row: SourceRow) -> dict[CellKey, Slot] | None:
    """(row key, column key) → slot for the one line of values under a header laid out across; None if undecided."""
    width = len(block.rows) * len(block.columns)
    place = header.across_by_place(block)
    if len(place) == width:
        cells = {place[slot.column]: slot for slot in row.slots if slot.column in place}
        if len(cells) == width:
            return cells
    order = header.across(block)
    windows = _windows(row.slots, width)
    if order is None or not windows or (len(windows) > 1 and not all(slot.blank for slot in row.slots)):
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
