"""Labels that no figure follows, in lines that are no table: rows of the form that stand there and were left blank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractor.forms import FormTable
from extractor.tables.labels import RowName, Wording
from extractor.tables.stream import Run
from extractor.text import squash

_LONGEST_LABEL = 12
_HALF = 2
_FIGURES_FIRST = re.compile(r"^[ \t]*\d[\d.,]*(?:[ \t]+\d[\d.,]*)*[ \t]+([^\d\s][^\n\t]{0,80})$", re.MULTILINE)


def bare_rows(runs: Iterable[Run], wording: Wording, absent: set[tuple[str, str]]) -> list[RowName]:
    """Those of the ``absent`` rows (table key, row key) whose label stands among the words of the runs.

    Words that name a column too (其他, 总计) are no label here.
    """
    found: dict[tuple[str, str], RowName] = {}
    for run in runs:
        for end in range(1, len(run.pieces) + 1):
            pieces = run.pieces[max(0, end - _LONGEST_LABEL) : end]
            names, count = wording.ending(pieces)
            if not names or "".join(pieces[-count:]) in wording.columns:
                continue
            rows = {(name.table, name.row.key): name for name in reversed(names)}
            if len(rows) == 1:
                found |= rows
    return [name for row, name in found.items() if row in absent]


def behind_figures(folded: str) -> set[str]:
    """The words (squashed) of lines that begin with figures: labels after their values, which are not left blank.

    >>> behind_figures("4 行政许可\\n行政处罚")
    {'行政许可'}
    """
    return {squash(match[1]) for match in _FIGURES_FIRST.finditer(folded)}


def is_left_blank(table: FormTable, bare: Sequence[RowName], read: int) -> bool:
    """Whether labels without figures are rows left blank: beside ``read`` others, or half of the table's rows.

    Fewer can be words of the text; where the table is a picture, none need stand there.
    """
    return bool(read) or len(bare) * _HALF >= len(table.rows)
