"""Many records at a glance, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from extractor.show.marks import SIGNS, STATUS_STYLES
from extractor.show.words import Wording
from extractor.text import printable


@dataclass(frozen=True, slots=True)
class Line:
    """What the overview says of one record (or failed object), read from its plain JSON."""

    file: str
    organisation: str
    year: str
    form: str
    status: str
    cells: str
    findings: str


def line_of(stored: dict[str, Any]) -> Line:
    """The line for one stored object; what it lacks stays empty.

    >>> line_of({"source": {"name": "a.txt"}, "status": "failed", "error": {"code": "empty_file"}}).findings
    'empty_file'
    """
    source = stored.get("source") or {}
    if stored.get("status") == "failed":
        return Line(str(source.get("name")), "", "", "", "failed", "", str((stored.get("error") or {}).get("code", "")))
    rows = [row for table in stored["tables"].values() for row in table.values()]
    cells = sum(value is not None for row in rows for value in row.values())
    named = (stored.get("organisation"), stored.get("year"), stored.get("form"))
    organisation, year, form = ("" if value is None else str(value) for value in named)
    found = _counted([str(finding["severity"]) for finding in stored.get("findings", [])])
    return Line(str(source.get("name")), organisation, year, form, str(stored["status"]), str(cells), found)


def overview(lines: Iterable[Line], words: Wording) -> Table:
    """File, body, year, form, status, number of cells read, and findings by severity."""
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("file", "organisation", "year", "form", "status"):
        drawn.add_column(words("overview", name), overflow="fold")
    drawn.add_column(words("overview", "cells"), justify="right")
    drawn.add_column(words("overview", "findings"), overflow="fold")
    for line in lines:
        status = Text(words("status", line.status), style=STATUS_STYLES.get(line.status, ""))
        plain = [printable(text) for text in (line.file, line.organisation, line.year, line.form)]
        drawn.add_row(*map(Text, plain), status, line.cells, Text(printable(line.findings)))
    return drawn


def _counted(severities: list[str]) -> str:
    """``✗1 !2`` for one error and two warnings."""
    return " ".join(f"{SIGNS[kind]}{severities.count(kind)}" for kind in SIGNS if kind in severities)
