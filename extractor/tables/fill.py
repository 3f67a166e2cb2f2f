"""Slots → values with evidence, cell by cell; keeps what was read, so that nothing is read twice or lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from extractor.draft import Draft
from extractor.finding import Words, make
from extractor.forms import Column, Form, FormTable, kin_of
from extractor.record import Cause, Evidence, Number, Place
from extractor.tables.cells import amount_in_10k, holds_figure, is_amount_unit, read_cell
from extractor.tables.header import Header
from extractor.tables.labels import RowName
from extractor.tables.match import Left, Match
from extractor.tables.source import Slot
from extractor.text import fold, squash, trimmed

_HEADER_UNIT = re.compile(r"([亿万千]?元)")
_CAPTION_UNIT = re.compile(r"单位\s?:\s?(?:[件项][、/,])?([亿万千]?元)")
_CAPTION = 80
_HEADER_VALUE = re.compile(r"(\d+(?:\.\d+)?)\s*([亿万千]?元)")


class TableFiller:
    """Writes one report's tables into its draft."""

    def __init__(self, draft: Draft, form: Form) -> None:
        self.draft = draft
        self.form = form
        self.text = draft.document.text
        self.kin = {other.id: other for other in kin_of(form)}
        self._texts: dict[str, str] = {}
        self._excused: set[str] = set()
        self._expected: dict[str, Sequence[str]] = {}
        for table in form.tables:
            draft.tables.setdefault(table.key, {})

    # -- cells -----------------------------------------------------------------------------------------------------

    def row(self, match: Match, columns: dict[str, list[Slot]]) -> None:
        """The cells of one row; the same row met again blank or the same is passed over, others are reported."""
        key = f"/tables/{match.table}/{match.row}"
        slots = {column: found[0] if len(found) == 1 else _one(found) for column, found in columns.items()}
        text = "\t".join([slot.text for slot in slots.values()])
        if key in self._texts:
            self._again(match, key, text, slots)
            return
        self._texts[key] = text
        self._expected[key] = _expected(match)
        kinds = {column.key: column for column in match.block.columns}
        values = self.draft.tables[match.table].setdefault(match.row, {})
        if any(slot.assumed for slot in slots.values()):
            self._say("short_row", key, match.table, match.row, "source", figures=_figures(list(slots.values())))
        for column, slot in slots.items():
            values[column] = self._cell(f"{key}/{column}", match, kinds[column], slot)

    def absent(self) -> set[tuple[str, str]]:
        """(table key, row key) of the rows that should stand there and were neither read nor reported."""
        return {
            (table.key, row)
            for table in self.form.tables
            for read in (self.draft.tables[table.key],)
            for row in table.rows
            if row not in read
            and f"/tables/{table.key}/{row}" not in self._excused
            and not self._stood_for(table, row, read)
        }

    def blank_row(self, name: RowName) -> None:
        """A row that has a label and no cells."""
        columns = [column.key for column in name.block.columns]
        self.draft.tables[name.table][name.row.key] = dict.fromkeys(columns)
        for column in columns:
            self.draft.evidence[f"/tables/{name.table}/{name.row.key}/{column}"] = Evidence("", "blank", Place())

    def _again(self, match: Match, key: str, text: str, slots: dict[str, Slot]) -> None:
        if text == self._texts[key] or all(slot.blank for slot in slots.values()):
            return
        self._say("repeated_row", key, match.table, match.row, figures=_figures(list(slots.values())))

    def _cell(self, pointer: str, match: Match, column: Column, slot: Slot) -> Number | None:
        reading = read_cell(slot.text)
        start, end, raw = slot.start, slot.end, slot.text
        if raw != raw.strip():
            start, end = trimmed(self.text, start, end)
            raw = self.text[start:end]
        evidence = Evidence(raw, reading.state, Place(start, end, slot.table, slot.row, slot.column), reading.note)
        self.draft.evidence[pointer] = evidence
        if match.how != "label":
            evidence.reasons.append("label_by_position")
        if reading.rejoined:
            evidence.reasons.append("digits_rejoined")
        if reading.state == "blank" and column.kind == "amount":
            return self._value_in_header(evidence, match, column)
        if reading.number is None:
            if reading.state == "text" and holds_figure(slot.text):
                self._say("unread_number", pointer, match.table, match.row, raw=slot.text.strip()[:60])
            return None
        if column.kind == "amount":
            return self._amount(pointer, match, column, reading.number, reading.unit)
        return reading.count

    # -- amounts ---------------------------------------------------------------------------------------------------

    def _amount(self, pointer: str, match: Match, column: Column, number: Decimal, unit: str | None) -> Number:
        unit = (
            unit
            if is_amount_unit(unit)
            else match.source.unit or _unit_in(match.header, column) or self._caption_unit(match)
        )
        if unit is None and number != 0:
            self._say("unit_assumed", pointer, match.table, match.row, cause="source", raw=number)
        return amount_in_10k(number, unit or "万元")

    def _caption_unit(self, match: Match) -> str | None:
        """The unit that a line right above the table states for all of its amounts."""
        document, table = self.draft.document, match.source.table
        if table is None:
            return None
        start = document.tables[table].start
        found = _CAPTION_UNIT.search(document.folded, max(0, start - _CAPTION), start)
        return found[1] if found else None

    def _value_in_header(self, evidence: Evidence, match: Match, column: Column) -> Number | None:
        """A blank cell under a header like （单位：0万元） has its figure up there."""
        for row in match.header.rows:
            for cell in row.labels:
                found = _HEADER_VALUE.search(fold(cell.text)) if column.label in squash(cell.text) else None
                if found:
                    place = Place(
                        cell.start + found.start(1), cell.start + found.end(1), row.table, cell.row, cell.column
                    )
                    evidence.source, evidence.state, evidence.raw = place, "number", found[1]
                    evidence.reasons.append("value_in_header")
                    return amount_in_10k(Decimal(found[1]), found[2])
        return None

    # -- findings --------------------------------------------------------------------------------------------------

    def undecided(self, table: str, row: str, slots: Sequence[Slot], expected: int) -> None:
        """A row whose figures cannot be told apart by column."""
        filled = [slot for slot in slots if not slot.blank]
        self._excused.add(f"/tables/{table}/{row}")
        path, figures = f"/tables/{table}/{row}", _figures(filled)
        self._say("undecided_columns", path, table, row, found=len(filled), expected=expected, figures=figures)

    def unmatched_column(self, match: Match, label: str, slot: Slot) -> None:
        """A figure under a header the form does not have."""
        path = f"/tables/{match.table}/{match.row}/{_escaped(label)}".rstrip("/")
        self._say("unmatched_column", path, match.table, match.row, "source", figures=slot.text, label=label or "?")

    def further_table(self, table: str) -> None:
        """A table of the same kind in another part or an annex."""
        found = self.form.table(table) or self.form.tables[0]
        self.draft.findings.append(make("further_table", ["/source"], table=Words(found.name, found.en)))

    def unmatched_row(self, left: Left, figures: list[Slot]) -> None:
        """A row of figures without a place in the form; without a label, the rows that it may belong to are named."""
        table = self.form.table(left.table or "") or self.form.tables[0]
        label = "" if left.beside else left.source.own
        standing = dict.fromkeys(table.replaced_by[row] for row in left.beside if row in table.replaced_by)
        rows = [_escaped(label)] if label else (*left.beside, *standing) or table.rows
        paths = [f"/tables/{table.key}/{row}" for row in rows]
        self._say(
            "unmatched_row", paths, table.key, "", figures=_figures(figures), label=label or Words("无标签", "no label")
        )

    def _say(
        self, code: str, path: str | list[str], table: str, row: str, cause: Cause = "unknown", **values: object
    ) -> None:
        """A finding about a row; ``label`` is the row's own unless given."""
        found = self.form.table(table) or self.form.tables[0]
        rows = [other.table(table) for other in (self.form, *self.kin.values())]
        label = next((t.rows[row].label for t in rows if t is not None and row in t.rows), row)
        values = {"label": Words(label, row.replace("_", " "))} | values
        named = Words(found.name, found.en)
        self.draft.findings.append(
            make(code, [path] if isinstance(path, str) else path, cause=cause, repair=None, table=named, **values)
        )

    # -- what is not there -----------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Give every row and column of the form its place, in the form's order; what was not read is missing."""
        for table in self.form.tables:
            read = self.draft.tables[table.key]
            wanted = [row for row in table.rows if row in read or not self._stood_for(table, row, read)]
            extra = [row for row in read if row not in table.rows]
            self.draft.tables[table.key] = {
                row: self._whole_row(table, row, read.get(row, {}), bool(read)) for row in (*wanted, *extra)
            }

    def _stood_for(self, table: FormTable, row: str, read: dict[str, dict[str, Number | None]]) -> bool:
        """Of a row and the items it stands for, only those the report has are wanted; the items if it has none."""
        items = table.rows[row].stands_for
        standing = table.replaced_by.get(row)
        if items:
            return any(item in table.rows for item in items)
        return standing is not None and standing in read

    def _whole_row(
        self, table: FormTable, row: str, read: dict[str, Number | None], table_read: bool
    ) -> dict[str, Number | None]:
        key = f"/tables/{table.key}/{row}"
        columns = [column.key for column in table.columns_of.get(row, ())]
        if list(read) == columns:
            return read
        for column in columns:
            if column not in read:
                self.draft.evidence[f"{key}/{column}"] = Evidence(None, "missing", Place(), verdict="review")
        if table_read and not read and key not in self._excused:
            self._say("missing_row", key, table.key, row)
        elif read and set(read) <= set(columns):
            expected = [column for column in self._expected.get(key, ()) if column not in read]
            missing = "、".join(table.columns[column].label for column in columns if column in expected)
            if missing:
                self._say("missing_cell", key, table.key, row, column=missing)
        order = [*columns, *(column for column in read if column not in columns)]
        return {column: read.get(column) for column in order}


def _expected(match: Match) -> Sequence[str]:
    """The columns that the header over a row promises: those it names, or any where some of its words are unknown."""
    if match.header.unknown(match.block):
        return [column.key for column in match.block.columns]
    return match.header.leaves(match.block)


def _one(slots: list[Slot]) -> Slot:
    """Of a merged cell's copies, the first that holds anything."""
    return next((slot for slot in slots if not slot.blank), slots[0])


def _figures(slots: Sequence[Slot]) -> str:
    return " ".join(slot.text.strip() for slot in slots)[:120]


def _escaped(label: str) -> str:
    """A label as a token of a JSON Pointer (RFC 6901)."""
    return label[:60].replace("~", "~0").replace("/", "~1")


def _unit_in(header: Header, column: Column) -> str | None:
    """The unit that the header states right after the column's label."""
    words = "".join(squash(text) for text in header.written)
    for label in column.labels:
        at = words.find(squash(label))
        found = _HEADER_UNIT.search(words, at + len(squash(label)), at + len(squash(label)) + 12) if at >= 0 else None
        if found:
            return found[1]
    return None
