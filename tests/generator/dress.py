"""What converters and sites add to a report: page numbers, bookmarks, navigation, another script."""

import re
from dataclasses import replace

from .dice import Dice
from .shapes import Block, Grid, GridCell, Para

PAGE_MARKS = ("- {} -", "— {} —", "－{}－", "第 {} 页", "{}", "{} / 6")
SITE_LINES = (
    "字体：大 中 小",
    "【打印本页】 【关闭窗口】",
    "您当前的位置：首页 > 政务公开 > 政府信息公开年报",
    "{{ title }}",
    "扫一扫在手机打开当前页",
    "分享到：",
)
FOOT_LINES = ("上一篇：没有了", "网站地图 | 联系我们", "主办：本级人民政府办公室", "ICP备案号：备12034567号-1")
BOOKMARKS = ("_GoBack", "OLE_LINK1", "_Hlk66973412", "_Hlk50214483", "_Toc1203")


def furnish(dice: Dice, blocks: list[Block], *, pages: bool, bare: bool = True) -> list[Block]:
    """The blocks with page numbers between paragraphs and lines of a site around them.

    `bare` allows page numbers without dashes.
    """
    rng = dice.stream("furniture")
    dressed = list(blocks)
    if pages and dice.has("page_marks", 0.15):
        mark = rng.choice(PAGE_MARKS if bare else PAGE_MARKS[:-2])
        spots = [i for i, b in enumerate(dressed) if isinstance(b, Para) and i > 2]
        for number, index in reversed(list(enumerate(sorted(rng.sample(spots, min(3, len(spots)))), 1))):
            dressed.insert(index, Para(mark.format(number), "furniture"))
    if pages and dice.has("lone_page_number", 0.05):
        dressed.append(Para("2", "furniture"))
    if dice.has("site_lines", 0.15):
        dressed[:0] = [Para(line, "furniture") for line in rng.sample(SITE_LINES, 2)]
        dressed += [Para(line, "furniture") for line in rng.sample(FOOT_LINES, 2)]
    return dressed


def spaced(dice: Dice, blocks: list[Block]) -> list[Block]:
    """The blocks with spaces around the digits of the running text."""
    if not dice.has("spaced_prose", 0.1):
        return blocks
    return [
        replace(block, text=re.sub(r"(?<=[^\d\s.])(\d+)(?=[年月日条件项])", r" \1 ", block.text))
        if isinstance(block, Para) and block.role in ("body", "front")
        else block
        for block in blocks
    ]


def bookmark(dice: Dice, blocks: list[Block]) -> list[Block]:
    """The blocks with the marks that a converter leaves where Word had bookmarks."""
    if not dice.has("bookmarks", 0.2):
        return blocks
    rng = dice.stream("bookmarks")

    def marked(text: str) -> str:
        return f"[bookmark: {rng.choice(BOOKMARKS)}]{text}"

    def cell(one: GridCell) -> GridCell:
        return replace(one, text=marked(one.text)) if one.kind != "value" and rng.random() < 0.12 else one

    result: list[Block] = []
    for block in blocks:
        if isinstance(block, Para) and block.role not in ("title", "furniture") and rng.random() < 0.12:
            result.append(replace(block, text=marked(block.text)))
        else:
            result.append(block.mapped(cell) if isinstance(block, Grid) else block)
    return result
