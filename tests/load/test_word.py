"""Word → what the reader of the printed report sees."""

from io import BytesIO

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.load import load_bytes
from tests.load.reading import (
    NAMESPACES,
    W,
    aside,
    check_spans,
    docx_parts,
    grids,
    lattice,
    p,
    tbl,
    tc,
    texts,
    word,
    zipped,
)

RESTART = '<w:vMerge w:val="restart"/>'
GOES_ON = "<w:vMerge/>"
TAB = "</w:t><w:tab/><w:t>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


WHITE = run("甲", "<w:color w:val='FFFFFF'/>")
BOX = f"<w:txbxContent>{p('框')}</w:txbxContent>"
FIELD = (
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
    "<w:r><w:t>域码</w:t></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    "<w:r><w:t>3</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
)
LINES = {
    "runs": (paragraph(run("甲"), run("乙")), ["甲乙"]),
    "content controls": (f"<w:sdt><w:sdtContent>{p('甲')}</w:sdtContent></w:sdt>", ["甲"]),
    "a control in a line": (paragraph(run("甲"), f"<w:sdt><w:sdtContent>{run('乙')}</w:sdtContent></w:sdt>"), ["甲乙"]),
    "links": (paragraph(f"<w:hyperlink>{run('甲')}</w:hyperlink>", run("乙")), ["甲乙"]),
    "insertions": (paragraph(run("甲"), f"<w:ins>{run('乙')}</w:ins>"), ["甲乙"]),
    "deletions": (paragraph(run("甲"), "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"), ["甲"]),
    "moved text": (
        paragraph(f"<w:moveFrom>{run('甲')}</w:moveFrom>") + paragraph(f"<w:moveTo>{run('乙')}</w:moveTo>"),
        ["乙"],
    ),
    "hidden text": (paragraph(run("甲"), run("藏", "<w:vanish/>"), run("乙", "<w:vanish w:val='0'/>")), ["甲乙"]),
    "white text": (paragraph(run("甲"), run("藏", "<w:color w:val='FFFFFF'/>")), ["甲"]),
    "white text on a ground": (paragraph(run("甲", "<w:color w:val='FFFFFF'/><w:shd w:fill='000000'/>")), ["甲"]),
    "letters of one point": (paragraph(run("甲"), run("藏", "<w:sz w:val='2'/>")), ["甲"]),
    "breaks": (paragraph("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:cr/><w:t>丙</w:t></w:r>"), ["甲", "乙", "丙"]),
    "hyphens": (
        paragraph("<w:r><w:t>0630</w:t><w:noBreakHyphen/><w:t>12</w:t><w:softHyphen/><w:t>3</w:t></w:r>"),
        ["0630-123"],
    ),
    "a tab that indents": (p(f"{TAB}甲"), ["甲"]),
    "a tab after an ordinal": (p(f"一、{TAB}总体情况"), ["一、\t总体情况"]),
    "a tab between words": (p(f"联系人：甲{TAB}地址：乙"), ["联系人：甲\t地址：乙"]),
    "fields": (paragraph(run("第"), FIELD, run("页次")), ["第3页次"]),
    "a field that never ends": (paragraph("<w:r><w:fldChar w:fldCharType='begin'/></w:r>") + p("甲"), ["甲"]),
    "a simple field": (paragraph(f"<w:fldSimple w:instr='DATE'>{run('甲')}</w:fldSimple>"), ["甲"]),
    "annotations": (
        paragraph(f"<w:ruby><w:rt>{run('zheng')}</w:rt><w:rubyBase>{run('政')}</w:rubyBase></w:ruby>"),
        ["政"],
    ),
    "a text box": (
        paragraph(run("甲"), f"<w:r><w:pict><v:textbox>{BOX}</v:textbox></w:pict></w:r>", run("乙")) + p("丙"),
        ["甲乙", "框", "丙"],
    ),
    "a text box for old and new programs": (
        paragraph(
            f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{BOX}</wps:txbx></mc:Choice>"
            f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        ),
        ["框"],
    ),
    "only the old of two ways": (
        paragraph(f"<w:r><mc:AlternateContent><mc:Fallback>{run('甲')}</mc:Fallback></mc:AlternateContent></w:r>"),
        ["甲"],
    ),
    "a placeholder": (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('单击此处')}</w:sdtContent></w:sdt>{p('甲')}",
        ["甲"],
    ),
    "a table of contents": (
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{p('目录')}</w:sdtContent></w:sdt>{p('甲')}",
        ["甲"],
    ),
    "converter marks": (p("[bookmark: _GoBack]甲"), ["甲"]),
}


@pytest.mark.parametrize("case", LINES)
def test_lines(case: str) -> None:
    body, lines = LINES[case]
    document = word(body)
    check_spans(document)
    assert texts(document) == lines


@pytest.mark.parametrize(
    "case", ["deletions", "hidden text", "white text", "letters of one point", "annotations", "a table of contents"]
)
def test_what_is_not_read_is_set_aside(case: str) -> None:
    document = word(LINES[case][0])
    assert {each.text for each in document.set_aside} <= {"删", "藏", "zheng", "目录"}
    assert document.set_aside


def test_headers_footers_notes_and_comments_are_set_aside() -> None:
    def part(name: str, text: str) -> str:
        return f"<w:{name} {NAMESPACES}>{p(text)}</w:{name}>"

    document = word(
        p("甲"),
        header=part("hdr", "页眉"),
        footer=part("ftr", "第 1 页"),
        comments=part("comments", "批注"),
        footnotes=part("footnotes", "脚注"),
        endnotes="<broken",
    )
    assert document.text == "甲"
    assert aside(document, "furniture") == ["页眉", "第 1 页", "脚注"]
    assert aside(document, "comment") == ["批注"]


STYLES = (
    f"<w:styles xmlns:w='{W}'><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style>"
    "<w:style w:styleId='b'><w:name w:val='标题 2'/></w:style>"
    "<w:style w:styleId='c'><w:basedOn w:val='1'/></w:style>"
    "<w:style w:styleId='d'><w:pPr><w:outlineLvl w:val='3'/></w:pPr></w:style>"
    "<w:style w:styleId='e'><w:name w:val='Title'/></w:style>"
    "<w:style w:styleId='f'><w:basedOn w:val='f'/><w:name w:val='x'/></w:style>"
    "<w:style w:styleId='g'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:styleId='t'><w:name w:val='toc 1'/></w:style></w:styles>"
)


def styled(text: str, style: str, more: str = "") -> str:
    return p(text, f"<w:pStyle w:val='{style}'/>{more}")


def test_styles() -> None:
    body = "".join(styled(style, style) for style in "1bcdefgt?") + p("h", "<w:outlineLvl w:val='0'/>")
    body += styled("i", "1", "<w:outlineLvl w:val='9'/>")
    document = word(body, styles=STYLES)
    levels = {document.text[each.start : each.end]: each.heading for each in document.paragraphs}
    assert levels == {"1": 1, "b": 2, "c": 1, "d": 4, "e": 1, "f": 0, "?": 0, "h": 1, "i": 0}
    assert aside(document, "hidden") == ["g"]
    assert aside(document, "navigation") == ["t"]


TABLES = {
    "spans across": (
        tbl(tc("甲", '<w:gridSpan w:val="2"/>') + tc("1"), tc("乙") + tc("2") + tc("3")),
        [["甲", "甲", "1"], ["乙", "2", "3"]],
    ),
    "spans down": (
        tbl(tc("甲", RESTART) + tc("1"), tc("", GOES_ON) + tc("2"), tc("", GOES_ON) + tc("3")),
        [["甲", "1"], ["甲", "2"], ["甲", "3"]],
    ),
    "spans down twice": (
        tbl(tc("甲", RESTART) + tc("1"), tc("乙", RESTART) + tc("2"), tc("", GOES_ON) + tc("3")),
        [["甲", "1"], ["乙", "2"], ["乙", "3"]],
    ),
    "a span down of other width": (
        tbl(tc("甲", RESTART + '<w:gridSpan w:val="2"/>'), tc("乙", GOES_ON) + tc("1")),
        [["甲", "甲"], ["乙", "1"]],
    ),
    "a span down from nothing": (tbl(tc("甲", GOES_ON) + tc("1")), [["甲", "1"]]),
    "old spans across": (
        tbl(
            tc("甲", '<w:hMerge w:val="restart"/>') + tc("", '<w:hMerge w:val="continue"/>') + tc("1"),
            tc("2") + tc("3") + tc("4"),
        ),
        [["甲", "甲", "1"], ["2", "3", "4"]],
    ),
    "a row that begins late": (
        tbl(tc("甲") + tc("1"), '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("2")),
        [["甲", "1"], ["·", "2"]],
    ),
    "lines": (tbl(tc("商业\n企业") + tc("1")), [["商业\n企业", "1"]]),
    "a deleted row": (
        tbl(tc("甲") + tc("1"), "<w:trPr><w:del/></w:trPr>" + tc("删") + tc("9"), tc("乙") + tc("2")),
        [["甲", "1"], ["乙", "2"]],
    ),
    "a deleted cell": (
        tbl(tc("甲") + tc("9", "<w:cellDel/>") + tc("1"), tc("乙") + tc("9", "<w:cellDel/>") + tc("2")),
        [["甲", "1"], ["乙", "2"]],
    ),
    "an inserted row": (
        tbl(tc("甲") + tc("1"), "<w:trPr><w:ins/></w:trPr>" + tc("乙") + tc("2")),
        [["甲", "1"], ["乙", "2"]],
    ),
    "rows and cells in controls": (
        tbl(tc("甲") + f"<w:sdt><w:sdtContent>{tc('1')}</w:sdtContent></w:sdt>").replace("</w:tbl>", "")
        + f"<w:sdt><w:sdtContent><w:tr>{tc('乙')}{tc('2')}</w:tr></w:sdtContent></w:sdt></w:tbl>",
        [["甲", "1"], ["乙", "2"]],
    ),
    "empty cells": (tbl(tc("甲") + tc(""), tc("") + tc("2")), [["甲", ""], ["", "2"]]),
    "white letters": (
        tbl(f"<w:tc>{paragraph(WHITE)}</w:tc>" + tc("1")),
        [["甲", "1"]],
    ),
    "an absurd span": (tbl(tc("甲") + tc("1", '<w:gridSpan w:val="99999999999"/>')), [["甲"] + ["1"] * 1_000]),
}


@pytest.mark.parametrize("case", TABLES)
def test_tables(case: str) -> None:
    body, expected = TABLES[case]
    document = word(p("前") + body + p("后"))
    check_spans(document)
    (table,) = document.tables
    assert table.layout == "grid"
    assert lattice(table) == expected


def test_a_table_in_a_cell_follows_the_outer_one() -> None:
    inner = f"<w:tc>{p('丁')}{tbl(tc('内') + tc('9'))}{p('')}</w:tc>"
    document = word(tbl(tc("甲") + tc("1"), tc("丙") + inner))
    assert grids(document) == [[["甲", "1"], ["丙", "丁"]], [["内", "9"]]]


def test_a_box_of_one_cell_is_no_table() -> None:
    document = word(tbl(tc("甲\n乙")))
    assert (texts(document), grids(document)) == (["甲", "乙"], [])


def test_tables_drawn_with_tabs() -> None:
    document = word(p(f"项目{TAB}数量") + p(f"规章{TAB}3") + p(TAB) + p(f"文件{TAB}"))
    check_spans(document)
    assert grids(document) == [[["项目", "数量"], ["规章", "3"], ["", ""], ["文件", ""]]]


def test_pictures() -> None:
    def picture(width: int, of: str) -> str:
        extent = f"<wp:extent cx='{width}' cy='{width}'/>"
        return f"<w:r><w:drawing><wp:inline>{extent}<a:blip r:embed='r{of}'/></wp:inline></w:drawing></w:r>"

    old = "<w:r><w:pict><v:shape><v:imagedata r:id='rscan'/></v:shape></w:pict></w:r>"
    document = word(
        p("甲") + paragraph(picture(5_000_000, "image"), picture(50_000, "image")) + paragraph(old), image="", scan=""
    )
    assert [(each.name, each.start) for each in document.pictures] == [("image.xml", 1), ("scan.xml", 1)]


def test_offsets_lead_to_paragraphs() -> None:
    document = word(p("甲") + tbl(tc("项", RESTART) + tc("1"), tc("", GOES_ON) + tc("2")) + p("乙"))
    places = {document.text[at]: document.locate(at) for at in range(len(document.text))}
    assert {char: places[char].paragraph for char in "甲项12乙"} == {"甲": 0, "项": 1, "1": 2, "2": 4, "乙": 5}
    assert {place.part for place in places.values()} == {"word/document.xml"}


SPANS = st.sampled_from(["", '<w:gridSpan w:val="2"/>', RESTART, GOES_ON, f'<w:gridSpan w:val="2"/>{GOES_ON}'])
CELLS = st.builds(tc, st.text("甲乙1 \n", max_size=4), SPANS)
ROWS = st.lists(CELLS, min_size=1, max_size=4).map("".join)
BODIES = st.recursive(
    st.one_of(st.text("甲乙12、", max_size=5).map(p), st.lists(ROWS, max_size=4).map(lambda rows: tbl(*rows))),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: tbl(f"<w:tc>{''.join(parts)}</w:tc>{tc('乙')}")),
    max_leaves=6,
)


@given(st.lists(BODIES, max_size=4).map("".join))
def test_no_character_is_lost_and_no_two_cells_overlap(body: str) -> None:
    document = word(p("丙") + body)
    check_spans(document)
    kept = document.text + "".join(each.text for each in document.set_aside)
    assert [kept.count(char) for char in "甲乙"] == [body.count(char) for char in "甲乙"]


def test_a_document_part_of_another_name() -> None:
    parts = docx_parts(p("甲"))
    parts["word/document2.xml"] = parts.pop("word/document.xml")
    parts["word/_rels/document2.xml.rels"] = parts.pop("word/_rels/document.xml.rels")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("document.xml", "document2.xml")
    assert load_bytes(zipped(parts), "a.docx").text == "甲"


def test_names_with_backslashes_and_capitals() -> None:
    parts = {name.replace("/", "\\").replace("word", "Word"): part for name, part in docx_parts(p("甲")).items()}
    assert load_bytes(zipped(parts), "a.docx").text == "甲"


def test_relations_to_parts_that_are_not_there() -> None:
    parts = docx_parts(p("甲"), styles=STYLES, image="")
    del parts["word/styles.xml"], parts["word/image.xml"]
    assert load_bytes(zipped(parts), "a.docx").text == "甲"


def test_strict_office_files() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    parts = {name: part.replace(W, strict) for name, part in docx_parts(p("甲") + tbl(tc("乙") + tc("1"))).items()}
    assert load_bytes(zipped(parts), "a.docx").text == "甲\n乙\t1"


def test_a_file_written_by_python_docx() -> None:
    made = docx.Document()
    made.add_heading("安平镇年度报告", 1)
    made.add_paragraph("健全制度", style="List Number")
    made.add_paragraph("加强培训", style="List Number")
    table = made.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "合"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "并"
    made.sections[0].header.paragraphs[0].text = "页眉"
    packed = BytesIO()
    made.save(packed)
    document = load_bytes(packed.getvalue(), "a.docx")
    check_spans(document)
    assert texts(document) == ["安平镇年度报告", "1.健全制度", "2.加强培训"]
    assert document.paragraphs[0].heading == 1
    assert lattice(document.tables[0]) == [["合", "01", "02"], ["合", "11", "12"], ["20", "并", "并"]]
    assert aside(document, "furniture") == ["页眉"]


PAGE = "<html><body><p>一段</p><table><tr><td>甲</td><td>1</td></tr></table></body></html>"
CHUNKS: dict[str, tuple[str | bytes, list[str], list[list[list[str]]], int]] = {
    "a page": (PAGE, ["前文", "一段", "后文"], [[["甲", "1"]]], 0),
    "a page in GBK": (PAGE.encode("gbk"), ["前文", "一段", "后文"], [[["甲", "1"]]], 0),
    "a text": ("一行\n二行", ["前文", "一行", "二行", "后文"], [], 0),
    "another Word file": (
        zipped(docx_parts(p("一段") + tbl(tc("甲") + tc("1")))),
        ["前文", "一段", "后文"],
        [[["甲", "1"]]],
        0,
    ),
    "a file that is not read": (b"\x89PNG\r\n\x1a\n", ["前文", "后文"], [], 1),
    "a broken file": (b"PK\x03\x04", ["前文", "后文"], [], 1),
}


@pytest.mark.parametrize("case", CHUNKS)
def test_files_put_into_the_body(case: str) -> None:
    content, lines, tables, pictures = CHUNKS[case]
    parts = docx_parts(f'{p("前文")}<w:altChunk r:id="raFChunk"/>{p("后文")}', aFChunk="")
    packed = {name: part.encode() for name, part in parts.items()}
    packed["word/aFChunk.xml"] = content.encode() if isinstance(content, str) else content
    document = load_bytes(zipped(packed), "a.docx")
    assert (texts(document), grids(document), len(document.pictures)) == (lines, tables, pictures)
    assert document.locate(document.paragraphs[-1].start).paragraph == 1
    check_spans(document)
