"""Text that is struck out, hidden or the mark of a note: it is not the report's, and never joins a figure."""

import pytest

from tests.load.reading import aside, check_spans, grids, page, tbl, texts, word


def run(text: str, properties: str = "") -> str:
    """A run of a Word file."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def cell(*runs: str, properties: str = "") -> str:
    """A cell of one paragraph."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{''.join(runs)}</w:p></w:tc>"


LABEL = cell(run("甲"))
SUP, SUB = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
WHITE = '<w:color w:val="FFFFFF"/>'

WORD_CELLS = {
    "struck": ((run("8", "<w:strike/>"), run("9")), "9", ("hidden", "8")),
    "struck twice": ((run("9"), run("8", "<w:dstrike/>")), "9", ("hidden", "8")),
    "struck by a style": ((run("8", '<w:rStyle w:val="old"/>'), run("9")), "9", ("hidden", "8")),
    "a style that is switched off": ((run("8", '<w:rStyle w:val="old"/><w:strike w:val="0"/>'), run("9")), "89", None),
    "not struck": ((run("8", '<w:strike w:val="false"/>'), run("9")), "89", None),
    "all struck": ((run("8", "<w:strike/>"),), "", ("hidden", "8")),
    "a note": ((run("12"), run("1", SUP)), "12", ("mark", "1")),
    "a note in brackets, run by run": ((run("12"), run("[", SUP), run("3", SUP), run("]", SUP)), "12", ("mark", "[3]")),
    "a note by a style": ((run("12"), run("①", '<w:rStyle w:val="note"/>')), "12", ("mark", "①")),
    "a note before the figure": ((run("*", SUP), run("12")), "12", ("mark", "*")),
    "a note between": ((run("12"), run("1", SUP), run("（其中新增2件）")), "12（其中新增2件）", ("mark", "1")),
    "all raised": ((run("1", SUP), run("2", SUP)), "12", None),
    "a square metre": ((run("30m"), run("2", SUP)), "30m2", None),
    "raised words": ((run("申请"), run("（件）", SUP)), "申请（件）", None),
    "lowered after a figure": ((run("12"), run("1", SUB)), "12", ("mark", "1")),
    "lowered after a letter": ((run("CO"), run("2", SUB)), "CO2", None),
    "shifted after a figure": ((run("12"), run("1", '<w:position w:val="8"/>')), "12", ("mark", "1")),
    "shifted after a word": ((run("第"), run("12", '<w:position w:val="8"/>')), "第12", None),
    "a shift nobody sees": ((run("1"), run("2", '<w:position w:val="2"/>')), "12", None),
    "white beside black": ((run("8", WHITE), run("9")), "9", ("hidden", "8")),
    "all white": ((run("8", WHITE), run("9", WHITE)), "89", None),
    "white on a marker's ground": ((run("8", WHITE + '<w:highlight w:val="red"/>'), run("9")), "89", None),
    "tracked": (
        ("<w:del><w:r><w:delText>7</w:delText></w:r></w:del>", f"<w:ins>{run('9')}</w:ins>"),
        "9",
        ("hidden", "7"),
    ),
    "moved": ((f"<w:moveFrom>{run('7')}</w:moveFrom>", f"<w:moveTo>{run('9')}</w:moveTo>"), "9", ("hidden", "7")),
    "a note of the writer's own": (
        (run("12"), '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>3</w:t></w:r>'),
        "12",
        ("mark", "3"),
    ),
    "a note with Word's number": ((run("12"), '<w:r><w:endnoteReference w:id="2"/></w:r>'), "12", None),
    "a field": ((f'<w:fldSimple w:instr=" FORMTEXT ">{run("12")}</w:fldSimple>',), "12", None),
    "a list to choose from": (
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="0"/>'
            '<w:listEntry w:val="6"/></w:ddList></w:ffData></w:fldChar></w:r><w:r>'
            '<w:instrText>FORMDROPDOWN</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
        ),
        "6",
        None,
    ),
    "a control": (
        (f"<w:sdt><w:sdtPr><w:dropDownList/></w:sdtPr><w:sdtContent>{run('6')}</w:sdtContent></w:sdt>",),
        "6",
        None,
    ),
    "pinyin": (
        (
            f"<w:r><w:ruby><w:rt>{run('shí')}</w:rt><w:rubyBase>{run('十')}</w:rubyBase></w:ruby></w:r>",
            run("2"),
        ),
        "十2",
        ("mark", "shí"),
    ),
}

STYLES = (
    "<w:style w:styleId='base'><w:rPr><w:strike/></w:rPr></w:style>"
    "<w:style w:styleId='old'><w:basedOn w:val='base'/></w:style>"
    f"<w:style w:styleId='note'><w:rPr>{SUP}</w:rPr></w:style>"
)
STYLES = f'<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{STYLES}</w:styles>'


@pytest.mark.parametrize("case", WORD_CELLS)
def test_cells_of_word(case: str) -> None:
    runs, expected, gone = WORD_CELLS[case]
    document = word(tbl(LABEL + cell(*runs)), styles=STYLES)
    check_spans(document)
    assert grids(document) == [[["甲", expected]]]
    assert [(each.kind, each.text) for each in document.set_aside] == ([gone] if gone else [])


def test_a_paragraph_that_its_style_strikes_out() -> None:
    document = word(
        '<w:p><w:pPr><w:pStyle w:val="old"/></w:pPr><w:r><w:t>旧</w:t></w:r></w:p>' + tbl(LABEL), styles=STYLES
    )
    assert "旧" not in document.text
    assert aside(document, "hidden") == ["旧"]


@pytest.mark.parametrize("ground", ['<w:shd w:fill="1F497D"/>', ""])
def test_white_words_on_the_ground_of_their_cell(ground: str) -> None:
    """A dark ground may come from the table's style: only white beside another colour is surely unseen."""
    document = word(tbl(cell(run("项目", WHITE), properties=ground) + cell(run("数量", WHITE), properties=ground)))
    assert grids(document) == [[["项目", "数量"]]]


def test_the_number_of_the_page() -> None:
    field = '<w:p><w:fldSimple w:instr=" PAGE "><w:r><w:t>3</w:t></w:r></w:fldSimple></w:p>'
    document = word(f"<w:p>{run('一、总体情况')}</w:p>{field}<w:p>{run('3')}</w:p>")
    assert texts(document) == ["一、总体情况", "3"]
    assert aside(document, "furniture") == ["3"]


PAGE_CELLS = {
    "struck by CSS": ('<span style="text-decoration:line-through">8</span>9', "9"),
    "struck by the longer name": ('<span style="text-decoration-line: underline line-through">8</span>9', "9"),
    "struck by elements": ("<s>6</s><del>7</del><strike>8</strike>9", "9"),
    "struck by a class": ('<span class="cut">8</span>9', "9"),
    "struck by a rule for what it is in": ('<i class="was"><b>8</b></i>9', "9"),
    "underlined": ('<span style="text-decoration:underline">8</span>9', "89"),
    "as Word saves it": ('<span style="text-line-through:double">8</span>9', "9"),
    "a note": ("12<sup>1</sup>", "12"),
    "two notes": ("12<sup>1</sup><sup>2</sup>", "12"),
    "a note in a link": ('12<sup><a href="#n1">[1]</a></sup>', "12"),
    "a note by its style": ('12<span style="vertical-align: super; font-size: 9px">1</span>', "12"),
    "a note by its class": ('12<span class="up">1</span>', "12"),
    "a note of Word's": ('12<a href="#_ftn1"><span style="mso-special-character:footnote">[1]</span></a>', "12"),
    "all raised": ("<sup>12</sup>", "12"),
    "a square metre": ("30m<sup>2</sup>", "30m2"),
    "lowered after a figure": ("12<sub>1</sub>", "12"),
    "lowered after a letter": ("CO<sub>2</sub>", "CO2"),
    "no size": ('<span style="font-size:0">8</span>9', "9"),
    "hardly any size": ('<span style="font-size:.5px">8</span>9', "9"),
    "no size around a size": ('<div style="font-size:0"><span style="font-size:14px">9</span></div>', "9"),
    "white beside black": ('<span style="color:#fff">8</span>9', "9"),
    "white for fonts": ('9<font color="white">8</font>', "9"),
    "all white": ('<span style="color:#fff">8</span><span style="color:#fff">9</span>', "89"),
    "no colour": ('<span style="color:transparent">8</span>9', "9"),
    "no room": ('<div style="height:0;overflow:hidden">8</div>9', "9"),
    "cut away": ('<span style="position:absolute;clip:rect(0, 0, 0, 0)">8</span>9', "9"),
    "ruby": ("<ruby>十<rt>shí</rt></ruby>2", "十2"),
}
SHEET = (
    "<style>.cut{text-decoration:line-through} .was b{TEXT-DECORATION: Line-Through} .up{vertical-align:super}"
    " .up:hover{vertical-align:baseline}</style>"
)


@pytest.mark.parametrize("case", PAGE_CELLS)
def test_cells_of_pages(case: str) -> None:
    source, expected = PAGE_CELLS[case]
    document = page(f"{SHEET}<table><tr><td>甲</td><td>{source}</td></tr><tr><td>乙</td><td>1</td></tr></table>")
    check_spans(document)
    assert grids(document) == [[["甲", expected], ["乙", "1"]]]


@pytest.mark.parametrize("tag", ["td", "tr"])
def test_a_struck_cell_keeps_its_place(tag: str) -> None:
    style = 'style="text-decoration:line-through"'
    row, inner = (style, "") if tag == "tr" else ("", style)
    document = page(
        f"<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr {row}><td {inner}>8</td></tr>"
        "<tr><td>乙</td><td>2</td></tr></table>"
    )
    assert grids(document) == [[["甲", "1"], [""], ["乙", "2"]]]
    assert "8" in aside(document, "hidden")


def test_white_on_white_and_on_a_ground() -> None:
    document = page(
        '<p>一、总体情况</p><div style="background:#ffffff"><p><span style="color:#FFFFFF">藏</span></p></div>'
        '<div style="background:#036"><p><span style="color:#fff">显</span></p></div>'
        '<p><span style="color:white;background:white">藏</span></p>'
    )
    assert texts(document) == ["一、总体情况", "显"]
