"""Text and cells of a page as a browser shows them."""

from __future__ import annotations

import re
from typing import Any

from extractor.document import Cell
from extractor.load.tree import Element

WHITE = " \t\n\r\f"
"""White space that a browser collapses."""

_LINE_ENDS = "\r\n\f "
_SPACES = re.compile(r"[ \r\f]+")
_GAP = re.compile(r"[ \t\n\r\f]+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uffef"
_WIDE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{_WIDE}])")
_NUMBER = re.compile(r"\s*\+?(\d{1,6})")
_CELLS = frozenset({"td", "th"})
_SIMPLE = frozenset({"p", "div", "center"})


def collapse(text: str) -> str:
    """``text`` with white space as a browser shows it: a line break between Chinese characters is none (CSS Text 4.1).

    >>> collapse("  政府信息\\n公开  年度 2024\\n年 ")
    '政府信息公开 年度 2024 年'
    """
    text = text.strip(WHITE)
    if "\n" in text:
        text = _WIDE_BREAK.sub("", text)
    elif "  " not in text and "\t" not in text:
        return text
    return _GAP.sub(" ", text)


def line_text(text: str) -> str:
    """``text`` collapsed, but for tabs after words: where a page gives a table as lines, they part its cells.

    >>> line_text("\\t项目\\t 数量\\t"), line_text("\\n\\t文字\\n")
    ('\\t项目\\t 数量\\t', '文字')
    """
    if "\t" in text:
        line = text.strip(_LINE_ENDS)
        if "\t" in line.lstrip(WHITE) and "\n" not in line:
            return _SPACES.sub(" ", line)
    return collapse(text)


def number(text: str | None, default: int) -> int:
    """The whole number that an attribute begins with, else ``default``."""
    found = _NUMBER.match(text or "")
    return int(found[1]) if found else default


def simple_row(row: Element) -> list[Cell] | None:
    """The cells of a row that holds simple cells and nothing else, the usual case; None for any other."""
    if (text := row.text) and text.strip(WHITE):
        return None
    cells = []
    for element in row:
        if element.tag not in _CELLS or ((tail := element.tail) and tail.strip(WHITE)):
            return None
        text = simple_text(element) if len(element) else element.text or ""
        if text is None:
            return None
        cells.append(cell_of(element, text if text.isalnum() else collapse(text)))
    return cells


def simple_text(cell: Element) -> str | None:
    """The text of a cell that holds one line and nothing else; None for any other."""
    text = cell.text
    if len(cell):
        child = cell[0]
        if len(cell) > 1 or len(child) or child.tag not in _SIMPLE:
            return None
        if (text and text.strip(WHITE)) or ((tail := child.tail) and tail.strip(WHITE)):
            return None
        text = child.text
    if not text or text.isalnum():
        return text or ""
    return collapse(text)


def cell_of(element: Element, text: str = "") -> Cell:
    """A cell with the spans that ``element`` asks for, not placed yet; its origin is a line of the file."""
    line: Any = element.sourceline
    cell = Cell(text, line or 0, 0, 0, 0)
    if element.keys():
        if span := element.get("rowspan"):
            cell.rowspan = number(span, 1)
        if span := element.get("colspan"):
            cell.colspan = number(span, 1) or 1
    return cell


def line_of(element: Element) -> int:
    """The line of the file on which ``element`` begins, 0 where the parser does not know."""
    line: Any = element.sourceline
    return line or 0
