"""The store's records on their way out, as they stand: corrections in, in the order they came, a few at a time.

========  ================================================================================================
format    what it holds
========  ================================================================================================
jsonl     one record a line, as `extract` writes it, with ``review`` beside it; failed inputs too
csv       one row a report, one column a cell of the forms
cells     CSV, one row a cell: value, why there is none, how it was read, the words of the source
xlsx      a sheet for reports, for each table, for findings, and one that says what the columns mean
parquet   as ``cells``, numbers as exact decimals
docx      Word files of the official form filled in: one into a .docx, many into a .zip, or each into a folder
========  ================================================================================================

Text that a spreadsheet would take for a formula is written with an apostrophe before it (CSV) or as text (Excel).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from extractor.errors import OutputError
from extractor.export.columns import write_parquet
from extractor.export.lines import write_csv, write_jsonl, write_long
from extractor.export.reports import Exported, exported
from extractor.export.word import write_archive, write_folder, write_one
from extractor.export.workbook import write_workbook
from extractor.output import unwritable, whole
from extractor.review.people import Person
from extractor.store import Store
from extractor.store.queue import Filter

WRITERS: dict[str, Callable[[Iterable[Exported], IO[bytes]], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "cells": write_long,
    "xlsx": write_workbook,
    "parquet": write_parquet,
    "docx": write_archive,
}

__all__ = ["FORMATS", "Exported", "export_to", "exported"]

FORMATS = tuple(WRITERS)
_WORD, _ARCHIVE = ".docx", ".zip"


def export_to(store: Store, person: Person, wanted: Filter, kind: str, out: Path) -> int:
    """Write the reports that are wanted to ``out``, whole or not at all; how many there were.

    Word files: ``out`` ends in .docx for one report, in .zip for many; any other name is a folder for one file each.

    Raises:
        NotPermittedError: the person may not export.
        OutputError: ``out`` cannot be written.
    """
    reports = exported(store, person, wanted)
    write = WRITERS[kind]
    if kind == "docx" and out.suffix.lower() != _ARCHIVE:
        if out.is_dir() or out.suffix.lower() != _WORD:
            return write_folder(reports, out)
        write = write_one
    try:
        with whole(out) as file:
            return write(reports, file)
    except OSError as error:
        raise OutputError(*unwritable(out, error)) from None
