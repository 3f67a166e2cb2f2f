"""Tables that a text draws with tabs, pipes or commas → ``Table``.

Four drawings occur: a tab opens a cell and a blank line closes a row; a line is a row and tabs part its cells; a line
is a row between pipes; a line is a row with commas between its fields. Converters drop spans, so the columns of such
tables count by order: ``layout="rows"``. Where not even rows can be told, it is ``"stream"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extractor.document import Cell, Paragraph, Table
from extractor.forms import builtin_forms
from extractor.text import is_blank, squash

_PIPES = re.compile(r"[|│┃｜]")
PIPES = "|│┃｜+┼┌├└╔╠╚"
"""What a line drawn with pipes begins with, if it does not hold a pipe further on."""

_PIPE_LINE = re.compile(rf"\s*[{PIPES}]|[^|│┃｜]*[|│┃｜][^|│┃｜]*[|│┃｜]")
_RULE = re.compile(r"^(?=.*(?:-{3}|={3}|[─━═]|:-|-:|\+-))[\s|│┃｜+:=\-─━═┼├┤┌┐└┘┬┴╔╗╚╝╠╣╦╩╬]+$")
_ORDINAL = re.compile(r"^(?:附?[表件]|第)?(?:[一二三四五六七八九十]{1,2}|\d{1,2})(?:部分)?")
_FIGURE = re.compile(r"^[\s\d,，.．０-９\u3000+＋－-]+$")
_ONE_NUMBER = re.compile(r"^\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*$")
_LABEL_AND_FIGURE = re.compile(r"^[^,]*[^\d\s,]\s+\d{1,3},\d{3}")
_PARTED_FIGURES = re.compile(r"\d\s+\d")
_COMMA_OR_QUOTE = re.compile(r'[,"]')
_LONGEST_LABEL = 60
_LONGEST_ROW = 400
_LONGEST_FIELD = 45
_FEWEST_COMMA_ROWS = 4
_STREAM_ROW = 18  # the longest row of a form has sixteen cells


class Line(NamedTuple):
    """One line of a text; ``start`` and ``end`` are its offsets, the line break not counted."""

    text: str
    start: int
    end: int


Spans = list[tuple[str, int]]
"""The cells of one row: raw text and the offset it starts at."""

Blocks = Sequence[Paragraph | Table]


@lru_cache(maxsize=1)
def _part_titles() -> frozenset[str]:
    return frozenset(squash(t) for form in builtin_forms() for part in form.parts for t in (part.title, *part.aliases))


@lru_cache(maxsize=4_000)
def is_part_title(line: str) -> bool:
    """Whether a line is the title of one of the statutory parts, with or without its number."""
    if len(line) > _LONGEST_LABEL:
        return False
    bare = squash(line)
    return bare in _part_titles() or _ORDINAL.sub("", bare) in _part_titles()


def is_pipe(line: str) -> bool:
    """Whether a line is a row (or a border) drawn with pipes."""
    return _PIPE_LINE.match(line) is not None or (len(line) <= _LONGEST_LABEL and _PIPES.search(line) is not None)


def has_tab(line: str) -> bool:
    """Whether a line holds a tab."""
    return "\t" in line


def tab_table(lines: list[Line], index: int) -> tuple[Blocks, int]:
    """What begins with a tab on line ``index`` (a table, or indented paragraphs), and the line after it."""
    if not _one_cell_a_line(lines, index):
        rows, index = _rows_on_lines(lines, index)
    elif lines[index].text[0] == "\t":
        rows, index = _cells_on_lines(lines, index)
    else:  # a line of its own before such a table
        rows, index = [_tab_cells(lines[index])], index + 1
    return _table(rows), index


def pipe_table(lines: list[Line], index: int) -> tuple[Blocks, int] | None:
    """The table drawn with pipes that begins on line ``index``, and the line after it; None for a single line.

    Many rules around a single line are no table either, but are passed over together.
    """
    index, last = _region(lines, index, is_pipe, 1)
    drawn = [line for line in lines[index:last] if not is_blank(line.text) and not _RULE.match(line.text)]
    if len(drawn) < 2:
        return ([Paragraph(line.start, line.end) for line in drawn], last) if last > index + 2 else None
    left = all(_PIPES.match(line.text.lstrip()) for line in drawn)
    right = all(_PIPES.match(line.text.rstrip()[-1:]) for line in drawn)
    return _table([_pipe_cells(line, left, right) for line in drawn]), last


def _table(rows: list[Spans]) -> Blocks:
    """Rows of spans as a table; as paragraphs where they never hold two things side by side, nor any figure."""
    rows = [row for row in rows if row]
    cells = [[_cell(text, start, r, c) for c, (text, start) in enumerate(row)] for r, row in enumerate(rows)]
    filled = [[cell for cell in row if cell.text] for row in cells]
    every = [cell for row in filled for cell in row]
    if _is_prose(filled, every):
        return [Paragraph(cell.start, cell.end) for cell in every]
    single = sum(1 for row in cells if len(row) == 1)
    stream = max(len(row) for row in cells) > _STREAM_ROW or (len(cells) > 6 and single * 10 > len(cells) * 9)
    return [Table(every[0].start, every[-1].end, "stream" if stream else "rows", cells)]


def _is_prose(filled: list[list[Cell]], every: list[Cell]) -> bool:
    """Paragraphs that were indented: never two side by side with hardly a figure, or sentences without any."""
    single = max(map(len, filled), default=0) < 2
    if not single and not any("。" in cell.text for cell in every):
        return False
    figures = sum(1 for cell in every if _FIGURE.match(cell.text))
    return figures * 5 <= len(every) if single else not figures


def _cell(text: str, start: int, row: int, column: int) -> Cell:
    bare = text.strip()
    if bare is not text and bare:
        start += len(text) - len(text.lstrip())
    return Cell(bare, start, start + len(bare), row, column)


# ---- commas ------------------------------------------------------------------------------------------------------


def is_comma_row(line: str) -> bool:
    """Whether a line can be a row of comma-separated values: short fields, figures or blanks among them, no sentence.

    A comma may also group digits (72,713), so figures parted by spaces, or a line that is one number, are no row.
    """
    if "," not in line or len(line) > _LONGEST_ROW or "。" in line or _ONE_NUMBER.match(line):
        return False
    if 2 * len(_PARTED_FIGURES.findall(line)) >= line.count(",") or _LABEL_AND_FIGURE.match(line):
        return False
    fields = [line[begin:end] for begin, end in _fields(line)]
    plain = sum(1 for field in fields if is_blank(field) or _FIGURE.match(field))
    return plain * 2 >= len(fields) or (len(fields) > 2 and all(len(field) <= _LONGEST_FIELD for field in fields))


def comma_table(lines: list[Line], index: int) -> tuple[Blocks, int] | None:
    """The comma-separated rows that begin on line ``index``, and the line after them; None for too few of them."""
    index, last = _region(lines, index, is_comma_row, 1)
    drawn = [line for line in lines[index:last] if not is_blank(line.text)]
    if sum(1 for line in drawn if is_comma_row(line.text)) < _FEWEST_COMMA_ROWS:
        return None
    return _table([[_unquoted(line, begin, end) for begin, end in _fields(line.text)] for line in drawn]), last


def _fields(line: str) -> list[tuple[int, int]]:
    """The spans between commas that stand outside of quotation marks."""
    fields, begin, quoted = [], 0, False
    for match in _COMMA_OR_QUOTE.finditer(line):
        if match[0] == '"':
            quoted = not quoted
        elif not quoted:
            fields.append((begin, match.start()))
            begin = match.end()
    return [*fields, (begin, len(line))]


def _unquoted(line: Line, begin: int, end: int) -> tuple[str, int]:
    text = line.text[begin:end]
    if len(text) > 1 and text[0] == text[-1] == '"':
        begin, text = begin + 1, text[1:-1]
    return text, line.start + begin


# ---- one cell a line ---------------------------------------------------------------------------------------------


def _one_cell_a_line(lines: list[Line], index: int) -> bool:
    """Of the next lines with a tab, most have just one, in front."""
    with_tab = [line.text for line in lines[index : index + 30] if "\t" in line.text]
    single = sum(1 for text in with_tab if text[0] == "\t" and "\t" not in text[1:])
    return single * 10 >= len(with_tab) * 8


def _cells_on_lines(lines: list[Line], index: int) -> tuple[list[Spans], int]:
    """A tab opens a cell, a blank line closes a row; words without a tab go on with the open cell."""
    rows: list[Spans] = [[]]
    gap, reached = 0, index
    while index < len(lines):
        line = lines[index]
        if line.text.startswith("\t"):
            if gap and rows[-1]:
                rows.append([])
            rows[-1].append((line.text[1:], line.start + 1))
            gap = 0
        elif is_blank(line.text):
            gap += 1
        elif rows[-1] and _goes_on(lines, index, rows[-1], gap):
            text, start = rows[-1][-1]
            rows[-1][-1] = (text + "\n" * (line.start - start - len(text)) + line.text, start)
            gap = 0
        else:
            break
        index += 1
        reached = index if not gap else reached
    return rows, reached


def _goes_on(lines: list[Line], index: int, row: Spans, gap: int) -> bool:
    """Whether a line without a tab belongs to the open cell rather than to the text after the table."""
    text, open_cell = lines[index].text, row[-1][0]
    if is_part_title(text):
        return False
    if gap:
        return len(row) == 1 and is_blank(open_cell) and _tab_follows(lines, index)
    if _FIGURE.match(open_cell) and not is_blank(open_cell):
        return text.lstrip()[:1] in "(（"
    return len(text) <= _LONGEST_LABEL


def _tab_follows(lines: list[Line], index: int) -> bool:
    following = next((line.text for line in lines[index + 1 : index + 4] if not is_blank(line.text)), "")
    return following.startswith("\t")


# ---- one row a line ----------------------------------------------------------------------------------------------


def _rows_on_lines(lines: list[Line], index: int) -> tuple[list[Spans], int]:
    index, last = _region(lines, index, has_tab, 2)
    return [_tab_cells(line) for line in lines[index:last] if not is_blank(line.text) or "\t" in line.text], last


def _region(lines: list[Line], index: int, drawn: Callable[[str], bool], reach: int) -> tuple[int, int]:
    """The run of lines from ``index`` that make one table: drawn lines, with blank or short lines between them."""
    last, between = index + 1, 0
    for at in range(index + 1, len(lines)):
        text = lines[at].text
        if drawn(text):
            last, between = at + 1, 0
            continue
        if not is_blank(text):
            between += 1
        if between > reach or len(text) > _LONGEST_LABEL or is_part_title(text) or at - last > 4:
            break
    return index, last


def _tab_cells(line: Line) -> Spans:
    return _placed(line.text.split("\t"), line.start)


def _pipe_cells(line: Line, left: bool, right: bool) -> Spans:
    """Cells between pipes; ``left`` and ``right`` say whether the table's outer pipes are drawn."""
    pieces = _PIPES.split(line.text)
    if "\\" in line.text:
        pieces = _unescaped(line.text)
    cells = _placed(pieces, line.start)
    begin, end = int(left and len(cells) > 1), len(cells)
    return cells[begin : max(end - right, begin + 1)]


def _unescaped(text: str) -> list[str]:
    """The pieces between pipes before which no backslash stands."""
    cuts = [m.start() for m in _PIPES.finditer(text) if text[m.start() - 1 : m.start()] != "\\"]
    return [text[begin + 1 : end] for begin, end in pairwise((-1, *cuts, len(text)))]


def _placed(pieces: list[str], offset: int) -> Spans:
    """Pieces of a line, one character between each two, with their offsets."""
    spans = []
    for piece in pieces:
        spans.append((piece, offset))
        offset += len(piece) + 1
    return spans
