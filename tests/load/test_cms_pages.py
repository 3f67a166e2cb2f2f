"""A report on the pages that content management systems of governments make: nothing of it is lost, nothing else stays.

Each page is written the way one family of systems writes it; the report on it is always the same.
"""

from html import escape

import pytest

from tests.load.reading import check_spans, grids, page, texts

TITLE = "溪口区2024年政府信息公开工作年度报告"
LINES = [
    "一、总体情况",
    "全年主动公开政府信息若干条，及时答复群众咨询。" * 24,
    "五、存在的主要问题及改进情况",
    "一是公开的时效有待提高；二是解读的形式不够丰富。" * 5,
]
GRID = [["信息内容", "本年制发件数", "现行有效件数"], ["规章", "0", "0"], ["行政规范性文件", "12", "34"]]


def paragraphs(template: str = "<p>{}</p>") -> list[str]:
    return [template.format(line) for line in LINES]


def table(cell: str = "<td>{}</td>") -> str:
    return f"<table>{''.join(f'<tr>{chr(10).join(map(cell.format, row))}</tr>' for row in GRID)}</table>"


def report(template: str = "<p>{}</p>", cell: str = "<td>{}</td>") -> str:
    lines = paragraphs(template)
    return "\n".join([*lines[:2], table(cell), *lines[2:]])


REPORT = report()
H1 = f"<h1>{TITLE}</h1>"
LAYOUT_TOP = "<tr><td colspan=2><img src=b.jpg width=1000 height=150></td></tr>"
LAYOUT_MENU = "".join(f"<tr><td><a>{name}</a></td></tr>" for name in ("机构职能", "政策文件", "年度报告"))
CATALOGUE = (
    "<table><tr><td>索 引 号：</td><td>XK-2025-12</td><td>主题分类：</td><td>其他</td></tr>"
    "<tr><td>发布机构：</td><td>溪口区数据局</td><td>发文日期：</td><td>2025年01月20日</td></tr></table>"
)
CRUMBS = "<div class='dqwz'>您当前所在位置：<a>首页</a> &gt; <a>年报</a></div>"
META = "<td>发布时间：2025-1-20　来源：区数据局　点击数：56</td>"
MENU = (
    "<ul>" + "".join(f"<li><a href='#'>{word}</a></li>" for word in ("首页", "政务公开", "互动交流", "专题")) + "</ul>"
)
OTHERS = [
    f"{year}年溪口区{body}政府信息公开工作年度报告"
    for year, body in ((2021, "财政局"), (2022, "民政局"), (2020, "教育局"))
]
RELATED = "".join(f"<li><a href='#'>{name}</a><span>2023-01-20</span></li>" for name in OTHERS)
FOOT = "<div class='footer'><p>主办：溪口区人民政府</p><p>网站标识码：1201000001</p></div>"
WORD_P = (
    "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'><span style='font-size:16.0pt'>{}"
    "<span lang=EN-US><o:p></o:p></span></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
)
WORD_TD = "<td style='mso-border-alt:solid windowtext .5pt'><p class=MsoNormal><span>{}<o:p></o:p></span></p></td>"

PAGES = {
    "editor with a style sheet, catalogue, tools, related documents": (
        f"<div class='header'>{MENU}</div>{CRUMBS}{CATALOGUE}{H1}<div class='info'>发布时间：2025-01-20 15:30 "
        "<span>来源：数据局</span> 字体：[<a>大</a> <a>中</a> <a>小</a>] <a>打印</a></div><div class='TRS_UEDITOR'>"
        f"<style>.TRS_Editor P{{line-height:2}}.TRS_Editor TABLE{{display:table}}</style>{REPORT}</div>"
        f"<div class='xg'><h3>相关文档：</h3><ul>{RELATED}</ul></div><p>扫一扫在手机打开当前页</p>"
        f"<p>【<a>打印本页</a>】【<a>关闭窗口</a>】</p>{FOOT}"
    ),
    "elements of the system's own, remarks around the content": (
        "<!--enpproperty <articleid>12</articleid>/enpproperty-->"
        f"<founder-title>{TITLE}</founder-title><div class='share'><span>分享到：</span><a>微信</a></div>"
        f"<!--enpcontent--><founder-content>{REPORT}</founder-content><!--/enpcontent-->"
        f"<div class='tools'>我要纠错：<a>点击纠错</a></div>{FOOT}"
    ),
    "tables that arrange the page, marks in remarks": (
        f"<table width=1000>{LAYOUT_TOP}<tr><td width=200><table><tr><td>公开目录</td></tr>{LAYOUT_MENU}</table></td>"
        f"<td><table><tr><td align=center>{H1}</td></tr><tr>{META}</tr>"
        f"<tr><td><!--ZJEG_RSS.content.begin--><META NAME='ContentStart'>{REPORT}<!--ZJEG_RSS.content.end--></td></tr>"
        "<tr><td>上一篇：<a>通知</a><br>下一篇：<a>区财政局年报</a></td></tr></table></td></tr></table>"
    ),
    "pasted from Word": (
        "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->"
        f"<style><!-- p.MsoNormal{{margin:0cm}} span.gone{{display:none}} --></style>{H1}{report(WORD_P, WORD_TD)}"
    ),
    "line breaks and wide spaces": f"<div class='title'>{TITLE}</div><div>{report('&emsp;&emsp;{}<br>')}</div>",
    "furniture after wide spaces": (
        f"{H1}<div>&emsp;&emsp;您当前的位置：首页 &gt; 年报<br>{report('&emsp;&emsp;{}<br>')}"
        "&emsp;网站地图 | 联系我们<br></div>"
    ),
    "a list of other reports that is no link": (
        f"<div class='article'>{H1}{REPORT}</div><div class='list'><div>相关新闻</div>"
        + "".join(f"<div onclick='go()'><span>{name}</span><em>2023-01-20</em></div>" for name in OTHERS)
        + f"</div>{FOOT}"
    ),
    "buttons and counters": (
        f"{H1}{REPORT}<div><button>复制链接</button><span>复制</span><span>收藏</span><span>点赞 0</span></div>"
        "<div>[ 打印 ] [ 关闭 ]</div><div>打印 关闭</div><div>智能问答</div><div>您是第 <b>1234</b> 位访问者</div>"
        "<div>文章已被浏览：88次</div><div>返回顶部</div><p>（编辑：王某　审核：李某）</p>"
    ),
    "clock, weather and welcome": (
        "<div>您好，欢迎访问溪口区人民政府门户网站！</div><div>2025年3月1日 星期六 多云</div>"
        f"<div>热门搜索：社保 医保</div>{H1}{REPORT}"
    ),
    "a message of an official account": (
        f"<div class='rich_media'>{H1}<div style='visibility:hidden'><p>点击上方蓝字关注我们</p>"
        f"{report('<section><section><p>{}</p></section></section>')}<p>END</p><p>编辑 | 王某</p></div>"
        "<p>阅读原文 阅读 100</p></div>"
    ),
    "kept as text for a script": f"<div id='c'></div><textarea style='display:none'>{escape(H1 + REPORT)}</textarea>",
    "kept in a script": f"<div id='c'></div><script type='text/template'>{H1}{REPORT}</script>",
    "a copy to print": f"<div>{H1}{REPORT}</div><div style='display:none'>{H1}{REPORT}</div>",
}


@pytest.mark.parametrize("case", PAGES)
def test_the_report_and_nothing_else(case: str) -> None:
    document = page(PAGES[case])
    assert [text.strip() for text in texts(document)] == [TITLE, *LINES]
    assert grids(document) == [GRID]
    check_spans(document)


def test_a_list_that_says_what_was_reported_stays() -> None:
    lines = ["点赞机制有待完善", "打印窗口设在大厅一层", "分享经验、复制做法三项", "编辑政策图解 12 篇"]
    assert texts(page("".join(f"<p>{line}</p>" for line in lines))) == lines
