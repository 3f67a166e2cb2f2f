"""The header over a block of a table: which column of the form stands where, by place and by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from extractor.forms import Block
from extractor.tables.labels import (
    across_labels,
    across_order,
    column_labels,
    header_words,
    known_words,
    leaves_in,
    spelled,
    words_along,
)
from extractor.tables.source import Phrase, Slot, SourceRow, phrase
from extractor.text import squash

Name = TypeVar("Name")
Made = TypeVar("Made")

_WIDEST = 200

UNREAD = frozenset({"序号", "备注", "编号", "说明", "单位", "计量单位", "数量单位"})
"""Columns that offices add and nobody needs."""

LEADING = frozenset({"序号", "编号", "单位", "计量单位", "数量单位"})
"""Those of them that stand before the others, not behind."""

CellKey = tuple[str, str]
"""(row key, column key)."""


def _once_a_block(find: Callable[[Header, Block], Made]) -> Callable[[Header, Block], Made]:
    """What a header says of a block is worked out once, as long as no row is added."""

    @wraps(find)
    def found(header: Header, block: Block) -> Made:
        known = header._known
        key = (find, block)
        if key not in known:
            known[key] = find(header, block)
        made: Made = known[key]
        return made

    return found


@dataclass
class Header:
    """The header rows over a block, from the top down, or (for lines that are no table) the words before its rows."""

    rows: list[SourceRow] = field(default_factory=list)
    grid: bool = True
    texts: list[str] = field(default_factory=list)
    _known: dict[tuple[object, Block], Any] = field(default_factory=dict)
    _stacks: dict[int, list[str]] | None = None

    def add(self, row: SourceRow) -> None:
        """One more header row, below the others."""
        self.rows.append(row)
        self._known, self._stacks = {}, None

    @property
    def written(self) -> list[str]:
        """All header texts as written, line by line."""
        return [cell.text for row in self.rows for cell in row.labels] + self.texts

    def lowest(self, block: Block) -> list[str]:
        """The words of the lowest header row, as the block spells them."""
        return [spelled(block, header_words(cell.text)) for cell in self.rows[-1].labels] if self.rows else []

    @_once_a_block
    def words_for(self, block: Block) -> Phrase:
        """The header words, remarks in brackets left out, in the order in which they name more of the block's columns.

        Column by column is right where labels run over several rows, line by line where the lattice is broken; where
        both name as many, the first is taken, but for headers laid out across, whose groups converters shift.
        """
        along = words_along(block, tuple(self.written))
        if len(self.rows) < 2:
            return along
        down = phrase([spelled(block, "".join(self.stacks[column])) for column in sorted(self.stacks)])
        first, second = (along, down) if block.across else (down, along)
        return max(first, second, key=lambda words: len(set(leaves_in(block, words))))

    @_once_a_block
    def leaves(self, block: Block) -> tuple[str, ...]:
        """The keys of the block's columns that the header names, in the order of its words."""
        return leaves_in(block, self.words_for(block))

    def score(self, block: Block) -> int:
        """How well the header fits a block: columns found twice over, less the columns the block has."""
        return 2 * len(set(self.leaves(block))) - len(block.columns)

    @property
    def remarks(self) -> frozenset[str]:
        """The headers of columns that nobody needs."""
        return UNREAD.intersection(map(header_words, self.written))

    @property
    def stacks(self) -> dict[int, list[str]]:
        """Lattice column → the words over it from the top down, each once.

        A converter repeats a merged cell, in two parts where a page cuts it, and a new page the upper rows of a header.
        """
        if self._stacks is None:
            self._stacks = self._stacked(header_words)
        return self._stacks

    def _stacked(self, reduce: Callable[[str], str]) -> dict[int, list[str]]:
        stacks: dict[int, dict[str, None]] = {}
        for row in self.rows:
            for cell in row.labels:
                words = reduce(cell.text)
                for column in range(cell.column, cell.column + min(cell.colspan, _WIDEST)):
                    stacks.setdefault(column, {})[words] = None
        return {column: _without_echo(list(stack)) for column, stack in stacks.items()}

    @_once_a_block
    def by_place(self, block: Block) -> dict[int, str]:
        """Lattice column → column key, where the words over it (or the lower ones of them) name one."""
        labels = column_labels(block)
        stacks = {column: [spelled(block, word) for word in words] for column, words in self.stacks.items()}
        return _named(self.stacks, labels) | _named(stacks, labels)

    @_once_a_block
    def unknown(self, block: Block) -> list[str]:
        """The words over columns that name none of the block's, each once; headings over several columns left out."""
        place = self.by_place(block)
        lowest = {words[-1]: None for column, words in sorted(self.stacks.items()) if column not in place}
        return [words for words in lowest if words not in UNREAD and not known_words(block, phrase([words]))]

    @_once_a_block
    def across_by_place(self, block: Block) -> dict[int, CellKey]:
        """Lattice column → (row key, column key) under a header laid out across."""
        labels = across_labels(block)
        place = _named(self._stacked(squash), labels) | _named(self.stacks, labels)
        return place if self.whole_rows(place, block) else self._leaves_in_order(block) or place

    def _leaves_in_order(self, block: Block) -> dict[int, CellKey]:
        """As ``across_by_place`` where labels over several columns are written over the first: the lowest, counted."""
        labels, order = column_labels(block), self.across(block) or []
        leaves = {column: labels[words[-1]] for column, words in sorted(self.stacks.items()) if words[-1] in labels}
        return dict(zip(leaves, order, strict=True)) if [*leaves.values()] == [key for _, key in order] else {}

    def whole_rows(self, place: dict[int, CellKey], block: Block) -> bool:
        """Whether a reading by place names every column of each row that it names."""
        keys = set(place.values())
        rows = {row for row, _ in keys}
        return bool(keys) and len(keys) == len(place) == len(rows) * len(block.columns)

    def width_across(self, block: Block) -> int:
        """How many values stand under a header laid out across; 0 where it is none."""
        place = self.across_by_place(block)
        return len(place) if self.whole_rows(place, block) else len(self.across(block) or ())

    def is_drawn(self, block: Block, row: SourceRow) -> bool:
        """Whether a row has just one cell below each column of a header laid out across, and that may be left blank."""
        place = self.across_by_place(block) if self.grid else {}
        return len(place) == len(row.slots) and self.whole_rows(place, block)

    @_once_a_block
    def across(self, block: Block) -> list[CellKey] | None:
        """The cells in the order of a header laid out across: told by all its rows, or the lowest where it is full."""
        return across_order(block, self.words_for(block)) or across_order(block, phrase(self.lowest(block)))

    def over(self, slot: Slot) -> str:
        """The words over a slot."""
        return "".join(self.stacks.get(slot.column, ())) if slot.column is not None else ""


def _without_echo(stack: list[str]) -> list[str]:
    """A stack without the lowest words if together they spell the one above them."""
    length = 0
    for depth in range(len(stack) - 1, 0, -1):
        length += len(stack[depth])
        if length == len(stack[depth - 1]) and "".join(stack[depth:]) == stack[depth - 1]:
            return stack[:depth]
    return stack


def _named(stacks: dict[int, list[str]], labels: dict[str, Name]) -> dict[int, Name]:
    named: dict[int, Name] = {}
    for column, words in stacks.items():
        for depth in range(len(words)):
            name = labels.get("".join(words[depth:]))
            if name is not None:
                named[column] = name
                break
    return named
