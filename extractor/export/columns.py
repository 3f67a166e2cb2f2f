"""Parquet: a row a cell, typed, numbers as exact decimals; a group of rows at a time, so memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any

from extractor.export.lines import LONG, headings, long_rows
from extractor.export.reports import Reported

_ROWS_A_GROUP = 50_000
_WHOLE = {"report": "int64", "year": "int32", "open_errors": "int32", "errors": "int32", "edits": "int32"}


def write_parquet(reports: Iterable[Reported], file: IO[bytes], heading: Sequence[str] = ()) -> int:
    """One row a cell; ``heading``: the names of what is told of a report, where not those of a store's."""
    import pyarrow  # noqa: PLC0415 (slow to load)
    import pyarrow.parquet  # noqa: PLC0415

    names = [*(heading or headings()), *LONG]
    types = [_WHOLE.get(name, "string") for name in names]
    fields = [
        (name, pyarrow.decimal128(24, 6) if name == "value" else pyarrow.type_for_alias(kind))
        for name, kind in zip(names, types, strict=True)
    ]
    schema = pyarrow.schema(fields)
    count, waiting = 0, list[list[Any]]()
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for count, one in enumerate(reports, 1):  # noqa: B007 (told at the end)
            waiting += [_exact(row, names.index("value")) for row in long_rows(one)]
            if len(waiting) >= _ROWS_A_GROUP:
                writer.write_table(_table(waiting, schema))
                waiting = []
        writer.write_table(_table(waiting, schema))
    return count


def _exact(row: list[Any], at: int) -> list[Any]:
    if row[at] is not None:
        row[at] = Decimal(row[at])
    return row


def _table(rows: list[list[Any]], schema: Any) -> Any:
    import pyarrow  # noqa: PLC0415

    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    arrays = [pyarrow.array(list(column), kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=schema)
