"""Matched rows → values, evidence and findings in the draft: the one way from a source table into the record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from extractor.draft import Draft
from extractor.finding import make
from extractor.forms import Form, Identity, kin_of
from extractor.tables.bare import bare_rows, behind_figures, is_left_blank
from extractor.tables.cells import read_cell
from extractor.tables.columns import Columns, across_row, columns_of_row
from extractor.tables.detect import Detected, detect_form
from extractor.tables.fill import TableFiller
from extractor.tables.grid import rows_of
from extractor.tables.header import UNREAD, CellKey, Header
from extractor.tables.labels import Wording, header_words, wording_of
from extractor.tables.match import Left, Match, Matcher, Matches, relabelled
from extractor.tables.source import Slot, SourceRow
from extractor.tables.stream import Run, runs_of
from extractor.text import squash


def read_tables(draft: Draft, forms: Sequence[Form]) -> None:
    """Read every statutory table of the document into ``draft`` and settle ``draft.form``.

    ``forms``: the candidates, the likeliest first. Every row and column of the form ends up in ``draft.tables`` with
    evidence; what has no place there becomes a finding.
    """
    rows, runs = _source(draft)
    detected = _detect(forms, rows, [run for run in runs if run.slots])
    if detected.form is None:
        spans = _parts(draft, forms[0])
        detected = _detect(forms, rows, [run for run in runs if spans and _is_within(run.start, spans)])
    draft.form = detected.form
    if detected.form is None:
        return
    _say_doubts(draft, detected.form, detected)
    own = [detected.form, *(form for form in kin_of(detected.form) if form.id in {f.id for f in forms})]
    wording = wording_of(tuple(own))
    parts = _parts(draft, detected.form)
    inside, outside = _matched(draft, wording, rows, runs, parts, within=True), Matches()
    if parts:
        outside = _matched(draft, wording, rows, runs, parts, within=False)
    filler = TableFiller(draft, detected.form)
    read = {match.table for match in inside.found}
    further = [match for match in outside.found if _under_its_header(match)]
    _fill_found(filler, relabelled(_first_of_each(inside.found), own))
    added = [match for match in further if match.table not in read]
    _fill_found(filler, relabelled(added, own))
    _say_left(filler, inside)
    tables = {match.table for match in added}
    _say_left(filler, Matches(added, [left for left in outside.left if left.table in tables]))
    for table in dict.fromkeys(match.table for match in further if match.table in read):
        filler.further_table(table)
    _fill_bare(filler, wording, [run for run in runs if _is_within(run.start, parts)], inside)
    filler.finish()


def _parts(draft: Draft, form: Form) -> list[tuple[int, int]]:
    """The spans of the parts that hold the form's tables, headings included."""
    found = (draft.sections.get(table.key) for table in form.tables)
    return [(part.heading_start, part.end) for part in found if part is not None]


def _matched(
    draft: Draft,
    wording: Wording,
    rows: list[tuple[int, list[SourceRow]]],
    runs: list[Run],
    parts: list[tuple[int, int]],
    *,
    within: bool,
) -> Matches:
    """The rows of the tables and lines that stand within these parts, or of the others; without parts, of all."""
    document = draft.document

    def wanted(start: int) -> bool:
        return not parts or _is_within(start, parts) is within

    matcher = Matcher(wording)
    for index, table_rows in rows:
        table = document.tables[index]
        if wanted(table.start):
            matcher.read_rows(table_rows, table.layout == "grid")
    matcher.read_runs([run for run in runs if wanted(run.start)], document.text)
    return matcher.finish()


def _is_within(start: int, parts: list[tuple[int, int]]) -> bool:
    """Whether a place stands in one of the parts; without parts, every place does."""
    return not parts or any(begin <= start < end for begin, end in parts)


def _under_its_header(match: Match) -> bool:
    """Whether a row outside of the parts is one of a statutory table and not just a line that begins like it."""
    return not match.row or bool(match.header.leaves(match.block))


def _first_of_each(found: list[Match]) -> list[Match]:
    """Of rows met twice, those without a header of their own give way to those with one.

    So does an empty row to the line of values below it, where both stand under one header laid out across.
    """
    headed = {(match.table, match.row) for match in found if _under_its_header(match)}
    filled = {id(match.header) for match in found if not match.row and not match.source.empty}
    return [
        match
        for match in found
        if ((match.table, match.row) not in headed or _under_its_header(match))
        and (match.row or not match.source.empty or id(match.header) not in filled)
    ]


def _source(draft: Draft) -> tuple[list[tuple[int, list[SourceRow]]], list[Run]]:
    document = draft.document
    headings = [*sorted(part.heading_start for part in draft.sections.parts), len(document.text)]
    rows = [(at, rows_of(table, at)) for at, table in enumerate(document.tables) if table.layout != "stream"]
    runs = runs_of(document)
    for run in runs:
        run.bound = headings[min(bisect_right(headings, run.start), len(headings) - 1)]
    return rows, runs


# ---- the form ----------------------------------------------------------------------------------------------------


def _detect(forms: Sequence[Form], rows: list[tuple[int, list[SourceRow]]], runs: list[Run]) -> Detected:
    headers = {header_words(cell.text) for _, table in rows for row in table for cell in row.labels}
    headers |= {
        word
        for _, table in rows
        for header in _headers(table)
        for stack in header.stacks.values()
        for word in _tails(stack)
    }
    labels = {row.own for _, table in rows for row in table}
    for run in runs:
        headers |= _words_in(run)
        labels.update(run.pieces[-1:] if run.slots else run.pieces)
    return detect_form(forms, headers, labels)


def _headers(rows: list[SourceRow]) -> list[Header]:
    """Each run of rows without values, as a header."""
    return [Header(list(group)) for empty, group in groupby(rows, key=lambda row: row.empty) if empty]


def _tails(words: list[str]) -> list[str]:
    return ["".join(words[depth:]) for depth in range(len(words))]


def _words_in(run: Run) -> set[str]:
    """The single pieces of a run and, for headers broken over lines, each pair of neighbours joined."""
    pairs = {a + b for a, b in zip(run.pieces, run.pieces[1:], strict=False)}
    return {header_words(word) for word in {*run.pieces, *pairs}}


def _say_doubts(draft: Draft, form: Form, detected: Detected) -> None:
    if detected.uncertain:
        draft.findings.append(make("form_uncertain", ["/form"], form=form.id))
    if detected.mixed:
        names = "、".join((form.id, *detected.mixed))
        draft.findings.append(make("form_mixed", ["/form"], cause="source", forms=names))


# ---- rows --------------------------------------------------------------------------------------------------------


def _fill_found(filler: TableFiller, found: Sequence[Match]) -> None:
    groups: dict[tuple[int, int, int | None], list[Match]] = {}
    for match in found:
        groups.setdefault((id(match.header), id(match.block), match.source.table), []).append(match)
    for group in groups.values():
        if group[0].row:
            _fill_rows(filler, group)
        else:
            for match in group:
                _fill_across(filler, match)


def _fill_rows(filler: TableFiller, group: list[Match]) -> None:
    first = group[0]
    read = columns_of_row(first.block, first.header, [match.source for match in group])
    for match, columns in zip(group, read, strict=True):
        if columns is None or _has_rivals(columns):
            filler.undecided(match.table, match.row, match.source.slots, len(first.block.columns))
            continue
        filler.row(match, columns)
        if len(columns) < len(match.source.slots):
            used = {id(slot) for slots in columns.values() for slot in slots}
            _say_columns(filler, match, [slot for slot in match.source.slots if id(slot) not in used])


def _has_rivals(columns: Columns) -> bool:
    """Whether two slots under one column, which should be copies of a merged cell, hold different values."""
    several = (slots for slots in columns.values() if len(slots) > 1)
    return any(len({slot.text.strip() for slot in slots if not slot.blank}) > 1 for slots in several)


def _fill_across(filler: TableFiller, match: Match) -> None:
    cells = across_row(match.block, match.header, match.source)
    if cells is None or _may_be_shifted(filler.form, match, cells):
        expected = match.header.width_across(match.block)
        for row in match.block.rows:
            filler.undecided(match.table, row.key, match.source.slots, expected)
        return
    for key in dict.fromkeys(row for row, _ in cells):
        columns = {column: [slot] for (row, column), slot in cells.items() if row == key}
        filler.row(replace(match, row=key), columns)


def _may_be_shifted(form: Form, match: Match, cells: dict[CellKey, Slot]) -> bool:
    """Whether a line of values may have lost a blank cell at its front.

    Some converters drop those and fill the line up at its end: then its last cell is blank, and in more than one of
    the rows on it the parts do not make the total, or make one that is not there.
    """
    if match.header.grid or match.source.empty or not [*cells.values()][-1].blank:
        return False
    sums = [one for one in form.identities if one.table == match.table and one.along == "row"]
    rows = {row for row, _ in cells}
    return sum(any(not _adds_up(one, row, cells) for one in sums) for row in rows) > 1


def _adds_up(identity: Identity, row: str, cells: dict[CellKey, Slot]) -> bool:
    """Whether one row's parts make its total, both read with blanks as 0; a blank total of figures does not do."""
    left, right = (
        [cells[row, column] for column in columns if (row, column) in cells]
        for columns in (identity.left, identity.right)
    )
    if all(slot.blank for slot in right):
        return all(slot.blank for slot in left)
    return sum(map(_number, left)) == sum(map(_number, right))


def _number(slot: Slot) -> Decimal:
    return read_cell(slot.text).number or Decimal(0)


def _say_columns(filler: TableFiller, match: Match, extra: list[Slot]) -> None:
    """Values under a header that is no column of the form: remarks may go, figures may not."""
    for slot in extra:
        label = match.header.over(slot)
        if not slot.blank and label not in UNREAD and any(char.isdigit() for char in slot.text):
            filler.unmatched_column(match, label, slot)


def _fill_bare(filler: TableFiller, wording: Wording, runs: list[Run], matches: Matches) -> None:
    """Rows whose label stands in lines without any figure are blank, unless lines of figures found no place."""
    absent = filler.absent()
    if not absent or any(left.source.table is None for left in matches.left):
        return
    told = behind_figures(filler.draft.document.folded)
    bare = [name for name in bare_rows(runs, wording, absent) if told.isdisjoint(map(squash, name.row.labels))]
    for table in filler.form.tables:
        names = [name for name in bare if name.table == table.key]
        if names and is_left_blank(table, names, len(filler.draft.tables[table.key])):
            for name in names:
                filler.blank_row(name)


def _say_left(filler: TableFiller, matches: Matches) -> None:
    """Rows with figures that found no place, in tables that were read or that stand where one should."""
    read = {match.source.table for match in matches.found if match.source.table is not None}
    for left in matches.left:
        figures = [slot for slot in left.source.slots if _is_value(slot, left)]
        if figures and (left.source.table is None or left.source.table in read):
            filler.unmatched_row(left, figures)


def _is_value(slot: Slot, left: Left) -> bool:
    """Whether a slot without a place holds a figure; in a line of its own below a value, a mark for none is one too."""
    alone = left.source.table is None and not left.source.own and bool(left.beside)
    return any(char.isdigit() for char in slot.text) or (alone and not slot.blank)
