"""The table of docs/eval.md, made from the mutants; ``python -m tests.eval.mutants_table`` writes it there."""

from __future__ import annotations

import re
from pathlib import Path

from eval.mutants.catalogue import table

DOCUMENT = Path(__file__).parents[2] / "docs" / "eval.md"
_TABLE = re.compile(r"(<!-- table:[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def with_table(document: str) -> str:
    """The document with the table as it should be."""
    return _TABLE.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", document)


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")
