"""Labels of tables with rows, derived a second time: the words left of a value, and (``columns``) those over it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.document import Cell, Table
from extractor.verify.columns import ColumnCheck, column_of
from extractor.verify.doubts import Doubts
from extractor.verify.labels import Word
from extractor.verify.numeral import is_words
from extractor.verify.order import between_neighbours
from extractor.verify.readings import Reading, Readings
from extractor.verify.vocabulary import TableWords

_FIGURES = re.compile(r"[\d,，.．]+")


class LatticeCheck:
    """Walks a source table from the top down, keeping the words over each column and the labels that reach down."""

    def __init__(
        self, readings: Readings, words: TableWords, table: Table, cells: Sequence[Reading], doubts: Doubts
    ) -> None:
        self.readings = readings
        self.words = words
        self.table = table
        self.doubts = doubts
        self.rows = _by_row(cells)
        record = readings.draft.tables[cells[0].table]
        self.columns = ColumnCheck(words, record, table.layout == "grid", self.rows, doubts)
        self.table_key = cells[0].table
        self.hanging: list[tuple[int, Cell]] = []
        self.told: list[tuple[int | None, Word, list[Reading]]] = []

    def run(self) -> None:
        """Collect the doubts about every row that was read."""
        last = max(self.rows)
        for index, row in enumerate(self.table.rows[: last + 1]):
            read = self.rows.get(index)
            if read is None:
                self.columns.add_header(row)
            else:
                self._check_row(index, row, read)
            for cell in row:
                if cell.rowspan > 1 and is_words(cell.text):
                    self.hanging.append((index + cell.rowspan - 1, cell))
        self.columns.settle()
        for reading in between_neighbours(self.told, self.readings.lost_places(self.table_key)):
            self.doubts.row(reading, "")

    def _check_row(self, index: int, row: list[Cell], read: list[Reading]) -> None:
        if self.hanging:
            self.hanging = [(last, cell) for last, cell in self.hanging if last >= index]
        start = -1
        for group in self._by_record_row(read):
            labels = self._labels(row, start, group[0]) or self._labels(row, -1, group[0])
            start = column_of(group[-1])
            if group[0].row not in self.words.across:
                self._check_label(group, labels)
            self.columns.check(row, group, labels)

    def _by_record_row(self, read: list[Reading]) -> list[list[Reading]]:
        """The readings of a source row from left to right, in one group for each row of the record."""
        starts = [reading.evidence.source.start or 0 for reading in read]
        if starts != sorted(starts):
            read = sorted(read, key=_start)
        keys = {reading.row for reading in read}
        if len(keys) == 1 or keys <= self.words.across:
            return [read]
        groups: list[list[Reading]] = []
        for reading in read:
            if not groups or groups[-1][0].row != reading.row:
                groups.append([])
            groups[-1].append(reading)
        return groups

    def _labels(self, row: list[Cell], start: int, reading: Reading) -> tuple[str, ...]:
        """The words between column ``start`` and a value, nearest first; then those that reach down from above."""
        first = column_of(reading)
        own = []
        for cell in row:
            if cell.column >= first:
                if cell.column == first and is_words(cell.text):
                    own.append(_FIGURES.sub("", cell.text))
                break
            if cell.column > start and is_words(cell.text):
                own.append(cell.text)
        own.reverse()
        if self.hanging:
            own += [cell.text for _, cell in reversed(self.hanging) if cell.column < first]
        return tuple(own)

    def _check_label(self, group: list[Reading], labels: tuple[str, ...]) -> None:
        row = group[0].row
        word, found = self.words.row_judge.decide(row, labels)
        self.told.append((self.words.order.get(row), word, group))
        if word == "contradicts":
            for reading in group:
                self.doubts.row(reading, found)
        elif word == "silent":
            self.doubts.silent.update(reading.pointer for reading in group)


def _by_row(cells: Sequence[Reading]) -> dict[int, list[Reading]]:
    rows: dict[int, list[Reading]] = {}
    for cell in cells:
        rows.setdefault(cell.evidence.source.row or 0, []).append(cell)
    return rows


def _start(reading: Reading) -> int:
    return reading.evidence.source.start or 0
