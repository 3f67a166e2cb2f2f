"""What a table looks like before it is tied to the form: rows of words and of slots, places where a value may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from extractor.document import Cell
from extractor.tables.cells import read_cell


@dataclass(slots=True)
class Slot:
    """A place where a value may stand; ``table`` is None for one found among paragraphs, ``span`` its columns."""

    text: str
    start: int
    end: int
    table: int | None = None
    row: int | None = None
    column: int | None = None
    span: int = 1

    @property
    def blank(self) -> bool:
        """Nothing stands there."""
        return read_cell(self.text).state == "blank"


@dataclass(slots=True)
class SourceRow:
    """Words, then slots. ``pieces`` are the words of each label cell, squashed; ``labels`` those cells.

    Lines that are no table have pieces but no labels.
    """

    pieces: list[str]
    slots: list[Slot]
    table: int | None
    labels: list[Cell] = field(default_factory=list)

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
