"""Layouts that no rule can read: a table without its grid, with labels behind their numbers, apart, or not at all."""

from __future__ import annotations

import hashlib
from random import Random

from tests.generator.dice import Dice
from tests.generator.making import Generated
from tests.generator.report import draw_report
from tests.generator.shapes import Grid
from tests.generator.text_layouts import LOOSE, PACKED, TextLayout
from tests.generator.traditional import retold
from tests.generator.wording import FORMS

BARRED = frozenset(("table_as_picture", "tables_at_end", "items_in_tables", "applications_split"))


def _rows(grid: Grid) -> list[tuple[str, list[str]]]:
    """The label words and the values of each row."""
    rows = []
    for row in grid.spots():
        own = [spot.cell for spot in row if spot.first_row and spot.first_column]
        words = " ".join(cell.text.replace("\n", "") for cell in own if cell.kind != "value" and cell.text)
        rows.append((words, [cell.text.replace("\n", "") for cell in own if cell.kind == "value"]))
    return rows


def label_after(grid: Grid, rng: Random) -> str:
    """The numbers of a row, then its label, as some PDF converters put them."""
    del rng
    lines = [line for words, values in _rows(grid) for line in (" ".join(values), words)]
    return "\n".join(line for line in lines if line.strip())


def label_after_on_line(grid: Grid, rng: Random) -> str:
    """The same on one line."""
    del rng
    lines = [" ".join([*values, words]) for words, values in _rows(grid)]
    return "\n".join(line for line in lines if line.strip())


def labels_apart(grid: Grid, rng: Random) -> str:
    """All words of the table, then all its numbers, a row of them a line."""
    del rng
    rows = _rows(grid)
    words = [words for words, _ in rows if words.strip()]
    return "\n".join([*words, *(" ".join(values) for _, values in rows if values)])


def numbers_only(grid: Grid, rng: Random) -> str:
    """The numbers row by row; of the words only the header's, so that the form can be told."""
    del rng
    rows = _rows(grid)
    head = [words for words, values in rows[: grid.head] if words.strip() and not values]
    return "\n".join([*head, *(" ".join(values) for _, values in rows if values)])


def one_by_one(grid: Grid, rng: Random) -> str:
    """All words, then every number on a line of its own."""
    del rng
    rows = _rows(grid)
    words = [words for words, _ in rows if words.strip()]
    return "\n".join([*words, *(value for _, values in rows for value in values)])


GRIDLESS = (
    TextLayout("label_after", label_after, PACKED),
    TextLayout("label_after_on_line", label_after_on_line, PACKED),
    TextLayout("labels_apart", labels_apart, PACKED),
    TextLayout("numbers_only", numbers_only, PACKED),
    TextLayout("one_by_one", one_by_one, LOOSE),
)


def gridless(seed: int, *, messy: float = 0.2) -> Generated:
    """The report of ``seed`` in one of the layouts."""
    dice = Dice(f"{seed}/gridless", messy, barred=BARRED)
    form = dice.stream("form").choice(FORMS)
    layout = GRIDLESS[seed % len(GRIDLESS)]
    draft = retold(dice, draw_report(dice, form, layout.fit))
    data = layout.render(draft, dice)
    name = f"{seed:06}_{layout.name}_{form}{layout.suffix}"
    draft.truth["source"], draft.truth["sha256"] = name, hashlib.sha256(data).hexdigest()
    return Generated(name, data, form, layout.name, frozenset(dice.applied), draft.truth, seed)
