"""Page numbers and running heads of printed pages, told from the report by where they stand and that they return."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from extractor.load.plain import furniture
from extractor.load.sheet.order import Row, rows_of
from extractor.load.sheet.sheet import Box, Line, Sheet

_MARGIN = 0.12
"""Share of the page's height, at its top and its bottom, in which furniture stands."""

_ROWS = 2
"""Rows of print at each end of a page that can be furniture."""

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[\s\-—–－─·.~～]*(\d{1,4})[\s\-—–－─·.~～]*|[ivxIVX]{1,5}")
_APART = 2.5
"""Heights of print within which a number stands right over or under another."""

_SHARE = 0.4
"""A running head stands on at least this share of the pages."""


def part_furniture(sheets: Sequence[Sheet]) -> list[tuple[Sheet, Line]]:
    """Take the furniture out of ``sheets``; what was taken, with its sheet."""
    candidates = [(sheet, row, edge) for sheet in sheets for row, edge in _margin_rows(sheet)]
    seen = Counter(_mark(row, edge) for _, row, edge in candidates)
    needed = max(2, _SHARE * len(sheets))
    steps = Counter((edge, _step(sheet, row)) for sheet, row, edge in candidates)
    taken: list[tuple[Sheet, Line]] = []
    for sheet, row, edge in candidates:
        repeated = seen[_mark(row, edge)] >= needed and any(char.isalpha() for char in _text(row))
        if repeated or _is_page_number(sheet, row, steps[edge, _step(sheet, row)] >= needed):
            taken += [(sheet, line) for line in row.lines]
    gone = {id(line) for _, line in taken}
    taken += [(sheet, line) for sheet, line in _counted(sheets) if id(line) not in gone]
    gone = {id(line) for _, line in taken}
    for sheet in sheets:
        sheet.lines = [line for line in sheet.lines if id(line) not in gone]
    return taken


def _counted(sheets: Sequence[Sheet]) -> list[tuple[Sheet, Line]]:
    """The numbers that pages end with wherever their text ends, told by that they count the pages."""
    found: defaultdict[int, list[tuple[Sheet, Line]]] = defaultdict(list)
    for sheet in sheets:
        line = max(sheet.lines, key=lambda each: each.box[1], default=None)
        number = _NUMBER.fullmatch(line.text.strip()) if line else None
        if line and number and number[1] and all(grid.box[3] <= line.box[1] + 1 for grid in sheet.grids):
            found[int(number[1]) - sheet.number].append((sheet, line))
    needed = max(2, _SHARE * len(sheets))
    return [
        (sheet, line)
        for same in found.values()
        for sheet, line in same
        if len(same) >= needed or (len(same) > 1 and not _is_listed(sheet, line.box))
    ]


def _margin_rows(sheet: Sheet) -> Iterator[tuple[Row, str]]:
    """The outermost rows of the page that stand in its margins, beyond every grid."""
    rows = rows_of(sheet.lines)
    top = min([_MARGIN * sheet.height, *(grid.box[1] for grid in sheet.grids)])
    bottom = max([(1 - _MARGIN) * sheet.height, *(grid.box[3] for grid in sheet.grids)])
    for row in rows[:_ROWS]:
        if row.box[3] <= top:
            yield row, "top"
    for row in rows[_ROWS:][-_ROWS:] if len(rows) > _ROWS else ():
        if row.box[1] >= bottom - 1:
            yield row, "bottom"
    if 0 < len(rows) <= _ROWS:
        yield from ((row, "bottom") for row in rows if row.box[1] >= bottom - 1 and row.box[3] > top)


def _text(row: Row) -> str:
    return " ".join(line.text.strip() for line in row.lines)


def _mark(row: Row, edge: str) -> tuple[str, str, int]:
    """What furniture has in common on all pages: its words, digits aside, and its height on the page."""
    return edge, _DIGITS.sub("#", "".join(_text(row).split())), round(row.box[1] / 8)


def _is_page_number(sheet: Sheet, row: Row, counts: bool) -> bool:
    """Whether a row numbers its page; ``counts``: others at the same edge of their pages go on counting."""
    text = _text(row)
    if len(row.lines) == 1 and _NUMBER.fullmatch(text):
        alone = counts or _step(sheet, row) is None or not _is_listed(sheet, row.box)
        return alone and not _goes_on(sheet, row)
    return furniture()[1].fullmatch(text) is not None and any(char.isdigit() for char in text) and len(text) < 20


def _step(sheet: Sheet, row: Row) -> int | None:
    """How far the bare number that a row is lies from the number of its page; None for any other row."""
    text = _text(row).strip()
    return int(text) - sheet.number if len(row.lines) == 1 and text.isdecimal() and len(text) <= 4 else None


def _is_listed(sheet: Sheet, box: Box) -> bool:
    """Whether a number stands right over or under another one: figures can be printed one a line."""
    _, top, _, bottom = box
    near = [
        line for line in sheet.lines if -1 <= max(top - line.box[3], line.box[1] - bottom) < _APART * (bottom - top)
    ]
    return any(_NUMBER.fullmatch(line.text.strip()) for line in near)


def _goes_on(sheet: Sheet, row: Row) -> bool:
    """Whether a number right under a line of text can be the end of its sentence: it begins where that line does."""
    left, top, _, bottom = row.box
    height = bottom - top
    above = [line.box for line in sheet.lines if 0 <= top - line.box[3] < height and line.box[3] - line.box[1] > 0]
    return any(abs(box[0] - left) < height and box[2] > 0.8 * sheet.width for box in above)
