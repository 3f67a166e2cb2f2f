"""The header over a block of a table: which column of the form stands where, by place and by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
)
from extractor.tables.source import Phrase, Slot, SourceRow, phrase
from extractor.text import squash

Name = TypeVar("Name")
Made = TypeVar("Made")

_WIDEST = 200

UNREAD = frozenset({"序号", "备注", "编号", "说明"})
"""Columns that offices add and nobody needs."""

CellKey = tuple[str, str]
"""(row key, column key)."""


@dataclass
class Header:
    """The header rows over a block, from the top down, or (for lines that are no table) the words before its rows."""

    rows: list[SourceRow] = field(default_factory=list)
    grid: bool = True
    texts: list[str] = field(default_factory=list)
    _known: dict[tuple[str, int], Any] = field(default_factory=dict)
    _stacks: dict[int, list[str]] | None = None

    def add(self, row: SourceRow) -> None:
        """One more header row, below the others."""
        self.rows.append(row)
        self._known, self._stacks = {}, None

    def _once(self, block: Block, make: Callable[[Block], Made]) -> Made:
        """What ``make`` says of a block, worked out once as long as no row is added."""
        key = (make.__name__, id(block))
        if key not in self._known:
            self._known[key] = make(block)
        made: Made = self._known[key]
        return made

    @property
    def written(self) -> list[str]:
        """All header texts as written, line by line."""
        return [cell.text for row in self.rows for cell in row.labels] + self.texts

    def lowest(self, block: Block) -> list[str]:
        """The words of the lowest header row, as the block spells them."""
        return [spelled(block, header_words(cell.text)) for cell in self.rows[-1].labels] if self.rows else []

    def words_for(self, block: Block) -> Phrase:
        """The header words, remarks in brackets left out, in the order in which they name more of the block's columns.

        Column by column is right where labels run over several rows, line by line where the lattice is broken; where
        both name as many, the first is taken, but for headers laid out across, whose groups converters shift.
        """
        return self._once(block, self._find_words)

    def _find_words(self, block: Block) -> Phrase:
        along = phrase([spelled(block, header_words(text)) for text in self.written])
        if len(self.rows) < 2:
            return along
        down = phrase([spelled(block, "".join(self.stacks[column])) for column in sorted(self.stacks)])
        first, second = (along, down) if block.across else (down, along)
        return max(first, second, key=lambda words: len(set(leaves_in(block, words))))

    @property
    def stacks(self) -> dict[int, list[str]]:
        """Lattice column → the words over it from the top down; a merged cell that a converter repeats counts once."""
        if self._stacks is None:
            self._stacks = self._stacked(header_words)
        return self._stacks

    def _stacked(self, reduce: Callable[[str], str]) -> dict[int, list[str]]:
        stacks: dict[int, list[str]] = {}
        for row in self.rows:
            for cell in row.labels:
                words = reduce(cell.text)
                for column in range(cell.column, cell.column + min(cell.colspan, _WIDEST)):
                    stack = stacks.setdefault(column, [])
                    if not stack or stack[-1] != words:
                        stack.append(words)
        return stacks

    def by_place(self, block: Block) -> dict[int, str]:
        """Lattice column → column key, where the words over it (or the lower ones of them) name one."""
        return self._once(block, self._find_places)

    def _find_places(self, block: Block) -> dict[int, str]:
        labels = column_labels(block)
        stacks = {column: [spelled(block, word) for word in words] for column, words in self.stacks.items()}
        return _named(self.stacks, labels) | _named(stacks, labels)

    def unknown(self, block: Block) -> list[str]:
        """The words over columns that name none of the block's, each once; headings over several columns left out."""
        return self._once(block, self._find_unknown)

    def _find_unknown(self, block: Block) -> list[str]:
        place = self.by_place(block)
        lowest = {words[-1]: None for column, words in sorted(self.stacks.items()) if column not in place}
        return [words for words in lowest if words not in UNREAD and not known_words(block, phrase([words]))]

    def across_by_place(self, block: Block) -> dict[int, CellKey]:
        """Lattice column → (row key, column key) under a header laid out across."""
        return self._once(block, self._find_places_across)

    def _find_places_across(self, block: Block) -> dict[int, CellKey]:
        labels = across_labels(block)
        return _named(self._stacked(squash), labels) | _named(self.stacks, labels)

    def whole_rows(self, place: dict[int, CellKey], block: Block) -> bool:
        """Whether a reading by place names every column of each row that it names."""
        keys = set(place.values())
        rows = {row for row, _ in keys}
        return bool(keys) and len(keys) == len(place) == len(rows) * len(block.columns)

    def width_across(self, block: Block) -> int:
        """How many values stand under a header laid out across; 0 where it is none."""
        place = self.across_by_place(block)
        return len(place) if self.whole_rows(place, block) else len(self.across(block) or ())

    def across(self, block: Block) -> list[CellKey] | None:
        """The cells in the order of a header laid out across: told by all its rows, or the lowest where it is full."""
        return self._once(block, self._find_order_across)

    def _find_order_across(self, block: Block) -> list[CellKey] | None:
        return across_order(block, self.words_for(block)) or across_order(block, phrase(self.lowest(block)))

    def over(self, slot: Slot) -> str:
        """The words over a slot."""
        return "".join(self.stacks.get(slot.column, ())) if slot.column is not None else ""


def _named(stacks: dict[int, list[str]], labels: dict[str, Name]) -> dict[int, Name]:
    named: dict[int, Name] = {}
    for column, words in stacks.items():
        for depth in range(len(words)):
            name = labels.get("".join(words[depth:]))
            if name is not None:
                named[column] = name
                break
    return named
