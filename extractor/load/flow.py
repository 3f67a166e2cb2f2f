"""What a loader found, in reading order → one text with paragraphs, tables and pictures as spans of it.

Paragraphs stand on lines of their own, and so do the rows of a table; a tab parts the cells of a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from extractor.document import Cell, Paragraph, Picture, Position, SetAside, Table
from extractor.load.items import Grid, Image, Item, Line, Verbatim
from extractor.load.plain import clean, furniture, plain_blocks

Locate = Callable[[int], Position]
"""From an item's origin to its place in the file."""


FULL_STOP = "。"
"""What ends a sentence of the report; page furniture never ends so."""

_RULES = "\t|│┃｜"
"""What tables in text are drawn with."""


_NUMBERED = re.compile(
    r"\s*(?:第?[一二三四五六七八九十\d]{1,3}(?:部分|章|节|[、.．])?|[（(][一二三四五六七八九十\d]{1,3}[）)])\t+[^\t\d][^\t]*"
)
"""An ordinal that a tab parts from its words: no row of a table."""

_FIGURE = re.compile(r"[\s\d,，.．０-９+＋－/-]*")


class Flow:
    """Lays items into one text. ``anchors`` pair offsets of the text with the origins of what stands there."""

    def __init__(self, locate: Locate) -> None:
        self.blocks: list[Paragraph | Table] = []
        self.pictures: list[Picture] = []
        self.set_aside: list[SetAside] = []
        self.anchors: list[tuple[int, int]] = []
        self._locate = locate
        self._pieces: list[str] = []
        self._length = 0
        self._marks, self._furniture = furniture()
        self._run: list[Line] = []

    def lay(self, items: Iterable[Item]) -> str:
        """The text of ``items``; converter marks and lines that are page furniture are set aside."""
        for item in items:
            if isinstance(item, Line):
                self._run.append(item)
                continue
            self._end_run()
            if isinstance(item, Grid):
                self._lay_grid(item)
            elif isinstance(item, Image):
                self.pictures.append(Picture(item.name, self._length))
            else:
                self._lay_verbatim(item)
        self._end_run()
        text = "".join(self._pieces).removesuffix("\n")
        self.pictures = [Picture(each.name, min(each.start, len(text))) for each in self.pictures]
        return text

    def _end_run(self) -> None:
        """Lay the lines since the last table; tables drawn with tabs or pipes may be among them."""
        run = self._content(self._run) if self._run else []
        self._run = []
        text = "\n".join([line.text for line in run if line.text.strip()])
        if not any(mark in text for mark in _RULES):
            self._lay_lines(run)
            return
        for numbered, lines in groupby(run, lambda line: _NUMBERED.fullmatch(line.text) is not None):
            (self._lay_lines if numbered else self._lay_drawn)(list(lines))

    def _lay_lines(self, lines: list[Line]) -> None:
        for line in lines:
            text = line.text
            if bare := text.strip():
                start = self._add(text, line.origin)
                if len(bare) < len(text):
                    start += len(text) - len(text.lstrip())
                self.blocks.append(Paragraph(start, start + len(bare), line.heading))

    def _content(self, run: list[Line]) -> list[Line]:
        """The lines of which anything stays once marks and furniture are set aside; most runs have neither."""
        text = "".join([f"\n{line.text}" for line in run])
        if "[" not in text and "{" not in text and not self._furniture.search(text):
            return [line for line in run if line.text]
        return [line for line in run if self._is_content(line)]

    def _is_content(self, line: Line) -> bool:
        line.text = self._without_marks(line.text, line.origin)
        if line.text[-1:] != FULL_STOP and self._furniture.match(f"\n{line.text}"):
            self._put_aside("furniture", line.text, line.origin)
            return False
        return bool(line.text)

    def _without_marks(self, text: str, origin: int) -> str:
        if "[" not in text and "{" not in text:
            return text
        for mark in self._marks.finditer(text):
            self._put_aside("mark", mark[0], origin)
        return self._marks.sub("", text)

    def _put_aside(self, kind: str, text: str, origin: int) -> None:
        self.set_aside.append(SetAside(kind, text.strip(), self._locate(origin)))

    def _lay_drawn(self, lines: list[Line]) -> None:
        base = self._length
        headings = {}
        for line in lines:
            headings[self._add(line.text, line.origin)] = line.heading
        for block in plain_blocks("\n".join(line.text for line in lines), base):
            if isinstance(block, Paragraph) or _is_words(block):
                self.blocks.append(Paragraph(block.start, block.end, headings.get(block.start, 0)))
            else:
                self.blocks.append(block)

    def _lay_verbatim(self, item: Verbatim) -> None:
        cleaned = clean(item.text)
        for kind, text, _ in cleaned.aside:
            self._put_aside(kind, text, item.origin)
        self.blocks += plain_blocks(cleaned.text, self._add(cleaned.text, item.origin))

    def _lay_grid(self, grid: Grid) -> None:
        if not any(cell.text for row in grid.rows for cell in row):
            return
        start = self._length
        for row in grid.rows:
            self._length = self._lay_row(row, self._length)
        self.blocks.append(Table(start, self._length - 1, grid.layout, grid.rows))

    def _lay_row(self, row: list[Cell], position: int) -> int:
        """Lay a row at ``position``; where the next begins."""
        text = "\t".join([cell.text for cell in row])
        if "[" in text or "{" in text:
            for cell in row:
                cell.text = self._without_marks(cell.text, cell.start)
            text = "\t".join([cell.text for cell in row])
        self._pieces += text, "\n"
        begin = position
        for cell in row:
            self.anchors.append((begin, cell.start))
            cell.start = begin
            cell.end = end = begin + len(cell.text)
            begin = end + 1
        return position + len(text) + 1

    def _add(self, text: str, origin: int) -> int:
        """Append ``text`` on a line of its own; where it begins."""
        start = self._length
        self.anchors.append((start, origin))
        self._pieces.append(text)
        self._pieces.append("\n")
        self._length = start + len(text) + 1
        return start


def _is_words(table: Table) -> bool:
    """One row and no figure in it: words that a tab sets apart (``联系人：…  电话：…``)."""
    return len(table.rows) == 1 and not any(_FIGURE.fullmatch(cell.text) for cell in table.rows[0])
