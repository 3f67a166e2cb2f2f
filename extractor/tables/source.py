"""What a table looks like before it is tied to the form: rows of words and of slots, places where a value may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import NamedTuple

from extractor.document import Cell
from extractor.tables.cells import read_cell
from extractor.text import is_blank, squash


@dataclass(slots=True)
class Slot:
    """A place where a value may stand; ``table`` is None for one found among paragraphs, ``span`` its columns.

    ``assumed``: the source has no such cell, its row ends before.
    """

    text: str
    start: int
    end: int
    table: int | None = None
    row: int | None = None
    column: int | None = None
    span: int = 1
    assumed: bool = False

    @property
    def blank(self) -> bool:
        """Nothing stands there."""
        return read_cell(self.text).state == "blank"


@dataclass(slots=True)
class SourceRow:
    """Words, then slots. ``labels`` are the label cells, ``pieces`` their words, squashed; a merged cell that a
    converter repeats counts once.

    ``cells`` are all cells of the row. Lines that are no table have pieces but no cells.
    """

    pieces: list[str]
    slots: list[Slot]
    table: int | None
    labels: list[Cell] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    def recut(self, words: int) -> SourceRow:
        """The same row with just its first cells, ``words`` of them, as words and all others as slots."""
        labels = [cell for cell in self.cells[:words] if not is_blank(cell.text)]
        slots = [slot_of(cell, self.table) for cell in self.cells[words:]]
        pieces = [piece for piece, _ in groupby(squash(cell.text) for cell in labels)]
        return SourceRow(pieces, slots, self.table, labels, self.cells)

    @property
    def words(self) -> str:
        """All label words in one."""
        return "".join(self.pieces)

    @property
    def own(self) -> str:
        """The words of the innermost label."""
        return self.pieces[-1] if self.pieces else ""

    @property
    def empty(self) -> bool:
        """No value stands in any slot: a header, a part of a label, or a row left blank."""
        return all(slot.blank for slot in self.slots)


def slot_of(cell: Cell, table: int | None) -> Slot:
    """A cell as a place for a value."""
    return Slot(cell.text, cell.start, cell.end, table, cell.row, cell.column, cell.colspan)


class Phrase(NamedTuple):
    """Words squashed into one text; ``cuts`` are the places where a cell, line or chunk begins or ends."""

    text: str
    cuts: frozenset[int]


def phrase(pieces: Sequence[str]) -> Phrase:
    """Squashed pieces as one phrase.

    >>> phrase(["结果维持", "总计"]).cuts == {0, 4, 6}
    True
    """
    ends = list(accumulate(map(len, pieces), initial=0))
    return Phrase("".join(pieces), frozenset(ends))
