"""Lines of words and figures → source rows, for tables that nothing but their wording shows.

A line is words, or figures, or words and then figures; anything else is a sentence and ends the table. The words since
the last figures are a row's label with whatever header stood before it; the figures are cut into rows by their number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extractor.document import Document, Paragraph, Table
from extractor.tables.cells import read_cell
from extractor.tables.source import UNIT_WORDS, Slot, SourceRow, unit_beside
from extractor.text import fold, is_blank, squash, trimmed

_SEPARATOR = re.compile(r"(?<=\d)\s*[、；;](?=\s*\d)")
_CHUNK = re.compile(r"(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]+[ \u3000\u00a0]{1,2})?\S+")
_GLUED = re.compile(r"^(.*?[^\W\d_][）)”\"':=」』’》】\]]{0,2})(\d[\d.,]*|[-/]{1,3}|不适用)$")
_SENTENCE = re.compile(r"[。！？!?]")
_RULER = re.compile(r"^[\s|+]*[-=─━_]{3}[\s\-=─━_+|]*$")
_CAPTION = re.compile(r"^\s*附?表\s*(?:\d{1,2}(?:\s*[-—.]\s*\d{1,2})?|[一二三四五六七八九十])\s*[:：.]?\s*$")
"""The number of a table (表1, 附表 2-1): no row of it."""

_NAMED_FIGURE = (
    r"(?P<name>[^\d\s,;:、。+-]{2,16})(?:[\s:]{1,3}|(?<![增减]))"
    r"(?P<value>[+-]?\d+(?:,\d{3})*(?:\.\d+)?|[-/])\s?[件条]?\s?(?:[,;、。]\s?|$)"
)
_PAIR = re.compile(_NAMED_FIGURE)
_NAMED = re.compile(rf"^(?P<label>[^:]{{2,80}}):\s?(?:{re.sub(r'[?]P<[a-z]+>', '?:', _NAMED_FIGURE)}){{1,16}}$")
_NOTE_OPEN = re.compile(r"^[（(]")
_UNIT = re.compile(r"^(?:万元|元|亿元|件|条|项|个)[;；,，]?$")
_LONGEST_LINE = 160
_MOST_PIECES = 120
_SURELY_SEVERAL = 7
_FEWEST_TIGHT = 2


class _Line(NamedTuple):
    """The words of a line with the offset of each, and the spans of the figures after them."""

    words: tuple[tuple[str, int], ...]
    values: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Run:
    """Words (squashed pieces) and the figures after them; ``lines`` says how many figures stood on each line.

    ``texts`` are the pieces as written, ``places`` where in the text they begin.

    ``blank_lines_count``: every cell of the text has a line, so that a blank line is a blank cell. ``bound``: where the
    next part of the report begins.
    """

    pieces: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    blank_lines_count: bool = False
    start: int = 0
    words_end: int = 0
    unit: str | None = None
    bound: int = 0

    def add_words(self, words: Sequence[tuple[str, int]], offset: int) -> None:
        """Append words; of a long text only the last pieces can matter. ``texts`` keeps them as written."""
        for text, at in words:
            piece = squash(text)
            if piece:
                self.texts.append(text)
                self.pieces.append(piece)
                self.places.append(offset + at)
        if len(self.pieces) > _MOST_PIECES:
            self.drop(slice(None, -_MOST_PIECES))
        self.start = self.start or offset + words[0][1]
        self.words_end = offset + words[-1][1] + len(words[-1][0])

    def drop_units(self) -> None:
        """Take units that stand between the label and the figures from the words; one of money is kept apart."""
        self.unit = unit_beside(self.texts[-1]) if self.texts else None
        while self.pieces and self.pieces[-1] in UNIT_WORDS:
            self.drop(slice(-1, None))

    def drop(self, some: slice) -> None:
        """Take words away."""
        del self.pieces[some], self.texts[some], self.places[some]

    def add_values(self, values: Sequence[tuple[int, int]], offset: int, text: str) -> None:
        """Append the figures of one line of ``text``."""
        self.start = self.start or offset + values[0][0]
        self.lines.append(len(values))
        self.slots += [_slot(text, offset + start, offset + end) for start, end in values]


def runs_of(document: Document) -> list[Run]:
    """The runs of words and figures in a document; tables with rows and sentences close a run."""
    runs: list[Run] = []
    run = Run()
    for block in document.blocks:
        if isinstance(block, Table) and block.layout != "stream":
            run = _closed(runs, run)
            continue
        for line, start in _lines(document, block):
            if line is None or (line.words and run.slots):
                run = _closed(runs, run)
            if line is not None and line.words:
                run.add_words(line.words, start)
            if line is not None and line.values:
                run.add_values(line.values, start, document.text)
    _closed(runs, run)
    counts = _blank_lines_count(runs, document.text)
    for run in runs:
        run.blank_lines_count = counts
    return runs


def _blank_lines_count(runs: list[Run], text: str) -> bool:
    """Whether rows of values follow their label, and the next label follows them, without a blank line between.

    Where rows or paragraphs are parted by blank lines, one of them says nothing about a cell.
    """
    tight = 0
    for run, following in pairwise(runs):
        single = len(run.lines) > 1 and max(run.lines) == 1 and bool(run.pieces and following.pieces)
        span = text[run.words_end : following.start] if single else ""
        tight += bool(span) and span.count("\n") == len(run.lines) + 1
    return tight >= _FEWEST_TIGHT


def _slot(text: str, start: int, end: int) -> Slot:
    return Slot(text[start:end], start, end)


def _closed(runs: list[Run], run: Run) -> Run:
    if run.slots or run.pieces:
        run.drop_units()
        runs.append(run)
    return Run()


def _lines(document: Document, block: Paragraph | Table) -> list[tuple[_Line | None, int]]:
    """The lines of a block, each with where it starts; None for a sentence."""
    if isinstance(block, Paragraph):
        return _paragraph_lines(document.text[block.start : block.end], block.start)
    return [(_cell_line(cell.text), cell.start) for row in block.rows for cell in row]


def _paragraph_lines(text: str, start: int) -> list[tuple[_Line | None, int]]:
    """A paragraph as one line; or as one a row, where a converter lost the line breaks of a whole table."""
    line = _paragraph_line(text)
    if line is not None or _SENTENCE.search(text):
        return [(line, start)]
    chunks = [(m.start(), read_cell(m[0]).state == "text") for m in _CHUNK.finditer(text)]
    cuts = [at for (at, is_words), (_, was_words) in zip(chunks[1:], chunks, strict=False) if is_words > was_words]
    ends = [*cuts, len(text)]
    lines = [(_line(text[at:end]), start + at) for at, end in zip([0, *cuts], ends, strict=True)]
    return lines if cuts and all(one is not None and one.values for one, _ in lines) else [(None, start)]


def _paragraph_line(text: str) -> _Line | None:
    if len(text) > _LONGEST_LINE:
        return None if len("".join(text.split())) > _LONGEST_LINE else _line(text)
    if text.endswith("。") and read_cell(text.rsplit(maxsplit=1)[-1]).state == "text":
        return None
    return _short_line(text)


def _cell_line(text: str) -> _Line:
    return _Line(((text, 0),), ()) if read_cell(text).state == "text" else _Line((), ((0, len(text)),))


def _line(text: str) -> _Line | None:
    line = _SEPARATOR.sub(lambda match: " " * len(match[0]), text)
    if _RULER.match(line) or _CAPTION.match(line):
        return _Line((), ())
    named = _NAMED.match(fold(line))
    if named:
        return _with_names(text, named)
    chunks = [(m[0], m.start()) for m in _CHUNK.finditer(line)]
    values = _values(chunks)
    words = tuple(chunks[: len(chunks) - sum(size for _, _, size in values)])
    spans = tuple((begin, finish) for begin, finish, _ in values)
    if sum(len(chunk) for chunk, _ in chunks) > _LONGEST_LINE or (_SENTENCE.search(line) and not spans):
        return None
    if any(read_cell(word).state == "number" for word, _ in words[1:]):
        return None
    return _with_glued(_Line(words, spans))


def _with_names(text: str, named: re.Match[str]) -> _Line:
    """A label and its figures, each after the name of its column: as words, the header and then the label."""
    pairs = list(_PAIR.finditer(fold(text), named.end("label") + 1))
    words = [(text[m.start("name") : m.end("name")], m.start("name")) for m in pairs]
    return _Line((*words, (text[: named.end("label")], 0)), tuple(m.span("value") for m in pairs))


_short_line = lru_cache(maxsize=4_000)(_line)  # the labels of one report are those of the next


def _values(chunks: list[tuple[str, int]]) -> list[tuple[int, int, int]]:
    """The figures closing a line: start, end, and how many chunks each takes (a number and its unit are two)."""
    values: list[tuple[int, int, int]] = []
    at = len(chunks)
    while at:
        word, start = chunks[at - 1]
        size = 1
        if at > 1 and (_UNIT.match(word) or _NOTE_OPEN.match(word)) and read_cell(chunks[at - 2][0]).state == "number":
            start, size = chunks[at - 2][1], 2
        elif is_blank(word) or (read_cell(word).state == "text" and not fold(word).isdecimal()):
            break
        values.append((start, chunks[at - 1][1] + len(word), size))
        at -= size
    return values[::-1]


def _with_glued(line: _Line) -> _Line:
    """A figure written on to the end of the words, without a space, is a figure: 规章000, 规章：0 0 0."""
    if not line.words:
        return line
    word, start = line.words[-1]
    match = _GLUED.match(fold(word))
    if not match:
        return line
    cut = len(match[1])
    return _Line((*line.words[:-1], (word[:cut], start)), ((start + cut, start + len(word)), *line.values))


def source_rows(run: Run, pieces: list[str], width: int, text: str) -> list[SourceRow]:
    """A run cut into rows of ``width`` slots; what does not divide stays one row of the wrong length.

    The first row has the words ``pieces``; the others had none of their own.
    """
    if run.lines[-1] == 1 and run.slots[-1].end >= len(text.rstrip()) and _one_too_many(run.slots, width):
        del run.slots[-1], run.lines[-1]  # a page number closing the file
    slots = _unglued(run.slots, width, text) or _with_blank_lines(run, width, text) or run.slots
    groups = _groups(slots, run.lines, width)
    return [SourceRow([] if at else pieces, group, None, unit=run.unit) for at, group in enumerate(groups)]


def _one_too_many(slots: list[Slot], width: int) -> bool:
    """Whether the figures make whole rows without the last one."""
    rest = len(slots) - 1
    return width > 1 and rest > 0 and (rest % width == 0 or (rest == 1 and slots[0].end - slots[0].start == width))


def _with_blank_lines(run: Run, width: int, text: str) -> list[Slot]:
    """The lines after the label, one a slot, where every cell has a line and a blank one a blank line; else nothing."""
    single = run.lines.count(1)
    if not run.blank_lines_count or single == width or len(run.lines) > width or single * 10 < len(run.lines) * 7:
        return []
    slots, at = [], text.find("\n", run.words_end) + 1
    for _ in range(width):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        slots.append(_slot(text, *trimmed(text, at, end)))
        at = min(end + 1, len(text))
    if slots[-1].blank and at >= run.bound > 0:
        return []  # the blank line that parts the table from the next heading, as likely as a cell
    filled = [slot for slot in slots if slot.end > slot.start]
    begun = {slot.start for slot in run.slots} >= {slot.start for slot in filled}
    return slots if begun and len(filled) == len(run.lines) and run.slots[-1].end <= filled[-1].end else []


def _unglued(slots: list[Slot], width: int, text: str) -> list[Slot]:
    """Digits written in one go are one figure each where there are just as many as columns (规章000); else nothing."""
    runs = [slot.text for slot in slots]
    if width < 2 or any(len(digits) != width or not digits.isdecimal() for digits in runs):
        return []
    glued = slots[0].start > 0 and not text[slots[0].start - 1].isspace()
    if (not glued or len(slots) > 1) and width < _SURELY_SEVERAL and any(digits.strip("0") for digits in runs):
        return []  # a lone figure: 123 under three columns can be one number too
    return [_slot(text, at, at + 1) for slot in slots for at in range(slot.start, slot.end)]


def _groups(slots: list[Slot], lines: list[int], width: int) -> list[list[Slot]]:
    if width == 1 and max(lines) > 1:
        return [slots]  # rows of one figure do not share a line: this is one figure parted, or more than one of it
    if len(slots) % width == 0 and width:
        return [slots[at : at + width] for at in range(0, len(slots), width)]
    if len(lines) > 1 and max(lines) > 1:
        groups, at = [], 0
        for size in lines:
            groups.append(slots[at : at + size])
            at += size
        return groups
    return [slots]
