"""The draft's cells laid out for checking: one ``Reading`` a cell, by table of the record and of the source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from extractor.document import Cell
from extractor.draft import Draft, Section
from extractor.forms import builtin_forms
from extractor.record import Evidence, Number
from extractor.verify.vocabulary import Vocabulary, vocabulary_of

BLANK_STATES = frozenset({"blank", "not_applicable"})
"""States that count as 0 in a sum: the declared policy on cells left empty."""

ABSENT_STATES = frozenset({"missing", "unreadable"})
"""States of a cell that nobody could read."""


class Reading(NamedTuple):
    """One cell of the record: its JSON Pointer and keys, its value, and how it was read."""

    pointer: str
    table: str
    row: str
    column: str
    value: Number | None
    evidence: Evidence

    @property
    def label(self) -> tuple[str, str]:
        """Row key and column key."""
        return self.row, self.column


class Readings:
    """Every cell of a draft's tables, with the lookups that several checks share."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.document = draft.document
        self.cells = list(_readings(draft))
        self._lost: dict[str, frozenset[int]] = {}
        self._lattices: dict[int, dict[tuple[int, int], Cell]] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names of the form's tables, rows and columns; of the newest form's where none fits."""
        return vocabulary_of(self.draft.form or builtin_forms()[0])

    @cached_property
    def by_pointer(self) -> dict[str, Reading]:
        """Each reading by its pointer."""
        return {reading.pointer: reading for reading in self.cells}

    @cached_property
    def by_table(self) -> dict[str, list[Reading]]:
        """The readings of each table of the record, in its order."""
        tables: dict[str, list[Reading]] = {}
        for reading in self.cells:
            tables.setdefault(reading.table, []).append(reading)
        return tables

    @cached_property
    def by_source(self) -> dict[int | None, list[Reading]]:
        """The readings that have a place, by source table (None: found among paragraphs)."""
        sources: dict[int | None, list[Reading]] = {}
        for reading in self.cells:
            place = reading.evidence.source
            if place.start is not None and reading.evidence.state != "missing":
                sources.setdefault(place.table if place.row is not None else None, []).append(reading)
        return sources

    @cached_property
    def spans(self) -> list[tuple[int, int, Reading]]:
        """(start, end, reading) of every cell that stands somewhere in the text, by start."""
        found = [
            (place.start, place.end, reading)
            for reading in self.cells
            if (place := reading.evidence.source).start is not None
            and place.end is not None
            and place.end > place.start
        ]
        found.sort(key=_by_span)
        return found

    @cached_property
    def starts(self) -> list[int]:
        """Where the spans start."""
        return [start for start, _, _ in self.spans]

    def named_by(self, path: str) -> list[str]:
        """The pointers under a path: itself, or the cells of a table or row of the record."""
        if path in self.by_pointer or not path.startswith("/tables/"):
            return [path]
        return self._by_stem.get(path, [])

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        """The pointers below each table and each row of the record."""
        stems: dict[str, list[str]] = {}
        for cell in self.cells:
            table = f"/tables/{cell.table}"
            stems.setdefault(table, []).append(cell.pointer)
            stems.setdefault(f"{table}/{cell.row}", []).append(cell.pointer)
        return stems

    def read_in(self, start: int, end: int) -> list[Reading]:
        """The readings that start in a stretch of the text."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [reading for _, _, reading in self.spans[low:high]]

    def was_read(self, start: int, end: int) -> bool:
        """Whether any reading starts in a stretch of the text."""
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] < end

    def rows_of(self, some: Iterable[Reading]) -> list[Reading]:
        """All cells of the rows of the record that these stand in."""
        rows = dict.fromkeys(f"/tables/{one.table}/{one.row}" for one in some)
        return [self.by_pointer[pointer] for row in rows for pointer in self._by_stem[row]]

    @cached_property
    def parts(self) -> list[Section]:
        """The report's parts that have a table of the form."""
        return [part for part in self.draft.sections.parts if part.key in self.vocabulary.tables]

    def lost_places(self, table: str) -> frozenset[int]:
        """The places in the form's order of a table's rows of which no cell was read."""
        if table not in self._lost:
            order = self.vocabulary.tables[table].order
            rows = {cell.row for cell in self.by_table[table]}
            rows -= {cell.row for cell in self.by_table[table] if cell.evidence.state not in ABSENT_STATES}
            self._lost[table] = frozenset(order[row] for row in rows if row in order)
        return self._lost[table]

    def part_at(self, offset: int) -> str | None:
        """The table key of the part that an offset stands in."""
        return next((part.key for part in self.parts if part.start <= offset < part.end), None)

    def cell_of(self, reading: Reading) -> Cell | None:
        """The source cell a reading names; None where it names none that exists."""
        place = reading.evidence.source
        if place.table is None or place.row is None or place.column is None:
            return None
        return self.lattice(place.table).get((place.row, place.column))

    def lattice(self, index: int) -> dict[tuple[int, int], Cell]:
        """The cells of source table ``index`` by row and column; empty where there is no such table."""
        known = self._lattices.get(index)
        if known is None:
            tables = self.document.tables
            rows = tables[index].rows if 0 <= index < len(tables) else []
            known = self._lattices[index] = {(cell.row, cell.column): cell for row in rows for cell in row}
        return known


def _readings(draft: Draft) -> Iterator[Reading]:
    evidence = draft.evidence
    form = draft.form
    for table, rows in draft.tables.items():
        if form is None or form.table(table) is None:
            continue
        for row, columns in rows.items():
            stem = f"/tables/{table}/{row}/"
            for column, value in columns.items():
                pointer = stem + column
                yield Reading(pointer, table, row, column, value, evidence.get(pointer) or _unread(value))


def _unread(value: Number | None) -> Evidence:
    """What stands for evidence that nobody gave: a value without any is still a value that must be shown."""
    return Evidence(state="missing" if value is None else "number")


def _by_span(span: tuple[int, int, Reading]) -> tuple[int, int]:
    return span[0], span[1]
