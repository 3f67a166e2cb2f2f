"""What a PDF shows beside the report, or does not show: watermarks, hidden text, layers, fields of forms."""

from __future__ import annotations

import re

import pytest

from extractor.load import load_bytes
from tests.load.drawing import Drawing
from tests.load.reading import aside, grids
from tests.load.test_pdf import EDGES, HEADER

ROWS = [HEADER, ["规章", "1", "0", "12"], ["行政规范性文件", "3", "0", "7"]]


def drawing() -> Drawing:
    """A page with a small table from y = 140 on."""
    return Drawing(pageCompression=0).text(91, 100, "二、主动公开政府信息情况").table(140, ROWS, EDGES)


def test_a_watermark_over_a_table_is_set_aside() -> None:
    drawn = drawing()
    drawn.canvas.setFillColorRGB(0.85, 0.85, 0.85)
    drawn.text(120, 150, "内部资料2024", 48)
    document = drawn.document()
    assert grids(document) == [ROWS]
    assert aside(document, "mark") == ["内部资料2024"]


def test_a_solid_watermark_over_a_table_is_set_aside() -> None:
    assert grids(drawing().text(120, 150, "样张", 60).document()) == [ROWS]


def test_a_mark_of_any_size_is_set_aside_at_once() -> None:
    """Damaged files have glyphs as large as a city: they are not looked for in every square below them."""
    assert grids(drawing().text(120, 150, "样张", 1e6).document()) == [ROWS]


def test_a_large_title_is_no_watermark() -> None:
    document = drawing().text(150, 40, "工作年度报告", 30).document()
    assert "工作年度报告" in document.text


def test_white_text_is_hidden() -> None:
    drawn = drawing()
    drawn.canvas.setFillColorRGB(1, 1, 1)
    drawn.text(EDGES[1] + 10, 168, "9")
    document = drawn.document()
    assert grids(document) == [ROWS]
    assert aside(document, "hidden") == ["9"]


def test_white_text_on_a_dark_ground_is_read() -> None:
    drawn = Drawing()
    drawn.canvas.setFillColorRGB(0, 0, 0.5)
    drawn.canvas.rect(80, drawn.height - 130, 300, 40, stroke=0, fill=1)
    drawn.canvas.setFillColorRGB(1, 1, 1)
    assert drawn.text(91, 100, "二、主动公开政府信息情况").document().text == "二、主动公开政府信息情况"


def covered(new: str) -> Drawing:
    """The page with a white box over the 1 of its table, and ``new`` in its place."""
    drawn = drawing()
    drawn.canvas.setFillColorRGB(1, 1, 1)
    drawn.canvas.rect(EDGES[1] + 2, drawn.height - 164 - 20, 20, 18, stroke=0, fill=1)
    drawn.canvas.setFillColorRGB(0, 0, 0)
    return drawn.text(EDGES[1] + 4, 168, new)


def test_the_figure_over_a_white_box_counts() -> None:
    assert grids(covered("5").document())[0][1] == ["规章", "5", "0", "12"]


def test_a_cell_whose_figure_was_covered_is_in_doubt() -> None:
    document = covered(" ").document()
    (table,) = document.tables
    cell = table.rows[1][1]
    assert cell.text == ""
    assert document.recognition is not None
    assert document.recognition.unreadable(cell.start)


def test_figures_printed_over_each_other_are_in_doubt() -> None:
    document = drawing().text(EDGES[1] + 4, 168, "7").document()
    assert document.recognition is not None
    assert document.recognition.unreadable(document.tables[0].rows[1][1].start)


@pytest.mark.parametrize("state", ["/OFF [9 0 R]", "/BaseState /OFF /ON []"])
def test_a_layer_that_is_switched_off_is_not_read(state: str) -> None:
    drawn = Drawing(pageCompression=0).text(91, 100, "一、总体情况")
    drawn.canvas._code.append("/OC /Draft BDC")
    drawn.text(91, 130, "草稿")
    drawn.canvas._code.append("EMC")
    drawn.text(91, 160, "正文")
    data = re.sub(rb"/Resources <<", b"/Resources << /Properties << /Draft 9 0 R >>", drawn.data())
    layers = f"/OCProperties << /OCGs [9 0 R] /D << {state} >> >> /Type /Catalog"
    data = data.replace(b"/Type /Catalog", layers.encode())
    document = load_bytes(data, "a.pdf")
    assert "草稿" not in document.text
    assert "正文" in document.text


def test_fields_of_a_form_are_read() -> None:
    rows = [HEADER, ["规章", "", "0", "12"]]
    drawn = Drawing().table(140, rows, EDGES)
    box = {"x": EDGES[1] + 4, "y": drawn.height - 164 - 20, "width": 30, "height": 16}
    drawn.canvas.acroForm.textfield(name="a", value="41", fontSize=10, borderWidth=0, **box)
    assert grids(drawn.document()) == [[HEADER, ["规章", "41", "0", "12"]]]


def test_a_page_number_under_a_short_table_is_furniture() -> None:
    drawn = Drawing().text(91, 60, "一、总体情况").table(140, ROWS, EDGES).text(290, 250, "1")
    drawn.page().table(60, [["行政许可", "3", "0", "1"]], EDGES).text(290, 100, "2")
    document = drawn.document()
    assert aside(document, "furniture") == ["1", "2"]
    assert grids(document) == [[*ROWS, ["行政许可", "3", "0", "1"]]]


def test_marks_that_hang_over_the_edge_stay_in_their_cell() -> None:
    edges = [91, 133, 200]
    rows = [["项目", "数"], ["区分处理，", "3"]]
    assert grids(Drawing().table(140, rows, edges).document())[0] == rows


def test_shaded_cells_make_a_table() -> None:
    drawn = Drawing()
    for at, row in enumerate(ROWS):
        for column in range(len(EDGES) - 1):
            drawn.canvas.setFillColorRGB(0.8, 0.9, 0.8)
            width = EDGES[column + 1] - EDGES[column] - 1
            drawn.canvas.rect(EDGES[column], drawn.height - 164 - 24 * at, width, 23, stroke=0, fill=1)
        drawn.canvas.setFillColorRGB(0, 0, 0)
        for column, cell in enumerate(row):
            drawn.text(EDGES[column] + 4, 144 + 24 * at, cell)
    assert grids(drawn.document()) == [ROWS]


def test_a_page_number_right_under_a_cell_is_not_the_end_of_its_figure() -> None:
    drawn = Drawing().table(700, [HEADER, ["规章", "1", "0", "12"]], EDGES).text(EDGES[1] + 4, 700 + 2 * 24 + 2, "5")
    assert grids(drawn.document())[0][1] == ["规章", "1", "0", "12"]
