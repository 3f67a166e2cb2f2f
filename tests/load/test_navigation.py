"""What a site puts around a report is set aside; the report never is."""

import pytest

from tests.load.reading import aside, check_spans, grids, page, texts

TITLE = "<h1>安平镇2024年政府信息公开工作年度报告</h1>"
TABLE = "<table>" + "".join(f"<tr><td>项目{n}<td>{n}<td>{n}<td>0" for n in range(6)) + "</table>"
BODY = (
    "".join(
        f"<p>{part}</p>" for part in ("一、总体情况", "全年主动公开政府信息若干条，" * 12 + "。", "二、主动公开情况")
    )
    + TABLE
)
SIGNED = "<p style='text-align:right'>安平镇人民政府</p><p style='text-align:right'>2025年1月20日</p>"
REPORT = TITLE + f"<div id=zoom>{BODY}{SIGNED}</div>"

FURNITURE = {
    "a menu": "<ul class=nav><li><a href=/>首页</a><li><a href=/a>机构职能</a><li><a href=/b>政务公开</a></ul>",
    "links without a name": "<div><a href=/>首页</a> | <a href=/a>机构职能</a> | <a href=/b>政务公开</a></div>",
    "a nav element": "<nav>首页 机构职能</nav>",
    "a path": "<div class=x>您现在的位置：<a href=/>首页</a> &gt; <a href=/a>政务公开</a> &gt; 正文</div>",
    "a footer": "<div class=footer>主办：某区人民政府办公室 网站标识码：3300000000</div>",
    "a footer without a name": "<div><p>版权所有：某区人民政府</p><p>浙ICP备05000000号</p></div>",
    "a footer element": "<footer><p>联系我们</p><p>某区人民政府</p></footer>",
    "letter sizes": "<p>【字体：<a href=#>大</a> <a href=#>中</a> <a href=#>小</a>】</p>",
    "letter sizes alone": "<span>大</span> <span>中</span> <span>小</span>",
    "buttons": "<p>[打印本页] [关闭窗口]</p>",
    "sharing": "<div class='bdsharebuttonbox'>分享到：<a href=#>微信</a></div>",
    "counters": "<p>浏览次数：<span>128</span>次</p>",
    "date and source": "<div>发布时间：2025-01-21 09:30 来源：某区政府办 浏览次数：12</div>",
    "a date with time": "<p>2025-01-21 09:30:00</p>",
    "previous and next": "<div>上一篇：<a href=#>某通知</a></div><div>下一篇：没有了</div>",
    "a catalogue table": "<table><tr><td>索 引 号：<td>1133-2025-1<td>发布机构：<td>某区政府办"
    "<tr><td>公开日期：<td>2025-01-21<td>有效性：<td>有效</table>",
    "a catalogue list": "<dl><dt>索引号<dd>1133-2025-1<dt>发布机构<dd>某区政府办<dt>发布日期<dd>2025-01-21</dl>",
    "catalogue lines": "<div><p>索引号：1133-2025-1</p><p>发文机关：某区政府办</p><p>主题分类：政务公开</p></div>",
    "a select": "<select><option>友情链接</option></select>",
    "a code to scan": "<div class=ewm>扫一扫在手机打开当前页</div>",
    "a pager": "<div><a href=1>上一页</a> <a href=1>1</a> <b>2</b> <a href=3>下一页</a></div>",
    "a pager of words": "<p>首页 上一页 [1] [2] … 下一页 尾页 共 3 页</p>",
    "related": "<div class='related'><h3>相关阅读</h3><p>某通知</p></div>",
}


@pytest.mark.parametrize("case", FURNITURE)
@pytest.mark.parametrize("where", ["before", "after", "around", "in a table", "flat"])
def test_furniture_is_set_aside(case: str, where: str) -> None:
    piece = FURNITURE[case]
    source = {
        "before": f"<div>{piece}</div><div class=main>{REPORT}</div>",
        "after": f"<div class=main>{REPORT}</div><div>{piece}</div>",
        "around": f"<div class=wrap><div class=content>{piece}{REPORT}{piece}</div></div>",
        "in a table": f"<table width=100%><tr><td>{piece}<tr><td>{REPORT}<tr><td>{piece}</table>",
        "flat": f"{piece}{TITLE}{BODY}{SIGNED}{piece}",
    }[where]
    document = page(source)
    bare = page(REPORT)
    check_spans(document)
    assert texts(document) == texts(bare)
    assert grids(document) == grids(bare)
    assert aside(document, "navigation") or aside(document, "furniture")


KEPT = {
    "a page in a header": f"<header>{REPORT}</header>",
    "a page in a form": f"<form id=form1><div class=header>{REPORT}</div></form>",
    "a page named like a menu": f"<div class='left nav'>{REPORT}</div>",
    "a page in a sidebar": f"<aside class='sidebar'>{REPORT}</aside>",
    "a title in an article's header": f"<article><header>{TITLE}</header>{BODY}{SIGNED}</article>",
    "a title in a block named head": f"<div class='content-head'>{TITLE}</div><div>{BODY}{SIGNED}</div>",
    "parts in blocks named left and right": f"<div class=right>{TITLE}</div><div class=left>{BODY}</div>"
    f"<div class=right>{SIGNED}</div>",
    "every paragraph in a block": REPORT.replace("<p", "<div").replace("</p>", "</div>"),
    "a report in a printable block": f"<div class='print'><div class='wz'>{REPORT}</div></div>",
}


@pytest.mark.parametrize("case", KEPT)
def test_the_report_is_never_set_aside(case: str) -> None:
    document = page(KEPT[case])
    bare = page(REPORT)
    assert sorted(texts(document)) == sorted(texts(bare))
    assert grids(document) == grids(bare)


def test_a_title_that_is_no_heading_in_a_block_named_head() -> None:
    head = "<div class=head><div>安平镇政府信息公开年报</div><a href=1>首页</a></div>"
    document = page(f"<div class=wrap>{head}<div>{BODY}{SIGNED}</div></div>")
    assert texts(document)[0] == "安平镇政府信息公开年报"
    assert aside(document, "navigation") == ["首页"]


def test_the_bodies_of_catalogue_data_and_report_are_not_mixed_up() -> None:
    document = page(f"<div>{FURNITURE['a catalogue table']}</div>{REPORT}{FURNITURE['a footer']}")
    assert "某区" not in document.text


def test_attachments_stay_in_the_text() -> None:
    document = page(f"<div class=main>{TITLE}<div id=zoom>{BODY}<p>附件：<a href=1.docx>附表</a></p></div></div>")
    assert "附件：附表" in texts(document)


@pytest.mark.parametrize(
    "pager", ["<p>1</p>", "<p>1 2 3</p>", "<div><span>1</span></div><div><a href=2>2</a></div>", "[1]"]
)
def test_a_pager_without_words(pager: str) -> None:
    document = page(f"<div class=main>{TITLE}{BODY}{SIGNED}{pager}</div>")
    assert texts(document) == texts(page(REPORT))
    assert aside(document, "navigation")


@pytest.mark.parametrize(
    "end", ["<p>甲</p><p>7</p>", "<p>甲</p><p>2</p><p>1</p>", "<p>甲</p><p>0</p><p>1</p>", TABLE + "<p>1</p>"]
)
def test_figures_that_end_a_page_stay(end: str) -> None:
    document = page(f"<div class=main>{TITLE}{BODY}{end}</div>")
    assert texts(document)[-1] in ("7", "1")


@pytest.mark.parametrize("line", ["本页下一页所列", "1 2 3 下一步工作", "首页改版2次"])
def test_words_that_are_no_pager_stay(line: str) -> None:
    assert line in texts(page(f"<div class=main>{TITLE}{BODY}<p>{line}</p>{SIGNED}</div>"))


def test_a_caption_is_a_paragraph_above_its_table() -> None:
    document = page("<table><tr><td>甲<td>1<tr><td>乙<td>2<caption>表1</caption></table>")
    assert document.text.startswith("表1\n")
    assert grids(document) == [[["甲", "1"], ["乙", "2"]]]
