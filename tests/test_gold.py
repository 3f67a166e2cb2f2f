"""Hand-labelled reports: every label comes out as it was written down.

The samples of this project are always there. A folder ``../shared`` with ``reports`` and ``gold`` (the real reports the
project was asked for) is used where it is present, and missed by name where it is not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor import extract_report
from tests.generator import score

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "eval" / "gold"
SHARED = ROOT.parent / "shared"
READABLE = {".txt", ".md", ".html", ".htm", ".docx", ".pdf"}


def gold_files() -> Iterator[tuple[str, Path, Path]]:
    """Name, label file and source file of every report with labels."""
    for label in sorted(OWN.glob("*/record.json")):
        yield label.parent.name, label, label.parent / json.loads(label.read_text("utf-8"))["source"]
    for label in sorted((SHARED / "gold").glob("*.json")):
        source = SHARED / "reports" / json.loads(label.read_text("utf-8"))["source"]
        if source.suffix in READABLE:
            yield source.stem, label, source


CASES = list(gold_files())


@pytest.mark.parametrize(("label", "source"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_label(label: Path, source: Path) -> None:
    gold: dict[str, Any] = json.loads(label.read_text("utf-8"), parse_float=Decimal)
    record = asyncio.run(extract_report(source)).to_dict()
    result = score(record, gold)
    states = "states" in gold  # most gold files label numbers only, not why there is none
    misses = [m for m in result.misses if states or not m.pointer.endswith("/state")]
    assert misses == []
    assert result.cells >= 180
    assert record["source"]["sha256"] == gold["sha256"]


def test_own_gold_is_labelled_twice() -> None:
    assert len(list(OWN.glob("*/record.json"))) >= 12
    for note in OWN.glob("*/note.md"):
        assert "Second reading" in note.read_text("utf-8"), note


def test_most_cells_of_own_gold_are_not_zero() -> None:
    values = [
        value
        for label in OWN.glob("*/record.json")
        for table in json.loads(label.read_text("utf-8"))["tables"].values()
        for row in table.values()
        for value in row.values()
    ]
    assert sum(1 for value in values if value) * 2 > len(values)


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="../shared/gold (the real reports' labels) is not there")
def test_real_reports_are_among_the_cases() -> None:
    assert sum(1 for _, label, _ in CASES if SHARED in label.parents) >= 5
