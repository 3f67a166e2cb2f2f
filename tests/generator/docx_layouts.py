"""Reports as Word files: merged cells, repeated or empty ones, tables in pieces, tables as tabs."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Word
from docx.oxml import parse_xml

from .cells import Fit
from .dice import Dice
from .report import Draft
from .shapes import Block, Grid, Para, Picture, Spot

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
ROOMY = Fit()
STAMP = (2020, 1, 1, 0, 0, 0)
TableXml = Callable[[Grid, Random], Iterator[str]]


def _paragraph(text: str, properties: str = "") -> str:
    return f'<w:p xmlns:w="{W}">{properties}{_run(text)}</w:p>'


def _run(text: str) -> str:
    lines = text.split("\n")
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{inner}</w:r>".replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')


def _table(rows: Iterator[str], width: int) -> str:
    columns = '<w:gridCol w:w="900"/>' * width
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in SIDES)
    properties = f'<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
    return f'<w:tbl xmlns:w="{W}">{properties}<w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'


def _cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{_run(text)}</w:p></w:tc>"


def merged(grid: Grid, rng: Random) -> Iterator[str]:
    """A table with gridSpan and vMerge."""
    yield _table((f"<w:tr>{''.join(_merged_row(row))}</w:tr>" for row in grid.spots()), grid.width)


def _merged_row(row: list[Spot]) -> Iterator[str]:
    for spot in row:
        if not spot.first_column:
            continue
        across = f'<w:gridSpan w:val="{spot.cell.colspan}"/>' if spot.cell.colspan > 1 else ""
        restart = ' w:val="restart"' if spot.first_row else ""
        down = f"<w:vMerge{restart}/>" if spot.cell.rowspan > 1 else ""
        yield _cell(spot.cell.text if spot.first_row else "", across + down)


def merged_in_paragraphs(grid: Grid, rng: Random) -> Iterator[str]:
    """A merged table in which broken words are paragraphs of their own, empty ones around them."""
    for xml in merged(grid, rng):
        yield xml.replace("<w:br/>", "</w:r></w:p><w:p><w:r>").replace("</w:tcPr><w:p>", "</w:tcPr><w:p/><w:p>", 9)


def unmerged(across: str, down: str) -> TableXml:
    """A table without merges: further cells of a span repeated or empty."""

    def write(grid: Grid, rng: Random) -> Iterator[str]:
        rows = (f"<w:tr>{''.join(_cell(text) for text in row)}</w:tr>" for row in grid.texts(across, down))
        yield _table(rows, grid.width)

    return write


def in_pieces(grid: Grid, rng: Random) -> Iterator[str]:
    """Long tables as two tables, the header repeated: a page break made by hand."""
    if len(grid.rows) < 16:
        yield from merged(grid, rng)
        return
    rows = grid.texts("repeat", "repeat")
    cut = rng.randint(min(grid.head + 4, len(rows) - 4), len(rows) - 4)
    for piece in (rows[:cut], rows[: grid.head] + rows[cut:]):
        yield _table((f"<w:tr>{''.join(_cell(text) for text in row)}</w:tr>" for row in piece), grid.width)
        yield _paragraph("")


def as_tabs(grid: Grid, rng: Random) -> Iterator[str]:
    """No table: each row a paragraph with tabs."""
    for row in grid.texts("drop", "empty"):
        yield _paragraph("\t".join(row))


def in_layout_table(grid: Grid, rng: Random) -> Iterator[str]:
    """A merged table inside the one cell of another table."""
    inner = "".join(merged(grid, rng))
    yield _table(iter((f"<w:tr><w:tc><w:tcPr/>{inner}<w:p/></w:tc></w:tr>",)), 1)


@dataclass(frozen=True)
class DocxLayout:
    """A Word file: how tables are written."""

    name: str
    table: TableXml
    fit: Fit = ROOMY
    suffix: str = ".docx"

    def render(self, draft: Draft, dice: Dice) -> bytes:
        """The file's bytes, the same on each machine."""
        word = Document()
        if dice.may("docx_page_footer", 0.3):
            word.sections[0].footer.paragraphs[0].text = "- 3 -"
        rng = dice.stream("layout")
        for block in draft.blocks:
            for xml in self._block(block, rng, dice):
                _append(word, xml)
        return _stable(word)

    def _block(self, block: Block, rng: Random, dice: Dice) -> Iterator[str]:
        if isinstance(block, Grid):
            yield from self.table(block, rng)
            yield _paragraph("")
        elif isinstance(block, Para):
            yield _para(block, dice)
        elif isinstance(block, Picture):
            yield _paragraph("")


def _para(para: Para, dice: Dice) -> str:
    if para.role in ("heading", "title") and dice.may("docx_heading_styles", 0.4):
        style = {"title": "Title", "heading": "Heading1"}[para.role]
        return _paragraph(para.text, f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>')
    return _paragraph(para.text)


def _append(word: Word, xml: str) -> None:
    word.element.body.insert(len(word.element.body) - 1, parse_xml(xml))


def _stable(word: Word) -> bytes:
    first, second = io.BytesIO(), io.BytesIO()
    word.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            new.writestr(zipfile.ZipInfo(name, STAMP), old.read(name))
    return second.getvalue()


DOCX_LAYOUTS = (
    DocxLayout("docx_merged", merged),
    DocxLayout("docx_cell_paragraphs", merged_in_paragraphs),
    DocxLayout("docx_dropped", unmerged("drop", "empty")),
    DocxLayout("docx_repeated", unmerged("repeat", "repeat")),
    DocxLayout("docx_empty", unmerged("empty", "empty")),
    DocxLayout("docx_in_pieces", in_pieces),
    DocxLayout("docx_tabs", as_tabs, Fit(breaks=False)),
    DocxLayout("docx_nested", in_layout_table),
)
