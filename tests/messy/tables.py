"""What converters, pages and printers do to the tables of a report."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

import docx
from docx.shared import Cm

from tests.generator import text_tables as drawings
from tests.generator.shapes import Grid, GridCell, Spot
from tests.generator.traditional import traditional
from tests.generator.wording import OUTCOMES
from tests.messy.report import Report, applications_grid, figures, worded, written

COLUMNS = [place.rpartition("/")[2] for place in figures() if place.startswith("applications/granted/")]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PINYIN = {"望": "wàng", "溪": "xī", "镇": "zhèn", "规": "guī", "章": "zhāng", "复": "fù", "议": "yì"}


def line_of(text: str, words: str) -> str:
    """The line of ``text`` that holds ``words``."""
    return next(line for line in text.split("\n") if words in line)


def numbers(row: str, mark: str = " ") -> str:
    """The figures of a row of the applications table as they are printed."""
    return mark.join(str(figures()[f"applications/{row}/{column}"]) for column in COLUMNS)


def upright_review(mark: str, groups: str) -> str:
    """The review table with its outcomes one letter a line."""
    columns = [words.ljust(4, "　") for _, words in OUTCOMES] * 3
    letters = [mark.join(column[depth].strip("　") for column in columns).rstrip(mark) for depth in range(4)]
    values = [str(number) for place, number in figures().items() if place.startswith("review_litigation")]
    return "\n".join([groups, *letters, mark.join(values)])


def with_empty_column(at: int) -> Callable[[Grid], Grid]:
    """Every table with an empty column before the values' column ``at`` (from the right)."""

    def change(grid: Grid) -> Grid:
        rows = tuple((*row[: len(row) - at], GridCell(""), *row[len(row) - at :]) for row in grid.rows)
        return replace(grid, rows=rows, width=grid.width + 1)

    return change


def with_empty_rows(grid: Grid) -> Grid:
    """The first two tables with an empty row after their header and one before their last row."""
    empty = tuple(GridCell("") for _ in range(grid.width))
    rows = (*grid.rows[: grid.head], empty, *grid.rows[grid.head : -1], empty, grid.rows[-1])
    return grid if grid.name == "review_litigation" else replace(grid, rows=rows)


def with_empty_row_over_values(grid: Grid) -> Grid:
    """The review table with an empty row between its header and its one line of values."""
    empty = tuple(GridCell("") for _ in range(grid.width))
    rows = (*grid.rows[:3], empty, grid.rows[3])
    return replace(grid, rows=rows) if grid.name == "review_litigation" else grid


def with_trailing_row(grid: Grid) -> Grid:
    return replace(grid, rows=(*grid.rows, tuple(GridCell("") for _ in range(grid.width))))


def with_short_trailing_row(grid: Grid) -> Grid:
    return replace(grid, rows=(*grid.rows, (GridCell("", colspan=grid.width),)))


def in_two(report: Report, head: tuple[tuple[GridCell, ...], ...], cut: int) -> dict[str, Grid]:
    """The applications table as two, the second under ``head``."""
    grid = applications_grid(report)
    spots = grid.spots()
    label = [spot.cell.text for spot in spots[cut][:3]]
    first = (GridCell(label[0], "label"), GridCell(label[1], "label"), GridCell(label[2], "label"))
    values = tuple(spot.cell for spot in spots[cut][3:])
    below = tuple((*_three(row), *(spot.cell for spot in row[3:])) for row in spots[cut + 1 :])
    above = tuple((*_three(row), *(spot.cell for spot in row[3:])) for row in spots[3:cut])
    return {
        "above": Grid(grid.name, (*grid.rows[:3], *above), 10, 3),
        "below": Grid(grid.name, (*head, (*first, *values), *below), 10, len(head)),
    }


def _three(row: list[Spot]) -> Iterable[GridCell]:
    return (GridCell(spot.cell.text if spot.first_row and spot.first_column else "", "label") for spot in row[:3])


def two_pages(
    report: Report, head: tuple[tuple[GridCell, ...], ...], drawing: drawings.TableText, cut: int = 14
) -> str:
    """The report as text with its applications table cut, a page number between the pieces."""
    pieces = in_two(report, head, cut)
    text = f"{drawing(pieces['above'], Random(0))}\n\n- 4 -\n\n{drawing(pieces['below'], Random(0))}\n"
    return written(replace(report, tables={"applications": text}), drawing)


def pictured(table: str) -> bytes:
    """A Word file with a picture where a table should be."""
    word = docx.Document(io.BytesIO(worded(tables={table: "@@"})))
    place = next(paragraph for paragraph in word.paragraphs if paragraph.text == "@@")
    place.text = ""
    place.add_run().add_picture(io.BytesIO(PIXEL), Cm(15), Cm(9))
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def traditional_report(form: str) -> Report:
    """A report every word of which is in traditional characters."""
    plain = Report(form=form)
    return replace(
        plain,
        title=traditional(plain.title),
        preamble=traditional(plain.preamble),
        headings=[traditional(heading or "") for heading in plain.headings],
        overview=traditional(plain.overview),
        part_five=traditional(plain.part_five or ""),
        part_six=traditional(plain.part_six or ""),
        unit=traditional(plain.unit),
        change=lambda grid: grid.mapped(lambda cell: replace(cell, text=traditional(cell.text))),
    )


def annotated(page: str, pattern: str) -> str:
    for letter, sound in PINYIN.items():
        page = page.replace(letter, pattern.format(letter, sound))
    return page
