"""The body of a Word file → lines, tables and pictures in reading order.

Tracked insertions are read and deletions set aside, content controls and hyperlinks are read as if they were not there,
a text box is read once and after the paragraph it hangs on, a field shows its result and not its code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from extractor.document import Cell, Position, SetAside
from extractor.load.items import Grid, Image, Item, Line
from extractor.load.lattice import MAX_COLSPAN, too_many_cells
from extractor.load.notes import RaisedPieces
from extractor.load.table import OpenTable, text_of
from extractor.load.tree import Element, Open, Opened, TreeWalk, close_nothing
from extractor.load.word.grid import OpenGrid
from extractor.load.word.runs import RunLooks, chosen_entry
from extractor.load.word.styles import (
    RAISED,
    InList,
    Look,
    Numbering,
    Styles,
    W,
    is_on,
    setting,
    settings_in,
    value,
    whole,
)
from extractor.settings import load_settings

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ANCHOR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ICON = 476_250
"""English Metric Units up to which a picture is an icon: 50 pixels of 1/96 inch."""

_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
_CONTENTS = "Table of Contents"
_LEVELS = 9
_DEEPEST = 300
"""Elements in each other, more than the XML parser lets through."""


@dataclass(slots=True)
class _OpenLine:
    """The line being read: of which paragraph, under which heading level, after which list number.

    ``paged``: with the number of the page in it.
    """

    paragraph: int = 0
    heading: int = 0
    marker: str = ""
    hiding: frozenset[str] = frozenset()
    pieces: list[str] = field(default_factory=list)
    raised: RaisedPieces = field(default_factory=RaisedPieces)
    paged: bool = False


class WordWalk(TreeWalk):
    """A walk over the body of a document: ``items`` is what was found, ``set_aside`` what no reader sees."""

    limit = _DEEPEST
    read_chunk: Callable[[str], list[Item] | None] | None = None
    """What reads a part that was put into the body as it is (``altChunk``); None for a part of a kind not read."""

    def __init__(self, part: str, styles: Styles, numbering: Numbering, pictures: dict[str, str], label: str) -> None:
        self.items: list[Item] = []
        self.set_aside: list[SetAside] = []
        self._part = part
        self._styles = styles
        self._numbering = numbering
        self._looks = RunLooks(styles)
        self._pictures = pictures
        self._label = label
        self._paragraph = -1
        self._line = _OpenLine()
        self._boxed: list[Item] = []
        self._fields: list[bool] = []  # for each open field, whether its code is being read
        self._grid: OpenGrid | None = None
        self._free = True  # neither in a table nor in a box, where something may lie behind the text
        self._small = False

    # ---- paragraphs ------------------------------------------------------------------------------------------------

    def _open_paragraph(self, element: Element) -> Opened:
        properties = settings_in(element.find(f"{W}pPr"))
        look = self._styles.look(setting(properties, "pStyle"))
        if look.contents:
            return self._pass_over(element, "navigation")
        self._paragraph += 1
        outer = self._line
        item = _list_item(properties, look)
        marker = self._numbering.marker(item) if item else ""
        self._line = _OpenLine(self._paragraph, _heading(properties, look), marker, look.hiding)
        return WordWalk._close_paragraph, outer

    def _close_paragraph(self, outer: _OpenLine) -> None:
        self._end_line()
        self._line = outer
        if self._fields and self._fields[-1]:
            self._fields.pop()  # a code that does not end in its paragraph is a broken field: text goes on
        if self._boxed:
            self.items += self._boxed
            self._boxed = []

    def _write(self, text: str) -> None:
        if not any(self._fields):
            self._line.pieces.append(text)

    def _end_line(self) -> None:
        for mark in self._line.raised.take(self._line.pieces):
            self._put_aside("mark", mark)
        text = "".join(self._line.pieces).strip(" ")
        if "\t" not in text.lstrip(" \t") and not (self._free and not text.strip(" \t")):
            text = text.strip("\t")  # tabs before the words indent them; after them, or alone, they part blank cells
        self._line.pieces.clear()
        if self._line.paged and text.isdigit():
            self._put_aside("furniture", text)
            text = ""
        if text:
            text, self._line.marker = self._line.marker + text, ""
            self.items.append(Line(text, self._line.heading, self._line.paragraph))

    def _pass_over(self, element: Element, kind: str) -> Opened:
        """Set the text of ``element`` aside and read nothing in it."""
        begins = self._paragraph + (element.find(f".//{W}p") is not None or element.tag == f"{W}p")
        texts = (piece.text or "" for piece in element.iter(f"{W}t", f"{W}delText"))
        self._put_aside(kind, "".join(texts), begins)
        return self._skip(element)

    def _put_aside(self, kind: str, text: str, paragraph: int | None = None) -> None:
        """Set ``text`` aside, by default as of the paragraph being read."""
        paragraph = self._line.paragraph if paragraph is None else paragraph
        if text := text.strip():
            self.set_aside.append(SetAside(kind, text, Position(part=self._part, paragraph=max(paragraph, 0))))

    def _skip(self, element: Element) -> Opened:
        self._paragraph += sum(1 for _ in element.iter(f"{W}p"))
        return None

    # ---- runs ------------------------------------------------------------------------------------------------------

    def _open_run(self, element: Element) -> Opened:
        found = element.find(f"{W}rPr")
        if found is None and not self._line.hiding:
            return close_nothing, None
        properties = settings_in(found)
        if self._looks.is_hidden(element, properties, self._line.hiding, in_table=not self._free):
            return self._pass_over(element, "hidden")
        if raised := self._looks.raised(properties):
            self._line.raised.open(self._line.pieces, slightly=raised != RAISED)
            return WordWalk._close_raised, self._line
        return close_nothing, None

    def _close_raised(self, line: _OpenLine) -> None:
        line.raised.close(line.pieces)

    def _open_reference(self, element: Element) -> Opened:
        """A note whose mark is not a number of Word's own: the text that follows."""
        mark = element.getnext()
        own = element.get(f"{W}customMarkFollows") in ("1", "true", "on")
        if own and mark is not None and mark.tag == f"{W}t":
            self._put_aside("mark", mark.text or "")
            mark.text = None
        return None

    def _open_text(self, element: Element) -> Opened:
        if text := element.text:
            self._write(text)
        return None

    def _open_tab(self, _: Element) -> Opened:
        self._write("\t")
        return None

    def _open_hyphen(self, _: Element) -> Opened:
        self._write("-")
        return None

    def _open_break(self, _: Element) -> Opened:
        self._end_line()
        return None

    def _open_field_mark(self, element: Element) -> Opened:
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(True)
            if (entry := chosen_entry(element)) and not any(self._fields[:-1]):
                self._line.pieces.append(entry)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()
        return None

    def _open_code(self, element: Element) -> Opened:
        self._read_code(element.text)
        return None

    def _open_simple_field(self, element: Element) -> Opened:
        self._read_code(element.get(f"{W}instr"))
        return close_nothing, None

    def _read_code(self, code: str | None) -> None:
        name = (code or "").split(None, 1)[:1]
        self._line.paged = self._line.paged or not _PAGE_FIELDS.isdisjoint(name)

    def _open_deleted(self, element: Element) -> Opened:
        return self._pass_over(element, "hidden")

    def _open_annotation(self, element: Element) -> Opened:
        return self._pass_over(element, "mark")

    def _open_control(self, element: Element) -> Opened:
        properties = settings_in(element.find(f"{W}sdtPr"))
        if value(properties.get("docPartObj"), "docPartGallery") == _CONTENTS:
            return self._pass_over(element, "navigation")
        if is_on(properties.get("showingPlcHdr")):
            return self._pass_over(element, "mark")
        return close_nothing, None

    def _open_alternative(self, element: Element) -> Opened:
        """Of the same content for old and new programs, the first is read."""
        if element.getprevious() is None:
            return close_nothing, None
        return self._skip(element)

    def _open_nothing(self, _: Element) -> Opened:
        return None

    # ---- boxes and pictures ------------------------------------------------------------------------------------------

    def _open_box(self, _: Element) -> Opened:
        saved = (self.items, self._free, self._grid, self._fields)
        self.items, self._free, self._grid, self._fields = [], False, None, []
        return WordWalk._close_box, saved

    def _close_box(self, saved: Any) -> None:
        self._boxed += self.items
        self.items, self._free, self._grid, self._fields = saved

    def _open_extent(self, element: Element) -> Opened:
        sides = (whole(element.get(side)) for side in ("cx", "cy"))
        self._small = any(side is not None and side <= _ICON for side in sides)
        return None

    def _open_picture(self, element: Element) -> Opened:
        reference = element.get(f"{_R}embed") or element.get(f"{_R}link") or element.get(f"{_R}id") or ""
        if not self._small:
            source = self._pictures.get(reference, "")
            self._boxed.append(Image(source.rpartition("/")[2], origin=self._paragraph, source=source))
        self._small = False
        return None

    def _open_chunk(self, element: Element) -> Opened:
        """Another file in the place of paragraphs; one that is not read counts as a picture: a table may be in it."""
        self._end_line()
        part = self._pictures.get(element.get(f"{_R}id", ""), "")
        items = self.read_chunk(part) if self.read_chunk else None
        for item in items or ():
            _set_origin(item, max(self._paragraph, 0))
        self.items += [Image(part.rpartition("/")[2])] if items is None else items
        return None

    # ---- tables ------------------------------------------------------------------------------------------------------

    def _open_table(self, _: Element) -> Opened:
        saved = (self._grid, self._free)
        self._grid, self._free = OpenGrid(OpenTable(placed=True)), False
        return WordWalk._close_table, saved

    def _close_table(self, saved: Any) -> None:
        grid = self._grid
        self._grid, self._free = saved
        if grid:
            self.items += grid.table.items(self._label)

    def _open_row(self, element: Element) -> Opened:
        grid = self._grid
        if grid is None:
            return close_nothing, None
        properties = settings_in(element.find(f"{W}trPr"))
        if "del" in properties or is_on(properties.get("hidden")):
            return self._pass_over(element, "hidden")
        grid.table.begin_row([])
        grid.row += 1
        grid.column = min(whole(setting(properties, "gridBefore")) or 0, MAX_COLSPAN)
        return close_nothing, None

    def _open_cell(self, element: Element) -> Opened:
        grid = self._grid
        if grid is None:
            return close_nothing, None
        properties = settings_in(element.find(f"{W}tcPr"))
        if "cellDel" in properties:
            return self._pass_over(element, "hidden")
        span = min(whole(setting(properties, "gridSpan")) or 1, MAX_COLSPAN)
        column = grid.column
        grid.column += span
        grid.covered += span
        if grid.covered > load_settings().max_table_cells:
            raise too_many_cells(self._label)
        if properties and grid.continues(properties, column, span):
            return self._pass_over(element, "hidden")
        cell = Cell("", self._paragraph + 1, 0, grid.row, column, 1, span)
        grid.table.add(cell)
        grid.merging.pop(column, None)
        if setting(properties, "vMerge") == "restart":
            grid.merging[column] = cell
        saved = (cell, grid, self.items)
        self.items = []
        return WordWalk._close_cell, saved

    def _close_cell(self, saved: Any) -> None:
        cell, grid, outer = saved
        if len(self.items) != 1 or not isinstance(self.items[0], Line) or self.items[0].heading:
            grid.table.inner[id(cell)] = self.items
        cell.text = text_of(self.items)
        self.items = outer


def _set_origin(item: Item, paragraph: int) -> None:
    if isinstance(item, Grid):
        for row in item.rows:
            for cell in row:
                cell.start = paragraph
    elif not isinstance(item, Image):
        item.origin = paragraph


def _heading(properties: dict[str, Element], look: Look) -> int:
    outline = whole(setting(properties, "outlineLvl"))
    if outline is None:
        return look.heading
    return outline + 1 if outline < _LEVELS else 0


def _list_item(properties: dict[str, Element], look: Look) -> InList | None:
    numbers = properties.get("numPr")
    number_id = value(numbers, "numId")
    if number_id is None:
        return look.in_list
    level = whole(value(numbers, "ilvl"))
    inherited = look.in_list.level if look.in_list else 0
    return InList(number_id, inherited if level is None else level) if number_id != "0" else None


_READ: dict[str, Open] = {
    "p": WordWalk._open_paragraph,
    "r": WordWalk._open_run,
    "t": WordWalk._open_text,
    "tab": WordWalk._open_tab,
    "ptab": WordWalk._open_tab,
    "br": WordWalk._open_break,
    "cr": WordWalk._open_break,
    "noBreakHyphen": WordWalk._open_hyphen,
    "fldChar": WordWalk._open_field_mark,
    "fldSimple": WordWalk._open_simple_field,
    "instrText": WordWalk._open_code,
    "footnoteReference": WordWalk._open_reference,
    "endnoteReference": WordWalk._open_reference,
    "sdt": WordWalk._open_control,
    "tbl": WordWalk._open_table,
    "tr": WordWalk._open_row,
    "tc": WordWalk._open_cell,
    "txbxContent": WordWalk._open_box,
    "del": WordWalk._open_deleted,
    "moveFrom": WordWalk._open_deleted,
    "rt": WordWalk._open_annotation,
    "altChunk": WordWalk._open_chunk,
}
_PROPERTIES = "pPr rPr tblPr tblGrid trPr tcPr sdtPr sdtEndPr sectPr delInstrText fldData softHyphen rubyPr"

WordWalk.openers = {
    **{W + name: opener for name, opener in _READ.items()},
    **{W + name: WordWalk._open_nothing for name in _PROPERTIES.split()},
    f"{_MATH}t": WordWalk._open_text,
    f"{_MC}Choice": WordWalk._open_alternative,
    f"{_MC}Fallback": WordWalk._open_alternative,
    f"{_ANCHOR}extent": WordWalk._open_extent,
    f"{_DRAWING}blip": WordWalk._open_picture,
    f"{_VML}imagedata": WordWalk._open_picture,
}
