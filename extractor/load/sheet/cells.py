"""The lines of one cell → its text, and what a cell's text can be: a figure, or words that the form knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from extractor.forms import builtin_forms
from extractor.load.sheet.paragraphs import seam
from extractor.load.sheet.sheet import GridCell, Line
from extractor.text import fold, is_blank, squash

_FIGURE = re.compile(r"(?:[增减][加少]?)?[\s\d,，.．０-９　+＋\-－—–/／\\%％万亿元件条项个次无Oo〇]{1,40}")
_ORDINAL_ALONE = re.compile(r"\s*\d{1,2}\s?[.．、]\s*")
_UNITS_ALONE = re.compile(r"[\s　%％万亿元件条项个次]*[件条项个次元][\s　]*")
_ENDS_IN_DIGIT = re.compile(r"[\d０-９.,，．][\s　]*$")
_BEGINS_WITH_DIGIT = re.compile(r"[\s　]*[\d０-９.,，．]")
_PADDING = 14.0
"""Points that a cell's own margins take at most, left and right together."""


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    words: set[str] = set()
    for form in builtin_forms():
        for block in (block for table in form.tables for block in table.blocks):
            words.update(word for row in block.rows for word in (*row.labels, *row.path))
            words.update(word for column in block.columns for word in (*column.labels, *column.path))
            words.update([*block.heading, *block.column_groups, *block.row_groups, block.stub or ""])
    return frozenset(map(squash, words)) - {""}


_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]{1,2}|\d{1,2})(?=\D)")


_UNIT = re.compile(r"[（(]\s{0,3}(?:单位)?\s{0,3}[:：]?\s{0,3}[亿万千]?\s{0,3}[元件][）)]\s{0,3}$")
"""The unit that a header states behind its label."""


@lru_cache(maxsize=4_000)
def is_known(text: str) -> bool:
    """Whether a form prints these words on a row or a column, with or without an ordinal before and a unit behind."""
    bare = squash(_UNIT.sub("", text))
    return bare in _known() or _ORDINAL.sub("", bare) in _known()


@lru_cache(maxsize=1)
def _ordered() -> tuple[str, ...]:
    return tuple(sorted(_known()))


@lru_cache(maxsize=4_000)
def begins_known(text: str) -> bool:
    """Whether words that a form prints on a row or a column begin with these, with or without an ordinal."""
    for bare in (squash(text), _ORDINAL.sub("", squash(text))):
        at = bisect_left(_ordered(), bare)
        if bare and at < len(_ordered()) and _ordered()[at].startswith(bare):
            return True
    return False


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure or a mark for none, or nothing; a label's ordinal or its last letter is no figure.

    >>> is_figure("1,113"), is_figure("—"), is_figure(""), is_figure("其他"), is_figure("3."), is_figure("项")
    (True, True, True, False, False, False)
    """
    if is_blank(text):
        return True
    alone = _ORDINAL_ALONE.fullmatch(text) or _UNITS_ALONE.fullmatch(text)
    return _FIGURE.fullmatch(text) is not None and alone is None


def text_of(cell: GridCell) -> str:
    """The text of a cell: its lines without the breaks that its width made.

    A number is put together again only where its first line left no room for another digit; else the lines stay apart.
    """
    return joined(cell.lines, cell.box[2] - cell.box[0])


def joined(lines: Sequence[Line], width: float) -> str:
    """The text of lines that stand in a cell of this width (points)."""
    text = ""
    last: Line | None = None
    for line in lines:
        words = line.text.strip()
        if not words:
            continue
        text += (between(last, words, width) if last else "") + words
        last = line
    return text


def between(last: Line, words: str, width: float) -> str:
    """What joins the line ``last`` of a cell of this width with the ``words`` that follow it there."""
    if not (_ENDS_IN_DIGIT.search(last.text) and _BEGINS_WITH_DIGIT.match(words)):
        return seam(last.text.rstrip(), words)
    return "" if is_full(last, words, width) else "\n"


def is_full(last: Line, words: str, width: float) -> bool:
    """Whether the first digit of ``words`` had no room at the end of ``last``, in a cell of this width.

    Where signs are full-width no comma may begin a line, so that all of ``words`` must have had none.
    """
    size = last.box[3] - last.box[1]
    needed = size / 2 if words.isascii() else sum(size / 2 if char.isascii() else size for char in words)
    return width - (last.box[2] - last.box[0]) < _PADDING + needed


def goes_on_in(text: str, last: Line, words: str, width: float) -> bool:
    """Whether ``words`` are the rest of a figure, its unit or the note on it, which the page's end cut.

    ``text`` is what stands above, ``last`` its last line, ``width`` that of the cell.
    """
    if _ENDS_IN_DIGIT.search(text) and _BEGINS_WITH_DIGIT.match(words):
        return is_full(last, words, width)
    if _ENDS_IN_DIGIT.search(text) and _UNITS_ALONE.fullmatch(words):
        return True
    folded = fold(text)
    return folded.count("(") > folded.count(")")
