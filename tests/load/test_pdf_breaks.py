"""Tables and lists that the end of a page cuts: rows between their lines, headers, figures one a line."""

from __future__ import annotations

import pytest

from tests.load.drawing import Drawing
from tests.load.reading import texts

EDGES = [70.0, 230.0, 310.0, 390.0]
HEAD = [["类别", "结果维持", "结果纠正"]]
Rows = list[list[str]]


def over_pages(above: Rows, below: Rows) -> Rows:
    """What is read of a table whose parts stand at the end of one page and at the top of the next."""
    top = 790 - 24 * len(above)
    document = Drawing().table(top, above, EDGES).page().table(60, below, EDGES).document()
    [table] = document.tables
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        (["", "", "7"], ["行政复议", "3", ""], ["行政复议", "3", "7"]),
        (["行政复议", "3", "7"], ["", "件", "件"], ["行政复议", "3件", "7件"]),
        (["", "5", "7"], ["行政复议", "", ""], ["行政复议", "5", "7"]),
    ],
    ids=["figures on either side", "units below", "label below"],
)
def test_a_row_that_the_page_cuts_is_one(above: list[str], below: list[str], whole: list[str]) -> None:
    assert over_pages([*HEAD, above], [below, ["复议后起诉", "1", "2"]]) == [*HEAD, whole, ["复议后起诉", "1", "2"]]


def test_two_rows_with_figures_under_one_another_stay_two() -> None:
    above, below = ["", "5", "7"], ["行政复议", "1", ""]
    assert over_pages([*HEAD, above], [below]) == [*HEAD, above, below]


def test_rows_whose_labels_stand_in_other_columns_stay_two() -> None:
    edges = [70.0, 190.0, 270.0, 292.0, 314.0]
    above, below = ["", "（七）总计", "3", "13"], ["四、结转下年度继续办理", "", "0", "2"]
    drawing = Drawing().table(790 - 48, [["三、本年度办理结果", "（一）予以公开", "1", "5"], above], edges)
    [table] = drawing.page().table(60, [below], edges).document().tables
    assert [cell.text for cell in table.rows[-1]] == below


def test_a_header_whose_unit_is_on_the_next_page_is_one_row() -> None:
    above, below = [["信息内容", "采购项目数量", "采购总金额"]], [["", "", "（万元）"], ["政府集中采购", "1", "2"]]
    assert over_pages(above, below)[0] == ["信息内容", "采购项目数量", "采购总金额（万元）"]


def test_the_end_of_a_header_that_is_repeated_is_dropped() -> None:
    above = [["办理结果", "结果\n维持", "结果\n纠正"], ["行政复议", "1", "2"]]
    below = [["", "维持", "结果\n纠正"], ["复议后起诉", "3", "4"]]
    assert [row[1:] for row in over_pages(above, below)] == [["结果维持", "结果纠正"], ["1", "2"], ["3", "4"]]


def test_figures_one_a_line_are_no_page_numbers() -> None:
    drawing = Drawing().prose(70, 700, "一、本年新收政府信息公开申请数量", "12", "0", "3", "5")
    drawing.page().prose(70, 60, "4", "2", "26", "六、其他需要报告的事项")
    assert texts(drawing.document())[1:8] == ["12", "0", "3", "5", "4", "2", "26"]


def test_a_number_that_stands_alone_is_a_page_number() -> None:
    drawing = Drawing().prose(70, 60, "一、总体情况").text(290, 800, "1").page()
    drawing.prose(70, 60, "六、其他需要报告的事项").text(290, 800, "2")
    assert texts(drawing.document()) == ["一、总体情况", "六、其他需要报告的事项"]


@pytest.mark.parametrize("columns", [1, 2])
def test_merged_labels_that_both_ends_of_a_page_cut_are_a_column(columns: int) -> None:
    edges = [70.0, 150.0, 230.0, 310.0, 390.0][2 - columns :]
    named = ["三、办理结果", "（五）不予处理"][2 - columns :]
    middle = [[f"{number}.", f"{number}"] for number in range(2, 32)]
    drawing = Drawing().table(790 - 48, [[*["类别"] * columns, "事项", "件数"], [*named, "1.", "1"]], edges)
    top, bottom = 60, 60 + 24 * len(middle)
    drawing.page().table(top, middle, edges[columns:])
    for edge in edges[:columns]:
        drawing.upright(edge, top, bottom)
    document = drawing.page().table(60, [[*[""] * columns, "32.", "32"]], edges).document()
    [table] = document.tables
    assert [[cell.text for cell in row][-2:] for row in table.rows[1:]] == [[f"{n}.", f"{n}"] for n in range(1, 33)]
    assert [(cell.text, cell.rowspan) for cell in table.rows[1][:columns]] == [(name, 32) for name in named]


def test_a_line_in_the_margin_is_no_column() -> None:
    rows = [["类别", "件数"], ["行政复议", "5"]]
    document = Drawing().table(200, rows, [150.0, 230.0, 310.0]).upright(100, 40, 800).document()
    [table] = document.tables
    assert [[cell.text for cell in row] for row in table.rows] == rows
