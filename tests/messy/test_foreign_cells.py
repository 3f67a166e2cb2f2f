"""What stands in cells or beside them without being their value: markup, units, second figures, other tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from extractor.record import Number
from tests.generator.shapes import Grid, GridCell
from tests.messy.reading import assert_no_silent_error, assert_read, different, read
from tests.messy.report import (
    DRAWINGS,
    Report,
    applications_grid,
    figures,
    item_grid,
    joined,
    made,
    paged,
    swap,
    worded,
    written,
)
from tests.messy.tables import COLUMNS, line_of

PENALTIES = "proactive_disclosure/penalties/decisions"
CHANGE = "proactive_disclosure/penalties/change"
FEES = "proactive_disclosure/fees/amount_10k_yuan"
DRAWN = ["one cell a line after a tab", "rows of tabs", "rows of tabs, merged cells empty", "pipes"]
MARKUP = ["**{}**", "__{}__", "*{}*", "`{}`", "${}$", "$\\mathbf{{{}}}$", "{}<br>", "&nbsp;{}", "**_{}_**"]


# ---- what a cell says --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mark", MARKUP)
def test_markup_around_a_value_is_no_part_of_it(mark: str) -> None:
    cells = {place: mark.format(number) for place, number in figures().items()}
    assert_read(read(written(drawing="pipes", cells=cells), "report.md"))


SAID: dict[str, Number] = {
    "共12": 12,
    "2千": 2000,
    "1.2万件": 12000,
    "0.": 0,
    "12（件）": 12,
    "12①": 12,
    "~~8~~ 9": 9,
    "28 295": 28295,
}


@pytest.mark.parametrize(("text", "value"), SAID.items())
def test_a_count_in_other_words(text: str, value: Number) -> None:
    reading = read(written(cells={PENALTIES: text}))
    assert_read(reading, but={PENALTIES: value})
    assert reading.evidence(PENALTIES).verdict == "accepted"


@pytest.mark.parametrize(("text", "value"), {"减：8": -8, "下降8": -8, "↓8": -8, "↑8": 8, "增：8": 8}.items())
def test_a_change_in_other_words(text: str, value: Number) -> None:
    report = Report(form="2019", cells={CHANGE: text})
    assert_read(read(written(report)), report, but={CHANGE: value})


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12.3万元人民币", "（单位：万元）", Decimal("12.3")),
        ("251000（元）", "", Decimal("25.1")),
        ("35800000", "（单位：元）", 3580),
        ("120", "（单位：千元）", 12),
    ],
)
@pytest.mark.parametrize("write", [written, paged, worded], ids=["text", "page", "word"])
def test_an_amount_in_other_words(write: Callable[..., str | bytes], text: str, unit: str, value: Number) -> None:
    assert_read(read(write(unit=unit, cells={FEES: text})), but={FEES: value})


UNREAD = ["三", "约300", "5万2千", "3-5", "①", "8（减）", "~~8~~", "**1**2", "本级12，下级30"]


@pytest.mark.parametrize("text", UNREAD)
def test_figures_that_are_no_number_are_told(text: str) -> None:
    reading = read(paged(cells={PENALTIES: text}))
    assert reading.value(PENALTIES) is None
    assert "unread_number" in reading.errors
    assert reading.evidence(PENALTIES).verdict != "accepted"


@pytest.mark.parametrize("text", ["见附件", "按规定不公开", "件", "统一公布"])
def test_words_in_place_of_a_number_are_for_review(text: str) -> None:
    reading = read(paged(cells={PENALTIES: text}))
    assert (reading.value(PENALTIES), reading.evidence(PENALTIES).state) == (None, "text")
    assert reading.evidence(PENALTIES).verdict == "review"


@pytest.mark.parametrize("text", ["1 2", "0 0", "00", "1<br>2"])
def test_digits_that_may_be_two_figures_are_for_review_where_no_sum_confirms_them(text: str) -> None:
    page = swap(paged(cells={PENALTIES: "§"}), "§", text)
    assert read(page).evidence(PENALTIES).verdict == "review"


def test_digits_that_may_be_two_figures_are_taken_where_a_sum_confirms_them() -> None:
    place = "applications/new_received/total"
    digits = str(figures()[place])
    reading = read(paged(cells={place: f"{digits[0]} {digits[1:]}"}))
    assert_read(reading)
    assert reading.evidence(place).verdict == "accepted"


# ---- a column of units -------------------------------------------------------------------------------------------
def with_units(grid: Grid, fees: str = "万元") -> Grid:
    """Every table with a column of units between its labels and its values."""
    if grid.rows[grid.head][0].kind == "value":
        return _united(grid, "件")
    rows = tuple(_with_unit(row, grid, at, fees) for at, row in enumerate(grid.rows))
    return replace(grid, rows=rows, width=grid.width + 1)


def _united(grid: Grid, unit: str) -> Grid:
    rows = [
        (GridCell("单位", "header", grid.head), *row)
        if not at
        else (GridCell(unit, "label"), *row)
        if at >= grid.head
        else row
        for at, row in enumerate(grid.rows)
    ]
    return replace(grid, rows=tuple(rows), width=grid.width + 1)


def _with_unit(row: tuple[GridCell, ...], grid: Grid, at: int, fees: str) -> tuple[GridCell, ...]:
    values = next((index for index, cell in enumerate(row) if cell.kind == "value"), None)
    if values is None:
        whole = at < grid.head and grid.name == "applications"
        if whole and at:
            return row
        head = GridCell("单位", "header", grid.head if whole else 1)
        return (row[0], head, *row[1:]) if len(row) > 1 else (*row, GridCell("", "header"))
    unit = fees if "收费" in row[0].text else "件"
    return (*row[:values], GridCell(unit, "label"), *row[values:])


@pytest.mark.parametrize("drawing", DRAWN)
def test_a_column_of_units_is_no_value(drawing: str) -> None:
    assert_read(read(written(drawing=drawing, change=with_units)))


@pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
def test_a_column_of_units_in_files(write: Callable[..., str | bytes]) -> None:
    assert_read(read(write(change=with_units)))


@pytest.mark.parametrize("drawing", DRAWN)
def test_a_column_of_units_beside_blanks_shifts_nothing(drawing: str) -> None:
    cells = {place: "" for place, number in figures().items() if number == 0}
    reading = read(written(drawing=drawing, change=with_units, cells=cells))
    assert different(reading.values, {**figures(), **dict.fromkeys(cells)}) == {}
    assert reading.errors == []


def test_the_unit_of_money_stands_in_the_column_of_units() -> None:
    report = Report(unit="", cells={FEES: "251000"}, change=lambda grid: with_units(grid, "元"))
    assert_read(read(paged(report)), report, but={FEES: Decimal("25.1")})


# ---- too few or too many candidates ------------------------------------------------------------------------------
def a_line_each(report: Report) -> str:
    return written(report, lambda grid, rng: DRAWINGS["every value a paragraph"](grid, rng).replace("\n\n", "\n"))


def test_one_value_for_two_columns_before_a_heading_is_undecided() -> None:
    report = made(form="2019")
    amount = report.shown("proactive_disclosure/procurement/amount_10k_yuan")
    reading = read(swap(a_line_each(report), f"{amount}\n\n三、", "\n三、"))
    assert reading.value("proactive_disclosure/procurement/items") is None
    assert "undecided_columns" in reading.errors


@pytest.mark.parametrize("mark", ["-", "/", "无"])
def test_a_mark_below_a_value_is_a_second_candidate(mark: str) -> None:
    reading = read(swap(a_line_each(made(cells={PENALTIES: "§"})), "§", f"3\n{mark}"))
    assert reading.evidence(PENALTIES).verdict == "review"
    assert PENALTIES.rpartition("/")[0] in " ".join(reading.named("unmatched_row", "undecided_columns"))


# ---- lines -------------------------------------------------------------------------------------------------------
def named_figures(grid: Grid, rng: Random) -> str:
    """A row of the applications table as a sentence: label, then each column's name and figure."""
    if grid.name != "applications":
        return DRAWINGS["rows of tabs"](grid, rng)
    names = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    lines = []
    for row in grid.rows[grid.head :]:
        pairs = "，".join(f"{name} {cell.text}" for name, cell in zip(names, row[-7:], strict=True))
        lines.append("\n".join([*(cell.text for cell in row[:-8]), f"{row[-8].text}：{pairs}"]))
    return "\n".join(lines)


def test_figures_named_by_their_columns_in_a_sentence() -> None:
    assert_read(read(written(drawing=named_figures)))


def test_a_table_on_one_line() -> None:
    def one_line(grid: Grid, rng: Random) -> str:
        return " ".join(cell.text for row in grid.rows for cell in row)

    assert_read(read(written(drawing=one_line)))


WRAPPED = {
    "its last line": ["{indent}2.其他法律行政法规禁止公", "         公开        开    {values}"],
    "its second of three": ["{indent}2.其他法律", "（三）不予公开       行政法规禁    {values}", "{indent}止公开"],
    "its first": ["{indent}2.其他法律行政法规禁止公   {values}", "{indent}开"],
}


@pytest.mark.parametrize("lines", WRAPPED.values(), ids=WRAPPED)
def test_a_label_drawn_with_spaces_over_several_lines(lines: list[str]) -> None:
    """The words that begin below each other are the label; what stands left of them names the group."""
    text = written(drawing="label and values on one line")
    line = line_of(text, "2.其他法律行政法规禁止公开")
    values = line.split("公开", 1)[1].strip()
    drawn = "\n".join(lines).format(indent=" " * 21, values=values.replace(" ", "        "))
    assert_read(read(swap(text, line, drawn)))


# ---- the scale of an amount, and other tables beside -------------------------------------------------------------
@pytest.mark.parametrize(("caption", "value"), {"单位：元": Decimal("25.1"), "（单位：万元）": 251000}.items())
@pytest.mark.parametrize("drawing", ["rows of tabs", "pipes"])
def test_a_caption_states_the_unit_of_the_amounts_below(drawing: str, caption: str, value: Number) -> None:
    report = made(unit="", cells={FEES: "251000"})
    grid = joined([item_grid(report, number) for number in range(4)])
    table = f"{caption}\n{DRAWINGS[drawing](grid, Random(0))}"
    reading = read(written(replace(report, tables={"proactive_disclosure": table}), drawing))
    assert different(reading.values, {**figures(), FEES: value}) == {}
    assert reading.errors == []


def tripled(grid: Grid) -> Grid:
    return grid.mapped(lambda cell: replace(cell, text=str(int(cell.text) * 3)) if cell.text.isdigit() else cell)


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize(
    "captions", [("", ""), ("全区汇总表", "本机关"), ("本机关", "全区汇总表"), ("2023年", "2024年")], ids="-".join
)
def test_a_second_copy_with_other_figures_is_no_silent_choice(drawing: str, captions: tuple[str, str]) -> None:
    own = applications_grid(made())
    for pair in ([own, tripled(own)], [tripled(own), own]):
        pieces = [f"{words}\n{DRAWINGS[drawing](grid, Random(0))}" for words, grid in zip(captions, pair, strict=True)]
        reading = read(written(drawing=drawing, tables={"applications": "\n".join(pieces).strip("\n")}))
        assert_no_silent_error(reading)
        assert {reading.evidence(f"applications/granted/{column}").verdict for column in COLUMNS} == {"review"}


def test_a_second_copy_of_marks_is_no_silent_choice() -> None:
    own = applications_grid(made(cells=dict.fromkeys((p for p in figures() if p.startswith("applications")), "/")))
    pieces = [DRAWINGS["rows of tabs"](grid, Random(0)) for grid in (applications_grid(made()), own)]
    reading = read(written(tables={"applications": "\n本机关\n".join(pieces)}))
    assert {reading.evidence(f"applications/granted/{column}").verdict for column in COLUMNS} == {"review"}


@pytest.mark.parametrize(
    "heads", [("2023年制发件数", "2024年制发件数"), ("上年处理决定数量", "本年处理决定数量"), ("全区", "本机关")]
)
def test_another_year_or_scope_beside_the_column_is_no_silent_choice(heads: tuple[str, str]) -> None:
    text = written(cells={PENALTIES: "71\t72"})
    before = line_of(text, "行政处罚")
    header = text[: text.index(before)].rstrip("\n").rpartition("\n")[2]
    changed = text.replace(f"{header}\n{before}", f"{header.split(chr(9))[0]}\t{heads[0]}\t{heads[1]}\n{before}")
    reading = read(changed)
    assert reading.value(PENALTIES) is None
    assert reading.names(PENALTIES)


# ---- false alarms ------------------------------------------------------------------------------------------------
def test_an_empty_cell_at_the_front_of_the_third_header_row() -> None:
    def change(grid: Grid) -> Grid:
        rows = (*grid.rows[:2], (GridCell(""), *grid.rows[2]), *grid.rows[3:])
        return replace(grid, rows=rows) if grid.name == "applications" else grid

    assert_read(read(paged(change=change)))


def test_a_review_table_in_pieces_left_blank_is_blank() -> None:
    cells = {place: "" for place in figures() if place.startswith("review")}
    heads = "<td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td>"
    blank = "<td></td>" * 5
    pieces = [("行政复议", 1), ("行政诉讼", 2)]
    tables = ""
    for name, count in pieces:
        groups = "<tr><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>" if count == 2 else ""
        rows = f"<tr><td colspan={5 * count}>{name}</td></tr>{groups}<tr>{heads * count}</tr><tr>{blank * count}</tr>"
        tables += f"<table>{rows}</table><p>&nbsp;</p>"
    page = swap(paged(tables={"review_litigation": "§"}), "<p>§</p>", tables)
    reading = read(page)
    assert_read(reading, but=dict.fromkeys(cells), codes=["blank_table"])
    assert reading.states("review_litigation") == {"blank"}
