"""Every numeral of a source table ends in the record or in a finding (design decision 4).

``strays`` finds the numerals nobody took. Here they are grouped by what they are about; those that a reader's finding
quotes with their row's or column's words are spoken of already; the rest become ``unmatched_number``, naming the cells
they may belong to: of the row read beside them, of the row their label names, or between the values around them.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain, islice

from extractor.finding import Words, make
from extractor.record import Finding
from extractor.text import fold, squash
from extractor.verify.labels import label_of
from extractor.verify.numeral import LONGEST, is_words, without_figures
from extractor.verify.readings import ABSENT_STATES, Reading, Readings
from extractor.verify.serials import without_serials
from extractor.verify.strays import BLOCK, Stray, StrayFinder, is_header_amount, place_among, words_over

_QUOTED = 6
_TELLING = 4
_WIDEST = 400
"""Columns of a row that are looked at for words."""

_REACH = 240
_MOST_STRAYS = 2_000
"""More than any honest report can have; the rest would be about the same cells."""

_MOST_REPORTS = 100
_NUMERAL = re.compile(r"\d[\d,.]*")

_REPORTED = ("unmatched_row", "unmatched_column", "unmatched_number", "undecided_columns", "repeated_row")
"""Findings of readers that quote a row's or column's words and its figures."""


def unaccounted(readings: Readings) -> list[Finding]:
    """``unmatched_number``: one finding for each source row, or stretch of lines, with numerals nobody took."""
    finder = StrayFinder(readings)
    strays = without_serials(readings, list(islice(chain(finder.in_tables(), finder.in_lines()), _MOST_STRAYS)))
    return _Accounts(readings).findings(strays) if strays else []


class _Accounts:
    """What strays are about, and which of them were reported."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.document = readings.document
        codes = [finding for finding in readings.draft.findings if finding.code in _REPORTED]
        messages = list(dict.fromkeys(finding.message for finding in codes[:_MOST_STRAYS]))
        self.reports = "\n".join(map(squash, messages))
        self.quoting: dict[str, list[str]] = {}
        for message in messages:
            for numeral in {squash(found) for found in _NUMERAL.findall(fold(message))}:
                self.quoting.setdefault(numeral, []).append(squash(message))
        self.reported_rows = {_row_of(path) for finding in codes for path in finding.paths}

    def findings(self, strays: list[Stray]) -> list[Finding]:
        """All that is not accounted for, grouped by what it is about."""
        groups: dict[tuple[int | None, int], list[Stray]] = {}
        for stray in strays:
            if not self._reported(stray):
                groups.setdefault(self._place(stray), []).append(stray)
        about = [(some, self._about_all(some)) for some in groups.values() if not self._quoted_whole(some)]
        return [self._finding(some, cells) for some, cells in about if not any(map(_is_corrected, cells))]

    def _place(self, stray: Stray) -> tuple[int | None, int]:
        """What strays are grouped by: the source row, or the values between which a line stands."""
        if stray.table is not None and stray.cell is not None:
            table = self.document.tables[stray.table]
            return stray.table, stray.cell.row if self.readings.was_read(table.start, table.end) else -1
        return None, place_among(self.readings, stray.start)

    def _finding(self, strays: list[Stray], cells: list[Reading]) -> Finding:
        quoted = "、".join(stray.text for stray in strays[:_QUOTED]) + ("…" if len(strays) > _QUOTED else "")
        label = next(iter(self._row_words(strays[0])), "")[:30]
        beside = Words(f"“{label}”一行的", f' in the row "{label}"') if label else Words("", "")
        tables = self.readings.vocabulary.tables
        name = tables[cells[0].table].name if cells else Words("表格", "a table")
        paths = [cell.pointer for cell in cells]
        return make("unmatched_number", paths, table=name, numbers=quoted, beside=beside)

    # ---- words beside it -----------------------------------------------------------------------------------------

    def _row_words(self, stray: Stray) -> list[str]:
        """The words of a numeral's row, nearest first; before it in its line or the lines above, where it has none."""
        if stray.cell is None or self._is_stream(stray):
            return self._words_before(stray.start)
        row = self.document.tables[stray.table or 0].rows[stray.cell.row][:_WIDEST]
        return [" ".join(cell.text.split()) for cell in reversed(row) if is_words(cell.text)]

    def _is_stream(self, stray: Stray) -> bool:
        return stray.table is not None and self.document.tables[stray.table].layout == "stream"

    def _words_before(self, offset: int) -> list[str]:
        """The nearest line of words before an offset."""
        before = self.document.folded[max(0, offset - _REACH) : offset].replace("\t", "\n").split("\n")
        return [without_figures(line) for line in reversed(before) if is_words(line.strip())][:1]

    # ---- what a reader reported ----------------------------------------------------------------------------------

    def _reported(self, stray: Stray) -> bool:
        """Whether a reader's finding quotes the numeral with its row's words, its column's, or all its figures."""
        if not self.reports or not self._are_named(stray):
            return False
        quoting = self.quoting.get(squash(stray.text), [])[:_MOST_REPORTS]
        quotable = self._quotable(stray) if quoting else []
        return any(words in report for report in quoting for words in quotable)

    def _quotable(self, stray: Stray) -> list[str]:
        """What a finding would quote with a numeral: its row's words, those over its column, the row's figures."""
        words, figures = self._row_words(stray), ""
        if stray.cell is not None and not self._is_stream(stray):
            rows = self.document.tables[stray.table or 0].rows
            words += words_over(rows, stray.cell)
            figures = squash("".join(cell.text for cell in rows[stray.cell.row] if not is_words(cell.text)))
        return [label for text in words if (label := squash(text[:LONGEST]))] + [figures] * (len(figures) >= _TELLING)

    def _quoted_whole(self, strays: list[Stray]) -> bool:
        """Whether a reader's finding quotes these figures one after another, and they are no known row's."""
        figures = squash("".join(stray.text for stray in strays))
        quoted = len(figures) >= _TELLING and figures in self.reports
        return quoted and self._are_named(strays[0])

    def _are_named(self, stray: Stray) -> bool:
        """Whether readers' findings name the row that a numeral's label speaks of, and those read from its place.

        A figure beside a value that was taken, or in a known row, is not spoken of by a finding about an unknown row.
        """
        labelled = {(cell.table, cell.row) for cell in self._labelled(stray)}
        beside = {(cell.table, cell.row) for cell in self._same_place(stray)}
        return (not labelled or not labelled.isdisjoint(self.reported_rows)) and beside <= self.reported_rows

    # ---- the cells it may belong to ------------------------------------------------------------------------------

    def _about_all(self, strays: list[Stray]) -> list[Reading]:
        """The cells that strays of one place may belong to: those of each row whose words stand beside one of them."""
        each = {tuple(self._row_words(stray)): stray for stray in reversed(strays)}
        cells = (cell for stray in reversed(each.values()) for cell in self._about(stray))
        return list({cell.pointer: cell for cell in cells}.values())

    def _about(self, stray: Stray) -> list[Reading]:
        """The cells a numeral may belong to: of the row read beside it, named by its label, or next to it."""
        cells = (
            self._same_row(stray)
            or self._under(stray)
            or self._labelled(stray)
            or self._unread_table(stray)
            or self._nearest(stray)
        )
        absent = [cell for cell in cells if cell.evidence.state in ABSENT_STATES]
        beside = self.readings.rows_of(self._same_place(stray))
        return list({cell.pointer: cell for cell in [*beside, *(absent or cells)]}.values())

    def _same_place(self, stray: Stray) -> list[Reading]:
        """What was read from the very cell or line in which a numeral was left: it may lack just this numeral."""
        if stray.cell is not None:
            return self.readings.read_in(stray.cell.start, stray.cell.end)
        text = self.document.text
        start = text.rfind("\n", max(0, stray.start - _REACH), stray.start) + 1
        end = text.find("\n", stray.start, stray.start + _REACH)
        return self.readings.read_in(start, end) if start > 0 and stray.start < end else []

    def _under(self, stray: Stray) -> list[Reading]:
        """The values read first below a header's amount (单位：31万元), in its column or the lines that follow."""
        amounts = self.readings.vocabulary.amounts
        if not is_header_amount(self.document.folded, stray):
            return []
        at = place_among(self.readings, stray.start)
        below = [reading for _, _, reading in self.readings.spans[at : at + BLOCK] if reading.column in amounts]
        return below[:1]

    def _same_row(self, stray: Stray) -> list[Reading]:
        if stray.cell is None or self._is_stream(stray):
            return []
        row = self.document.tables[stray.table or 0].rows[stray.cell.row]
        read = self.readings.read_in(row[0].start, row[-1].end)
        return self.readings.rows_of([*read, *self._set_side_by_side(read)])

    def _set_side_by_side(self, read: list[Reading]) -> list[Reading]:
        """Of rows that share a source row, those of which nothing was read there."""
        across = {one.table for one in read if one.row in self.readings.vocabulary.tables[one.table].across}
        return [
            cell
            for table in across
            for cell in self.readings.by_table[table]
            if cell.row in self.readings.vocabulary.tables[table].across and cell.evidence.state in ABSENT_STATES
        ]

    def _labelled(self, stray: Stray) -> list[Reading]:
        """The cells of the row whose label stands beside a numeral."""
        for key in self._tables_at(stray):
            words = self.readings.vocabulary.tables[key]
            for text in self._row_words(stray):
                label = label_of(text)
                known = label.ordinal or label.bare not in words.column_labels
                rows = words.row_judge.best(text) if known else set()
                cells = [cell for cell in self.readings.by_table.get(key, []) if cell.row in rows]
                if cells:
                    return cells
        return []

    def _unread_table(self, stray: Stray) -> list[Reading]:
        unread = (key for key in self._tables_at(stray) if key in self.readings.by_table and key not in self._read)
        return self.readings.by_table.get(next(unread, ""), [])

    @cached_property
    def _read(self) -> frozenset[str]:
        """The tables of the record of which any cell was read."""
        return frozenset(cell.table for cell in self.readings.cells if cell.evidence.state not in ABSENT_STATES)

    def _nearest(self, stray: Stray) -> list[Reading]:
        """The record's cells between the values before and after; where there are none, the row before (or after)."""
        spans, at = self.readings.spans, place_among(self.readings, stray.start)
        beside, part = self._beside(stray), self.readings.part_at(stray.start)
        near = [one for one in beside if one.table == part] or beside
        if not near:
            return []
        cells = self.readings.by_table[near[0].table]
        first = cells.index(beside[0]) + 1 if at and beside[0].table == near[0].table else 0
        last = cells.index(beside[-1]) if at < len(spans) and beside[-1].table == near[0].table else len(cells)
        return cells[first:last] or self.readings.rows_of(near[:1])

    @cached_property
    def _read_tables(self) -> dict[int, list[str]]:
        """The tables of the record that each source table was read for."""
        tables = enumerate(self.document.tables)
        read = ((index, self.readings.read_in(table.start, table.end)) for index, table in tables)
        return {index: list(dict.fromkeys(one.table for one in some)) for index, some in read}

    def _tables_at(self, stray: Stray) -> list[str]:
        """Tables of the record a numeral may be of: read from its source table, its part's, those of its neighbours."""
        read = [] if stray.table is None else self._read_tables[stray.table]
        part = self.readings.part_at(stray.start)
        beside = [one.table for one in self._beside(stray)]
        return list(dict.fromkeys([*read, *([part] if part else []), *beside]))

    def _beside(self, stray: Stray) -> list[Reading]:
        """The values read before and after a numeral."""
        spans, at = self.readings.spans, place_among(self.readings, stray.start)
        return [spans[index][2] for index in (at - 1, at) if 0 <= index < len(spans)]


def _row_of(path: str) -> tuple[str, str]:
    """Table and row of a path below /tables."""
    _, _, table, row, *_ = (*path.split("/"), "", "", "")
    return table, row


def _is_corrected(cell: Reading) -> bool:
    """Whether a person has put a number there, who has seen the one in the source."""
    return cell.evidence.method == "reviewer" and cell.evidence.source.start is None
