"""What a page shows as a file: CSV that spreadsheets open, with nothing in it that they would take for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from extractor.export.lines import plain


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, as Excel needs it.

    >>> csv_of(["name"], [["=1+1"], [None], [3]]).decode("utf-8-sig").split()
    ['name', "'=1+1", '""', '3']
    """
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([plain(head) for head in heads])
    writer.writerows([plain(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "backslashreplace")
