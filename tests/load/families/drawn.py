"""The families that are drawn directly: what each changes in the report and in its print."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.generator.report import Draft
from tests.generator.shapes import Grid, GridCell
from tests.load.families.galley import Measure
from tests.load.families.press import Look

A5 = (420.0, 595.0)
LANDSCAPE = (842.0, 595.0)
_WIDE = Measure(width=700.0, body=12.0)
_NARROW = Measure(left=40.0, width=340.0, body=10.5, cell=8.0)
_TIGHT = Measure(left=80.0, width=260.0, body=10.5, cell=9.0)
_SMALL = Measure(cell=7.0)
_LEFT = Measure(centred=False, middle=False)
_LABELLED = Measure(labels=3.0, width=470.0)

LOOKS: dict[str, Look] = {
    "plain": Look(),
    "landscape": Look(_WIDE, LANDSCAPE),
    "left_top": Look(_LEFT),
    "boxes": Look(rulings="boxes"),
    "bars": Look(rulings="bars"),
    "dashes": Look(rulings="dashes"),
    "short_bars": Look(rulings="short_bars"),
    "dots": Look(rulings="dots"),
    "double": Look(rulings="double"),
    "open": Look(rulings="open"),
    "level": Look(_LABELLED, rulings="level"),
    "three": Look(_LABELLED, rulings="three"),
    "fills": Look(rulings="fills"),
    "filled_lines": Look(rulings="filled_lines"),
    "white_lines": Look(rulings="white_lines"),
    "none": Look(rulings="none"),
    "none_labelled": Look(_LABELLED, rulings="none"),
    "none_small": Look(_SMALL, rulings="none"),
    "narrow": Look(_NARROW, A5, margin=40),
    "tight": Look(_TIGHT, A5, margin=40),
    "tight_cut": Look(_TIGHT, A5, margin=40, through=True),
    "cut": Look(page=(595.0, 420.0), through=True),
    "cut_left_top": Look(_LEFT, page=(595.0, 400.0), through=True),
    "repeated": Look(page=(595.0, 500.0), head="repeated"),
    "repeated_cut": Look(page=(595.0, 460.0), head="repeated", through=True),
    "head_other": Look(page=(595.0, 500.0), head="other"),
    "head_last": Look(page=(595.0, 500.0), head="last"),
    "close_number": Look(page=(595.0, 480.0), furniture="close"),
    "heads": Look(page=(595.0, 600.0), furniture="heads"),
    "mark_over": Look(mark="over"),
    "mark_under": Look(mark="under"),
    "mark_tiles": Look(mark="tiles"),
    "mark_slanting": Look(mark="slanting"),
    "mark_pale_figures": Look(mark="pale"),
    "turned": Look(_WIDE, LANDSCAPE, frame="turned"),
    "sideways": Look(_WIDE, LANDSCAPE, frame="sideways"),
    "form": Look(frame="form"),
    "widgets": Look(frame="widgets"),
    "chars": Look(text="chars"),
    "backward_chars": Look(text="backward"),
    "backward": Look(order="backward"),
    "any_order": Look(order="any", text="chars"),
    "bold": Look(text="bold"),
    "two_fonts": Look(text="two_fonts"),
    "wide_letters": Look(text="wide"),
    "mended": Look(text="mended"),
    "white_text": Look(text="white"),
    "separators": Look(),
    "separators_tight": Look(_TIGHT, A5, margin=40, through=True),
    "spaced_figures": Look(),
    "full_width": Look(),
    "large": Look(_SMALL),
    "large_cut": Look(_SMALL, (595.0, 420.0), through=True),
    "large_tight": Look(_TIGHT, A5, margin=40),
    "large_tight_cut": Look(_TIGHT, A5, margin=40, through=True),
    "large_separators": Look(_SMALL, (595.0, 460.0), head="repeated", through=True),
}
LARGE = frozenset(name for name in LOOKS if name.startswith("large"))
"""Families whose figures have six to eight digits."""

_FACTOR = 40_009
_DIGITS = re.compile(r"\d+")
_SUMMED = ("applications", "review_litigation")

Change = Callable[[str], str]


def _separated(text: str) -> str:
    return f"{int(text):,}"


def _spaced(text: str) -> str:
    return f"{int(text):,}".replace(",", " ")


_FULL = str.maketrans("0123456789", "０１２３４５６７８９")

CHANGES: dict[str, Change] = {
    "separators": _separated,
    "separators_tight": _separated,
    "large_separators": _separated,
    "spaced_figures": _spaced,
    "full_width": lambda text: text.translate(_FULL),
}


def changed(family: str, grid: Grid) -> Grid:
    """The table with its figures written as the family writes them."""
    change = CHANGES.get(family)
    if change is None:
        return grid

    def write(cell: GridCell) -> GridCell:
        plain = cell.kind == "value" and cell.text.isascii() and cell.text.isdigit()
        return replace(cell, text=change(cell.text)) if plain else cell

    return grid.mapped(write)


def enlarged(draft: Draft) -> Draft:
    """The report with large figures in the tables that have sums, which still hold."""
    truth: dict[str, Any] = deepcopy(draft.truth)
    for name in _SUMMED:
        for row in truth["tables"].get(name, {}).values():
            row.update({column: value * _FACTOR for column, value in row.items() if isinstance(value, int)})

    def write(cell: GridCell) -> GridCell:
        return replace(cell, text=_DIGITS.sub(lambda found: str(int(found[0]) * _FACTOR), cell.text))

    def enlarge(cell: GridCell) -> GridCell:
        return write(cell) if cell.kind == "value" else cell

    blocks = [
        block.mapped(enlarge) if isinstance(block, Grid) and block.name in _SUMMED else block for block in draft.blocks
    ]
    return replace(draft, blocks=blocks, truth=truth)
