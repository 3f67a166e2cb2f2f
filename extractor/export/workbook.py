"""Excel: a sheet for reports, one for each table of the forms, one for findings, and what the columns mean.

Rows are written as they come and not kept in memory; text is text, never a formula or a link. What is over Excel's
1,048,576 rows is refused: CSV and Parquet have no such end.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

from extractor.errors import OutputError
from extractor.export.lines import headings
from extractor.export.reports import Exported
from extractor.forms import builtin_forms

_MOST_ROWS = 1_048_576
_SHORT = ("report", "organisation", "year", "form")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}
_MEANINGS = {
    "report": "number of the report in the store",
    "state": "clean, open, accepted, rejected, parked, disputed or failed",
    "open_errors": "errors that nobody has corrected or settled",
    "edits": "fields that a person has set",
    "reviewer": "who acted last",
}


class _Sheet:
    """One sheet that is written from the top down."""

    def __init__(self, book: Any, name: str, columns: Iterable[str]) -> None:
        self._sheet = book.add_worksheet(name)
        self._next = 0
        self.add(list(columns))
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Iterable[Any]) -> None:
        """Write a row.

        Raises:
            OutputError: the sheet is full.
        """
        if self._next >= _MOST_ROWS:
            raise OutputError(
                "too many rows for Excel: export csv or parquet", "行数超出 Excel 上限：请导出 csv 或 parquet"
            )
        for column, value in enumerate(row):
            if isinstance(value, str):
                self._sheet.write_string(self._next, column, value)
            elif isinstance(value, int | Decimal):
                self._sheet.write_number(self._next, column, value)
        self._next += 1


def write_workbook(reports: Iterable[Exported], file: IO[bytes]) -> int:
    """The workbook; how many reports are in it."""
    import xlsxwriter  # noqa: PLC0415 (slow to load)

    count = 0
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        _write_dictionary(book)
        cover = _Sheet(book, "reports", headings())
        tables = {key: _Sheet(book, key[:31], [*_SHORT, "row", *columns]) for key, columns in _tables().items()}
        found = _Sheet(book, "findings", [*_SHORT, "code", "severity", "cause", "message", "message_en", "paths"])
        for count, one in enumerate(reports, 1):  # noqa: B007 (told at the end)
            cover.add(one.heading.values())
            short = [one.heading[name] for name in _SHORT]
            _add_tables(one, short, tables)
            for finding in one.record.findings if one.record else []:
                told = [finding.code, finding.severity, finding.cause, finding.message, finding.message_en]
                found.add([*short, *told, " ".join(finding.paths)])
    return count


def _tables() -> dict[str, list[str]]:
    """The columns of each table, over all forms."""
    found: dict[str, dict[str, None]] = {}
    for form in builtin_forms():
        for table in form.tables:
            found.setdefault(table.key, {}).update(dict.fromkeys(table.columns))
    return {key: list(columns) for key, columns in found.items()}


def _add_tables(one: Exported, short: list[Any], sheets: dict[str, _Sheet]) -> None:
    columns = _tables()
    for table, rows in (one.record.tables if one.record else {}).items():
        if table in sheets:  # a user's own form has no sheet; JSON Lines and the long form hold it
            for row, cells in rows.items():
                sheets[table].add([*short, row, *(cells.get(column) for column in columns[table])])


def _write_dictionary(book: Any) -> None:
    sheet = _Sheet(book, "dictionary", ["form", "table", "row", "column", "zh", "kind"])
    for name, meaning in _MEANINGS.items():
        sheet.add(["", "reports", "", name, meaning, ""])
    for form in builtin_forms():
        for table in form.tables:
            for row in table.rows.values():
                for column in table.columns_of[row.key]:
                    words = " · ".join((table.name, *row.path, row.label, *column.path, column.label))
                    sheet.add([form.id, table.key, row.key, column.key, words, column.kind])
