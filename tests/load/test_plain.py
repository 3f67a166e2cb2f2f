"""Plain text → paragraphs and tables: every drawing of a table, and what is set aside."""

import pytest

from extractor.document import Paragraph, Table
from extractor.load import load_bytes
from extractor.load.plain import clean, plain_blocks
from tests.load.reading import grids


def cells(text: str) -> list[list[list[str]]]:
    """The words of every table of a text, row by row; each cell must stand where it says it stands."""
    found = []
    for block in plain_blocks(text):
        if isinstance(block, Table):
            assert all(text[cell.start : cell.end] == cell.text for row in block.rows for cell in row)
            found.append([[cell.text for cell in row] for row in block.rows])
    return found


def paragraphs(text: str) -> list[str]:
    return [text[block.start : block.end] for block in plain_blocks(text) if isinstance(block, Paragraph)]


DRAWINGS = {
    "a tab opens a cell, a blank line closes a row": "\t甲\n\t乙\n\n\t1\n\t\n\n",
    "tabs part the cells of a line": "甲\t乙\n1\t\n",
    "outer pipes": "| 甲 | 乙 |\n| 1 |  |\n",
    "no outer pipes": "甲 | 乙\n1 | \n",
    "markdown": "| 甲 | 乙 |\n|---|:-:|\n| 1 |  |\n",
    "a box": "+----+----+\n| 甲 | 乙 |\n+----+----+\n| 1  |    |\n+----+----+\n",
    "box characters": "┌──┬──┐\n│甲│乙│\n├──┼──┤\n│1│  │\n└──┴──┘\n",
}


@pytest.mark.parametrize("text", DRAWINGS.values(), ids=DRAWINGS)
def test_drawings(text: str) -> None:
    assert cells(text) == [[["甲", "乙"], ["1", ""]]]


def test_commas() -> None:
    text = '信息内容,制发,有效\n规章,0,"1,200"\n"文件,等",3,\n许可,2,\n'
    assert cells(text) == [
        [["信息内容", "制发", "有效"], ["规章", "0", "1,200"], ["文件,等", "3", ""], ["许可", "2", ""]]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "公开信息1,200条,其中网站800条,微信400条。\n",
        "72,713\n27,100\n6,887\n43,856\n1,000\n",
        "行政许可 1,200 3,400 5,600\n行政处罚 1,200 3,400 5,600\n行政强制 1,200 1,000 2,000\n收费 1,000 2,000 3,000\n",
    ],
)
def test_commas_that_part_nothing(text: str) -> None:
    assert cells(text) == []


def test_cell_goes_on_over_a_line_break() -> None:
    assert cells("\t商业\n企业\n\t22\n（其中新增3件）\n\n") == [[["商业\n企业", "22\n（其中新增3件）"]]]


def test_first_cell_of_a_row_may_begin_with_blank_lines() -> None:
    assert cells("\t二\n\t1\n\n\t\n\n\n三、本年度办理结果\n\t予以公开\n\t5\n\n") == [
        [["二", "1"], ["三、本年度办理结果", "予以公开", "5"]]
    ]


def test_blank_last_cell_does_not_swallow_the_next_heading() -> None:
    text = "\t四\n\t5\n\t\n\n\n4、 政府信息公开行政复议、行政诉讼情况\n\t行政复议\n\t1\n\n"
    assert len(cells(text)) == 2
    assert paragraphs(text) == ["4、 政府信息公开行政复议、行政诉讼情况"]


def test_indented_paragraphs_are_no_table() -> None:
    text = "\t我局高度重视公开工作。\n\t全年无申请。\n"
    assert cells(text) == []
    assert paragraphs(text) == ["我局高度重视公开工作。", "全年无申请。"]


def test_one_row_of_very_many_cells_is_a_stream() -> None:
    [table] = plain_blocks("".join(f"\t{n}\n" for n in range(60)))
    assert isinstance(table, Table)
    assert table.layout == "stream"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("- 4 -", "furniture"),
        ("— 15 —", "furniture"),
        ("第 3 页 共 8 页", "furniture"),
        ("【字体：大 中 小】", "furniture"),
        ("您现在的位置：首页 > 公开", "furniture"),
        ("索引号：XX-2024-001", "furniture"),
        ("{{ title }}", "mark"),
        ("[bookmark: _GoBack]", "mark"),
    ],
)
def test_set_aside(line: str, kind: str) -> None:
    cleaned = clean(f"一、总体情况\n{line}\n我局公开信息12条。\n")
    assert cleaned.aside == [(kind, line, 7)]
    assert line not in cleaned.text
    assert "我局公开信息12条。" in cleaned.text


def test_lone_number_at_the_end_is_a_page_number() -> None:
    assert clean("六、其他\n无\n2\n").aside == [("furniture", "2", 7)]
    assert clean("总计\n3\n2\n").aside == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_offsets_lead_back_to_bytes(encoding: str) -> None:
    data = "标题\r\n- 4 -\r\n正[bookmark: x]文\r甲\r\n".encode(encoding)
    document = load_bytes(data, "a.txt")
    assert document.text == "标题\n正文\n甲\n"
    for offset, char in enumerate(document.text):
        if char != "\n":
            byte = document.locate(offset).byte
            assert byte is not None
            assert data[byte:].decode(encoding).startswith(char)
    assert document.locate(document.text.index("正")).line == 3


@pytest.mark.parametrize("first", ["标题\t2023", "标题\t", "　\t", " \t说明"])
def test_a_line_with_a_tab_before_a_table_of_one_cell_a_line_does_not_stop_it(first: str) -> None:
    text = f"{first}\n\t项目\n\t数量\n\n\t新收\n\t12\n\n\t结转\n\t3\n\n\t办结\n\t4\n\n\t总计\n\t19\n"
    document = load_bytes(text.encode(), "a.txt")
    assert grids(document)[-1][-4:] == [["新收", "12"], ["结转", "3"], ["办结", "4"], ["总计", "19"]]
