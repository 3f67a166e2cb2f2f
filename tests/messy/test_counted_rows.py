"""Numbers beside the form's own: serial numbers of rows, figures of lists outside the tables, digits left over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.generator.shapes import Grid, GridCell
from tests.messy.reading import read
from tests.messy.report import MATTER, OVERVIEW, Report, made, paged, swap, worded, written

DRAWN = ["one cell a line after a tab", "rows of tabs", "rows of tabs, merged cells empty", "pipes"]
LICENCES = "proactive_disclosure/licences/decisions"


def counted(grid: Grid, head: str = "序号", first: int = 1, odd: dict[int, str] | None = None) -> Grid:
    """The applications table with a column before its labels that counts the rows; ``odd``: row → what stands there."""
    if grid.name != "applications":
        return grid
    rows = [
        (GridCell(head, "header", grid.head), *row)
        if not at
        else (GridCell((odd or {}).get(at - grid.head, str(at - grid.head + first)), "label"), *row)
        if at >= grid.head
        else row
        for at, row in enumerate(grid.rows)
    ]
    return replace(grid, rows=tuple(rows), width=grid.width + 1)


def assert_right_and_unflagged(file: str | bytes) -> None:
    reading = read(file)
    assert reading.values == Report().values
    assert reading.errors == []


@pytest.mark.parametrize(("head", "first"), [("序号", 1), ("行次", 1), ("", 1), ("序号", 7)])
@pytest.mark.parametrize("drawing", DRAWN)
def test_a_column_that_counts_rows_is_no_figure(drawing: str, head: str, first: int) -> None:
    assert_right_and_unflagged(written(drawing=drawing, change=lambda grid: counted(grid, head, first)))


def test_a_column_that_counts_rows_in_files() -> None:
    assert_right_and_unflagged(paged(change=counted))
    assert_right_and_unflagged(worded(change=counted))


@pytest.mark.parametrize("drawing", DRAWN)
def test_a_figure_that_breaks_the_count_is_told(drawing: str) -> None:
    reading = read(written(drawing=drawing, change=lambda grid: counted(grid, "", odd={2: "40"})))
    assert reading.values == Report().values
    assert reading.named("unmatched_number") == {
        path for path in map("/tables/{}".format, reading.values) if path.startswith("/tables/applications/granted/")
    }


LIST = "行政许可 88\n行政处罚 12\n行政强制 3"
ELSEWHERE: dict[str, dict[str, str]] = {
    "part one": {"overview": f"{OVERVIEW}\n{LIST}"},
    "part one, one line": {"overview": f"{OVERVIEW}\n行政许可 88"},
    "part one, a sentence": {"overview": f"{OVERVIEW}全年办理行政许可88件、行政处罚12件。"},
    "part six": {"part_six": f"{MATTER}。\n{LIST}"},
    "part six, a figure a line": {"part_six": f"{MATTER}。\n行政许可\n88\n行政处罚\n12"},
}


@pytest.mark.parametrize("parts", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("drawing", [*DRAWN, "every value a paragraph", "label and values on one line"])
def test_figures_listed_outside_the_tables_are_neither_read_nor_held_against_them(
    drawing: str, parts: dict[str, str]
) -> None:
    assert_right_and_unflagged(written(made(**parts), drawing))


@pytest.mark.parametrize("parts", ELSEWHERE.values(), ids=ELSEWHERE)
def test_figures_listed_outside_are_not_taken_for_a_table_that_is_not_there(parts: dict[str, str]) -> None:
    reading = read(written(made(tables={"proactive_disclosure": ""}, **parts), "label and values on one line"))
    assert reading.value(LICENCES) is None


@pytest.mark.parametrize(
    ("drawing", "old", "new"),
    [
        ("every value a paragraph", "行政许可\n\n316", "行政许可\n\n316 7"),
        ("every value a paragraph", "行政许可\n\n316", "行政许可\n\n3\n\n16"),
        ("every value a paragraph", "行政许可\n\n316", "行政许可\n\n3 16件"),
        ("label and values on one line", "行政许可 316", "行政许可 316 7"),
        ("label and values on one line", "行政许可 316", f"行政许可{' ' * 170}3 16"),
    ],
)
def test_a_figure_beside_one_that_was_taken_names_the_cell(drawing: str, old: str, new: str) -> None:
    assert read(swap(written(drawing=drawing), old, new)).names(LICENCES)


@pytest.mark.parametrize("drawing", ["every value a paragraph", "label and values on one line", "pipes"])
def test_a_headers_amount_that_the_cell_contradicts_names_the_cell(drawing: str) -> None:
    fees = "proactive_disclosure/fees/amount_10k_yuan"
    reading = read(written(drawing=drawing, unit="（单位：31万元）", cells={fees: "28"}))
    assert reading.value(fees) is None or reading.names(fees)
    assert reading.named("unmatched_number") <= {f"/tables/{fees}"}
