"""The store's records on their way out, as they stand: corrections in, in the order they came, a few at a time.

========  ================================================================================================
format    what it holds
========  ================================================================================================
jsonl     one record a line, as `extract` writes it, with ``review`` beside it; failed inputs too
csv       one row a report, one column a cell of the forms
cells     CSV, one row a cell: value, why there is none, how it was read, the words of the source
xlsx      a sheet for reports, for each table, for findings, and one that says what the columns mean
parquet   as ``cells``, numbers as exact decimals
========  ================================================================================================

Text that a spreadsheet would take for a formula is written with an apostrophe before it (CSV) or as text (Excel).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from extractor.errors import OutputError
from extractor.export.columns import write_parquet
from extractor.export.lines import write_csv, write_jsonl, write_long
from extractor.export.reports import Exported, exported
from extractor.export.workbook import write_workbook
from extractor.review.people import Person
from extractor.store import Store
from extractor.store.queue import Filter

WRITERS: dict[str, Callable[[Iterable[Exported], IO[bytes]], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "cells": write_long,
    "xlsx": write_workbook,
    "parquet": write_parquet,
}

__all__ = ["FORMATS", "Exported", "export_to", "exported"]

FORMATS = tuple(WRITERS)


def export_to(store: Store, person: Person, wanted: Filter, kind: str, out: Path) -> int:
    """Write the reports that are wanted to ``out``, whole or not at all; how many there were.

    Raises:
        NotPermittedError: the person may not export.
        OutputError: ``out`` cannot be written.
    """
    beside = out.with_name(f".{out.name}.{os.getpid()}.part")
    reports = exported(store, person, wanted)
    try:
        with beside.open("wb") as file:
            count = WRITERS[kind](reports, file)
        beside.replace(out)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror}", f"无法写入 {out}：{error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    return count
