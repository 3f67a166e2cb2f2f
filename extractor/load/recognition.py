"""What an OCR engine says of a document's text, asked for by offsets; a second reading only when somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from extractor.load import scan
from extractor.load.sheet.sheet import GridCell, Line, Sheet


class Printed(Protocol):
    """A piece of the text and the line or cell it is printed in."""

    @property
    def print(self) -> Line | GridCell:
        """The line or cell."""
        ...


class SheetRecognition:
    """The ``Recognition`` of a document made of sheets; ``between`` leads from offsets to what is printed there."""

    def __init__(self, between: Callable[[int, int], Iterable[Printed]]) -> None:
        self._between = between

    def confidence(self, start: int, end: int) -> float | None:
        """How sure the engine is of its least sure character there, 0 to 1; None where no engine read the text."""
        sure = [line.confidence for line in self._lines(start, end) if line.confidence is not None]
        return min(sure, default=None)

    def unreadable(self, start: int) -> bool:
        """Whether the cell that begins at ``start`` holds print that no engine could read."""
        return any(isinstance(piece, GridCell) and piece.unreadable for piece in self._pieces(start, start))

    def second_reading(self, start: int, end: int) -> str | None:
        """What the lines or the cell there say when read at another setting; None where one cannot be read so."""
        crops = [line.crop for line in self._lines(start, end)]
        if not crops or any(crop is None for crop in crops):
            return None
        again: str | None = scan.picture_reader("").read_again(crops)
        return again

    def _lines(self, start: int, end: int) -> list[Line]:
        return [line for piece in self._pieces(start, end) for line in _lines_of(piece)]

    def _pieces(self, start: int, end: int) -> Iterator[Line | GridCell]:
        """The lines and cells that the text there is printed in, each once."""
        seen: set[int] = set()
        for spot in self._between(start, end):
            if id(spot.print) not in seen:
                seen.add(id(spot.print))
                yield spot.print


def _lines_of(piece: Line | GridCell) -> Sequence[Line]:
    return piece.lines if isinstance(piece, GridCell) else [piece]


def is_recognised(sheets: Iterable[Sheet]) -> bool:
    """Whether an engine read anything of the sheets, or found print that it could not read."""
    return any(
        any(line.confidence is not None for line in sheet.lines)
        or any(
            cell.unreadable or any(line.confidence is not None for line in cell.lines)
            for grid in sheet.grids
            for cell in grid.cells
        )
        for sheet in sheets
    )
