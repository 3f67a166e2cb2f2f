"""What a page's styles hide from its reader, and which of its elements they make parts of a table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from lxml import etree

from extractor.load.page import HIDDEN, text_within
from extractor.load.style_rules import read_rules, rules_of
from extractor.load.tree import Element

_STYLES = etree.XPath("//@style", smart_strings=False)
_STYLED = etree.XPath("//@style/..")
_CLASSES = etree.XPath("//@class", smart_strings=False)
_MARKED = etree.XPath("//@hidden/.. | //@aria-hidden[. = 'true']/..")
_NAME = re.compile(r"(?:[A-Za-z]\w*)?([.#][-\w]+)")
_ANY_NAME = re.compile(r"[.#][-\w]+")
_HIDES = re.compile(
    r"display:none|mso-hide:all|mso-element:(?:header|footer|comment-list)|opacity:0(?:\.0*)?(?:;|$)|"
    r"font-size:[01](?:px|pt)?(?:;|!|$)|text-indent:-\d{4,}|text-indent:-999"
)
_OFF_PAGE = re.compile(r"(?:left|top|right):-(?:999|\d{4,})")
_BLANKS = re.compile(r"visibility:(?:hidden|collapse)")
_TABLE_PART = re.compile(r"display:(?:inline-)?(table(?:-row|-cell|-row-group|-header-group|-footer-group)?)(?:;|!|$)")
_TAGS = {
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "table-row-group": "tbody",
    "table-header-group": "thead",
    "table-footer-group": "tfoot",
}
_ARRANGEMENTS = (
    ("flex", re.compile(r"display:(?:inline-)?(?:-webkit-)?(?:flex|box|grid)(?:;|!|$)")),
    ("block", re.compile(r"display:(?:block|list-item|flow-root)(?:;|!|$)|float:(?:left|right)(?:;|!|$)")),
    ("apart", re.compile(r"^(?=.*display:inline-block(?:;|$))(?:.*;)?(?:min-)?width:[1-9]")),
)
_PARTS = frozenset(_TAGS.values())
_WHITE = re.compile(r"(?:^|;)color:(?:#fff(?:fff)?|white|rgb\(255,255,255\))(?:;|!|$)")
_WHITE_NAMES = frozenset({"white", "#fff", "#ffffff"})
_BACKGROUND = "background"
_ANCESTORS = 30
_ROW_CLASSES = frozenset({"tr", "row", "table-row", "trow", "tb-row", "table_row"})
_CELL_CLASSES = frozenset({"td", "th", "cell", "col", "column", "table-cell", "tcell", "tb-cell", "table_cell"})
_FEWEST_ROWS = 3
_DRAWN = frozenset({"div", "span", "ul", "li", "section", "p", "dl", "dt", "dd"})
_WORDS = frozenset({"span", "em", "i", "b", "strong", "font", "label"})
_LAID_OUT = frozenset({*_PARTS, "flex", "block", "apart"})


@lru_cache(maxsize=2_000)
def effect(style: str) -> str:
    """What a style does to an element: ``hidden``, ``blank``, ``white``, the tag of a table part, or "".

    ``block``: it stands on lines of its own; ``flex``: what it holds does; ``apart``: it has a width of its own.

    >>> effect("color:red; DISPLAY : none"), effect("display: table-cell"), effect("border:none"), effect("float: left")
    ('hidden', 'td', '', 'block')
    """
    plain = "".join(style.lower().split())
    if _HIDES.search(plain) or (_OFF_PAGE.search(plain) and "position:" in plain):
        return "hidden"
    if _BLANKS.search(plain):
        return "blank"
    if part := _TABLE_PART.search(plain):
        return _TAGS[part[1]]
    if _WHITE.search(plain) and _BACKGROUND not in plain:
        return "white"
    return next((does for does, pattern in _ARRANGEMENTS if pattern.search(plain)), "")


def hide(root: Element, page: bytes) -> list[tuple[Element, str]]:
    """Give what ``page`` hides the tag ``HIDDEN``, parts of tables that styles draw the tags of table parts, and what
    styles set apart from the words before and after it the tag of a paragraph.

    What was hidden is returned with the tags it had.
    """
    marked = cast(list[Element], _MARKED(root)) if b"hidden" in page else []
    found = [(element, "hidden") for element in marked]
    sheets = [sheet.text or "" for sheet in root.iter("style")] if b"</style" in page else []
    if sheets:
        found += read_rules(sheets, effect, _LAID_OUT).found(root)
    if b"color=" in page:
        found += [(font, "white") for font in root.iter("font") if str(font.get("color")).lower() in _WHITE_NAMES]
    if any(map(effect, set(cast(list[str], _STYLES(root))))):
        styled = cast(list[Element], _STYLED(root))
        found += [(element, does) for element in styled if (does := effect(element.get("style", "")))]
    classes = set(cast(list[str], _CLASSES(root)))
    if cells := {words for words in classes if _is_one(words, _CELL_CLASSES)}:
        found += _drawn_by_class(root, {words for words in classes if _is_one(words, _ROW_CLASSES)}, cells)
    found += _drawn_by_flex([element for element, does in found if does == "flex"])
    if sheets and (names := _hiding_names(sheets)):
        found += [(element, "hidden") for element in _named(root, names, classes)]
    return [each for element, does in found for each in _applied(does, element)]


def _drawn_by_class(root: Element, row_words: set[str], cell_words: set[str]) -> list[tuple[Element, str]]:
    """Rows and cells that only their classes name (class="tr", class="td"): three rows of cells make a table.

    ``row_words`` and ``cell_words`` are the attributes of the page, as written, that name a row or a cell.
    """
    named = [element for element in root.iter(*_DRAWN) if element.get("class") in row_words]
    rows = [row for row in named if len(row) and cell_words.issuperset([cell.get("class", "") for cell in row])]
    return _tables_of(rows)


def _drawn_by_flex(boxes: list[Element]) -> list[tuple[Element, str]]:
    """Boxes side by side in three rows or more, of as many boxes each, without links, and nothing else beside them."""
    rows = [box for box in boxes if box.tag in _DRAWN and len(box) > 1 and all(child.tag in _DRAWN for child in box)]
    rows = [row for row in rows if next(row.iter("a", "img", "button"), None) is None]
    return [
        part
        for table, own in _by_parent(rows).items()
        if len(own) == len(table) and len(set(map(len, own))) == 1
        for part in _tables_of(own)
    ]


def _tables_of(rows: list[Element]) -> list[tuple[Element, str]]:
    """Rows that only styles draw, with their cells and the tables they make: at least three rows in one element."""
    tables = _by_parent(rows).items()
    drawn = [(table, own) for table, own in tables if len(own) >= _FEWEST_ROWS and any(len(r) > 1 for r in own)]
    parts = [(element, "tr") for _, own in drawn for element in own]
    parts += [(cell, "td") for _, own in drawn for row in own for cell in row]
    return [(table, "table") for table, _ in drawn] + parts


def _by_parent(rows: list[Element]) -> dict[Element, list[Element]]:
    tables: dict[Element, list[Element]] = {}
    for row in rows:
        if (parent := row.getparent()) is not None:
            tables.setdefault(parent, []).append(row)
    return tables


@lru_cache(maxsize=2_000)
def _is_one(words: str, classes: frozenset[str]) -> bool:
    return not classes.isdisjoint(words.lower().split())


def _named(root: Element, names: frozenset[str], attributes: set[str]) -> list[Element]:
    """The elements with one of these classes (``.x``) or ids (``#x``); ``attributes`` are its classes as written."""
    ids = {name[1:] for name in names if name[0] == "#"}
    classes = {name[1:] for name in names if name[0] == "."}
    found = [element for element in root.iter() if element.get("id") in ids] if ids else []
    telling = {words for words in attributes if not classes.isdisjoint(words.split())}
    return found + ([element for element in root.iter() if element.get("class") in telling] if telling else [])


def _hiding_names(sheets: list[str]) -> frozenset[str]:
    """Classes (``.x``) and ids (``#x``) that the page's own style sheets hide, and no other rule of theirs shows."""
    hiding: set[str] = set()
    showing: set[str] = set()
    for sheet in sheets:
        for selectors, declarations in rules_of(sheet):
            does = effect(declarations)
            for selector in selectors.split(","):
                simple = _NAME.fullmatch(selector.strip())
                if simple and does in ("hidden", "blank"):
                    hiding.add(simple[1])
                elif "display" in declarations or "visibility" in declarations:
                    showing.update(_ANY_NAME.findall(selector))
    return frozenset(hiding - showing)


def _applied(does: str, element: Element) -> list[tuple[Element, str]]:
    """The element with its tag, if it is hidden now; a hidden cell still takes its place where it is only invisible."""
    tag = str(element.tag)
    if does in _LAID_OUT:
        _lay_out(does, element)
    elif does == "blank" and tag in ("td", "th"):
        _empty(element)
    elif does in ("hidden", "blank") or (does == "white" and not _has_background(element)):
        element.tag = HIDDEN
        return [(element, tag)]
    return []


def _lay_out(does: str, element: Element) -> None:
    if does in _PARTS:
        if element.tag in _DRAWN:
            element.tag = does
    elif does == "apart":
        element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
    else:
        for each in (element,) if does == "block" else element:
            if each.tag in _WORDS:
                each.tag = "p"


def _empty(cell: Element) -> None:
    text = text_within(cell)
    for child in list(cell):
        cell.remove(child)
    cell.text = None
    etree.SubElement(cell, HIDDEN).text = text


def _has_background(element: Element) -> bool:
    """Whether white text stands on some ground; cells often get theirs by a class, so there it is taken for visible."""
    for _, above in zip(range(_ANCESTORS), element.iterancestors(), strict=False):
        if above.tag in ("td", "th") or above.get("bgcolor") or _BACKGROUND in above.get("style", ""):
            return True
    return False
