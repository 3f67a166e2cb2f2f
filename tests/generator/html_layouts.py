"""Reports as web pages: clean, exported from Word, wrapped in a site, flattened."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from random import Random

from .cells import Fit
from .dice import Dice
from .dress import furnish
from .report import Draft
from .shapes import Block, Grid, GridCell, Para, Picture

TableHtml = Callable[[Grid, Random], str]
ParaHtml = Callable[[Para, Random], str]
Frame = Callable[[str, Draft, Random], str]
ROOMY = Fit()
NUMBERS_ONLY = Fit(blanks=False, breaks=False, spaces=False, words=False, delimited=False)
LOOSE = replace(NUMBERS_ONLY, rows=False)


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br/>").replace("\u00a0", "&nbsp;")


def _span(cell: GridCell) -> str:
    down = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    return down + (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "")


def clean_table(grid: Grid, rng: Random) -> str:
    """A table with rowspan and colspan and nothing else."""
    rows = ("".join(f"<td{_span(c)}>{_lines(c.text)}</td>" for c in row) for row in grid.rows)
    return '<table border="1">\n' + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"


def head_table(grid: Grid, rng: Random) -> str:
    """A table with thead, tbody and th cells for headers and labels."""
    rows = []
    for row in grid.rows:
        cells = (("td" if c.kind == "value" else "th", c) for c in row)
        rows.append("<tr>" + "".join(f"<{tag}{_span(c)}>{_lines(c.text)}</{tag}>" for tag, c in cells) + "</tr>")
    head, body = "\n".join(rows[: grid.head]), "\n".join(rows[grid.head :])
    return f'<table class="tb">\n<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table>'


def word_table(grid: Grid, rng: Random) -> str:
    """A table as Word exports it: styles, a paragraph and nested spans in each cell, `&nbsp;` where it is empty."""
    cells = ("".join(_word_cell(c, rng) for c in row) for row in grid.rows)
    rows = "".join(f"<tr style='mso-yfti-irow:1'>{row}</tr>\n" for row in cells)
    style = "border-collapse:collapse;border:none;mso-border-alt:solid windowtext .5pt"
    return f'<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" style="{style}">\n{rows}</table>'


def _word_cell(cell: GridCell, rng: Random) -> str:
    family = rng.choice(("宋体", "仿宋_GB2312", "Times New Roman"))
    text = _lines(cell.text) or "&nbsp;"
    half = len(cell.text) // 2
    if len(cell.text) > 3 and "\n" not in cell.text and rng.random() < 0.4:
        text = f'{_lines(cell.text[:half])}</span><span lang="EN-US">{_lines(cell.text[half:])}'
    tag = "th" if cell.kind == "header" and rng.random() < 0.3 else "td"
    inner = f'<span style="font-size:10.5pt;font-family:{family}">{text}<o:p></o:p></span>'
    start = f'<{tag}{_span(cell)} valign="center" style="width:60pt">'
    return f'{start}<p class="MsoNormal" align="center">{inner}</p></{tag}>\n'


def plain_table(across: str, down: str) -> TableHtml:
    """A table without spans: the cells that were merged are repeated, empty or left out."""

    def write(grid: Grid, rng: Random) -> str:
        rows = ("".join(f"<td>{_lines(text)}</td>" for text in row) for row in grid.texts(across, down))
        return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"

    return write


def div_table(grid: Grid, rng: Random) -> str:
    """Rows and cells as div elements."""
    rows = ("".join(f'<div class="td">{_lines(text)}</div>' for text in row) for row in grid.texts("empty", "empty"))
    return '<div class="table">\n' + "\n".join(f'<div class="tr">{row}</div>' for row in rows) + "\n</div>"


def cell_paragraphs(grid: Grid, rng: Random) -> str:
    """The table gone: each cell a paragraph."""
    cells = (text for row in grid.texts("drop", "drop") for text in row)
    return "\n".join(f"<p>{_lines(text)}</p>" for text in cells if text.strip())


def row_paragraphs(grid: Grid, rng: Random) -> str:
    """The table gone: each row a paragraph, its cells parted by no-break spaces."""
    rows = ("&nbsp;&nbsp;".join(_lines(text) for text in row if text.strip()) for row in grid.texts("drop", "drop"))
    return "\n".join(f"<p>{row}</p>" for row in rows if row)


def row_breaks(grid: Grid, rng: Random) -> str:
    """The table gone: rows parted by br, cells by tabs."""
    return "<br>\n".join("\t".join(_lines(text) for text in row) for row in grid.texts("drop", "empty")) + "<br>"


def pre_rows(grid: Grid, rng: Random) -> str:
    """The table as preformatted text with tabs."""
    rows = ("\t".join(_lines(text) for text in row) for row in grid.texts("empty", "empty"))
    return "<pre>\n" + "\n".join(rows) + "\n</pre>"


def nested_table(grid: Grid, rng: Random) -> str:
    """A clean table inside a layout table."""
    return f'<table width="100%"><tr><td>&nbsp;</td><td>{clean_table(grid, rng)}</td></tr></table>'


def plain_para(para: Para, rng: Random) -> str:
    """A paragraph as p, h1 or h2."""
    tag = {"title": "h1", "heading": "h2"}.get(para.role, "p")
    return f"<{tag}>{_lines(para.text)}</{tag}>"


def word_para(para: Para, rng: Random) -> str:
    """A paragraph with the styles and split spans that Word leaves."""
    cut = rng.randint(0, len(para.text))
    first, second = _lines(para.text[:cut]), _lines(para.text[cut:])
    style = "text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt"
    start = f'<p class="MsoNormal" style="{style}"><span style="font-size:16.0pt;font-family:仿宋">'
    return f'{start}{first}</span><span lang="EN-US">{second}<o:p></o:p></span></p>'


def break_para(para: Para, rng: Random) -> str:
    """A paragraph ended by br, indented with ideographic spaces."""
    return ("" if para.role in ("title", "signature") else "　　") + _lines(para.text) + "<br>"


def bare_frame(body: str, draft: Draft, rng: Random) -> str:
    """The least that is a page."""
    head = f'<head><meta charset="{{charset}}"><title>{escape(draft.who.title)}</title></head>'
    return f"<html>{head}\n<body>\n{body}\n</body></html>\n"


def word_frame(body: str, draft: Draft, rng: Random) -> str:
    """A page saved by Word."""
    meta = '<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    style = "<style><!-- p.MsoNormal {mso-style-unhide:no;} @page WordSection1 {size:595.3pt 841.9pt;} --></style>"
    xml = "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml><![endif]-->"
    spaces = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"'
    inner = f'<body lang="ZH-CN"><div class="WordSection1">\n{body}\n</div></body>'
    return f"<html {spaces}>\n<head>{meta}{style}{xml}</head>\n{inner}</html>\n"


def site_frame(body: str, draft: Draft, rng: Random) -> str:
    """A page of a site: navigation, a table of the index number, scripts, footers."""
    title, site = escape(draft.who.title), escape(draft.who.body.site)
    number = f"{rng.randint(10000000, 99999999)}/{draft.who.year}-{rng.randint(1, 99999):05}"
    index = (
        f"<table class='xxgk'><tr><td>索 引 号：</td><td>{number}</td><td>主题分类：</td><td>政府信息公开年报</td></tr>"
        f"<tr><td>发布日期：</td><td>{draft.page_date}</td><td>有 效 性：</td><td>有效</td></tr></table>"
    )
    words = enumerate(("首页", "政务公开", "办事服务", "互动交流"), 1)
    links = "".join(f'<li><a href="/c{n}/">{word}</a></li>' for n, word in words)
    script = f"<script>var hits = {rng.randint(10, 9999)}; document.write('<td>' + hits + '</td>');</script>"
    clock = f"<div class='top'>今天是{draft.who.year + 2}年6月{rng.randint(1, 30)}日 欢迎访问{site}</div>"
    hits = "<p>浏览次数：<span>1024</span>次</p>"
    foot = f"<div class='footer'><p>网站标识码：4500000012 | 联系电话：0771-2345678</p>{hits}</div>"
    content = f"<div class='content' id='zoom'>{body}</div>"
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{{charset}}"><title>{title}_{site}</title>{script}\n'
        f"<style>.tb td {{border:1px solid #000}}</style></head>\n<body>{clock}<ul class='nav'>{links}</ul>\n"
        f"<div class='crumb'>当前位置：首页 &gt; 政府信息公开年报</div>{index}\n{content}\n{foot}</body></html>\n"
    )


@dataclass(frozen=True)
class HtmlLayout:
    """A web page: how tables and paragraphs are written, and what stands around them."""

    name: str
    table: TableHtml
    para: ParaHtml = plain_para
    frame: Frame = bare_frame
    fit: Fit = ROOMY
    suffix: str = ".html"

    def render(self, draft: Draft, dice: Dice) -> bytes:
        """The page's bytes."""
        rng = dice.stream("layout")
        blocks = furnish(dice, draft.blocks, pages=False)
        frame = self.frame if draft.who.names else bare_frame
        if frame is site_frame and not draft.who.published:
            draft.truth["unscored"].append("published")
        body = "\n".join(self._block(block, rng) for block in blocks)
        return _encoded(dice, frame(body, draft, rng))

    def _block(self, block: Block, rng: Random) -> str:
        if isinstance(block, Grid):
            return self.table(block, rng)
        if isinstance(block, Picture):
            return '<p style="text-align:center"><img src="/images/W020250113.png" alt=""></p>'
        return self.para(block, rng)


def _encoded(dice: Dice, page: str) -> bytes:
    if dice.has("html_gbk", 0.2):
        charset = dice.pick("charset", "gb2312", "gbk", "GB18030")
        return page.replace("{charset}", charset).encode("gbk", "xmlcharrefreplace")
    start = "\ufeff" if dice.has("html_bom", 0.08) else ""
    return (start + page.replace("{charset}", "utf-8")).encode("utf-8")


HTML_LAYOUTS = (
    HtmlLayout("html_clean", clean_table),
    HtmlLayout("html_heads", head_table),
    HtmlLayout("html_word", word_table, word_para, word_frame, suffix=".htm"),
    HtmlLayout("html_site", clean_table, plain_para, site_frame),
    HtmlLayout("html_site_word", word_table, word_para, site_frame),
    HtmlLayout("html_nested", nested_table, plain_para, site_frame),
    HtmlLayout("html_repeated", plain_table("repeat", "repeat")),
    HtmlLayout("html_empty", plain_table("empty", "empty"), plain_para, site_frame),
    HtmlLayout("html_dropped", plain_table("drop", "empty"), word_para),
    HtmlLayout("html_divs", div_table, plain_para, site_frame),
    HtmlLayout("html_cell_paragraphs", cell_paragraphs, fit=LOOSE),
    HtmlLayout("html_row_paragraphs", row_paragraphs, plain_para, site_frame, fit=NUMBERS_ONLY),
    HtmlLayout("html_pre", pre_rows, fit=Fit(breaks=False)),
    HtmlLayout("html_breaks", row_breaks, break_para, fit=Fit(breaks=False, spaces=False)),
)
