"""Numbers that only count rows: a column of serial numbers (序号, 行次) beside the labels is none of the form's.

A numeral counts rows where it stands alone before the words and the values that were read from its row, or blanks, and
either the words over it say so (``serials.toml``) or it runs on with others: number less rank is the same for three of
them. One that breaks the run is left to be told of.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources

from extractor.text import is_blank, squash
from extractor.verify.numeral import is_words
from extractor.verify.readings import Readings
from extractor.verify.strays import Stray, words_over

_FEWEST = 3
_WIDEST = 400
"""Columns of a row in which a numeral may count: a wider one is no table of people's."""

_MOST_DIGITS = 3
_LINE = 160

Column = tuple[int | None, int]
"""Source table and column; for lines of text None and 0."""


def without_serials(readings: Readings, strays: Sequence[Stray]) -> list[Stray]:
    """The strays that do not count rows."""
    columns: dict[Column, list[Stray]] = {}
    for stray in strays:
        if _may_count(readings, stray):
            key = (stray.table, stray.cell.column) if stray.cell is not None else (None, 0)
            columns.setdefault(key, []).append(stray)
    counting = {stray.start for some in columns.values() for stray in _counting(readings, some)}
    return [stray for stray in strays if stray.start not in counting] if counting else list(strays)


def _counting(readings: Readings, strays: Sequence[Stray]) -> Iterable[Stray]:
    """Of the candidates of one column, from the top down, those that count rows."""
    offsets = [int(stray.text) - rank for rank, stray in enumerate(strays)]
    shared = Counter(offsets)
    for stray, offset in zip(strays, offsets, strict=True):
        if shared[offset] >= _FEWEST or _is_headed(readings, stray):
            yield stray


def _may_count(readings: Readings, stray: Stray) -> bool:
    """Whether a numeral stands alone, small, before the words of its row and all values read from it, if any."""
    if not stray.text.isdigit() or len(stray.text) > _MOST_DIGITS:
        return False
    start, end = stray.start, stray.start + len(stray.text)
    if stray.cell is None or stray.table is None:
        return _leads_line(readings, start, end)
    row = readings.document.tables[stray.table].rows[stray.cell.row]
    if len(row) > _WIDEST or stray.cell.text.strip() != stray.text or readings.was_read(row[0].start, start):
        return False
    beside = [cell.text for cell in row if cell.column > stray.cell.column and not is_blank(cell.text)]
    words = any(map(is_words, beside))
    read = readings.was_read(end, row[-1].end + 1) or all(map(is_words, beside))
    return read and (words or _is_headed(readings, stray))


def _leads_line(readings: Readings, start: int, end: int) -> bool:
    """Whether words follow a numeral that begins a line, and values read from it."""
    text = readings.document.folded
    before = text[max(0, start - _LINE) : start].rpartition("\n")[2]
    after = text[end : end + _LINE].partition("\n")[0]
    return not before.strip() and is_words(after.lstrip()) and readings.was_read(end, end + len(after))


def _is_headed(readings: Readings, stray: Stray) -> bool:
    """Whether the words over a numeral's column say that it counts rows."""
    if stray.cell is None or stray.table is None:
        return False
    over = words_over(readings.document.tables[stray.table].rows, stray.cell)[:1]
    return any(squash(text).casefold() in _headers() for text in over)


@lru_cache(maxsize=1)
def _headers() -> frozenset[str]:
    raw = tomllib.loads(resources.files(__package__).joinpath("serials.toml").read_text("utf-8"))
    return frozenset(squash(words).casefold() for words in raw["headers"])
