"""HTML → text as a browser shows it, with every offset leading back to the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from extractor.errors import InputError
from extractor.load import load_bytes
from tests.load.reading import aside, check_spans, grids, page, texts

LONG = "<p>" + "本报告所列数据的统计期限为全年。" * 8 + "</p>"

LINES = {
    "blocks": ("<p>甲</p>乙<div>丙<p>丁</div>戊", ["甲", "乙", "丙", "丁", "戊"]),
    "inline runs": ("<p>甲<b>乙</b><span>丙<font>丁</font></span><o:p>戊</o:p></p>", ["甲乙丙丁戊"]),
    "unknown elements": (
        "<p>于<st1:chsdate w:st='on'>2024年</st1:chsdate>编制</p><my-part>后</my-part>",
        ["于2024年编制", "后"],
    ),
    "breaks": ("<p>甲<br>乙<br/><br>丙</p>", ["甲", "乙", "丙"]),
    "white space": ("<p> 甲  乙\n\t2024 \n 年\n报 </p>", ["甲 乙 2024 年报"]),
    "a line break between words": ("<p>annual\nreport</p>", ["annual report"]),
    "no-break and wide spaces stay": ("<p>　　甲&nbsp;乙&#12288;丙</p>", ["甲\u00a0乙\u3000丙"]),
    "references": ("<p>&lt;甲&gt; &amp; &#20041;&ldquo;乙&rdquo; &nosuch; 1<2</p>", ["<甲> & 义“乙” &nosuch; 1<2"]),
    "missing end tags": ("<p>甲<p>乙<ul><li>丙<li>丁</ul><dl><dt>戊<dd>己</dl>", ["甲", "乙", "丙", "丁", "戊", "己"]),
    "upper case and bare attributes": ("<P ALIGN=center>甲</P><DIV ID=x>乙</DIV>", ["甲", "乙"]),
    "after the end of the body": ("<p>甲</p></body></html>\n<div>乙</div>", ["甲", "乙"]),
    "numbered lists": (
        "<ol><li>甲<li value=5>乙<li>丙</ol><ol type=A start=3><li>丁</ol>",
        ["1. 甲", "5. 乙", "6. 丙", "C. 丁"],
    ),
    "numbered lists with numbers": ("<ol><li>一、甲<li>（二）乙</ol>", ["一、甲", "（二）乙"]),
    "lists without numbers": ("<ol style='list-style:none'><li>甲</ol><ul><li>乙</ul>", ["甲", "乙"]),
    "lists in lists": ("<ol><li>甲<ol type=i><li>乙<li>丙</ol><li>丁</ol>", ["1. 甲", "i. 乙", "ii. 丙", "2. 丁"]),
    "preformatted": ("<pre>甲\n  乙<br>丙</pre>", ["甲", "乙", "丙"]),
    "conditional markup that shows": ("<p><![if !supportLists]>一、<![endif]>甲</p>", ["一、甲"]),
    "form fields": ("<form><p>甲</p><input value=x><select><option>乙</select><button>丙</button></form>", ["甲"]),
    "control characters": ("<p>甲\x0b乙\x01</p>", ["甲 乙"]),
    "a title in links": ("<h1><a href=x>2024年度报告</a></h1>", ["2024年度报告"]),
    "nested inline blocks": ("<span>甲<div>乙</div>丙</span>", ["甲", "乙", "丙"]),
}


@pytest.mark.parametrize("case", LINES)
def test_lines(case: str) -> None:
    source, lines = LINES[case]
    document = page(source)
    check_spans(document)
    assert texts(document) == lines


def test_headings() -> None:
    document = page("<h1>题</h1><p>甲</p><h3>节<br>续</h3>乙")
    assert [block.heading for block in document.paragraphs] == [1, 0, 3, 3, 0]


HIDDEN = {
    "display": "<p style='color:red; DISPLAY : none'>藏</p>",
    "visibility": "<div style='visibility:hidden'>藏</div>",
    "attribute": "<div hidden>藏</div>",
    "aria": "<span aria-hidden='true'>藏</span>",
    "class": "<style>.x,#y{display:none}</style><div class='a x'>藏</div>",
    "id": "<style>/* .z{} */ #y { display: none }</style><div id=y>藏</div>",
    "off the page": "<div style='position:absolute;left:-9999px'>藏</div>",
    "no size": "<span style='font-size:0'>藏</span>",
    "white letters": "<span style='color:#FFF'>藏</span>",
    "white font": "<font color=white>藏</font>",
    "Word's hidden text": "<span style='mso-hide:all'>藏</span>",
    "Word's page header": "<div style='mso-element:header'>藏</div>",
    "template": "<template><p>藏</p></template>",
    "noscript": "<noscript>藏</noscript>",
}
SHOWN = {
    "class for some media": "<style>@media print{.x{display:none}}</style><p class=x>明</p>",
    "class shown by another rule": "<style>.x{display:none} .x.on{display:block}</style><p class='x on'>明</p>",
    "white letters on a ground": "<div style='background:#036'><span style='color:#fff'>明</span></div>",
    "white letters in a cell": "<table><tr><td><b style='color:#fff'>明</b><td>1</table>",
    "a border of none": "<p style='border:none;font-size:10pt;left:-99px'>明</p>",
    "hidden overflow": "<p style='overflow:hidden'>明</p>",
}


@pytest.mark.parametrize("case", HIDDEN)
def test_what_a_browser_does_not_show(case: str) -> None:
    document = page(LONG + HIDDEN[case] + LONG)
    assert "藏" not in document.text
    assert "藏" in aside(document, "hidden")


@pytest.mark.parametrize("case", SHOWN)
def test_what_a_browser_shows(case: str) -> None:
    assert "明" in page(LONG + SHOWN[case]).text


def test_scripts_comments_and_annotations_are_set_aside() -> None:
    document = page("<script>var a='<p>甲</p>'</script><!-- 注 --><ruby>政<rp>(</rp><rt>zheng</rt><rp>)</rp></ruby>府")
    assert document.text == "政府"
    assert aside(document, "comment") == ["注"]
    assert aside(document, "mark") == ["(", "zheng", ")"]
    assert "甲" in aside(document, "hidden")[0]


def test_a_page_that_a_script_unhides() -> None:
    document = page(f"<p>载入中</p><div style='display:none'>{LONG * 6}</div>")
    assert "统计期限" in document.text


def test_converter_marks_are_set_aside() -> None:
    document = page("<p>第[bookmark: _GoBack]一</p><table><tr><td>甲[bookmark: x1]<td>{{ n }}1</table>")
    check_spans(document)
    assert document.text == "第一\n甲\t1"
    assert aside(document, "mark") == ["[bookmark: _GoBack]", "[bookmark: x1]", "{{ n }}"]


def test_page_numbers_are_set_aside() -> None:
    document = page("<p>甲</p><p>- 4 -</p><p>乙</p><p>第 5 页</p>")
    assert texts(document) == ["甲", "乙"]
    assert aside(document, "furniture") == ["- 4 -", "第 5 页"]


def test_pictures() -> None:
    document = page(
        "<p>甲</p><img src='/f/t1.png' width=600><p>乙</p><img alt='附表' src=data:x><img src=i.gif width=9>"
    )
    assert [(each.name, each.start) for each in document.pictures] == [("t1.png", 2), ("附表", 3)]


def test_tables_drawn_in_lines() -> None:
    tabs = page("<pre>项目\t数量\n规章\t3</pre>")
    pipes = page("<p>| 项目 | 数量 |</p><p>| 规章 | 3 |</p>")
    for document in (tabs, pipes):
        check_spans(document)
        assert grids(document) == [[["项目", "数量"], ["规章", "3"]]]


def test_markdown_with_tables_in_html() -> None:
    table = "<table><tr><td>规章</td><td>3</td></tr></table>"
    source = f"# 年度报告\n\n一、总体情况\n全年公开12条。\n\n{table}\n\n五、问题\n一是不足。\n"
    document = load_bytes(source.encode(), "a.md")
    check_spans(document)
    assert grids(document) == [[["规章", "3"]]]
    assert texts(document)[1:] == ["一、总体情况", "全年公开12条。", "五、问题", "一是不足。"]
    assert document.paragraphs[0].heading == 1


def test_long_text_is_no_tag() -> None:
    words = "甲 < 乙 " * 20_000
    assert page(f"<pre>{words}</pre>").text.strip() == words.strip()


# ---- offsets ---------------------------------------------------------------------------------------------------------

PLACES = f"""<!DOCTYPE html>
<html><head><title>年报</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/a">公开</a> <a href="/b">年报</a></div>
{LONG}
<p>根据&nbsp;<b>条例</b>，编制
本报告。<!-- 注 -->共3&#65288;三&#65289;条</p>
<table><tfoot><tr><td>合计</td><td>77</td></tr></tfoot>
<tbody><tr><td>规章</td><td>3</td></tr><tr><td>文件</td><td>74</td></tr></tbody></table>
<p style="display:none">3</p><ol><li>甲项</li></ol></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_every_offset_leads_back_to_the_file(encoding: str) -> None:
    data = PLACES.encode(encoding)
    document = load_bytes(data, "a.html")
    for words in ("条例", "本报告。", "条", "合计", "77", "规章", "3", "文件", "74", "甲项"):
        offset = document.text.index(words, document.text.index("根据"))
        place = document.locate(offset)
        assert place.byte is not None
        assert data[place.byte :].decode(document.encoding or "").startswith(words)
        assert place.line == data[: place.byte].decode(encoding, "ignore").count("\n") + 1


# ---- nothing is lost -------------------------------------------------------------------------------------------------

TAGS = ["p", "div", "span", "b", "a", "h2", "ul", "li", "table", "tr", "td", "tbody", "tfoot", "center", "pre", "font"]
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS]),
    st.sampled_from([f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        ["<br>", "<td rowspan=2>", "<td colspan=3>", "<td rowspan=0>", "<!-- 注 -->", "<p", "&nbsp;", "\n", " "]
    ),
    st.text("甲乙丙丁12、。", min_size=1, max_size=4),
)


@given(st.lists(PIECES, max_size=40))
def test_no_character_is_lost_and_no_two_cells_overlap(pieces: list[str]) -> None:
    source = f"<html><body>{''.join(pieces)}</body></html>"
    try:
        document = load_bytes(source.encode(), "a.html")
    except InputError:
        return
    check_spans(document)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, huge_tree=True)
    shown = "".join(map(str, etree.fromstring(source.encode(), parser).itertext()))
    kept = document.text + "".join(each.text for each in document.set_aside)
    assert [kept.count(char) for char in "甲乙丙丁"] == [shown.count(char) for char in "甲乙丙丁"]


@given(st.lists(PIECES, max_size=40))
def test_every_cell_is_found_again_in_the_source(pieces: list[str]) -> None:
    data = f"<html><body><p>报告</p>{''.join(pieces)}</body></html>".encode()
    document = load_bytes(data, "a.html")
    for offset in range(len(document.text)):
        place = document.locate(offset)
        assert place.byte is not None
        assert 0 <= place.byte <= len(data)
