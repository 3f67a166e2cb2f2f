"""The numbers that Word draws before list items and that stand in no paragraph."""

import pytest

from tests.load.reading import W, p, texts, word


def level(number: int, style: str, text: str, more: str = "") -> str:
    return f"<w:lvl w:ilvl='{number}'><w:numFmt w:val='{style}'/><w:lvlText w:val='{text}'/>{more}</w:lvl>"


ONE_USE = "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"


def numbering(*levels: str, uses: str = ONE_USE) -> str:
    abstract = f"<w:abstractNum w:abstractNumId='0'>{''.join(levels)}</w:abstractNum>"
    return f"<w:numbering xmlns:w='{W}'>{abstract}{uses}</w:numbering>"


def item(text: str, depth: int = 0, of: int = 1) -> str:
    return p(text, f"<w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{of}'/></w:numPr>")


STYLES = {
    ("chineseCounting", "%1、"): ["一、", "二、", "三、"],
    ("chineseCountingThousand", "（%1）"): ["（一）", "（二）", "（三）"],
    ("japaneseCounting", "第%1部分"): ["第一部分 ", "第二部分 ", "第三部分 "],
    ("decimal", "%1."): ["1.", "2.", "3."],
    ("decimal", "（%1）"): ["（1）", "（2）", "（3）"],
    ("decimal", "%1"): ["1 ", "2 ", "3 "],
    ("decimalZero", "%1."): ["01.", "02.", "03."],
    ("decimalEnclosedCircleChinese", "%1"): ["① ", "② ", "③ "],
    ("decimalFullWidth", "%1．"): ["１．", "２．", "３．"],
    ("ideographTraditional", "%1、"): ["甲、", "乙、", "丙、"],
    ("ideographZodiac", "%1、"): ["子、", "丑、", "寅、"],
    ("chineseLegalSimplified", "%1、"): ["壹、", "贰、", "叁、"],
    ("lowerLetter", "%1)"): ["a)", "b)", "c)"],
    ("upperRoman", "%1."): ["I.", "II.", "III."],
    ("nobodyKnows", "%1."): ["1.", "2.", "3."],
    ("bullet", "\uf0b7"): ["", "", ""],
    ("none", ""): ["", "", ""],
}


@pytest.mark.parametrize(("style", "text"), STYLES)
def test_numerals(style: str, text: str) -> None:
    document = word(item("某项") * 3, numbering=numbering(level(0, style, text)))
    assert texts(document) == [f"{marker}某项" for marker in STYLES[style, text]]


LEVELS = numbering(
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%1.%2.%3", "<w:isLgl/>"),
    uses=ONE_USE + "<w:num w:numId='2'><w:abstractNumId w:val='0'/>"
    "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>",
)


def test_deeper_levels_begin_again() -> None:
    body = item("甲") + item("乙", 1) + item("丙", 1) + item("丁", 2) + item("戊") + item("己", 1) + item("庚", 2)
    expected = ["一、甲", "（一）乙", "（二）丙", "1.2.1 丁", "二、戊", "（一）己", "2.1.1 庚"]
    assert texts(word(body, numbering=LEVELS)) == expected


def test_uses_of_one_list_count_on_unless_they_begin_anew() -> None:
    body = item("甲") + item("乙") + item("丙", of=2) + item("丁", of=2)
    assert texts(word(body, numbering=LEVELS)) == ["一、甲", "二、乙", "五、丙", "六、丁"]


def test_what_is_no_item() -> None:
    body = item("甲", of=0) + item("乙", of=9) + item("丙", 8) + p("丁")
    assert texts(word(body, numbering=LEVELS)) == ["甲", "乙", "丙", "丁"]


def test_items_by_style() -> None:
    in_list = "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
    styles = (
        f"<w:styles xmlns:w='{W}'><w:style w:styleId='a'>{in_list}</w:style>"
        "<w:style w:styleId='b'><w:basedOn w:val='a'/></w:style></w:styles>"
    )
    own = "<w:numPr><w:numId w:val='0'/></w:numPr>"
    body = p("甲", "<w:pStyle w:val='a'/>") + p("乙", "<w:pStyle w:val='b'/>") + p("丙", f"<w:pStyle w:val='a'/>{own}")
    assert texts(word(body, numbering=LEVELS, styles=styles)) == ["一、甲", "二、乙", "丙"]


def test_only_the_first_line_of_an_item_has_the_number() -> None:
    body = item("甲</w:t><w:br/><w:t>乙")
    assert texts(word(body, numbering=LEVELS)) == ["一、甲", "乙"]


def test_a_list_that_gets_its_levels_from_a_style() -> None:
    linked = "<w:abstractNum w:abstractNumId='1'><w:numStyleLink w:val='Liste'/></w:abstractNum>"
    uses = f"{linked}<w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
    levels = "<w:styleLink w:val='Liste'/>" + level(0, "chineseCounting", "（%1）")
    document = word(item("某项", of=2) * 2, numbering=numbering(levels, uses=uses))
    assert texts(document) == ["（一）某项", "（二）某项"]
