"""Numerals of the source that nobody took.

Looked at: each table from which a cell was read, each table inside a part that has a table of the form, the lines of
such a part that hold figures alone, or a label and figures, and every line that a cell was read from. A numeral is
taken where it stands in a cell's evidence or its note, belongs to a label (an ordinal, a year, an article), or repeats
a merged cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from extractor.document import Cell, Paragraph
from extractor.text import fold
from extractor.verify.labels import label_of
from extractor.verify.numeral import LONGEST, is_words, value_of, without_figures, written
from extractor.verify.readings import Reading, Readings

_TOKEN = re.compile(
    r"(?:^|(?<=[\s)\].。;；*_]))[(\[]?\d{1,2}\s*[)\]、.,:]+\s*(?=[^\W\d_]|[\"'《<])"  # 1. 2、（3） before words
    r"|^\s*\d{1,2}(?=[^\W\d_]{2})(?!\d{1,2}[余多件条项个次份宗起人部例笔家万亿元千百十页篇期年月日天户名位处])"  # 3其他
    r"|(?:19|20)\d\d\s*(?=年|[)\]]|[—-]\s*(?:19|20)\d\d)|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"  # years and days
    r"|第\s*\d+\s*[条款项号章]|\d+\s*号"  # articles and documents
    r"|(?P<numeral>\d[\d,.]*)"
)
_FIGURES = re.compile(r"[\d,.\s+\-|/%]*\d[\d,.\s+\-|/%]*\Z")
_AFTER_FIGURES = "%|/-., \t"
_LABELLED = re.compile(r"(?P<words>\S[^。！？；，]{0,60}?[^\d\s.,:：])(?P<apart>[\s:：]*)\d[\d,.\s]*\Z")
_STOP = re.compile(r"\s*[)\].、,:]\s*\Z")
_HEADER_AMOUNT = re.compile(r"[(\[][^()\[\]\d]{0,8}(?P<numeral>\d[\d,.]*)\s*[亿万千]?元\s*[)\]]")
_PAGE_NUMBER = re.compile(r"\s*[-—]?\s*\d{1,3}\s*[-—]?\s*")
_UNIT = re.compile(r"[亿万千]?元")
_DIGIT = re.compile(r"\d")
_SHORT = 8
BLOCK = 3
"""How many values below a header's amount may be what it says."""

_LONGEST_LINE = 160
_WIDEST = 1_000
_FARTHEST = 40
"""How many rows up or cells aside a header or a merged cell is looked for."""


class Stray(NamedTuple):
    """A numeral that nobody took; ``table`` and ``cell`` say where, None in a line of text."""

    text: str
    start: int
    table: int | None = None
    cell: Cell | None = None


@lru_cache(maxsize=4_000)
def _short_numerals(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(_find_numerals(text))


def _find_numerals(text: str) -> Iterator[tuple[int, int]]:
    for match in _TOKEN.finditer(fold(text)):
        if match["numeral"]:
            yield match.start(), match.start() + len(match[0].rstrip(".,"))


def numerals_in(text: str) -> Iterable[tuple[int, int]]:
    """The spans of the numerals in a cell's words that are no ordinal, year or article.

    >>> list(numerals_in("1.属于国家秘密")), list(numerals_in("第二十条第（一）项 规章5")), list(numerals_in("12"))
    ([], [(12, 13)], [(0, 2)])
    """
    return _short_numerals(text) if len(text) <= LONGEST else _find_numerals(text)


def words_over(rows: list[list[Cell]], cell: Cell) -> list[str]:
    """The words over a cell's column, nearest first."""
    return [
        other.text
        for row in reversed(rows[max(0, cell.row - _FARTHEST) : cell.row])
        for other in row
        if other.column <= cell.column < other.column + other.colspan and is_words(other.text)
    ][:4]


class StrayFinder:
    """Walks the tables and lines of a document against the spans of what was read."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.document = readings.document
        self.spans = readings.spans
        self.starts = readings.starts
        self.ends = {start: end for start, end, _ in self.spans}
        lone = [start for start, _, reading in self.spans if reading.evidence.source.row is None]
        self.read_lines = (lone[0], lone[-1] + 1) if lone else (0, 0)

    def in_tables(self) -> Iterator[Stray]:
        """Those in cells of tables."""
        for index, table in enumerate(self.document.tables):
            if self.readings.was_read(table.start, table.end) or self.readings.part_at(table.start):
                for row in table.rows:
                    yield from self._in_row(index, row)

    def _in_row(self, index: int, row: list[Cell]) -> Iterator[Stray]:
        ends = self.ends
        for cell in row:
            if cell.text and ends.get(cell.start) != cell.end:
                for start, end in numerals_in(cell.text):
                    begin = cell.start + start
                    if not self._taken(begin, cell.start + end) and not self._is_excused(index, cell, (start, end)):
                        yield Stray(cell.text[start:end], begin, index, cell)

    def in_lines(self) -> Iterator[Stray]:
        """Those in lines that are figures, or a label and figures, in parts with a table and between read lines."""
        text, ends, paragraphs = self.document.folded, self.ends, self.document.paragraphs
        regions = [*((part.start, part.end) for part in self.readings.parts), self.read_lines]
        for index in _inside(paragraphs, regions):
            paragraph = paragraphs[index]
            if ends.get(paragraph.start) != paragraph.end:
                line = text[paragraph.start : paragraph.end]
                if _DIGIT.search(line) and (self._is_short(line) or self._was_read(paragraph)):
                    yield from self._in_line(line, index)

    def _is_short(self, line: str) -> bool:
        """Whether a line may be a row of figures; the blanks that align its columns do not count."""
        return len(line) <= _LONGEST_LINE or (len(line) <= _WIDEST and len(" ".join(line.split())) <= _LONGEST_LINE)

    def _was_read(self, paragraph: Paragraph) -> bool:
        return self.readings.was_read(paragraph.start, paragraph.end)

    def _in_line(self, line: str, index: int) -> Iterator[Stray]:
        at = self.document.paragraphs[index].start
        for start, end in self._figures_of(line, at):
            if not (
                self._taken(at + start, at + end)
                or self._is_page_number(line, at, self._line(index - 1))
                or self._is_parted_ordinal(line, (start, end), self._line(index + 1), self._line(index + 2))
            ):
                yield Stray(line[start:end], at + start)

    def _figures_of(self, line: str, at: int) -> Iterable[tuple[int, int]]:
        """The numerals of a line that may be a cell's: all but a remark's where one was read from it, else figures."""
        read = self.readings.read_in(at, at + len(line) + 1)
        if read:
            return [span for span in numerals_in(line) if not self._is_told(line, span, read)]
        if line.rstrip(_AFTER_FIGURES)[-1:].isdigit() and (_FIGURES.match(line) or self._is_labelled(line.strip())):
            return numerals_in(line)
        amount = _HEADER_AMOUNT.search(line)
        return [amount.span("numeral")] if amount and not self._is_said_next(line, amount.span("numeral"), at) else []

    def _is_told(self, line: str, span: tuple[int, int], read: list[Reading]) -> bool:
        """Whether a remark of a value read from the line holds a numeral, or its amount is that value."""
        return _is_noted(read, line[span[0] : span[1]]) or self._is_said(line, span, read)

    def _is_said_next(self, line: str, span: tuple[int, int], at: int) -> bool:
        """Whether a header's amount is one of the values read next below it."""
        first = place_among(self.readings, at)
        return self._is_said(line, span, [reading for _, _, reading in self.spans[first : first + BLOCK]])

    def _line(self, index: int) -> str:
        """The folded words of a short paragraph; "" where there is none."""
        paragraphs = self.document.paragraphs
        if not 0 <= index < len(paragraphs) or paragraphs[index].end - paragraphs[index].start > _LONGEST_LINE:
            return ""
        return self.document.folded[paragraphs[index].start : paragraphs[index].end]

    def _is_labelled(self, line: str) -> bool:
        """Whether a line is words and figures; without a space between them, the words must be the label of a row."""
        match = _LABELLED.match(line)
        return match is not None and (bool(match["apart"]) or self._is_row_label(match["words"]))

    def _is_row_label(self, words: str) -> bool:
        return any(table.row_judge.best(words) for table in self.readings.vocabulary.tables.values())

    def _is_page_number(self, line: str, at: int, before: str) -> bool:
        """A short numeral alone on its line, away from lines that were read and not below a label or a figure."""
        if not _PAGE_NUMBER.fullmatch(line) or self.read_lines[0] <= at < self.read_lines[1]:
            return False
        return not _FIGURES.match(before) and not self._is_row_label(before)

    # ---- numerals that are accounted for -------------------------------------------------------------------------

    def _taken(self, start: int, end: int) -> bool:
        """Whether a span lies in a cell's evidence, or is single digits written in one go that are each a cell's."""
        at = bisect_right(self.starts, start) - 1
        if at >= 0 and self.spans[at][1] >= end:
            return True
        return all(self.ends.get(digit) == digit + 1 for digit in range(start, end))

    def _is_excused(self, index: int, cell: Cell, span: tuple[int, int]) -> bool:
        """Whether a numeral belongs to a note, repeats a merged cell, or says in the header what a cell says."""
        numeral = cell.text[span[0] : span[1]]
        return (
            _is_noted(self.readings.read_in(cell.start, cell.end), numeral)
            or self._is_ordinal_cell(index, cell, span)
            or self._is_repeat(index, cell)
            or self._is_said_below(index, cell, span)
        )

    def _is_said_below(self, index: int, cell: Cell, span: tuple[int, int]) -> bool:
        """Whether a header's amount (单位：0万元) is what was read from a cell of the same table."""
        table = self.document.tables[index]
        return self._is_said(cell.text, span, self.readings.read_in(table.start, table.end))

    def _is_said(self, text: str, span: tuple[int, int], read: list[Reading]) -> bool:
        """Whether an amount in words is what was read from one of some cells."""
        unit = _UNIT.match(fold(text[span[1] : span[1] + 2]))
        said = written(text[span[0] : span[1]] + unit[0]) if unit else None
        amounts = self.readings.vocabulary.amounts
        return said is not None and value_of(said, "amount") in [one.value for one in read if one.column in amounts]

    def _is_ordinal_cell(self, index: int, cell: Cell, span: tuple[int, int]) -> bool:
        """Whether a cell ends in the ordinal of the label in the cells after it."""
        if not _STOP.match(fold(cell.text[span[1] : span[1] + _SHORT])):
            return False
        rows = self.document.tables[index].rows
        following = [*(one for one in rows[cell.row] if one.column > cell.column), *chain(*rows[cell.row + 1 :][:2])]
        return self._is_parted_ordinal(fold(cell.text), span, *(fold(one.text) for one in following[:2]))

    def _is_parted_ordinal(self, text: str, span: tuple[int, int], *following: str) -> bool:
        """Whether words end in an ordinal that a line break has parted from its label, which may be broken too."""
        if not _STOP.match(text, span[1]):
            return False
        ordinal, judges = text[span[0] : span[1]], [one.row_judge for one in self.readings.vocabulary.tables.values()]
        labels = ("".join(following[: count + 1]) for count in range(len(following)))
        return any(ordinal in judge.ordinals(without_figures(label)) for label in labels for judge in judges)

    def _is_repeat(self, index: int, cell: Cell) -> bool:
        """Whether a converter repeated a merged cell: same words, same header, beside a value that was read."""
        lattice, rows = self.readings.lattice(index), self.document.tables[index].rows
        for step in (-1, 1):
            for distance in range(1, _FARTHEST):
                other = lattice.get((cell.row, cell.column + step * distance))
                if other is None or other.text != cell.text:
                    break
                if self.readings.was_read(other.start, other.end):
                    over = words_over(rows, cell)[:1]
                    return (bool(over) and over == words_over(rows, other)[:1]) or self._is_left_over(
                        rows[cell.row], over
                    )
        return False

    def _is_left_over(self, row: list[Cell], over: list[str]) -> bool:
        """Whether a copy stands in a row that was read whole, under a header that is wrong (a page break) or none."""
        read = self.readings.rows_of(self.readings.read_in(row[0].start, row[-1].end))
        whole = bool(read) and all(one.evidence.source.start is not None for one in read)
        labels = [self.readings.vocabulary.tables[one.table].column_labels for one in read[:1]]
        return whole and all(any(label_of(text).bare in known for known in labels) for text in over)


def _inside(paragraphs: Sequence[Paragraph], regions: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The indexes of the paragraphs that start in one of the regions, each once, in order."""
    starts = [paragraph.start for paragraph in paragraphs]
    reached = 0
    for start, end in sorted(regions):
        first, reached = max(reached, bisect_left(starts, start)), max(reached, bisect_left(starts, end))
        yield from range(first, reached)


def is_header_amount(folded: str, stray: Stray) -> bool:
    """Whether a numeral is an amount in brackets among words, as in 本年收费金额（单位：0万元）."""
    found = _HEADER_AMOUNT.search(folded, max(0, stray.start - _SHORT - 2), stray.start + len(stray.text) + _SHORT)
    return found is not None and found.start("numeral") == stray.start


def _is_noted(read: Iterable[Reading], numeral: str) -> bool:
    """Whether a remark of one of these values holds the numeral."""
    return any(numeral in (one.evidence.note or "") for one in read)


def place_among(readings: Readings, offset: int) -> int:
    """How many values were read from before an offset."""
    return bisect_left(readings.starts, offset)
