"""What a page's styles hide from its reader, and which of its elements they make parts of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lxml import etree

from extractor.load.page import HIDDEN, text_within
from extractor.load.tree import Element

_STYLES = etree.XPath("//@style", smart_strings=False)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_MARKED = etree.XPath("//*[@hidden or @aria-hidden='true']")
_COMMENT = re.compile(r"/\*[^*]*(?:\*(?!/)[^*]*)*\*/")
_BRACE = re.compile(r"[{}]")
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
_WHITE = re.compile(r"(?:^|;)color:(?:#fff(?:fff)?|white|rgb\(255,255,255\))(?:;|!|$)")
_WHITE_NAMES = frozenset({"white", "#fff", "#ffffff"})
_BACKGROUND = "background"
_ANCESTORS = 30
_ROW_CLASSES = frozenset({"tr", "row", "table-row", "trow", "tb-row", "table_row"})
_CELL_CLASSES = frozenset({"td", "th", "cell", "col", "column", "table-cell", "tcell", "tb-cell", "table_cell"})
_FEWEST_ROWS = 3
_DRAWN = frozenset({"div", "span", "ul", "li", "section", "p", "dl", "dt", "dd"})


@lru_cache(maxsize=2_000)
def effect(style: str) -> str:
    """What a style attribute does to an element: ``hidden``, ``blank``, ``white``, the tag of a table part, or "".

    >>> effect("color:red; DISPLAY : none"), effect("display: table-cell"), effect("border:none")
    ('hidden', 'td', '')
    """
    plain = "".join(style.lower().split())
    if _HIDES.search(plain) or (_OFF_PAGE.search(plain) and "position:" in plain):
        return "hidden"
    if _BLANKS.search(plain):
        return "blank"
    if part := _TABLE_PART.search(plain):
        return _TAGS[part[1]]
    return "white" if _WHITE.search(plain) and _BACKGROUND not in plain else ""


def hide(root: Element, page: bytes) -> list[tuple[Element, str]]:
    """Give what ``page`` hides the tag ``HIDDEN``, and parts of tables that styles draw the tags of table parts.

    What was hidden is returned with the tags it had.
    """
    marked = cast(list[Element], _MARKED(root)) if b"hidden" in page else []
    found = [(element, "hidden") for element in marked]
    if b"color=" in page:
        found += [(font, "white") for font in root.iter("font") if str(font.get("color")).lower() in _WHITE_NAMES]
    if any(map(effect, set(cast(list[str], _STYLES(root))))):
        styles = ((element, element.get("style")) for element in root.iter())
        found += [(element, does) for element, style in styles if style and (does := effect(style))]
    classes = set(cast(list[str], _CLASSES(root)))
    if any(not _CELL_CLASSES.isdisjoint(words.lower().split()) for words in classes):
        found += _drawn_by_class(root)
    if b"</style" in page and (names := _hiding_names(root)):
        found += [(element, "hidden") for element in _named(root, names, classes)]
    return [each for element, does in found for each in _applied(does, element)]


def _drawn_by_class(root: Element) -> list[tuple[Element, str]]:
    """Rows and cells that only their classes name (class="tr", class="td"): three rows of cells make a table."""
    rows = [
        e for e in root.iter(*_DRAWN) if _has(e, _ROW_CLASSES) and len(e) and all(_has(c, _CELL_CLASSES) for c in e)
    ]
    tables: dict[Element, list[Element]] = {}
    for row in rows:
        if (parent := row.getparent()) is not None:
            tables.setdefault(parent, []).append(row)
    drawn = [(table, own) for table, own in tables.items() if len(own) >= _FEWEST_ROWS and any(len(r) > 1 for r in own)]
    parts = [(element, "tr") for _, own in drawn for element in own]
    parts += [(cell, "td") for _, own in drawn for row in own for cell in row]
    return [(table, "table") for table, _ in drawn] + parts


def _has(element: Element, classes: frozenset[str]) -> bool:
    return not classes.isdisjoint(element.get("class", "").lower().split())


def _named(root: Element, names: frozenset[str], attributes: set[str]) -> list[Element]:
    """The elements with one of these classes (``.x``) or ids (``#x``); ``attributes`` are its classes as written."""
    ids = {name[1:] for name in names if name[0] == "#"}
    classes = {name[1:] for name in names if name[0] == "."}
    found = [element for element in root.iter() if element.get("id") in ids] if ids else []
    telling = {words for words in attributes if not classes.isdisjoint(words.split())}
    return found + ([element for element in root.iter() if element.get("class") in telling] if telling else [])


def _hiding_names(root: Element) -> frozenset[str]:
    """Classes (``.x``) and ids (``#x``) that the page's own style sheets hide, and no other rule of theirs shows."""
    hiding: set[str] = set()
    showing: set[str] = set()
    for sheet in root.iter("style"):
        for selectors, declarations in _rules(sheet.text or ""):
            does = effect(declarations)
            for selector in selectors.split(","):
                simple = _NAME.fullmatch(selector.strip())
                if simple and does in ("hidden", "blank"):
                    hiding.add(simple[1])
                elif "display" in declarations or "visibility" in declarations:
                    showing.update(_ANY_NAME.findall(selector))
    return frozenset(hiding - showing)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet as (selectors, declarations), those that hold for some media only left out."""
    depth, selectors, at = 0, "", 0
    sheet = _COMMENT.sub("", sheet)
    for brace in _BRACE.finditer(sheet):
        piece = sheet[at : brace.start()]
        at = brace.end()
        if brace[0] == "{":
            selectors = piece if depth == 0 else selectors
            depth += 1
            continue
        if depth == 1 and not selectors.lstrip().startswith("@"):
            yield selectors, piece
        depth = max(depth - 1, 0)


def _applied(does: str, element: Element) -> list[tuple[Element, str]]:
    """The element with its tag, if it is hidden now; a hidden cell still takes its place where it is only invisible."""
    tag = str(element.tag)
    if does == "blank" and tag in ("td", "th"):
        _empty(element)
    elif does in ("hidden", "blank") or (does == "white" and not _has_background(element)):
        element.tag = HIDDEN
        return [(element, tag)]
    elif does != "white" and tag in _DRAWN:
        element.tag = does
    return []


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
