"""Source rows → rows of the form, in the order of the report.

Every row with figures ends in one of three ways: matched by its words, placed by its neighbours (no words, and just
one row it can be), or left over for a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from extractor.forms import Block, Form, FormTable
from extractor.tables.header import Header
from extractor.tables.labels import RowName, Wording, header_score, leaves_in
from extractor.tables.source import SourceRow
from extractor.tables.stream import Run, source_rows
from extractor.tables.wrapped import label_of, whole_rows
from extractor.text import squash

_LIKE_ENOUGH = 50
_HEADERS_KEPT = 12


@dataclass(slots=True)
class Match:
    """A source row tied to a row of the form, or ("") to the one line of values of a block laid out across."""

    source: SourceRow
    header: Header
    table: str
    form: str
    block: Block
    row: str
    how: str = "label"


@dataclass
class Matches:
    """All rows of a report: matched ones, and those with figures that found no place (with the table they stood in)."""

    found: list[Match] = field(default_factory=list)
    left: list[tuple[SourceRow, str | None]] = field(default_factory=list)


class Matcher:
    """Walks source rows in reading order, keeping the header they stand under and the table last met."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.matches = Matches()
        self._header = Header()
        self._headers: list[Header] = []
        self._fresh = True
        self._table: str | None = None
        self._pending: list[SourceRow] = []
        self._turned = False  # figures stood right under a header: labels may come after their values
        self._last: Match | None = None

    def finish(self) -> Matches:
        """All rows that were met, once there are no more."""
        self._settle_pending(None)
        return self.matches

    # -- tables with rows ------------------------------------------------------------------------------------------

    def read_rows(self, rows: Sequence[SourceRow], grid: bool) -> None:
        """The rows of one source table."""
        self._begin()
        for row in whole_rows(rows, self.wording):
            if self._read(row):
                self._fresh = True
            elif row.empty:
                self._add_header(row, grid)
            else:
                self._pending.append(row)

    def _begin(self) -> None:
        """A table without a header of its own goes on with the last one."""
        self._fresh = True

    def _add_header(self, row: SourceRow, grid: bool) -> None:
        if not row.words:
            return
        if self._fresh:
            self._header, self._fresh = Header(grid=grid), False
            self._headers = [*self._headers[-_HEADERS_KEPT:], self._header]
        self._header.add(row)

    def _read(self, row: SourceRow) -> bool:
        name = self._row_name(row)
        if name is not None:
            header = self._header_over(name.block)
            self._found(Match(row, header, name.table, name.form, name.block, name.row.key))
            return True
        return self._across(row, self._header) or self._read_words(row)

    def _read_words(self, row: SourceRow) -> bool:
        """A row whose values are words (详见附件): they follow a whole label and are no label themselves."""
        known = [self.wording.knows(squash(cell.text)) for cell in row.labels]
        if not known or known[-1]:
            return False
        if not any(known):
            return not row.empty and self._across(row.recut(0), self._header)
        last = max(at for at, is_known in enumerate(known) if is_known)
        name = self._choose(self.wording.exactly(squash(row.labels[last].text)), self._header)
        if name is None:
            return False
        recut = row.recut(row.cells.index(row.labels[last]) + 1)
        self._found(Match(recut, self._header, name.table, name.form, name.block, name.row.key))
        return True

    def _across(self, row: SourceRow, header: Header) -> bool:
        if any(slot.blank for slot in row.slots) and row.pieces and not any(map(self.wording.knows, row.pieces)):
            row = row.recut(0)  # words of no label before blanks: they can be a value (详见附表) themselves
        for form, table, block in self.wording.across:
            width = header.width_across(block)
            whole = len(block.rows) * len(block.columns)
            if 0 < width <= len(row.slots) and (width == whole or not row.empty):
                self._found(Match(row, header, table, form, block, ""))
                return True
        return False

    def _row_name(self, row: SourceRow) -> RowName | None:
        if not row.words or not row.slots:
            return None
        wording = self.wording
        if row.empty:
            return self._choose(self._blank_row(row), self._header)
        for names in (wording.exactly(row.own), wording.exactly(row.words), wording.ending(row.pieces)[0]):
            if names:
                return self._choose(wording.under(names, row.words), self._header)
        return self._choose(wording.nearest(row.own), self._header)

    def _header_over(self, block: Block) -> Header:
        """The header a row of ``block`` stands under: the last that names its columns.

        On a new page a converter may repeat the header of the whole table instead of the block's own.
        """
        fitting = (h for h in reversed(self._headers) if leaves_in(block, h.words_for(block)))
        return self._header if leaves_in(block, self._header.words_for(block)) else next(fitting, self._header)

    def _blank_row(self, row: SourceRow) -> list[RowName]:
        """A row without a value may be a header, so all its words must be a label with its groups."""
        names = self.wording.whole(row.words)
        if not names and all(map(self.wording.knows, row.pieces[:-1])):
            names = self.wording.nearest(row.own)
        return [name for name in names if not name.block.across or len(row.slots) >= len(name.block.columns)]

    def _choose(self, names: Sequence[RowName], header: Header) -> RowName | None:
        """Of the rows a label can mean, the one whose block the header fits best; the table just met breaks ties."""
        if not names:
            return None
        here = [name for name in names if name.table == self._table]
        if here and len({(name.table, name.row.key) for name in names}) > 1:
            names = here
        if len({(name.table, name.row.key) for name in names}) > 1:
            return None
        best = max(names, key=lambda name: header_score(name.block, header.words_for(name.block)))
        if leaves_in(best.block, header.words_for(best.block)):
            return best
        earlier = [(self._header_over(name.block), name) for name in names]
        return max(earlier, key=lambda pair: header_score(pair[1].block, pair[0].words_for(pair[1].block)))[1]

    # -- running lines ---------------------------------------------------------------------------------------------

    def read_runs(self, runs: Sequence[Run], text: str) -> None:
        """Runs of words and figures, none of which stood in a table with rows."""
        self._begin()
        for run, following in zip(runs, [*runs, Run()][1:], strict=True):
            if run.slots:
                self._read_run(run, following, text)
            else:
                self._settle_pending(None)
                self._last = None

    def _read_run(self, run: Run, following: Run, text: str) -> None:
        if self._run_across(run, text):
            return
        names, length = label_of(run, following, self.wording)
        header = Header(grid=False, texts=run.texts[: len(run.texts) - length])
        headed = any(leaves_in(name.block, header.words_for(name.block)) for name in names)
        last = run.pieces[-1] if run.pieces else ""
        self._turned = not headed and (self._turned or (not names and last in self.wording.columns))
        if self._turned:
            self._pending += source_rows(run, run.pieces[-1:], len(run.slots), text)
            return
        if not headed and self._last is not None:
            header = self._last.header
        name = self._choose(names, header) or self._choose(self.wording.nearest(last), header)
        if name is not None:
            first, *rest = source_rows(run, run.pieces[-max(length, 1) :], len(name.block.columns), text)
            self._found(Match(first, header, name.table, name.form, name.block, name.row.key))
            self._pending += rest
        elif self._last is not None:
            self._pending += source_rows(run, run.pieces[-1:], len(self._last.block.columns), text)

    def _run_across(self, run: Run, text: str) -> bool:
        for form, table, block in self.wording.across:
            header = _across_header(run.texts, block)
            width = header.width_across(block) if header else 0
            if header is not None and len(run.slots) <= width + 1:
                [first, *rest] = source_rows(run, [], width, text)
                self._found(Match(first, header, table, form, block, ""))
                self._pending += rest
                return True
        return False

    # -- rows placed by their neighbours ---------------------------------------------------------------------------

    def _found(self, match: Match) -> None:
        self._settle_pending(match)
        self.matches.found.append(match)
        self._table = match.table
        self._last = match

    def _settle_pending(self, following: Match | None) -> None:
        """Rows between two matched ones are the form's rows between them, if there are just as many."""
        pending, self._pending = self._pending, []
        last = self._last
        if not pending:
            return
        free = self._free_between(last, following) if last is not None else []
        if last is not None and len(free) == len(pending) and all(map(self._fits, pending, free)):
            for row, name in zip(pending, free, strict=True):
                self.matches.found.append(
                    Match(row, last.header, name.table, name.form, name.block, name.row.key, "position")
                )
            return
        self.matches.left += [(row, last.table if last else None) for row in pending]

    def _free_between(self, last: Match, following: Match | None) -> list[RowName]:
        if not last.row:
            return []
        form = next(form for form in self.wording.forms if form.id == last.form)
        table = form.table(last.table)
        if table is None:
            return []
        met = {match.row for match in self.matches.found if match.table == last.table}
        order = list(table.rows)
        begin = order.index(last.row) + 1
        same = following is not None and following.table == last.table and following.row in order
        end = order.index(following.row) if same and following is not None else len(order)
        skipped = _replaced(table, met | ({following.row} if following else set()))
        return [
            RowName(form.id, table.key, row, block, at)
            for at, key in enumerate(order)
            for block in table.blocks
            for row in block.rows
            if row.key == key and begin <= at < end and key not in met and key not in skipped
        ]

    def _fits(self, row: SourceRow, name: RowName) -> bool:
        """A row placed by its neighbours has no words of its own, or words not unlike the label."""
        alone = not row.own or row.own in self.wording.row_groups
        return alone or fuzz.ratio(row.own, squash(name.row.label)) >= _LIKE_ENOUGH


def relabelled(found: Sequence[Match], forms: Sequence[Form]) -> list[Match]:
    """The matches, with an item whose own label was dropped taken for what it is.

    Where （六）其他处理 stands with values right before its second item and the first item is nowhere, the words are
    the group's and the values the first item's: a row that stands for its items does not stand beside some of them.
    """
    rows = {(match.table, match.row): at for at, match in enumerate(found)}
    relabelled = list(found)
    for form in forms:
        for table in form.tables:
            for row in table.rows.values():
                first, *others = row.stands_for or ("",)
                at = rows.get((table.key, row.key))
                if at is None or not others or (table.key, first) in rows or first not in table.rows:
                    continue
                if all((table.key, item) in rows for item in others) and rows[table.key, others[0]] == at + 1:
                    relabelled[at] = replace(found[at], row=first, how="position")
    return relabelled


def _replaced(table: FormTable, met: set[str]) -> set[str]:
    """Rows that cannot come any more: the one standing for items that were met, or else that one where it was not."""
    replaced_by = {item: by for item, by in table.replaced_by.items() if item in table.rows}
    return {item for item, by in replaced_by.items() if by in met} | (set(replaced_by.values()) - met)


def _across_header(texts: list[str], block: Block) -> Header | None:
    """The words before the values, or those since the block's first label, if they are its header."""
    opening = squash(block.rows[0].label)
    since = max((at for at, text in enumerate(texts) if squash(text).startswith(opening)), default=0)
    for tail in (texts, texts[since:] if since else []):
        header = Header(grid=False, texts=tail)
        if tail and header.across(block) is not None:
            return header
    return None
