"""What leaves the store, in every format: as it stands, exact, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet
import pytest

from extractor.errors import NotPermittedError, OutputError
from extractor.export import FORMATS, export_to, exported
from extractor.record import Record
from extractor.review import work
from extractor.review.intake import Arrival
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.queue import Filter
from extractor.store.state import Entry
from tests.stores import ANN, EVE, arrival, taken

TOTAL = "/tables/applications/new_received/total"
FEES = "/tables/proactive_disclosure/fees/amount_10k_yuan"
FORMULA = '=HYPERLINK("x","y")'


@pytest.fixture
def filled(store: Store) -> Store:
    """Two reports, one corrected and named like a formula, and a file that could not be read."""
    report = taken(store, arrival(1)).report
    for path, value in ((TOTAL, 9), (FEES, Decimal("0.1")), ("/organisation", FORMULA)):
        version = open_report(store, ANN, report).version
        work.correct(store, ANN, On(report, version), Change(path, Entry(value)))
    taken(store, arrival(2))
    failure = {"source": {}, "status": "failed", "error": {"code": "crashed", "message": "错", "message_en": "bad"}}
    taken(store, Arrival("+1.pdf", b"%PDF-", "application/pdf", failure=failure))
    return store


def written(store: Store, kind: str, folder: Path, wanted: Filter | None = None) -> bytes:
    out = folder / ("out.zip" if kind == "docx" else f"out.{kind}")
    export_to(store, EVE, wanted or Filter(), kind, out)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    return out.read_bytes()


def rows(data: bytes) -> list[dict[str, Any]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_line_is_the_record_as_it_stands(filled: Store, tmp_path: Path) -> None:
    lines = written(filled, "jsonl", tmp_path).decode().splitlines()
    first = json.loads(lines[0], parse_float=Decimal)
    assert first["review"]["edits"] == 3
    assert first["tables"]["proactive_disclosure"]["fees"]["amount_10k_yuan"] == Decimal("0.1")
    assert Record.from_json(lines[0]) == open_report(filled, EVE, 1).record
    assert json.loads(lines[2])["error"]["code"] == "crashed"


def test_a_row_is_a_report(filled: Store, tmp_path: Path) -> None:
    first, second, failed = rows(written(filled, "csv", tmp_path))
    assert (first["applications.new_received.total"], second["applications.new_received.total"]) == ("9", "170")
    assert first["proactive_disclosure.fees.amount_10k_yuan"] == "0.1"
    assert first["organisation"] == f"'{FORMULA}"
    assert (failed["file"], failed["state"]) == ("'+1.pdf", "failed")


def test_a_row_is_a_cell(filled: Store, tmp_path: Path) -> None:
    found = [row for row in rows(written(filled, "cells", tmp_path)) if row["row"] == "new_received"]
    total = next(row for row in found if row["column"] == "total")
    assert (total["value"], total["method"], total["state"], total["raw"]) == ("9", "reviewer", "open", "170")


def test_parquet_holds_exact_numbers(filled: Store, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(filled, "parquet", tmp_path))).to_pylist()
    [fees] = [row for row in table if row["report"] == 1 and row["row"] == "fees"]
    assert fees["value"] == Decimal("0.1")
    assert (fees["year"], fees["organisation"]) == (2021, FORMULA)


def test_a_workbook_has_a_sheet_a_table_and_no_formula(filled: Store, tmp_path: Path) -> None:
    sheets = workbook(written(filled, "xlsx", tmp_path))
    tables = ["proactive_disclosure", "applications", "review_litigation"]
    assert list(sheets) == ["dictionary", "reports", *tables, "findings"]
    assert any(FORMULA in row for row in sheets["reports"])
    headed, first = sheets["applications"][:2]
    named = dict(zip(headed, first, strict=True))
    assert (named["row"], named["total"]) == ("new_received", "9")


def workbook(data: bytes) -> dict[str, list[list[str]]]:
    """The rows of each sheet by its name; there is no formula and no link in any."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [
            sheet.attrib["name"] for sheet in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(f"{main}sheet")
        ]
        pages = [ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{at}.xml")) for at in range(1, len(names) + 1)]
    assert [page for page in pages for kind in ("f", "hyperlink") if page.find(f".//{main}{kind}") is not None] == []
    rows = [[["".join(cell.itertext()) for cell in row] for row in page.iter(f"{main}row")] for page in pages]
    return dict(zip(names, rows, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_export_is_a_file_too(store: Store, tmp_path: Path, kind: str) -> None:
    data = written(store, kind, tmp_path)
    reports: dict[str, Callable[[], int]] = {
        "jsonl": lambda: len(data.splitlines()),
        "csv": lambda: len(rows(data)),
        "cells": lambda: len(rows(data)),
        "parquet": lambda: pyarrow.parquet.read_table(io.BytesIO(data)).num_rows,
        "xlsx": lambda: len(workbook(data)["reports"]) - 1,
        "docx": lambda: len(zipfile.ZipFile(io.BytesIO(data)).namelist()),
    }
    assert reports[kind]() == 0


def test_the_filter_chooses(filled: Store, tmp_path: Path) -> None:
    assert [row["report"] for row in rows(written(filled, "csv", tmp_path, Filter(state="clean")))] == ["2"]


def test_exports_are_the_same_each_time(filled: Store, tmp_path: Path) -> None:
    for kind in ("jsonl", "csv", "cells", "parquet"):
        assert written(filled, kind, tmp_path) == written(filled, kind, tmp_path)


def test_nothing_is_left_where_writing_fails(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        export_to(filled, EVE, Filter(), "csv", tmp_path / "none" / "a.csv")


def test_a_stranger_exports_nothing(store: Store) -> None:
    with pytest.raises(NotPermittedError):
        exported(store, Person("x", "guest"), Filter())  # type: ignore[arg-type]
