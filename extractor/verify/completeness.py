"""Is everything there that the form asks for? Tables, the body and the year, and the six parts."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.document import Picture
from extractor.finding import Words, make
from extractor.record import Finding
from extractor.verify.readings import ABSENT_STATES, BLANK_STATES, Reading, Readings

_FIELDS = {
    "organisation": Words("填报单位", "the reporting body"),
    "year": Words("报告年度", "the reporting year"),
}
_PARTS = {
    "overview": ("/narrative/overview",),
    "issues_improvements": ("/narrative/issues", "/narrative/improvements"),
    "other_matters": ("/narrative/other_matters",),
}
"""What of the record comes from a part; a part with a table is spoken of by ``missing_table``."""


def completeness_findings(readings: Readings) -> list[Finding]:
    """``missing_table``, ``blank_table``, ``missing_field`` and ``missing_section``."""
    return [*_tables(readings), *_unspoken(readings), *_fields(readings), *_parts(readings)]


def _tables(readings: Readings) -> Iterator[Finding]:
    for key, words in readings.vocabulary.tables.items():
        states = [cell.evidence.state for cell in readings.by_table.get(key, [])]
        there = [state for state in states if state not in ABSENT_STATES]
        if not there and not _was_met(readings, key):
            yield make("missing_table", [f"/tables/{key}"], table=words.name, picture=_said(_picture(readings, key)))
        elif there and "blank" in there and BLANK_STATES.issuperset(there):
            yield make("blank_table", [f"/tables/{key}"], cause="source", table=words.name)


def _unspoken(readings: Readings) -> Iterator[Finding]:
    """``missing_cell`` for what was not read of a table that was, where no finding of a reader names it.

    It names what was read of the row too: where one is lost, another may stand in its place.
    Where blocks of two forms are mixed, a row that has the columns of the other form lacks none.
    """
    absent = [cell for cell in readings.cells if cell.evidence.state in ABSENT_STATES]
    if not absent or any(finding.code == "form_mixed" for finding in readings.draft.findings):
        return
    named = {path for finding in readings.draft.findings for path in finding.paths}
    for cell in absent:
        row = f"/tables/{cell.table}/{cell.row}"
        if named.isdisjoint((cell.pointer, row, f"/tables/{cell.table}")) and _was_read(readings, cell.table):
            words = readings.vocabulary.tables[cell.table]
            label, column = words.row_name(cell.row), words.column_name(cell.row, cell.column)
            rest = [one.pointer for one in readings.by_table[cell.table] if _is_beside(one, cell)]
            yield make("missing_cell", [cell.pointer, *rest], table=words.name, label=label, column=column)


def _is_beside(one: Reading, absent: Reading) -> bool:
    return one.row == absent.row and one.evidence.state not in ABSENT_STATES


def _was_read(readings: Readings, table: str) -> bool:
    return any(cell.evidence.state not in ABSENT_STATES for cell in readings.by_table[table])


def _was_met(readings: Readings, key: str) -> bool:
    """Whether a reader found every row of the table, though it could take nothing from them, and has said so."""
    errors = (finding for finding in readings.draft.findings if finding.severity == "error")
    named = {path.split("/")[3] for finding in errors for path in finding.paths if path.startswith(f"/tables/{key}/")}
    rows = readings.draft.tables.get(key, {})
    return bool(rows) and named.issuperset(rows)


def _picture(readings: Readings, key: str) -> Picture | None:
    """The first picture in the part of the table."""
    part = readings.draft.sections.get(key)
    if part is None:
        return None
    return next((picture for picture in readings.document.pictures if part.start <= picture.start <= part.end), None)


def _said(picture: Picture | None) -> Words:
    if picture is None:
        return Words("", "")
    return Words(
        f"该处有图片“{picture.name}”，表格可能在图中。", f" A picture stands there ({picture.name}) and may hold it."
    )


def _fields(readings: Readings) -> Iterator[Finding]:
    for name, words in _FIELDS.items():
        if not getattr(readings.draft, name):
            yield make("missing_field", [f"/{name}"], field=words)


def _parts(readings: Readings) -> Iterator[Finding]:
    found = {part.key for part in readings.draft.sections.parts}
    for part in readings.vocabulary.form.parts:
        if part.key not in found:
            name = Words(f"第{part.number}部分（{part.title}）", f"part {part.number} ({part.title})")
            yield make("missing_section", list(_PARTS.get(part.key, ())), part=name)
