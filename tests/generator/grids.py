"""The tables of one report as grids of cells with spans."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .cells import Cells
from .labels import LabelStyle
from .shapes import Grid, GridCell
from .wording import APPLICANTS, BALANCE_NOTE, OUTCOMES, REVIEW_ROWS, TOTAL, Item, Row

WIDTH = 4
LABELS = 3
Rows = tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True)
class Money:
    """What the headers of amounts say about the unit."""

    fees: str = "（单位：万元）"
    procurement: str = ""


def header(text: str, rowspan: int = 1, colspan: int = 1) -> GridCell:
    """A header cell."""
    return GridCell(text, "header", rowspan, colspan)


def label(text: str, rowspan: int = 1, colspan: int = 1) -> GridCell:
    """A label cell."""
    return GridCell(text, "label", rowspan, colspan)


def item_grid(item: Item, cells: Cells, style: LabelStyle, money: Money) -> Grid:
    """One item of article 20 as a table of its own."""
    span = WIDTH - len(item.columns)
    heads = [style.write(text) + _unit(key, item, money) for key, text in item.columns]
    rows: list[tuple[GridCell, ...]] = [
        (header(style.write(f"第二十条第（{item.number}）项"), colspan=WIDTH),),
        (header(style.write("信息内容")), *_spread([header(text) for text in heads], span)),
    ]
    for row, text in item.rows:
        shown = [GridCell(cells[f"/tables/proactive_disclosure/{row}/{key}"].text) for key, _ in item.columns]
        rows.append((label(style.write(text)), *_spread(shown, span)))
    return Grid("proactive_disclosure", tuple(rows), WIDTH, 2)


def _unit(key: str, item: Item, money: Money) -> str:
    if key != "amount_10k_yuan":
        return ""
    return money.fees if item.number == "八" else money.procurement


def _spread(row: list[GridCell], span: int) -> list[GridCell]:
    return [*row[:-1], replace(row[-1], colspan=span)]


def joined(grids: Sequence[Grid]) -> Grid:
    """Several grids of one width as one table."""
    return Grid(grids[0].name, tuple(row for grid in grids for row in grid.rows), grids[0].width, grids[0].head)


def applications_head(style: LabelStyle) -> Rows:
    """The three header rows of the applications table."""
    return (
        (header(style.write(BALANCE_NOTE), 3, LABELS), header(style.write("申请人情况"), 1, 7)),
        (
            header(style.write(APPLICANTS[0][1]), 2),
            header(style.write("法人或其他组织"), 1, 5),
            header(style.write(TOTAL[1]), 2),
        ),
        tuple(header(style.write(text)) for _, text in APPLICANTS[1:]),
    )


def applications_grid(rows: Sequence[Row], cells: Cells, style: LabelStyle, head: Rows) -> Grid:
    """The applications table, or a stretch of its rows under `head`."""
    body = []
    for index, row in enumerate(rows):
        labels = _own_labels(rows, index, style)
        shown = [cells[f"/tables/applications/{row.key}/{key}"].text for key, _ in (*APPLICANTS, TOTAL)]
        body.append((*labels, *(GridCell(text) for text in shown)))
    return Grid("applications", (*head, *body), LABELS + 7, len(head))


def _own_labels(rows: Sequence[Row], index: int, style: LabelStyle) -> list[GridCell]:
    path = rows[index].path
    labels = []
    for depth, text in enumerate(path):
        above = rows[index - 1].path[: depth + 1] if index else ()
        if above == path[: depth + 1]:
            continue
        last = depth == len(path) - 1
        labels.append(label(style.write(text), _run(rows, index, depth), LABELS - depth if last else 1))
    return labels


def _run(rows: Sequence[Row], index: int, depth: int) -> int:
    prefix = rows[index].path[: depth + 1]
    run = 1
    while index + run < len(rows) and rows[index + run].path[: depth + 1] == prefix:
        run += 1
    return run


def review_grid(cells: Cells, style: LabelStyle) -> Grid:
    """The table of the fourth part as the form prints it: one row of fifteen numbers."""
    (_, review), (_, direct), (_, after) = REVIEW_ROWS
    outcomes = [[header(style.write(text), rowspan) for _, text in OUTCOMES] for rowspan in (2, 1, 1)]
    rows: Rows = (
        (header(style.write(review), 1, 5), header(style.write("行政诉讼"), 1, 10)),
        (*outcomes[0], header(style.write(direct), 1, 5), header(style.write(after), 1, 5)),
        (*outcomes[1], *outcomes[2]),
        tuple(
            GridCell(cells[f"/tables/review_litigation/{row}/{column}"].text)
            for row, _ in REVIEW_ROWS
            for column, _ in OUTCOMES
        ),
    )
    return Grid("review_litigation", rows, 15, 3)


def review_grid_by_rows(cells: Cells, style: LabelStyle) -> Grid:
    """The same table turned: a row for each procedure."""
    body = []
    for row, text in REVIEW_ROWS:
        shown = [cells[f"/tables/review_litigation/{row}/{column}"].text for column, _ in OUTCOMES]
        labels = {
            "review": [label(style.write(text), 1, 2)],
            "litigation_direct": [label(style.write("行政诉讼"), 2), label(style.write(text))],
        }.get(row, [label(style.write(text))])
        body.append((*labels, *(GridCell(value) for value in shown)))
    head = (header(style.write("类别"), 1, 2), *(header(style.write(text)) for _, text in OUTCOMES))
    return Grid("review_litigation", (head, *body), 7, 1)


def with_empty_row(grid: Grid) -> Grid:
    """The grid with an empty row at its end."""
    return replace(grid, rows=(*grid.rows, tuple(GridCell("") for _ in range(grid.width))))


def with_empty_column(grid: Grid) -> Grid:
    """The grid with an empty column at its right."""
    return replace(grid, rows=tuple((*row, GridCell("")) for row in grid.rows), width=grid.width + 1)
