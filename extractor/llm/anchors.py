"""Numbered anchors in text shown to a model, and the places they stand for.

An anchor is ``[tag:number]``; the tag is made from the document's hash and stands nowhere in its text, so that nothing
in a report can pass for one, and the same document always has the same.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from extractor.document import Document, Table
from extractor.draft import ShownRow, Spot
from extractor.text import trimmed

_SHORTEST_TAG = 4
_FIGURE = re.compile(
    r"(?<![\d.,第〔\[])[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\d.,第])(?:(?<!\S)[+-])?\d+(?:\.\d+)?"
    r"|(?<!\S)(?:[-/]{1,2}|无|不适用)(?!\S)"
)
_NO_VALUE = re.compile(r"\s?(?:[、)\]]|[.:](?!\d)|年)|[\u4e00-\u9fff](?<![件条项个次份宗起元万亿人])")
_LONGEST_FIGURE_LINE = 200
SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "，", ""]
"""Where a long part may be cut, the best place first; the default ones cut Chinese inside numbers."""


def tag_of(document: Document) -> str:
    """The document's tag: the first letters of its hash, as many as it takes to stand nowhere in its text."""
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    size = _SHORTEST_TAG
    while digest[:size] in document.text and size < len(digest):
        size += 1
    return digest[:size]


@dataclass(slots=True)
class Anchors:
    """Numbers places from 1 on, in the order in which they are shown."""

    tag: str
    spots: list[Spot] = field(default_factory=list)

    def mark(self, spot: Spot) -> str:
        """A new anchor for ``spot``, as it is shown."""
        self.spots.append(spot)
        return f"[{self.tag}:{len(self.spots)}]"

    def get(self, number: int | None) -> Spot | None:
        """The place that a number stands for; None where there is none."""
        return self.spots[number - 1] if number is not None and 0 < number <= len(self.spots) else None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a source table, or (``row`` None) a line of text."""

    start: int
    end: int
    row: ShownRow | None = None


def lines_in(
    document: Document, spans: Iterable[tuple[int, int]], rows: Mapping[int, Sequence[ShownRow]]
) -> list[Line]:
    """The lines of text and the rows of tables within spans, in reading order; tables outside of them left out."""
    return [line for start, end in spans for line in _lines(document, start, end, rows)]


def _lines(document: Document, start: int, end: int, rows: Mapping[int, Sequence[ShownRow]]) -> Iterator[Line]:
    at = start
    for index, table in enumerate(document.tables):
        if index in rows and start <= table.start and table.end <= end and table.start >= at:
            yield from text_lines(document.text, at, table.start)
            yield from (Line(table.start, table.end, row) for row in rows[index])
            at = table.end
    yield from text_lines(document.text, at, end)


def text_lines(text: str, start: int, end: int) -> Iterator[Line]:
    """The lines of ``text[start:end]``, without white space around them; a tab ends one as a line break does."""
    at = start
    for piece in re.split(r"[\n\t\r]", text[start:end]):
        first, last = trimmed(text, at, at + len(piece))
        if first < last:
            yield Line(first, last)
        at += len(piece) + 1


def figures_in(folded: str, line: Line) -> list[Spot]:
    """The places of the figures on a line that can be values: ordinals, years and numbers of articles are none."""
    if line.end - line.start > _LONGEST_FIGURE_LINE:
        return []
    found = _FIGURE.finditer(folded, line.start, line.end)
    return [Spot(m.start(), m.end()) for m in found if not _NO_VALUE.match(folded, m.end(), line.end)]


def shown_line(document: Document, line: Line, anchors: Anchors) -> str:
    """One line with an anchor before each of its values."""
    if line.row is not None:
        cells = [f"{anchors.mark(spot)}{_words(document, spot)}" for spot in line.row.spots]
        return " | ".join([line.row.words, *cells])
    return marked(document.text, line.start, line.end, figures_in(document.folded, line), anchors)


def marked(text: str, start: int, end: int, spots: Iterable[Spot], anchors: Anchors) -> str:
    """``text[start:end]`` with an anchor before each of the spots."""
    pieces, at = [], start
    for spot in spots:
        pieces += [text[at : spot.start], anchors.mark(spot)]
        at = spot.start
    return "".join([*pieces, text[at:end]])


def _words(document: Document, spot: Spot) -> str:
    return " ".join(document.text[spot.start : spot.end].split())


def is_row_of_values(document: Document, row: ShownRow) -> bool:
    """Whether any of a row's places holds a figure."""
    return any(char.isdigit() for spot in row.spots for char in document.text[spot.start : spot.end])


def tables_within(document: Document, spans: Sequence[tuple[int, int]]) -> list[Table]:
    """The source tables that begin within spans."""
    return [table for table in document.tables if any(start <= table.start < end for start, end in spans)]


def chunks_of(text: str, size: int) -> list[tuple[int, int]]:
    """``text`` cut into stretches of at most ``size`` characters at its best separators, as offsets without gaps.

    >>> chunks_of("一二三。四五六。", 5)
    [(0, 4), (4, 8)]
    """
    if len(text) <= size:
        return [(0, len(text))]
    splitters = importlib.import_module("langchain_text_splitters")  # costs half a second; few parts are so long
    splitter = splitters.RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        separators=SEPARATORS,
        keep_separator="end",
        add_start_index=True,
        strip_whitespace=False,
    )
    starts = [document.metadata["start_index"] for document in splitter.create_documents([text])]
    return list(zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True))
