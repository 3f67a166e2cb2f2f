"""The table of docs/findings.md, made from the catalogue; ``python -m tests.finding.table`` writes it there."""

from __future__ import annotations

import re
from pathlib import Path

from extractor.finding import catalogue

DOCUMENT = Path(__file__).parents[2] / "docs" / "findings.md"
_TABLE = re.compile(r"(<!-- table:[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def table() -> str:
    """One line a code, in the order of the catalogue."""
    rows = [f"| `{kind.code}` | {kind.severity} | {kind.says} |" for kind in catalogue().values()]
    return "\n".join(["| code | severity | says |", "|---|---|---|", *rows]) + "\n"


def with_table(document: str) -> str:
    """The document with the table as it should be."""
    return _TABLE.sub(lambda found: f"{found[1]}{table()}{found[2]}", document)


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")
