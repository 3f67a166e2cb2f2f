"""Tables of pages: spans laid out, missing tags, tables that are none, tables in tables."""

import pytest

from tests.load.reading import check_spans, grids, lattice, page, texts

LONG = "<p>" + "本报告所列数据的统计期限为全年。" * 8 + "</p>"

LATTICES = {
    "spans": (
        "<tr><td rowspan=2>项目<td colspan=2>申请人<tr><td>自然人<td>总计<tr><td>新收<td>1<td>2",
        [["项目", "申请人", "申请人"], ["项目", "自然人", "总计"], ["新收", "1", "2"]],
    ),
    "missing end tags": ("<tr><td>甲<td>1<tr><td>乙<td>2", [["甲", "1"], ["乙", "2"]]),
    "cells without a row": ("<td>甲<td>1", [["甲", "1"]]),
    "a row in a cell that was left open": ("<tr><td><div>甲<tr><td>乙<td>1", [["甲", "·"], ["乙", "1"]]),
    "header cells": ("<tr><th>甲<th>1<tr><th>乙<td>2", [["甲", "1"], ["乙", "2"]]),
    "groups in any order": (
        "<tfoot><tr><td>合计<td>3</tfoot><tbody><tr><td>甲<td>1</tbody><thead><tr><th>项<th>数</thead>",
        [["项", "数"], ["甲", "1"], ["合计", "3"]],
    ),
    "rows outside of groups": (
        "<tr><td>项<td>数</tr><tbody><tr><td>甲<td>1</tbody><tr><td>乙<td>2</tr>",
        [["项", "数"], ["甲", "1"], ["乙", "2"]],
    ),
    "a row span of 0": ("<tr><td rowspan=0>甲<td>1<tr><td>2<tr><td>3", [["甲", "1"], ["甲", "2"], ["甲", "3"]]),
    "a row span ends with its group": (
        "<tbody><tr><td rowspan=9>甲<td>1</tbody><tbody><tr><td>乙<td>2</tbody>",
        [["甲", "1"], ["乙", "2"]],
    ),
    "a row span beyond the table": ("<tr><td rowspan=60000>甲<td>1<tr><td>2", [["甲", "1"], ["甲", "2"]]),
    "spans that overlap": (
        "<tr><td rowspan=2>甲<td>1<td rowspan=2>2<tr><td colspan=3>3<tr><td>乙<td>4<td>5",
        [["甲", "1", "2"], ["甲", "3", "2"], ["乙", "4", "5"]],
    ),
    "spans that are no numbers": (
        "<tr><td colspan=x>甲<td rowspan=''>1<tr><td colspan='-2'>乙<td colspan=' 1 '>2",
        [["甲", "1"], ["乙", "2"]],
    ),
    "lines in cells": (
        "<tr><td><p>商业</p><p>企业</p><td>结果<br>维持<td> 1&nbsp; ",
        [["商业\n企业", "结果\n维持", "1\u00a0"]],
    ),
    "empty cells and rows": (
        "<tr><td>甲<td><td>1<tr><tr><td><td>2<td>",
        [["甲", "", "1"], ["·", "·", "·"], ["", "2", ""]],
    ),
    "hidden cells and rows": (
        "<tr><td>甲<td style='display:none'>9<td>1<tr style='display:none'><td>9<tr><td>乙<td>2",
        [["甲", "1"], ["乙", "2"]],
    ),
    "a cell that is only invisible": ("<tr><td>甲<td style='visibility:hidden'>9<td>1", [["甲", "", "1"]]),
    "lists in cells": ("<tr><td><ul><li>甲<li>乙</ul><td>1", [["甲\n乙", "1"]]),
    "forms around rows": ("<form><tr><td>甲<td>1</form><tr><td>乙<td>2", [["甲", "1"], ["乙", "2"]]),
}


@pytest.mark.parametrize("case", LATTICES)
def test_rows_and_columns(case: str) -> None:
    source, expected = LATTICES[case]
    document = page(f"{LONG}<table>{source}</table>{LONG}")
    check_spans(document)
    (table,) = document.tables
    assert table.layout == "grid"
    assert lattice(table) == expected


def test_spans_are_recorded() -> None:
    document = page("<table><tr><td rowspan=2 colspan=3>甲<td>1<tr><td>2<tr><td>3<td>4<td>5<td>6</table>")
    first, second = document.tables[0].rows[0]
    assert (first.row, first.column, first.rowspan, first.colspan) == (0, 0, 2, 3)
    assert (second.row, second.column) == (0, 3)


def test_text_of_a_table_is_laid_in_lines() -> None:
    document = page("<p>前</p><table><caption>表一</caption><tr><td>甲<td>1<tr><td>乙<td></table><p>后</p>")
    assert document.text == "前\n表一\n甲\t1\n乙\t\n后"


def test_rows_without_a_table() -> None:
    document = page("<p>前</p><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr>")
    assert grids(document) == [[["甲", "1"], ["乙", "2"]]]


def test_text_between_cells_is_kept_beside_the_table() -> None:
    document = page("<table>前<tr><td>甲<td>1</tr>后<tr><td>乙<td>2</table>")
    assert texts(document) == ["前", "后"]
    assert grids(document) == [[["甲", "1"], ["乙", "2"]]]


def test_a_table_that_is_never_closed() -> None:
    rest = "<p>五、存在的主要问题及改进情况</p><p>一是不足。</p><table><tr><td>丙<td>3</table>"
    for cut in ("</tr>", "</td></tr>", "</td>", ""):
        document = page(f"{LONG}<table><tr><td>甲<td>1<tr><td>乙<td>2{cut}{rest}")
        check_spans(document)
        assert grids(document) == [[["甲", "1"], ["乙", "2"]], [["丙", "3"]]]
        assert texts(document)[1:] == ["五、存在的主要问题及改进情况", "一是不足。"]


LAYOUTS = {
    "a frame of one cell": f"<table><tr><td>{LONG}<table><tr><td>甲<td>1</table><p>尾</p></table>",
    "a menu beside the text": "<table><tr><td><a href=1>首页</a><br><a href=2>动态</a><br><a href=3>公开</a><td>"
    f"{LONG}<table><tr><td>甲<td>1</table><p>尾</p></table>",
    "frames in frames": f"<table><tr><td><table><tr><td><table><tr><td>{LONG}</table></table>"
    "<tr><td><table><tr><td>甲<td>1</table><tr><td>尾</table>",
    "a row for each part": f"<table><tr><td>{LONG}<tr><td><table><tr><td>甲<td>1</table><tr><td>尾</table>",
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_tables_that_only_arrange_the_page(case: str) -> None:
    document = page(LAYOUTS[case])
    check_spans(document)
    assert grids(document) == [[["甲", "1"]]]
    assert texts(document)[0].startswith("本报告所列数据")
    assert texts(document)[1:] == ["尾"]


def test_a_report_in_one_table() -> None:
    document = page(
        f"<table><tr><td colspan=3>一、总体情况<tr><td colspan=3>{LONG}<tr>"
        "<td colspan=3>三、收到和处理政府信息公开申请情况<tr><td>项目<td>自然人<td>总计<tr><td>新收<td>1<td>2</table>"
    )
    check_spans(document)
    assert texts(document)[0] == "一、总体情况"
    assert texts(document)[2:] == ["三、收到和处理政府信息公开申请情况"]
    assert [lattice(table) for table in document.tables] == [[["项目", "自然人", "总计"], ["新收", "1", "2"]]]


def test_a_long_remark_does_not_take_a_table_apart() -> None:
    rows = "".join(f"<tr><td>项{number}<td>{number}<td>" for number in range(8))
    document = page(f"<table>{rows}{'说明文字' * 90}</table>")
    assert len(document.tables[0].rows) == 8


def test_a_table_in_a_cell_follows_the_outer_one() -> None:
    document = page("<table><tr><td>甲<td>1<tr><td>乙<td>2<table><tr><td>内<td>9</table><tr><td>丙<td>3</table>")
    check_spans(document)
    assert grids(document) == [[["甲", "1"], ["乙", "2"], ["丙", "3"]], [["内", "9"]]]


def test_tables_of_blocks() -> None:
    cell = "<div style='display:table-cell'>{}</div>"
    row = f"<div style='display: table-row'>{cell}{cell}</div>"
    document = page(LONG + "<div style='display:table'>" + row.format("甲", 1) + row.format("乙", 2) + "</div>")
    assert grids(document) == [[["甲", "1"], ["乙", "2"]]]


def test_a_picture_in_a_cell() -> None:
    document = page(f"{LONG}<table><tr><td>甲<td><img src=/t1.png width=400></table>")
    assert grids(document) == [[["甲", ""]]]
    assert [each.name for each in document.pictures] == ["t1.png"]
