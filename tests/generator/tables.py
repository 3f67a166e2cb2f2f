"""The three tables of one report: which rows stand in them, how they look, what that means for the truth."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .cells import Cells, Fit, Shown, plain, show_cells, trimmed
from .dice import Dice
from .figures import SIZES, Figures, applications_table, proactive_table, review_table
from .grids import (
    Money,
    applications_grid,
    applications_head,
    item_grid,
    joined,
    label,
    review_grid,
    review_grid_by_rows,
    with_empty_column,
    with_empty_row,
)
from .labels import LabelStyle
from .places import Body
from .shapes import Block, Grid, GridCell, Picture
from .wording import DECISION_COLUMNS, FULL_ROWS, ITEMS, SHORT_ROWS, Item, Row

FEE_UNITS = ("（单位：万元）", "（单位：万元）", "（万元）", "(单位:万元)", "（单位: 万元）")


@dataclass
class Tables:
    """Tables as blocks, cells as shown, and what must or may be found about them."""

    blocks: dict[str, list[Block]]
    cells: Cells
    expected: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)


def draw_figures(dice: Dice, form: str, body: Body) -> Figures:
    """Numbers for one report on `form`."""
    rng = dice.stream("figures")
    sizes = list(SIZES)
    size = rng.choices(sizes, (12, 22, 30, 26, 10))[0]
    density = rng.choice((0.15, 0.4, 0.85, 1.0))
    rows = FULL_ROWS if form == "2021" and not dice.has("six_collapsed", 0.1) else SHORT_ROWS
    makes_regulations = body.makes_regulations or dice.has("regulations_unlikely", 0.03)
    return Figures(
        proactive_table(rng, form, rng.choices(sizes, (10, 20, 30, 30, 10))[0], makes_regulations),
        applications_table(rng, rows, size, density),
        review_table(rng, rng.choices(sizes, (30, 30, 20, 15, 5))[0]),
    )


def rows_of(figures: Figures) -> tuple[Row, ...]:
    """The rows that the applications table of these figures has."""
    return SHORT_ROWS if "other_processing" in figures.applications else FULL_ROWS


def build_tables(dice: Dice, form: str, year: int, figures: Figures, fit: Fit, cells: Cells | None = None) -> Tables:
    """The tables of one report; `cells` stands in for what the dice would show."""
    shown = show_cells(dice, figures, fit) if cells is None else cells
    tables = Tables({}, shown)
    style = LabelStyle.of(dice, fit, year)
    tables.blocks["proactive_disclosure"] = list(_proactive(dice, form, tables, style))
    tables.blocks["applications"] = list(_applications(dice, rows_of(figures), tables, style))
    by_rows = dice.has("review_by_rows", 0.06)
    review = (review_grid_by_rows if by_rows else review_grid)(tables.cells, style)
    tables.blocks["review_litigation"] = [review]
    _set_empties(dice, fit, tables)
    _set_pictures(dice, form, tables)
    _expect_blanks(tables)
    return tables


def _proactive(dice: Dice, form: str, tables: Tables, style: LabelStyle) -> Sequence[Grid]:
    items = _items(dice, form, tables)
    money = _money(dice, form, tables)
    grids = [item_grid(item, tables.cells, style, money) for item in items]
    if dice.has("local_row", 0.06):
        tables.expected.add("unmatched_row")
        rng = dice.stream("local_row")
        values = [GridCell(str(rng.randint(1, 90))) for _ in items[0].columns]
        name = rng.choice(("其他主动公开文件", "其他文件", "部门一般性文件"))
        grids[0] = replace(grids[0], rows=(*grids[0].rows, (label(name), *values)))
    return grids if dice.has("items_in_tables", 0.08) else [joined(grids)]


def _items(dice: Dice, form: str, tables: Tables) -> list[Item]:
    items = list(ITEMS[form])
    if dice.has("form_mixed", 0.05):
        other = "2019" if form == "2021" else "2021"
        index = dice.stream("form_mixed").choice((1, 2))
        _mix_cells(items[index], other, tables)
        items[index] = replace(items[index], columns=DECISION_COLUMNS[other])
        tables.expected.add("form_mixed")
        tables.allowed |= {"unmatched_column", "unmatched_number"}
    return items


def _mix_cells(item: Item, other: str, tables: Tables) -> None:
    for row, _ in item.rows:
        for column in ("items_last_year", "change"):
            pointer = f"/tables/proactive_disclosure/{row}/{column}"
            if other == "2021":
                tables.cells[pointer] = Shown("", None, "missing")
            else:
                tables.cells[pointer] = Shown("0", 0, "extra")


def _money(dice: Dice, form: str, tables: Tables) -> Money:
    rng = dice.stream("money")
    rows = {"2021": "fees", "2019": "procurement"}
    pointer = f"/tables/proactive_disclosure/{rows[form]}/amount_10k_yuan"
    shown = tables.cells[pointer]
    unit = rng.choice(FEE_UNITS)
    stated_in_cell = "元" in shown.text
    if form == "2019":
        unit = "" if stated_in_cell or rng.random() < 0.3 else unit
    elif dice.has("header_without_unit", 0.08):
        unit = ""
    if unit and not stated_in_cell and shown.value and dice.has("header_in_yuan", 0.05):
        tables.cells[pointer] = replace(shown, text=plain(trimmed(Decimal(shown.value) * 10000)))
        unit = rng.choice(("（单位：元）", "（元）"))
    if not unit and not stated_in_cell and shown.value:
        tables.expected.add("unit_assumed")
    return Money(unit, "") if form == "2021" else Money("", unit)


def _applications(dice: Dice, rows: tuple[Row, ...], tables: Tables, style: LabelStyle) -> Sequence[Grid]:
    rows = _without_row(dice, rows, tables)
    head = applications_head(style)
    if not dice.has("applications_split", 0.08):
        grids = [applications_grid(rows, tables.cells, style, head)]
    else:
        rng = dice.stream("applications_split")
        cut = rng.randint(6, len(rows) - 4)
        second = head if rng.random() < 0.7 else ()
        grids = [
            applications_grid(rows[:cut], tables.cells, style, head),
            applications_grid(rows[cut:], tables.cells, style, second),
        ]
    if style.fit.rows and "row_absent" not in dice.applied and dice.has("label_dropped", 0.04):
        grids[0] = _drop_label(dice, grids[0])
    return grids


def _without_row(dice: Dice, rows: tuple[Row, ...], tables: Tables) -> tuple[Row, ...]:
    keys = [r.key for r in rows if len(r.path) == 3 and _all_zero(tables.cells, r.key)]
    if not keys or not dice.has("row_absent", 0.03):
        return rows
    gone = dice.stream("row_absent").choice(keys)
    tables.allowed |= {"missing_row", "missing_field"}
    for pointer in [p for p in tables.cells if p.startswith(f"/tables/applications/{gone}/")]:
        tables.cells[pointer] = Shown("", None, "missing")
    return tuple(row for row in rows if row.key != gone)


def _all_zero(cells: Cells, row: str) -> bool:
    return all(s.value == 0 for p, s in cells.items() if p.startswith(f"/tables/applications/{row}/"))


def _drop_label(dice: Dice, grid: Grid) -> Grid:
    last = len(grid.rows) - 2
    row = dice.stream("label_dropped").randint(min(grid.head + 5, last), last)
    at = max(i for i, cell in enumerate(grid.rows[row]) if cell.kind == "label")
    changed = tuple(replace(cell, text="") if i == at else cell for i, cell in enumerate(grid.rows[row]))
    return replace(grid, rows=(*grid.rows[:row], changed, *grid.rows[row + 1 :]))


def _set_empties(dice: Dice, fit: Fit, tables: Tables) -> None:
    if not fit.delimited:
        return
    if dice.has("empty_row", 0.08):
        last = tables.blocks["proactive_disclosure"][-1]
        if isinstance(last, Grid):
            tables.blocks["proactive_disclosure"][-1] = with_empty_row(last)
    if dice.has("empty_column", 0.06):
        name = dice.stream("empty_column").choice(list(tables.blocks))
        tables.blocks[name] = [with_empty_column(b) if isinstance(b, Grid) else b for b in tables.blocks[name]]


def _set_pictures(dice: Dice, form: str, tables: Tables) -> None:
    if not dice.has("table_as_picture", 0.03):
        return
    name = dice.stream("picture").choice(("applications", "review_litigation"))
    tables.blocks[name] = [Picture(name)]
    for pointer in [p for p in tables.cells if p.startswith(f"/tables/{name}/")]:
        for shown in _items_of_six(pointer) if form == "2021" else (pointer,):
            tables.cells.pop(pointer, None)
            tables.cells[shown] = Shown("", None, "missing")
    tables.expected.add("missing_table")


def _items_of_six(pointer: str) -> list[str]:
    """A cell of the collapsed row （六） stands in the record by its items where nobody could see the row."""
    short, full = ({row.key for row in rows} for rows in (SHORT_ROWS, FULL_ROWS))
    (collapsed,) = short - full
    hidden = f"/{collapsed}/" in pointer
    return [pointer.replace(collapsed, row.key) for row in FULL_ROWS if row.key not in short] if hidden else [pointer]


def _expect_blanks(tables: Tables) -> None:
    for name in tables.blocks:
        states = {s.state for p, s in tables.cells.items() if p.startswith(f"/tables/{name}/")}
        if states == {"blank"}:
            tables.expected.add("blank_table")
