"""Whether a page's text layer can be used, or the page must be read as a picture.

Invisible text under or over a picture is an older engine's reading, which nobody checked: it does not count. Nor does a
layer whose fonts do not tell their characters, or tell others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from extractor.load.pdf.color import WHITE
from extractor.load.pdf.device import UNKNOWN, Glyph, Painted
from extractor.load.sheet.sheet import Box, GridCell, Sheet

_FEW_LETTERS = 60
_SCAN = 0.5
"""Share of the page that one picture takes on a scan."""

_EDGE = 0.08
"""Share of the page's height at its top and bottom in which print beside a scan stands: stamps, page numbers."""

_UNKNOWN = 0.2
"""Share of letters without a character from which the text layer is of no use."""

_CHINESE = 0.1
"""Share of Chinese letters that a page of letters has at least."""

_COMMON = 0.7
"""Share of Chinese letters that are common ones, at least: of glyph numbers taken for letters about a third are."""

_FEW_PATHS = 20


def is_scan(painted: Painted) -> bool:
    """Whether the page shows print, but its text layer is missing or cannot be used."""
    letters = [glyph for glyph in painted.glyphs if not glyph.text.isspace()]
    if sum(glyph.text == UNKNOWN for glyph in letters) > _UNKNOWN * len(letters):
        return True
    if not letters:
        return bool(painted.pictures) or painted.paths > _FEW_PATHS
    if max((_share(box, painted) for box in painted.pictures), default=0.0) > _SCAN:
        return _is_under_letters(painted, letters)
    return is_garbled(glyph.text for glyph in letters)


def _share(box: Box, painted: Painted) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) / (painted.width * painted.height)


def _is_under_letters(painted: Painted, letters: Sequence[Glyph]) -> bool:
    """Whether the picture that takes most of the page is what it shows, and ``letters`` only stand beside it."""
    top, bottom = _EDGE * painted.height, (1 - _EDGE) * painted.height
    within = [glyph for glyph in letters if glyph.light < WHITE and glyph.box[3] > top and glyph.box[1] < bottom]
    return len(within) < max(_FEW_LETTERS, len(painted.hidden)) or is_garbled(glyph.text for glyph in within)


def is_garbled(letters: Iterable[str]) -> bool:
    """Whether letters are none of a Chinese report: hardly any is Chinese, or most are letters that nobody uses.

    Fewer letters than ``_FEW_LETTERS`` tell nothing; figures and signs do not count.

    >>> is_garbled("政府信息公开工作年度报告" * 8), is_garbled("ÐÅÏ¢¹«¿ª" * 20), is_garbled("0123" * 40)
    (False, True, False)
    """
    words = [letter for letter in letters if letter.isalpha()]
    chinese = [letter for letter in words if letter >= "\\u2e80"]
    if len(words) >= _FEW_LETTERS and len(chinese) < _CHINESE * len(words):
        return True
    return len(chinese) >= _FEW_LETTERS and sum(c in common_letters() for c in chinese) < _COMMON * len(chinese)


@lru_cache(maxsize=1)
def common_letters() -> frozenset[str]:
    """The letters in daily use: level 1 of GB 2312 (simplified) and of Big5 (traditional)."""
    simplified = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    traditional = (bytes((high, low)) for high in range(0xA4, 0xC7) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    found = [code.decode("gb2312", "ignore") for code in simplified]
    found += [code.decode("big5", "ignore") for code in traditional]
    return frozenset(found) - {""}


def unknown_cells(sheet: Sheet) -> list[GridCell]:
    """The cells of tables that hold a glyph whose character the file does not tell."""
    cells = (cell for grid in sheet.grids for cell in grid.cells)
    return [cell for cell in cells if any(UNKNOWN in line.text for line in cell.lines)]


def better_read(told: Sheet, read: Sheet) -> Sheet:
    """Of a page with unknown glyphs, what the engine read; ``told`` where it saw no such table.

    A cell in which the engine saw nothing is in doubt: fonts that tell no characters cannot always be drawn either.
    """
    for cell in unknown_cells(told):
        box = told.shown(cell.box)
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        seen = [each for grid in read.grids for each in grid.cells if _holds(read.shown(each.box), x, y)]
        if not seen:
            return told
        for each in seen:
            each.unreadable |= not each.lines
    return read


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
