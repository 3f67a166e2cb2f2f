"""What a table looks like before it is tied to the form: rows of words and of slots, places where a value may stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractor.document import Cell
from extractor.tables.cells import read_cell
from extractor.text import squash


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
    """Words, then slots. ``words`` are squashed; ``starts`` are where in them a cell, line or chunk begins.

    ``own`` is the words of the innermost label alone. A row without slots is a header row; ``header`` then holds its
    cells for looking up columns by their place in the lattice.
    """

    words: str
    starts: set[int]
    own: str
    slots: list[Slot]
    table: int | None
    row: int
    start: int
    end: int
    header: list[Cell] = field(default_factory=list)
    exact: bool = True


def joined(texts: list[str]) -> tuple[str, set[int]]:
    """Texts squashed into one, with the place where each begins."""
    words, starts = "", set()
    for text in texts:
        starts.add(len(words))
        words += squash(text)
    return words, starts
