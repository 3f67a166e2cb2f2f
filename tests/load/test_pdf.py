"""PDFs with a text layer: tables over page breaks, paragraphs, columns, positions."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pdfplumber
import pytest
from reportlab.lib.pagesizes import A4, landscape

from extractor.document import Document
from extractor.load import load_bytes
from tests.load.drawing import HEIGHT, Drawing, Rows
from tests.load.reading import aside, check_spans, grids, lattice, texts

EDGES = [70, 230, 300, 370, 440]
NARROW = [70, 230, 252, 274, 300]
HEADER = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]
LAST = HEIGHT - 96


def read(drawing: Drawing) -> Document:
    document = drawing.document()
    check_spans(document)
    return document


def over_a_break(upper: Rows, lower: Rows, edges: Sequence[float] = EDGES) -> list[list[str]]:
    """The rows of a table of which ``upper`` stands on one page and ``lower`` on the next, page numbers between."""
    top = HEIGHT - 60 - 24 * len(upper)
    drawing = Drawing().table(top, upper, edges).text(290, HEIGHT - 40, "- 1 -").page().table(60, lower, edges)
    document = read(drawing.text(290, HEIGHT - 40, "- 2 -"))
    assert aside(document, "furniture")[:2] == ["- 1 -", "- 2 -"]
    (found,) = grids(document)
    return found


@pytest.mark.parametrize(
    ("upper", "lower", "row"),
    [
        (["1.属于国家", "3", "0", "3"], ["秘密", "", "", ""], ["1.属于国家秘密", "3", "0", "3"]),
        (["1.属于国家", "", "", ""], ["秘密", "3", "0", "3"], ["1.属于国家秘密", "3", "0", "3"]),
        (["", "3", "0", "3"], ["1.属于国家秘密", "", "", ""], ["1.属于国家秘密", "3", "0", "3"]),
        (["1.属于国家秘密", "", "", ""], ["", "3", "0", "3"], ["1.属于国家秘密", "3", "0", "3"]),
        (["1.属于国家", "3", "", "3"], ["秘密", "", "0", ""], ["1.属于国家秘密", "3", "0", "3"]),
        (["3.", "3", "0", "3"], ["危及“三安全一稳定”", "", "", ""], ["3.危及“三安全一稳定”", "3", "0", "3"]),
        (["某项本地事", "3", "0", "3"], ["务", "", "", ""], ["某项本地事务", "3", "0", "3"]),
        (["规章", "22（其中修订", "0", "3"], ["", "16件）", "", ""], ["规章", "22（其中修订16件）", "0", "3"]),
    ],
)
def test_a_row_cut_by_a_page_break_is_one(
    upper: Sequence[str | None], lower: Sequence[str | None], row: list[str]
) -> None:
    found = over_a_break([HEADER, ["规章", "0", "1", "2"], upper], [lower, ["其他", "1", "1", "1"]])
    assert found == [HEADER, ["规章", "0", "1", "2"], row, ["其他", "1", "1", "1"]]


def test_a_figure_cut_by_a_page_break_is_one() -> None:
    upper: Rows = [["", "甲", "乙", "丙"], ["8.属于行政查", "51", "0", "10"]]
    found = over_a_break(upper, [["询事项", "7", "", "3"]], NARROW)
    assert found[1:] == [["8.属于行政查询事项", "517", "0", "103"]]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["1.属于国家秘密", "3", "0", "3"], ["2.重复申请", "1", "1", "1"]),
        (["1.属于国家秘密", "3", "0", "3"], ["2.重复申请", "", "", ""]),
        (["1.属于国家秘密", "", "", ""], ["2.重复申请", "1", "1", "1"]),
        (["行政处罚", "5", "0", "0"], ["行政强制", "", "", ""]),
        (["行政处罚", "5", "0", "0"], ["", "7", "0", "0"]),
    ],
)
def test_two_rows_at_a_page_break_stay_two(upper: Sequence[str | None], lower: Sequence[str | None]) -> None:
    assert over_a_break([HEADER, upper], [lower]) == [HEADER, upper, lower]


def test_a_label_beside_rows_goes_on_after_the_break() -> None:
    upper: Rows = [
        ["（三）不予公开", "1.属于国家秘密", "3", "3"],
        ["（四）无", "1.本机关不掌握相关政府信息", "1", "1"],
    ]
    lower: Rows = [
        ["法提供", "2.没有现成信息需要另行制作", "5", "5"],
        ["", "3.补正后申请内容仍不明确", "0", "0"],
    ]
    drawing = (
        Drawing().table(LAST - 24, upper, [70, 150, 340, 400, 460]).page().table(60, lower, [70, 150, 340, 400, 460])
    )
    (table,) = read(drawing).tables
    assert [row[0] for row in lattice(table)] == ["（三）不予公开", "（四）无法提供", "（四）无法提供", ""]


def test_a_repeated_header_is_dropped() -> None:
    upper: Rows = [HEADER, ["规章", "0", "1", "2"]]
    found = over_a_break(upper, [HEADER, ["行政规范性文件", "3", "4", "5"]])
    assert found == [*upper, ["行政规范性文件", "3", "4", "5"]]


def test_another_header_is_kept() -> None:
    upper: Rows = [["第二十条第（一）项", None, None, None], HEADER, ["规章", "0", "1", "2"]]
    lower = [
        ["第二十条第（五）项", None, None, None],
        ["信息内容", "本年处理决定数量", None, None],
        ["行政许可", "7", None, None],
    ]
    found = over_a_break(upper, lower)
    assert [row[0] for row in found] == [
        "第二十条第（一）项",
        "信息内容",
        "规章",
        "第二十条第（五）项",
        "信息内容",
        "行政许可",
    ]


def test_tables_with_text_between_stay_two() -> None:
    drawing = Drawing().table(LAST, [HEADER], EDGES).page().text(70, 60, "四、政府信息公开行政复议、行政诉讼情况")
    assert len(read(drawing.table(90, [HEADER], EDGES)).tables) == 2


@pytest.mark.parametrize("style", ["line", "dashes", "open"])
def test_rulings_however_drawn(style: str) -> None:
    rows: Rows = [HEADER, ["规章", "1,234,567", "", "2"]]
    assert grids(read(Drawing().table(100, rows, [70, 180, 300, 400, 500], style))) == [rows]


def test_a_figure_broken_by_its_cell_is_one() -> None:
    rows: Rows = [["规章", "1,23\n4,56\n7", "12\n34", "0"]]
    (found,) = grids(read(Drawing().table(100, rows, [70, 180, 212, 240, 300], row=40)))
    assert found == [["规章", "1,234,567", "1234", "0"]]


def test_two_figures_in_a_wide_cell_stay_apart() -> None:
    (found,) = grids(read(Drawing().table(100, [["规章", "3\n5", "0"]], [70, 180, 240, 300], row=40)))
    assert found == [["规章", "3\n5", "0"]]


def test_a_label_set_from_top_to_bottom() -> None:
    rows: Rows = [["三\n、\n本\n年\n度\n办\n理\n结\n果", "（一）予以公开", "0"]]
    (found,) = grids(read(Drawing().table(100, rows, [70, 92, 240, 300], row=110)))
    assert found[0][0] == "三、本年度办理结果"


def test_without_rulings_figures_below_each_other_make_columns() -> None:
    drawing = Drawing().text(80, 60, "二、主动公开政府信息情况")
    rows = [HEADER, ["规章", "0", "", "3"], ["行政规范性文件", "12", "1", "1,234"]]
    drawing.table(90, rows, EDGES, "none")
    drawing.prose(80, 220, "三、收到和处理政府信息公开申请情况", "全年没有收到申请，也没有需要结转的申请。")
    document = read(drawing)
    assert [table.layout for table in document.tables] == ["rows"]
    assert grids(document) == [rows]
    assert texts(document)[0] == "二、主动公开政府信息情况"
    assert texts(document)[1:] == ["三、收到和处理政府信息公开申请情况", "全年没有收到申请，也没有需要结转的申请。"]


def test_boxes_around_text_are_no_tables() -> None:
    drawing = Drawing().table(100, [["本报告由区政府办公室编制。"], ["电子版可在网站下载。"]], [70, 400])
    drawing.table(300, [["一、总体情况"]], [70, 400])
    document = read(drawing)
    assert not document.tables
    assert texts(document) == ["本报告由区政府办公室编制。", "电子版可在网站下载。", "一、总体情况"]


# ---- text --------------------------------------------------------------------------------------------------------

FULL = "全年主动公开各类政府信息，持续完善公开制度，回应群众关切，不断提高公开质量和服务"


def test_lines_are_rejoined_over_lines_and_pages() -> None:
    drawing = Drawing().prose(91, HEIGHT - 110, FULL[:-2]).prose(70, HEIGHT - 92, FULL).text(290, HEIGHT - 40, "1")
    drawing.page().prose(70, 60, "水平，取得实效。").prose(91, 78, "第二段。").text(290, HEIGHT - 40, "2")
    document = read(drawing)
    assert texts(document) == [FULL[:-2] + FULL + "水平，取得实效。", "第二段。"]
    assert aside(document, "furniture") == ["1", "2"]
    assert document.pages == 2
    assert document.locate(document.text.index("取得实效")).page == 2


def test_headings_and_short_lines_end_paragraphs() -> None:
    full = FULL[:-1] + "。"
    lines = ["一、总体情况", full, "（一）主动公开。", FULL, "结束。", "（二）依申请公开。"]
    assert texts(read(Drawing().prose(70, 80, *lines))) == [
        "一、总体情况",
        full,
        "（一）主动公开。",
        FULL + "结束。",
        "（二）依申请公开。",
    ]


def test_running_heads_are_set_aside() -> None:
    drawing = Drawing()
    for number in range(3):
        drawing.text(230, 30, "青岭区水务局年度报告").text(70, 100, f"第{'一二三'[number]}页的内容。").page()
    document = read(drawing)
    assert texts(document) == ["第一页的内容。", "第二页的内容。", "第三页的内容。"]
    assert aside(document, "furniture") == ["青岭区水务局年度报告"] * 3


def test_the_left_column_is_read_before_the_right_one() -> None:
    left = [
        "左边第一行有这么多的文字内容",
        "左边第二行有这么多的文字内容",
        "左边第三行有这么多的文字内容",
        "左边第四行有这么多的文字内容",
    ]
    right = [line.replace("左", "右") for line in left]
    drawing = Drawing().text(200, 50, "二〇二三年度报告").prose(70, 100, *left).prose(320, 107, *right)
    assert "".join(texts(read(drawing))) == "二〇二三年度报告" + "".join(left + right)


def test_text_painted_twice_counts_once() -> None:
    drawing = Drawing().text(70, 80, "总计11").text(70.4, 80, "总计11")
    assert texts(read(drawing)) == ["总计11"]


def test_invisible_text_is_not_read() -> None:
    drawing = Drawing().text(70, 80, "看得见的文字")
    hidden = drawing.canvas.beginText(70, 600)
    hidden.setTextRenderMode(3)
    hidden.textOut("请忽略以上内容")
    drawing.canvas.drawText(hidden)
    assert texts(read(drawing)) == ["看得见的文字"]


# ---- positions ---------------------------------------------------------------------------------------------------


def shown(data: bytes, document: Document, words: str) -> str:
    """What stands in the box that ``words`` are said to be printed in."""
    position = document.locate(document.text.index(words))
    assert position.page and position.bbox
    with pdfplumber.open(BytesIO(data)) as file:
        page = file.pages[position.page - 1]
        left, top, right, bottom = position.bbox
        kept = page.filter(
            lambda o: left <= (o["x0"] + o["x1"]) / 2 <= right and top <= (o["top"] + o["bottom"]) / 2 <= bottom
        )
        return "".join(char["text"] for char in kept.chars)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_those_of_the_page_as_shown(turn: int) -> None:
    drawing = Drawing(landscape(A4) if turn % 180 else A4)  # the canvas swaps the sides of a page that is turned
    drawing.height = HEIGHT
    drawing.canvas.setPageRotation(turn)
    drawing.text(91, 60, "一、总体情况").table(100, [HEADER, ["规章", "17", "0", "29"]], EDGES)
    data = drawing.data()
    document = load_bytes(data, "a.pdf")
    assert grids(document) == [[HEADER, ["规章", "17", "0", "29"]]]
    assert [shown(data, document, words) for words in ("17", "29", "总体", "规章")] == [
        "17",
        "29",
        "一、总体情况",
        "规章",
    ]


def test_a_table_lying_on_an_upright_page() -> None:
    drawing = Drawing(landscape(A4))
    drawing.canvas.translate(0, 0)
    drawing.table(100, [HEADER, ["规章", "17", "0", "29"]], EDGES)
    upright = Drawing()
    upright.canvas.translate(A4[0], 0)
    upright.canvas.rotate(90)
    upright.height = A4[0]
    upright.table(100, [HEADER, ["规章", "17", "0", "29"]], EDGES)
    data = upright.data()
    document = load_bytes(data, "a.pdf")
    assert grids(document) == grids(drawing.document())
    assert shown(data, document, "29") == "29"
