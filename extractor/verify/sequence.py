"""Labels where only the order of words and figures is known: the words before a run of figures name its row.

In most texts a label stands before its figures; where the first figures have no label before them and the last have one
after them, labels stand after. Within a run, figures follow the form's order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extractor.verify.doubts import Doubts
from extractor.verify.labels import Word, label_of
from extractor.verify.numeral import is_words
from extractor.verify.order import between_neighbours, misplaced
from extractor.verify.readings import Reading, Readings
from extractor.verify.vocabulary import TableWords

_PARTING = re.compile(r"\s*[\n\t]\s*|\s{2,}")
_REACH = 240
_MOST_LINES = 4
_ROW = 1_000
"""Places from the first cell of a row to that of the next: more than any row has cells."""

_LABEL_WORDS = 3
"""Of how many pieces between figures on a header may be among them."""


@dataclass(slots=True)
class _Run:
    """Figures with no words between them, and the words before and after them."""

    before: str
    readings: list[Reading]
    after: str = ""


def check_sequence(readings: Readings, words: TableWords, cells: Sequence[Reading], doubts: Doubts) -> None:
    """Doubts about ``cells``, told by the words between them in the text."""
    runs = _runs(readings, sorted(cells, key=_start))
    trailing = _labels_trail(words, runs)
    told: list[tuple[int | None, Word, list[Reading]]] = []
    _check_forms(readings, words, runs, doubts)
    for run in runs:
        gap = (run.after, True) if trailing else (run.before, False)
        told += _check_run(readings, words, run.readings, gap, doubts)
    for reading in between_neighbours(told, readings.lost_places(cells[0].table)):
        doubts.row(reading, "")


def _check_forms(readings: Readings, words: TableWords, runs: Sequence[_Run], doubts: Doubts) -> None:
    """Values below headers of another form's columns, down to the next header; or one below the header of another."""
    table = readings.draft.tables[runs[0].readings[0].table]
    under: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    for run in runs:
        first = run.readings[0]
        columns = tuple(table[first.row])
        alone = len(run.readings) == 1 < len(columns)
        if alone or words.foreign(first.row, columns):
            pieces = tuple(run.before.split())
            if under != columns or len(pieces) > _LABEL_WORDS:
                under, heads = columns, (*pieces, *map("".join, pairwise(pieces)))
            for reading in run.readings:
                found = words.misnamed(reading.row, columns, heads, reading.column if alone else None)
                if found:
                    doubts.column(reading, found)


def _start(reading: Reading) -> tuple[int, int]:
    place = reading.evidence.source
    return place.start or 0, place.end or 0


def _runs(readings: Readings, cells: Sequence[Reading]) -> list[_Run]:
    text = readings.document.folded
    runs: list[_Run] = []
    reached = max(0, _start(cells[0])[0] - _REACH)
    for cell in cells:
        start, end = _start(cell)
        gap = text[reached:start]
        if not runs or not (len(gap) < 2 or gap.isspace() or not is_words(gap)):
            if runs:
                runs[-1].after = gap[:_REACH]
            runs.append(_Run(gap[-_REACH:], []))
        runs[-1].readings.append(cell)
        reached = max(reached, end)
    runs[-1].after = text[reached : reached + _REACH]
    return runs


def _labels_trail(words: TableWords, runs: Sequence[_Run]) -> bool:
    """Whether labels stand after their figures."""
    judge = words.row_judge
    first = [text for text in _candidates(words, runs[0].before, False) if judge.best(text)]
    last = [text for text in _candidates(words, runs[-1].after, True)[:1] if judge.best(text)]
    return bool(last) and not first


@lru_cache(maxsize=2_000)
def _candidates(words: TableWords, gap: str, forwards: bool) -> tuple[str, ...]:
    """The lines nearest the figures, alone and joined (a label may be broken), nearest first.

    Words that are a column's label as well (其他, 总计 without an ordinal) are left out: they may be the header's.
    """
    lines = _lines(gap, forwards)
    found = []
    for at, line in enumerate(lines):
        if at:
            found.append("".join(lines[: at + 1] if forwards else lines[at::-1]))
        label = label_of(line)
        if label.ordinal or label.bare not in words.column_labels:
            found.append(line)
    return tuple(found)


def _lines(gap: str, forwards: bool) -> list[str]:
    """The lines (or chunks between wide spaces) of two letters or more nearest the figures, nearest first."""
    lines = [line for line in _PARTING.split(gap) if len(line) > 1]
    return lines[:_MOST_LINES] if forwards else lines[: -_MOST_LINES - 1 : -1]


def _check_run(
    readings: Readings, words: TableWords, run: list[Reading], gap: tuple[str, bool], doubts: Doubts
) -> list[tuple[int | None, Word, list[Reading]]]:
    """The words speak of the run's first row; the rest follow in the form's order. What was told of each row."""
    table = readings.draft.tables[run[0].table]
    rows: dict[str, list[Reading]] = {}
    for reading in run:
        rows.setdefault(reading.row, []).append(reading)
    if len(rows) > 1 or tuple([r.column for r in run]) != words.column_order(run[0].row, tuple(table[run[0].row])):
        places = [_place(words, reading, tuple(table[reading.row])) for reading in run]
        shifted = len(run) == len(table[run[0].row]) and _is_of_another(words, run[0], gap)
        for at in misplaced([place % _ROW for place in places] if shifted else places):
            doubts.column(run[at], "")
    candidates = () if len(rows) > 1 and run[0].row in words.across else _candidates(words, *gap)
    told: list[tuple[int | None, Word, list[Reading]]] = []
    for at, (row, group) in enumerate(rows.items()):
        word, found = words.row_judge.decide(row, candidates) if not at else ("silent", "")
        told.append((words.order.get(row), word, group))
        if word == "contradicts":
            for reading in group:
                doubts.row(reading, found)
        elif word == "silent":
            doubts.silent.update(reading.pointer for reading in group)
    if len(run) == 1 and len(table[run[0].row]) > 1:
        _check_column(words, run[0], tuple(table[run[0].row]), gap, doubts)
    return told


def _is_of_another(words: TableWords, first: Reading, gap: tuple[str, bool]) -> bool:
    """Whether the words before as many figures as a row has name another row than the first was taken for."""
    return words.row_judge.decide(first.row, _candidates(words, *gap))[0] == "contradicts"


def _check_column(
    words: TableWords, reading: Reading, columns: tuple[str, ...], gap: tuple[str, bool], doubts: Doubts
) -> None:
    """A figure with words of its own, in a row of several: they may be its column's label."""
    lines = _lines(*gap)
    word, found = words.column_judge(reading.row, columns).decide(reading.column, tuple(lines[:1]))
    if word == "contradicts":
        doubts.column(reading, found)


def _place(words: TableWords, reading: Reading, columns: tuple[str, ...]) -> int:
    """The place of a cell in the whole table as the form prints it, row by row."""
    order = words.column_order(reading.row, columns)
    return words.order.get(reading.row, 0) * _ROW + order.index(reading.column)
