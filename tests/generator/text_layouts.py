"""Reports as plain text and Markdown."""

import re
from dataclasses import dataclass, replace
from random import Random

from . import text_tables as tt
from .cells import Fit
from .dice import Dice
from .dress import bookmark, furnish
from .report import Draft
from .shapes import Block, Grid, Para, Picture

CLOSE = Fit(blanks=True, breaks=False)
PACKED = Fit(blanks=False, breaks=False, spaces=False, words=False, delimited=False)
LOOSE = replace(PACKED, rows=False)
ENCODINGS = ("utf-8-sig", "utf-16", "gb18030", "utf-8")


@dataclass(frozen=True)
class TextLayout:
    """A plain text layout: how tables are written, how paragraphs are parted, how headings are marked."""

    name: str
    table: tt.TableText
    fit: Fit
    suffix: str = ".txt"
    gap: str = "\n"
    marks: bool = False
    bookmarks: bool = False
    pages: bool = True
    row_gap: str = ""
    wrap: int = 0

    def render(self, draft: Draft, dice: Dice) -> bytes:
        """The report's bytes in this layout."""
        blocks = furnish(dice, draft.blocks, pages=self.pages, bare=self.fit.delimited)
        if self.bookmarks:
            blocks = bookmark(dice, blocks)
        rng = dice.stream("layout")
        texts = [text for text in (self._text(block, rng, dice) for block in blocks) if text]
        if dice.has("blank_lines", 0.15):
            texts = [text + "\n" * rng.choice((0, 0, 0, 1, 2)) for text in texts]
        return encoded(dice, self.gap.join(texts) + "\n")

    def _text(self, block: Block, rng: Random, dice: Dice) -> str:
        if isinstance(block, Picture):
            return "![](media/image1.png)" if self.marks else ""
        if isinstance(block, Grid):
            return ("\n" if self.gap == "\n" else "") + self._table(block, rng, dice) + "\n"
        if self.marks:
            return _marked(block, dice)
        return _wrapped(_indent(block, dice) + block.text, self.wrap)

    def _table(self, grid: Grid, rng: Random, dice: Dice) -> str:
        text = self.table(grid, rng)
        rows = text.split(self.row_gap) if self.row_gap else []
        if grid.name != "applications" or len(rows) < 20 or not dice.has("page_mark_in_table", 0.06):
            return text
        rows.insert(rng.randint(8, len(rows) - 3), rng.choice(("- 3 -", "— 3 —", "第 3 页")))
        return self.row_gap.join(rows)


def _marked(para: Para, dice: Dice) -> str:
    if dice.has("md_bold_heads", 0.3):
        return f"**{para.text}**" if para.role in ("title", "heading") else para.text
    return {"title": "# ", "heading": "## ", "subheading": "### "}.get(para.role, "") + para.text


def _indent(para: Para, dice: Dice) -> str:
    if para.role in ("title", "signature", "furniture") or not dice.has("indents", 0.3):
        return ""
    return dice.stream("indents").choice(("　　", "    ", "　　 ", "\u3000\u3000"))


def _wrapped(text: str, width: int) -> str:
    lines, line = [], ""
    for word in re.findall(r"[\d,，]+[。，；：、）]*|.[。，；：、）]*", text):
        if width and len(line + word) > width:
            lines.append(line)
            line = ""
        line += word
    return "\n".join([*lines, line])


def encoded(dice: Dice, text: str) -> bytes:
    """The text in one of the encodings that offices use."""
    if not dice.has("encoding", 0.2):
        return text.encode("utf-8")
    name = dice.stream("encoding").choice(ENCODINGS[:3])
    dice.applied.add(f"encoding_{name}")
    if dice.has("carriage_returns", 0.3):
        text = text.replace("\n", "\r\n")
    return text.encode(name) if name != "utf-16" else b"\xff\xfe" + text.encode("utf-16-le")


TEXT_LAYOUTS = (
    TextLayout("txt_tab_cells", tt.tab_cells, Fit(), bookmarks=True, row_gap="\n\n"),
    TextLayout("txt_tab_rows_empty", tt.tab_rows("empty", "empty"), CLOSE, row_gap="\n"),
    TextLayout("txt_tab_rows_repeated", tt.tab_rows("repeat", "repeat"), CLOSE),
    TextLayout("txt_tab_rows_across_dropped", tt.tab_rows("drop", "empty"), CLOSE, bookmarks=True),
    TextLayout("txt_tab_rows_all_dropped", tt.tab_rows("drop", "drop"), CLOSE),
    TextLayout("txt_tab_rows_trailing", tt.tab_rows("drop", "empty", "trailing"), CLOSE, gap="\n\n"),
    TextLayout("txt_tab_rows_shifted", tt.shifted_tab_rows, CLOSE, gap="\n\n"),
    TextLayout("txt_pipes", tt.pipes(outer=False, rule="none"), CLOSE),
    TextLayout("txt_pipes_outer", tt.pipes(outer=True, rule="none", across="drop"), CLOSE),
    TextLayout("txt_pipes_padded", tt.padded_pipes, CLOSE),
    TextLayout("txt_pipes_rule", tt.pipes(outer=True, rule="plain"), CLOSE),
    TextLayout("txt_pipes_wrapped", tt.wrapped_pipes, Fit(breaks=False, words=False)),
    TextLayout("txt_grid_box", tt.boxed(), Fit(breaks=False, words=False), gap="\n\n"),
    TextLayout("txt_drawn_box", tt.boxed("┼", "─", "│"), Fit(breaks=False, words=False)),
    TextLayout("txt_commas", tt.comma_rows, CLOSE),
    TextLayout("md_pipes", tt.pipes(outer=True, rule="plain"), CLOSE, ".md", "\n\n", marks=True, pages=False),
    TextLayout(
        "md_repeated", tt.pipes(True, "aligned", "repeat", "repeat"), CLOSE, ".md", "\n\n", marks=True, pages=False
    ),
    TextLayout("md_html_tables", tt.html_tags, Fit(), ".md", "\n\n", marks=True, pages=False),
    TextLayout("txt_value_paragraphs", tt.paragraphs("\n\n"), LOOSE, gap="\n\n"),
    TextLayout("txt_value_lines", tt.paragraphs("\n"), LOOSE),
    TextLayout("txt_cell_lines", tt.cell_lines, CLOSE),
    TextLayout("txt_label_values", tt.spaced_lines(" "), PACKED, row_gap="\n"),
    TextLayout("txt_label_values_wide", tt.spaced_lines("　　"), PACKED),
    TextLayout("txt_group_lines", tt.spaced_lines(" ", group_lines=True), PACKED),
    TextLayout("txt_label_then_numbers", tt.spaced_lines(" ", numbers_below=True), PACKED),
    TextLayout("txt_glued", tt.glued_lines, PACKED),
    TextLayout("txt_aligned", tt.aligned, PACKED, row_gap="\n"),
    TextLayout("txt_aligned_wrapped", tt.aligned_wrapped, PACKED, wrap=42),
    TextLayout("txt_hard_wrapped", tt.aligned, PACKED, row_gap="\n", wrap=38),
    TextLayout("txt_hard_wrapped_lines", tt.spaced_lines(" "), PACKED, row_gap="\n", wrap=44),
)
