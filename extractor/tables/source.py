"""What a table looks like before it is tied to the form: rows of words and of slots, places where a value may stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, groupby
from typing import NamedTuple

from extractor.document import Cell
from extractor.tables.cells import read_cell
from extractor.text import fold, is_blank, squash

_UNIT_BESIDE = re.compile(r"(?:^|[(:])([亿万千]?元)\)?$")
UNIT_WORDS = frozenset({"件", "个", "项", "条", "份", "宗", "次", "人", "人次", "元", "千元", "万元", "亿元"})
"""What stands in a column of units between labels and values; no part of a label."""


@dataclass(slots=True)
class Slot:
    """A place where a value may stand; ``table`` is None for one found among paragraphs, ``span`` its columns.

    ``assumed``: the source has no such cell, its row ends before. ``blank``: nothing stands there.
    """

    text: str
    start: int
    end: int
    table: int | None = None
    row: int | None = None
    column: int | None = None
    span: int = 1
    assumed: bool = False
    blank: bool = field(init=False)

    def __post_init__(self) -> None:
        self.blank = read_cell(self.text).state == "blank"


@dataclass(slots=True)
class SourceRow:
    """Words, then slots. ``labels`` are the label cells, ``pieces`` their words, squashed; a merged cell that a
    converter repeats counts once.

    ``cells`` are all cells of the row. Lines that are no table have pieces but no cells. ``empty``: no value stands in
    any slot: a header, a part of a label, or a row left blank. ``unit``: the amount of money that stands for one, where
    the words beside the values state it.
    """

    pieces: list[str]
    slots: list[Slot]
    table: int | None
    labels: list[Cell] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    unit: str | None = None
    empty: bool = field(init=False)

    def __post_init__(self) -> None:
        self.empty = False not in [slot.blank for slot in self.slots]

    def recut(self, words: int) -> SourceRow:
        """The same row with just its first cells, ``words`` of them, as words and all others as slots."""
        return cut(self.cells, words, self.table)

    @property
    def words(self) -> str:
        """All label words in one."""
        return "".join(self.pieces)

    @property
    def own(self) -> str:
        """The words of the innermost label."""
        return self.pieces[-1] if self.pieces else ""


def cut(cells: list[Cell], words: int, table: int | None) -> SourceRow:
    """Cells as a row: the first ``words`` of them are words, all others slots."""
    labels = [cell for cell in cells[:words] if not is_blank(cell.text)]
    slots = [Slot(c.text, c.start, c.end, table, c.row, c.column, c.colspan) for c in cells[words:]]
    pieces = [squash(cell.text) for cell in labels]
    if len(pieces) > 1:
        pieces = [piece for piece, _ in groupby(pieces)]
    if not UNIT_WORDS.isdisjoint(pieces):
        labels_proper = [piece for piece in pieces if piece not in UNIT_WORDS]
        of_values = any(not slot.blank for slot in slots)
        pieces = labels_proper if labels_proper or of_values else pieces  # alone, the end of a header: （万 / 元）
    return SourceRow(pieces, slots, table, labels, cells, unit_beside(labels[-1].text) if labels else None)


@lru_cache(maxsize=4_000)
def unit_beside(label: str) -> str | None:
    """The unit of money that closes a label or is a column of its own.

    >>> unit_beside("行政事业性收费（单位：元）"), unit_beside("万元"), unit_beside("行政许可")
    ('元', '万元', None)
    """
    found = _UNIT_BESIDE.search("".join(fold(label).split()))
    return found[1] if found else None


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
