"""Source rows → rows of the form, in the order of the report.

Every row with figures ends in one of three ways: matched by its words, placed by its neighbours (no words, and just
one row it can be), or left over for a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from extractor.forms import Block, Form, FormTable
from extractor.tables.cells import read_cell
from extractor.tables.header import Header
from extractor.tables.labels import RowName, Wording, whole_header
from extractor.tables.source import SourceRow
from extractor.tables.stream import Run, source_rows
from extractor.tables.worded import with_worded_values
from extractor.tables.wrapped import label_of, whole_rows
from extractor.text import squash

_REMARK = re.compile(r"[(（][^()（）]{1,60}[)）]\s*$")
_SHORTEST_REMARKED = 4
"""Letters of a label that is told without the remark behind it."""

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


class Left(NamedTuple):
    """A row without a place: its table and, where no label of its own names it, the rows it is next to or may be."""

    source: SourceRow
    table: str | None
    beside: tuple[str, ...]


@dataclass
class Matches:
    """All rows of a report: matched ones, and those with figures that found no place."""

    found: list[Match] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


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
            block = self._block_under(header, name)
            self._found(Match(row, header, name.table, name.form, block, name.row.key))
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
        label = squash(row.labels[last].text)
        name = None if label in self.wording.columns else self._choose(self.wording.exactly(label), self._header)
        if name is None or (name.block.across and self._header.width_across(name.block)):
            return False  # words of a header laid out across, one of which was cut by the end of its line
        recut = row.recut(row.cells.index(row.labels[last]) + 1)
        self._found(Match(recut, self._header, name.table, name.form, name.block, name.row.key))
        return True

    def _cut_short(self, row: SourceRow) -> bool:
        """Whether a row of words goes on with those of a header laid out across: 直接起诉 below 未经复议."""
        headers = [whole_header(block) for _, _, block in self.wording.across]
        return any(piece in header for piece in row.pieces for header in headers)

    def _across(self, row: SourceRow, header: Header) -> bool:
        if _holds_values(row) and not any(map(self.wording.knows, row.pieces)):
            if self._cut_short(row):
                return False
            row = row.recut(0)  # words of no label before blanks: they can be a value (详见附表) themselves
        for form, table, block in self.wording.across:
            width = header.width_across(block) if len(row.slots) >= len(block.columns) else 0
            whole = len(block.rows) * len(block.columns)
            if 0 < width <= len(row.slots) and (width == whole or not row.empty or header.is_drawn(block, row)):
                self._found(Match(row, header, table, form, block, ""))
                return True
        return False

    def _row_name(self, row: SourceRow) -> RowName | None:
        if not row.words or not row.slots:
            return None
        wording = self.wording
        if row.empty:
            return self._choose(self._blank_row(row), self._header)
        names = wording.exactly(row.own) or wording.exactly(row.words) or wording.ending(row.pieces)[0]
        names = wording.under(names, row.words) if names else wording.nearest(row.own) or self._remarked(row)
        return self._choose(names, self._header)

    def _remarked(self, row: SourceRow) -> list[RowName]:
        """The rows whose label stands there with a remark in brackets behind it that no form has."""
        text = row.labels[-1].text if row.labels else ""
        bare = squash(_REMARK.sub("", text)) if _REMARK.search(text) else ""
        return self.wording.exactly(bare) if len(bare) >= _SHORTEST_REMARKED else []

    def _header_over(self, block: Block) -> Header:
        """The header a row of ``block`` stands under: the last that names its columns.

        On a new page a converter may repeat the header of the whole table instead of the block's own.
        """
        if self._header.leaves(block):
            return self._header
        return next((header for header in reversed(self._headers) if header.leaves(block)), self._header)

    def _block_under(self, header: Header, name: RowName) -> Block:
        """The row's block, or that of another form under whose header it stands (hybrids)."""
        if header.leaves(name.block):
            return name.block
        keys = {column.key for column in name.block.columns}
        others = (block for block in self.wording.blocks(name.table) if keys.issuperset(header.leaves(block)))
        return next((block for block in others if header.leaves(block)), name.block)

    def _blank_row(self, row: SourceRow) -> list[RowName]:
        """A row without a value may be a header, so all its words must be a label with its groups."""
        names = self.wording.whole(row.words)
        if not names and row.pieces[0].isdigit():
            names = self.wording.whole("".join(row.pieces[1:]))  # a number that counts the rows
        if not names and all(map(self.wording.knows, row.pieces[:-1])):
            names = self.wording.nearest(row.own)
        return [name for name in names if not name.block.across or len(row.slots) >= len(name.block.columns)]

    def _choose(self, names: Sequence[RowName], header: Header) -> RowName | None:
        """Of the rows a label can mean, the one whose block the header fits best; the table just met breaks ties."""
        if not names:
            return None
        here = [name for name in names if name.table == self._table]
        if here and len(_rows_of(names)) > 1:
            names = here
        if len(_rows_of(names)) > 1:
            return None
        if len(names) == 1:
            return names[0]
        best = max(names, key=lambda name: header.score(name.block))
        if header.leaves(best.block):
            return best
        return max(names, key=lambda name: self._header_over(name.block).score(name.block))

    # -- running lines ---------------------------------------------------------------------------------------------

    def read_runs(self, runs: Sequence[Run], text: str) -> None:
        """Runs of words and figures, none of which stood in a table with rows."""
        self._begin()
        runs = with_worded_values(runs, self.wording, text)
        for run, following in zip(runs, [*runs, Run()][1:], strict=True):
            if run.slots:
                self._read_run(run, following, text)
            else:
                self._settle_pending(None)
                self._last = None

    def _read_run(self, run: Run, following: Run, text: str) -> None:
        if self._run_across(run, text):
            return
        names, length = label_of(run, following, self.wording, text)
        header = Header(grid=False, texts=run.texts[: len(run.texts) - length])
        headed = bool(header.texts) and any(header.leaves(name.block) for name in names)
        last = run.pieces[-1] if run.pieces else ""
        self._turned = not headed and (self._turned or (not names and last in self.wording.columns))
        if self._turned:
            self._pending += source_rows(run, run.pieces[-1:], len(run.slots), text)
            return
        if not headed and self._last is not None:
            header = self._last.header
        name = self._choose(names, header) or self._choose(self.wording.nearest(last), header)
        if name is not None:
            block = self._block_under(header, name)
            first, *rest = source_rows(run, run.pieces[-max(length, 1) :], len(block.columns), text)
            self._found(Match(first, header, name.table, name.form, block, name.row.key))
            self._pending += rest
        elif self._last is not None:
            self._pending += source_rows(run, run.pieces[-1:], len(self._last.block.columns), text)

    def _run_across(self, run: Run, text: str) -> bool:
        for form, table, block in self.wording.across:
            since, width = _header_across(block, tuple(run.texts))
            if width and len(run.slots) <= width + 1:
                if run.pieces[-1] not in whole_header(block):
                    run.blank_lines_count = False  # words that are no header can be the first value themselves
                [first, *rest] = source_rows(run, [], width, text)
                header = Header(grid=False, texts=run.texts[since:])
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
        for row in pending:
            begins = following is not None and _begins_table(row, last, following)
            near, others = (following, []) if begins else (last, free)
            beside = (*_rows_met(near), *(name.row.key for name in others))
            named = row.own and row.own not in self.wording.row_groups
            self.matches.left.append(Left(row, near.table if near else None, () if named else beside))

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

    Where （六）其他处理 stands with values just where the one of its items stands that is nowhere else, the words are
    the group's and the values that item's: a row that stands for its items does not stand beside some of them.
    """
    rows = {(match.table, match.row): at for at, match in enumerate(found)}
    relabelled = list(found)
    for table, group, items in _standing_for_several(tuple(forms)):
        at = rows.get((table, group))
        places = [rows.get((table, item)) for item in items]
        if at is not None and places.count(None) == 1:
            lost = places.index(None)
            beside = range(max(0, lost - 1), min(len(items), lost + 2))
            if all(places[near] == at + near - lost for near in beside if near != lost):
                relabelled[at] = replace(found[at], row=items[lost], how="position")
    return relabelled


@lru_cache(maxsize=32)
def _standing_for_several(forms: tuple[Form, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """(table, row, the items it stands for) where the form has these several items too."""
    return [
        (table.key, row.key, row.stands_for)
        for form in forms
        for table in form.tables
        for row in table.rows.values()
        if len(row.stands_for) > 1 and all(item in table.rows for item in row.stands_for)
    ]


def _holds_values(row: SourceRow) -> bool:
    """Whether what was taken for a row's label may be values: words before blanks, or behind figures."""
    if not row.slots:
        return any(read_cell(cell.text).state == "number" for cell in row.cells)
    return bool(row.pieces) and any(slot.blank for slot in row.slots)


def _begins_table(row: SourceRow, last: Match | None, following: Match) -> bool:
    """Whether a row stands in the source table of the row after it, and the row before it in another."""
    return row.table == following.source.table and (last is None or last.source.table != row.table)


def _rows_met(match: Match | None) -> tuple[str, ...]:
    """The row that was met, or all rows of a block that is laid out across."""
    if match is None:
        return ()
    return (match.row,) if match.row else tuple(row.key for row in match.block.rows)


def _rows_of(names: Sequence[RowName]) -> set[tuple[str, str]]:
    return {(name.table, name.row.key) for name in names}


def _replaced(table: FormTable, met: set[str]) -> set[str]:
    """Rows that cannot come any more: the one standing for items that were met, or else that one where it was not."""
    replaced_by = {item: by for item, by in table.replaced_by.items() if item in table.rows}
    return {item for item, by in replaced_by.items() if by in met} | (set(replaced_by.values()) - met)


@lru_cache(maxsize=4_000)
def _header_across(block: Block, texts: tuple[str, ...]) -> tuple[int, int]:
    """Where among the words before values the block's header laid out across begins, and its width; 0, 0 without one.

    It is all of them, or those since the block's first label.
    """
    opening = squash(block.rows[0].label)
    since = max((at for at, text in enumerate(texts) if squash(text).startswith(opening)), default=0)
    for begin in dict.fromkeys((0, since)):
        order = Header(grid=False, texts=list(texts[begin:])).across(block) if texts else None
        if order is not None:
            return begin, len(order)
    return 0, 0
