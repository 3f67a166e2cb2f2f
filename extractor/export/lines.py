"""Formats of lines: JSON Lines, and CSV with a row a report or a row a cell (UTF-8 with a mark, as Excel needs it)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import IO, Any

from extractor.export.reports import Exported, Reported
from extractor.forms import builtin_forms

LONG = ("table", "row", "column", "value", "cell_state", "method", "verdict", "raw", "note")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_jsonl(reports: Iterable[Exported], file: IO[bytes]) -> int:
    """One record a line, exact numbers; ``review`` says where it stands."""
    count = 0
    for count, one in enumerate(reports, 1):  # noqa: B007 (told at the end)
        line = one.record.to_json() if one.record else json.dumps(one.failure, ensure_ascii=False)
        row = one.row
        review = {"report": row.id, "state": row.state, "version": row.version, "reviewer": row.reviewer}
        told = json.dumps({**review, "edits": row.edits}, ensure_ascii=False)
        file.write(f'{line.rstrip()[:-1]},"review":{told}}}\n'.encode())
    return count


def write_csv(reports: Iterable[Reported], file: IO[bytes], heading: Sequence[str] = ()) -> int:
    """One row a report; a cell that holds no number is empty. ``heading``: its names, where not those of a store's."""
    cells = cell_columns()
    names = [".".join(cell) for cell in cells]

    def row(one: Reported) -> list[Any]:
        values = {(table, row, column): value for table, row, column, value, _ in one.cells()}
        return [*one.heading.values(), *(values.get(cell) for cell in cells)]

    return _write(file, [*(heading or headings()), *names], ([row(one)] for one in reports))


def write_long(reports: Iterable[Exported], file: IO[bytes]) -> int:
    """One row a cell."""
    return _write(file, [*headings(), *LONG], (long_rows(one) for one in reports))


def long_rows(one: Reported) -> list[list[Any]]:
    """The cells of a report as rows: the report's heading, then ``LONG``."""
    heading = list(one.heading.values())
    return [
        [*heading, table, row, column, value, seen.state, seen.method, seen.verdict, seen.raw, seen.note]
        for table, row, column, value, seen in one.cells()
    ]


def headings() -> list[str]:
    """The names of what is told of every report, in order."""
    return [
        *("report", "file", "sha256", "state", "form", "organisation", "level", "region", "year", "title"),
        *("period_start", "period_end", "published", "open_errors", "edits", "reviewer"),
    ]


def cell_columns() -> list[tuple[str, str, str]]:
    """Table, row and column of every cell that a form of the package has, in the forms' order."""
    return list(
        dict.fromkeys(
            (table.key, row, column.key)
            for form in builtin_forms()
            for table in form.tables
            for row in table.rows
            for column in table.columns_of[row]
        )
    )


def plain(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write(file: IO[bytes], names: list[str], rows: Iterator[list[list[Any]]]) -> int:
    count = 0
    text = TextIOWrapper(file, "utf-8-sig", errors="backslashreplace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(names)
    for count, some in enumerate(rows, 1):  # noqa: B007 (told at the end)
        writer.writerows([plain(value) for value in row] for row in some)
    text.detach()
    return count
