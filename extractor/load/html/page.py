"""The tree of an HTML page → lines, tables and pictures in reading order, each with the container it stands in.

The tree is walked with a stack of its own, since pages nest without limit. Inline markup is already gone
(``extractor.load.html.document``), so that an element is a block, a part of a table, a link, or something to pass over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from extractor.document import Cell, Position, SetAside
from extractor.errors import LimitError
from extractor.load.html.cells import WHITE, cell_of, line_of, line_text, number, simple_row, simple_text
from extractor.load.html.lists import OpenList, list_of
from extractor.load.items import Image, Item, Line, Verbatim
from extractor.load.notes import RaisedPieces
from extractor.load.table import OpenTable, text_of
from extractor.load.tree import Element, Opened, TreeWalk, close_nothing
from extractor.settings import load_settings

HIDDEN = "x-hidden"
"""The tag given to elements that a browser does not show."""

_ORDINAL = re.compile(r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[）)、.．]|[①-⑳]")
_ICON = 50
"""Pixels up to which a picture is an icon."""


@dataclass(slots=True)
class Zone:
    """A container of the page: ``words`` are its class and id, ``position`` where it begins in the file."""

    parent: int
    tag: str
    words: str
    position: Position


class PageWalk(TreeWalk):
    """A walk over a page: ``items`` is what was found, ``zones`` the containers, ``set_aside`` what was passed over."""

    def __init__(self, label: str, *, verbatim: bool = False) -> None:
        self.items: list[Item] = []
        self.zones = [Zone(-1, "", "", Position(line=1))]
        self.set_aside: list[SetAside] = []
        self.limit = load_settings().max_html_depth
        self._label = label
        self._zone = 0
        self._line = 0  # of the file, where the block being read begins
        self._pieces: list[str] = []
        self._raised = RaisedPieces()
        self._linked = 0
        self._in_link = 0
        self._heading = 0
        self._verbatim = verbatim
        self._marker = ""
        self._lists: list[OpenList] = []
        self._table: OpenTable | None = None
        self._cell: Cell | None = None

    def read(self, root: Element) -> None:
        """Read the page below ``root``.

        Raises:
            LimitError: elements nest deeper than ``Settings.max_html_depth``, or a table is too large.
        """
        self.walk(root)
        if self._verbatim:
            self._end_verbatim()
        self.end_line()

    def passed(self, element: Element) -> None:
        """Text that follows an element."""
        if tail := element.tail:
            self.write(tail)

    def open_other(self, element: Element) -> Opened:
        """An inline element, or one of no known tag: only its text counts."""
        if text := element.text:
            self.write(text)
        return (close_nothing, None) if len(element) else None

    def refuse_depth(self) -> None:
        """Raise the error for elements that nest too deep."""
        raise too_deep(self._label)

    def write(self, text: str) -> None:
        """Text of the line that is being read."""
        if self._pieces or self._verbatim or text.strip(WHITE):
            self._pieces.append(text)
            if self._in_link:
                self._linked += len(text.strip(WHITE))

    def end_line(self) -> None:
        """What comes next begins a new line."""
        if self._verbatim:
            self._pieces.append("\n")
            return
        if not self._pieces:
            return
        if self._raised.spans or self._raised.depth:
            self._take_notes()
        text = line_text("".join(self._pieces))
        self._pieces.clear()
        if text:
            if self._marker:
                text = text if _ORDINAL.match(text) else self._marker + text
                self._marker = ""
            self.items.append(Line(text, self._heading, self._line, self._zone, self._linked))
        self._linked = 0

    def _begin(self, element: Element) -> None:
        """A new line begins with what ``element`` holds."""
        self.end_line()
        self._line = line_of(element)
        if text := element.text:
            self.write(text)

    # ---- blocks --------------------------------------------------------------------------------------------------

    def _open_block(self, element: Element) -> Opened:
        self._begin(element)
        if len(element):
            return PageWalk._close_block, None
        self.end_line()
        return None

    def _close_block(self, _: None) -> None:
        self.end_line()

    def _open_zone(self, element: Element) -> Opened:
        words = element.get("class"), element.get("id")
        if not len(element) and words == (None, None) and element.tag in _NAMELESS:
            return self._open_block(element)
        self._begin(element)
        saved = self._zone
        self.zones.append(Zone(saved, str(element.tag), " ".join(filter(None, words)), position(element)))
        self._zone = len(self.zones) - 1
        return PageWalk._close_zone, saved

    def _close_zone(self, saved: int) -> None:
        self.end_line()
        self._zone = saved

    def _open_heading(self, element: Element) -> Opened:
        self._begin(element)
        saved = self._heading
        self._heading = int(str(element.tag)[1])
        return PageWalk._close_heading, saved

    def _close_heading(self, saved: int) -> None:
        self.end_line()
        self._heading = saved

    def _open_link(self, element: Element) -> Opened:
        self._in_link += 1
        if text := element.text:
            self.write(text)
        if len(element):
            return PageWalk._close_link, None
        self._in_link -= 1
        return None

    def _close_link(self, _: None) -> None:
        self._in_link -= 1

    def _open_raised(self, element: Element) -> Opened:
        self._raised.open(self._pieces, slightly=element.tag == "sub")
        if text := element.text:
            self.write(text)
        return PageWalk._close_raised, None

    def _close_raised(self, _: None) -> None:
        self._raised.close(self._pieces)

    def _take_notes(self) -> None:
        place = Position(line=self._line or None)
        for mark in self._raised.take(self._pieces):
            self.set_aside.append(SetAside("mark", mark, place))
            self._linked = max(self._linked - len(mark), 0)

    def _open_verbatim(self, element: Element) -> Opened:
        self.end_line()
        saved = self._verbatim
        self._verbatim = True
        if text := element.text:
            self.write(text)
        return PageWalk._close_verbatim, saved

    def _close_verbatim(self, saved: bool) -> None:
        self._end_verbatim()
        self._verbatim = saved

    def _end_verbatim(self) -> None:
        self._take_notes()
        text = "".join(self._pieces).strip("\n")
        self._pieces.clear()
        self._linked = 0
        if text.strip():
            self.items.append(Verbatim(text, self._line, self._zone))

    # ---- lists ---------------------------------------------------------------------------------------------------

    def _open_list(self, element: Element) -> Opened:
        self._lists.append(list_of(element))
        opened = self._open_zone(element)
        if opened is None:
            self._lists.pop()
            return None
        return PageWalk._close_list, opened[1]

    def _close_list(self, saved: int) -> None:
        self._close_zone(saved)
        self._lists.pop()
        self._marker = ""

    def _open_list_item(self, element: Element) -> Opened:
        self.end_line()
        if self._lists:
            self._marker = self._lists[-1].marker(element) or self._marker
        return self._open_block(element)

    # ---- tables --------------------------------------------------------------------------------------------------

    def _open_table(self, element: Element) -> Opened:
        if self._verbatim:
            self._end_verbatim()
        self.end_line()
        saved = (self._table, self._cell, self.items, self._zone, self._verbatim, self._heading, self._marker)
        self._verbatim, self._heading, self._marker = False, 0, ""
        self._table, self._cell = OpenTable(zone=self._zone), None
        self.items = self._table.before
        self._begin(element)
        return PageWalk._close_table, saved

    def _close_table(self, saved: Any) -> None:
        self._end_cell()
        table = self._table
        self._table, self._cell, self.items, self._zone, self._verbatim, self._heading, self._marker = saved
        if table:
            self.items += table.items(self._label)

    def _open_caption(self, element: Element) -> Opened:
        self._begin(element)
        saved = self.items
        self.items = self._table.before if self._table else self.items
        return PageWalk._close_caption, saved

    def _close_caption(self, saved: list[Item]) -> None:
        self.end_line()
        self.items = saved

    def _open_group(self, element: Element) -> Opened:
        self._begin(element)
        if self._table:
            self._table.begin_group(str(element.tag))
        return PageWalk._close_group, None

    def _close_group(self, _: None) -> None:
        self.end_line()
        if self._table:
            self._table.begin_group("tbody")

    def _open_row(self, element: Element) -> Opened:
        if self._table is None:
            return self._open_block(element)
        self._end_cell()
        cells = simple_row(element)
        self._table.begin_row(cells or [])
        if cells is None:
            self._begin(element)
            return PageWalk._close_row, None
        self._table.end_row()
        return None

    def _close_row(self, _: None) -> None:
        self.end_line()
        if self._table:
            self._table.end_row()

    def _open_cell(self, element: Element) -> Opened:
        table = self._table
        if table is None:
            return self._open_zone(element)
        self._end_cell()
        cell = cell_of(element)
        table.add(cell)
        text = simple_text(element)
        if text is not None:
            cell.text = text
            return None
        saved = (cell, self._zone, self._lists)
        self._cell, self.items, self._lists = cell, [], []
        self._open_zone(element)
        return PageWalk._close_cell, saved

    def _close_cell(self, saved: Any) -> None:
        cell, zone, lists = saved
        if cell is self._cell:
            self._end_cell()
        self.end_line()
        self._zone, self._lists = zone, lists

    def _end_cell(self) -> None:
        """What comes next is in no cell: a row that begins inside of a cell ends it, as its end tag is missing."""
        self.end_line()
        if self._table is None:
            return
        if self._cell:
            self._table.inner[id(self._cell)] = self.items
            self._cell.text = text_of(self.items)
            self._cell = None
        self.items = self._table.after

    # ---- the rest ------------------------------------------------------------------------------------------------

    def _open_break(self, element: Element) -> None:
        self.end_line()
        between = (element.tail or "").strip("\r\n ")
        if between and not between.strip("\t") and not self._verbatim:
            self.items.append(Line(between, 0, self._line, self._zone))  # a row of blank cells, if others are drawn so

    def _open_picture(self, element: Element) -> None:
        if any(number(element.get(side), _ICON + 1) <= _ICON for side in ("width", "height")):
            return
        source = element.get("src", "")
        name = element.get("alt", "").strip() or ("" if source.startswith("data:") else source.rpartition("/")[2])
        self.items.append(Image(name, self._zone, self._line, source if source.startswith("data:") else ""))

    def _open_unseen(self, element: Element) -> None:
        """Set aside what a browser does not show as the page's text."""
        kind = _UNSEEN[str(element.tag)]
        text = text_within(element).strip()
        if text:
            self.set_aside.append(SetAside(kind, text, position(element)))


def position(element: Element) -> Position:
    """The line of the file on which ``element`` begins."""
    return Position(line=line_of(element) or None)


def text_within(element: Element) -> str:
    """All text of ``element`` and of what it holds."""
    return "".join(map(str, element.itertext()))


def too_deep(label: str) -> LimitError:
    """The error for a page whose elements nest too deep."""
    limit = load_settings().max_html_depth
    return LimitError(
        f"{label} nests elements too deep: at most {limit:,} in each other were expected (EXTRACTOR_MAX_HTML_DEPTH)",
        f"{label} 的元素嵌套过深：应不超过 {limit:,} 层（设置 EXTRACTOR_MAX_HTML_DEPTH）",
    )


_UNSEEN = {
    HIDDEN: "hidden",
    **dict.fromkeys(("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "canvas"), "hidden"),
    **dict.fromkeys(("video", "audio", "noframes", "area", "datalist"), "hidden"),
    **dict.fromkeys(("title", "button", "select", "textarea", "input", "option"), "navigation"),
    **dict.fromkeys(("rt", "rp", "rtc"), "mark"),
    **dict.fromkeys(("del", "s", "strike"), "hidden"),
}
_ZONES = "div section article main nav header footer aside form dl fieldset figure details dialog menu dir body"
_NAMELESS = frozenset({"div", "td", "th", "section"})
_BLOCKS = "p dt dd address blockquote center summary figcaption legend hgroup hr marquee optgroup"
PageWalk.openers = {
    **dict.fromkeys(_BLOCKS.split(), PageWalk._open_block),
    **dict.fromkeys(_ZONES.split(), PageWalk._open_zone),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), PageWalk._open_heading),
    **dict.fromkeys(("ul", "ol"), PageWalk._open_list),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), PageWalk._open_verbatim),
    **dict.fromkeys(("thead", "tbody", "tfoot"), PageWalk._open_group),
    **dict.fromkeys(("td", "th"), PageWalk._open_cell),
    **dict.fromkeys(_UNSEEN, PageWalk._open_unseen),
    "a": PageWalk._open_link,
    "sup": PageWalk._open_raised,
    "sub": PageWalk._open_raised,
    "li": PageWalk._open_list_item,
    "table": PageWalk._open_table,
    "caption": PageWalk._open_caption,
    "tr": PageWalk._open_row,
    "br": PageWalk._open_break,
    "img": PageWalk._open_picture,
}
