"""Columns of tables with rows, told a second time, by place or by order.

By place: the header over a value. By order: the cells after the label, counted. Converters that drop spans break the
one, those that drop blanks the other, so a value is in doubt only where both speak against it. Where counting is not
sure (blanks stand before the first value), the other rows decide: if places were wrong in one, spans were dropped.
A table drawn without spans is told by order; its header counts by place where it has just as many cells as the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.document import Cell
from extractor.record import Number
from extractor.text import is_blank
from extractor.verify.doubts import Doubts
from extractor.verify.labels import Word
from extractor.verify.numeral import is_words
from extractor.verify.order import misplaced
from extractor.verify.readings import Reading
from extractor.verify.vocabulary import TableWords

_DEEPEST = 4
_WORDS: tuple[Word, ...] = ("contradicts", "silent", "confirms")

Said = tuple[Word, str, bool]
"""What labels say of a cell, the words that say it, and whether they speak of its row."""


class _Judged(NamedTuple):
    """Of a row's readings, by index: contradicted ones (and by what words), silent ones, silent ones out of order."""

    against: list[tuple[int, str, bool]]
    silent: list[int]
    wrong: set[int]


class _Counted(NamedTuple):
    """Readings that counting off the cells finds wrong; not ``sure`` where blanks stand before the first."""

    wrong: set[int]
    sure: bool


class ColumnCheck:
    """Keeps the words over each column of a source table, and judges the readings of its rows by them."""

    def __init__(
        self,
        words: TableWords,
        record: Mapping[str, Mapping[str, Number | None]],
        grid: bool,
        rows: Mapping[int, Sequence[Reading]],
        doubts: Doubts,
    ) -> None:
        """``record``: the table of the record; ``rows``: what was read, by row of the source table."""
        self.words = words
        self.record = record
        self.grid = grid
        self.rows = rows
        self.doubts = doubts
        self.over: dict[int, tuple[str, ...]] = {}
        self.headers: list[list[Cell]] = []
        self.fresh = True
        self.dropped = False
        self.parted = False
        self.unplaced: list[tuple[list[Cell], list[Reading], tuple[str, ...]]] = []
        self.open: list[tuple[list[Reading], _Judged]] = []
        self.known: dict[object, _Judged] = {}
        self.misnamed: dict[tuple[str, tuple[str, ...], str | None], str] = {}

    def add_header(self, row: list[Cell]) -> None:
        """Words over columns; the first header after rows of values begins a block."""
        if not self.fresh:
            self.headers, self.unplaced, self.fresh, self.parted = [], [], True, False
        self.known, self.misnamed = {}, {}
        self.headers.append(row)
        for cell in row:
            if is_words(cell.text):
                for column in range(cell.column, cell.column + cell.colspan):
                    self.over[column] = (cell.text, *self.over.get(column, ())[: _DEEPEST - 1])

    def check(self, row: list[Cell], group: list[Reading], labels: tuple[str, ...]) -> None:
        """The readings of one row of the record, from the cells of ``row``; ``labels`` stand left of them."""
        self.fresh = False
        self._check_form(group)
        if self.grid:
            self._check_places(row, group, labels)
            return
        self._doubt(group, self._judged(group, labels, False))
        if not self.dropped and self.headers and len(self.headers[-1]) == len(row):
            self.unplaced.append((row, group, labels))
            if self.parted or _blank_before(row, group[0]):
                self._weigh_unplaced()

    def _check_form(self, group: list[Reading]) -> None:
        """A header of other columns, of another form's too: neither place nor order can tell whose the values are."""
        row = group[0].row
        columns = tuple(self.record[row])
        alone = len(group) == 1 < len(columns)
        if alone or self.words.foreign(row, columns):
            self._check_heads(group, columns, group[0].column if alone else None)

    def _check_heads(self, group: list[Reading], columns: tuple[str, ...], only: str | None) -> None:
        row = group[0].row
        found = self.misnamed.get((row, columns, only))
        if found is None:
            heads = [cell.text for header in self.headers for cell in header]
            heads += ["".join(over[depth::-1]) for over in self.over.values() for depth in range(1, len(over))]
            found = self.misnamed[row, columns, only] = self.words.misnamed(row, columns, heads, only)
        for reading in group if found else ():
            self.doubts.column(reading, found)

    def _weigh_unplaced(self) -> None:
        """A blank before the first value makes counting unsure, here and in the rows of the block around it."""
        self.parted = True
        for row, group, labels in self.unplaced:
            self._weigh(row, group, self._judged(group, labels, True), labels)
        self.unplaced = []

    def settle(self) -> None:
        """Decide what counting alone could not: places hold unless they were wrong in some other row."""
        for group, judged in [] if self.dropped else self.open:
            self._doubt(group, judged)

    def _check_places(self, row: list[Cell], group: list[Reading], labels: tuple[str, ...]) -> None:
        judged = self._judged(group, labels, True)
        counted = self._weigh(row, group, judged, labels)
        if counted is None:
            self._doubt(group, judged)
        elif counted.sure:
            self._doubt(group, _Judged([], list(range(len(group))), counted.wrong))

    def _weigh(
        self, row: list[Cell], group: list[Reading], judged: _Judged, labels: tuple[str, ...]
    ) -> _Counted | None:
        """What counting says where places speak against readings; None if it finds no fewer wrong or proves nothing.

        Counting tells columns: it does not clear a row that the label beside it contradicts.
        """
        if any(self.words.row_judge.decide(group[at].row, labels)[0] == "contradicts" for at, *_ in judged.against):
            return None
        counted = self._counted_off(row, group) if judged.against else None
        if counted is None or len(counted.wrong) >= len(judged.against) or self._is_reordered(group):
            return None
        if counted.sure:
            self.dropped = True
        else:
            self.open.append((group, judged))
        return counted

    def _doubt(self, group: list[Reading], judged: _Judged) -> None:
        for at, found, of_row in judged.against:
            (self.doubts.row if of_row else self.doubts.column)(group[at], found)
        for at in judged.wrong:
            self.doubts.column(group[at], "")
        if judged.silent and self.grid:
            self.doubts.silent.update(group[at].pointer for at in judged.silent)

    def _judged(self, group: list[Reading], labels: tuple[str, ...], placed: bool) -> _Judged:
        """What the header says of each reading, once for rows read alike; ``placed``: by the words over it."""
        row = group[0].row
        across = row in self.words.across
        alike = (
            tuple([reading.column for reading in group]),
            tuple([reading.evidence.source.column for reading in group]),
            tuple(self.record[row]),
            (labels, tuple([reading.row for reading in group])) if across else None,
            placed,
        )
        judged = self.known.get(alike)
        if judged is None:
            said = [self._said(reading, labels, self._over(reading) if placed else ()) for reading in group]
            judged = self.known[alike] = self._weighed(group, said)
        return judged

    def _weighed(self, group: list[Reading], said: Sequence[Said]) -> _Judged:
        """Readings contradicted, those of which nothing is said, and of these the ones out of order."""
        against = [(at, found, of_row) for at, (word, found, of_row) in enumerate(said) if word == "contradicts"]
        silent = [at for at, (word, _, _) in enumerate(said) if word == "silent"]
        doubted = bool(against) and group[0].row in self.words.across
        wrong = self._out_of_order(group) if silent or doubted else set()
        if not doubted:
            wrong &= set(silent)
        return _Judged(against, silent, wrong - {at for at, _, _ in against})

    def _over(self, reading: Reading) -> tuple[str, ...]:
        return self.over.get(column_of(reading), ())

    def _said(self, reading: Reading, labels: tuple[str, ...], over: tuple[str, ...]) -> Said:
        """What the words over a value say of its column; of its row too where rows are set side by side."""
        columns = tuple(self.record[reading.row])
        column = (*self.words.column_judge(reading.row, columns).decide(reading.column, _stacked(over)), False)
        if reading.row not in self.words.across:
            return column
        row = (*self.words.row_judge.decide(reading.row, (*labels, *over)), True)
        return min(column, row, key=lambda said: _WORDS.index(said[0]))

    def _counted_off(self, row: list[Cell], group: list[Reading]) -> _Counted | None:
        """The readings that are not the form's cells counted off from the label on; None if there are more or fewer."""
        columns = [column_of(reading) for reading in group]
        label = max((cell.column for cell in row if cell.column < min(columns) and is_words(cell.text)), default=-1)
        cells = [cell for cell in row if cell.column > label]
        at = {cell.column: index for index, cell in enumerate(cells)}
        if len(group) != self._width(group) or any(column not in at for column in columns):
            return None
        first, last = min(at[column] for column in columns), max(at[column] for column in columns)
        beside = [*cells[:first], *cells[last + 1 :]]
        if last - first + 1 != len(group) or not all(is_blank(cell.text) for cell in beside):
            return None
        places = [self._place(reading) for reading in group]
        lowest = min(places)
        wrong = {index for index, column in enumerate(columns) if at[column] - first != places[index] - lowest}
        return _Counted(wrong, first == 0)

    def _is_reordered(self, group: list[Reading]) -> bool:
        """Whether the header names the columns in another order than the form, so that counting proves nothing.

        Told by one header row that names them all, or by a lattice under which every row has the same columns.
        """
        if group[0].row in self.words.across:
            return False
        columns = tuple(self.record[group[0].row])
        order = list(self.words.column_order(group[0].row, columns))
        named = self._header_order(group) or (self._lattice_order(group) if self.grid else None)
        return named is not None and named != order

    def _lattice_order(self, group: list[Reading]) -> list[str] | None:
        """The columns as the words over them name them from left to right, where all rows stand under them alike."""
        columns = tuple(self.record[group[0].row])
        judge = self.words.column_judge(group[0].row, columns)
        alike = {tuple(sorted(map(column_of, read))) for read in self.rows.values()}
        if len(alike) != 1:
            return None
        named = [key for place in alike.pop() if place in self.over for key in judge.best(self.over[place][0])]
        return named if sorted(named) == sorted(columns) else None

    def _out_of_order(self, group: list[Reading]) -> set[int]:
        """Values out of the form's order, unless it is that of a header row that names every column."""
        places = [self._place(reading) for reading in group]
        width = len(self.record[group[0].row])
        if len({reading.row for reading in group}) > 1 and len(group) == width:  # as many as one row has, of two
            places = [place % width for place in places]
        wrong = misplaced(places)
        order = self._header_order(group) if wrong else None
        return misplaced([order.index(reading.column) for reading in group]) if order else wrong

    def _header_order(self, group: list[Reading]) -> list[str] | None:
        """The columns as one header row names them, each of them once."""
        columns = tuple(self.record[group[0].row])
        judge = self.words.column_judge(group[0].row, columns)
        for row in reversed(self.headers):
            named = [key for cell in row if is_words(cell.text) for key in judge.best(cell.text)]
            if sorted(named) == sorted(columns):
                return named
        return None

    def _place(self, reading: Reading) -> int:
        """A cell's place in its row as the form prints it; of rows set side by side, in the line of all of them."""
        order = self.words.column_order(reading.row, tuple(self.record[reading.row]))
        place = order.index(reading.column)
        if reading.row in self.words.across:
            place += len(order) * self.words.order[reading.row]
        return place

    def _width(self, group: list[Reading]) -> int:
        rows = {reading.row for reading in group}
        return sum(len(self.record[row]) for row in rows)


def column_of(reading: Reading) -> int:
    """The lattice column a reading was taken from."""
    return reading.evidence.source.column or 0


def _blank_before(row: list[Cell], reading: Reading) -> bool:
    """Whether the cell before a value is blank."""
    before = next((cell for cell in row if cell.column == column_of(reading) - 1), None)
    return before is not None and is_blank(before.text)


def _stacked(over: tuple[str, ...]) -> tuple[str, ...]:
    """Header words as candidates: the nearest, that with the words over it (a broken label), then the others."""
    if len(over) < 2:
        return over
    return (over[0], over[1] + over[0], *over[1:])
