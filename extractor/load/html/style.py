"""What a page's styles hide from its reader, and which of its elements they make parts of a table."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, groupby, islice, takewhile
from operator import itemgetter
from typing import cast

from lxml import etree

from extractor.load.html.page import HIDDEN, text_within
from extractor.load.html.style_effect import BACKGROUND, PARTS, WHITE_NAMES, effect, has_white_ground, plain_style
from extractor.load.html.style_rules import read_rules, rules_of
from extractor.load.tree import Element

_STYLES = etree.XPath("//@style", smart_strings=False)
_STYLED = etree.XPath("//@style/..")
_CLASSES = etree.XPath("//@class", smart_strings=False)
_MARKED = etree.XPath("//@hidden/.. | //@aria-hidden[. = 'true']/..")
_NAME = re.compile(r"(?:[A-Za-z]\w*)?([.#][-\w]+)")
_ANY_NAME = re.compile(r"[.#][-\w]+")
_ROW_CLASSES = frozenset({"tr", "row", "table-row", "trow", "tb-row", "table_row"})
_CELL_CLASSES = frozenset({"td", "th", "cell", "col", "column", "table-cell", "tcell", "tb-cell", "table_cell"})
_FEWEST_ROWS = 3
_DRAWN = frozenset({"div", "span", "ul", "li", "section", "p", "dl", "dt", "dd"})
_WORDS = frozenset({"span", "em", "i", "b", "strong", "font", "label"})
_PARTS = frozenset(PARTS.values())
_LAID_OUT = frozenset({*_PARTS, "flex", "block", "apart"})
_MARKED_OUT = frozenset({"struck", "sup", "sub"})
_HIDING = frozenset({"hidden", "blank", "tiny"})
_KEEPS_PLACE = frozenset({"blank", "struck"})
_IN_TABLES = frozenset({*_PARTS, "th"})
_ANCESTORS = 30
_IN_WORDS = re.compile(r"line-through|:\s*su(?:b|per)\b", re.IGNORECASE)
_MOST_PIECES = 40
"""Elements in another that are looked at for their colour or size."""


def hide(root: Element, page: bytes) -> list[tuple[Element, str]]:
    """Give what ``page`` hides the tag ``HIDDEN``, parts of tables that styles draw the tags of table parts, and what
    styles set apart from the words before and after it the tag of a paragraph.

    What was hidden is returned with the tags it had.
    """
    marked = cast(list[Element], _MARKED(root)) if b"hidden" in page else []
    found = [(element, "hidden") for element in marked]
    sheets = [sheet.text or "" for sheet in root.iter("style")] if b"</style" in page else []
    if sheets:
        found += read_rules(sheets, effect, _LAID_OUT, ("display",)).found(root)
        if any(map(_IN_WORDS.search, sheets)):
            found += read_rules(sheets, effect, _MARKED_OUT, ("text-decoration", "vertical-align")).found(root)
    if b"color=" in page:
        found += [(font, "white") for font in root.iter("font") if str(font.get("color")).lower() in WHITE_NAMES]
    if any(map(effect, set(cast(list[str], _STYLES(root))))):
        styled = cast(list[Element], _STYLED(root))
        found += [(element, does) for element in styled if (does := effect(element.get("style", "")))]
    classes = set(cast(list[str], _CLASSES(root)))
    if cells := {words for words in classes if _is_one(words, _CELL_CLASSES)}:
        found += _drawn_by_class(root, {words for words in classes if _is_one(words, _ROW_CLASSES)}, cells)
    found += _drawn_by_flex([element for element, does in found if does == "flex"])
    for does, named in groupby(sorted(_named_by(sheets).items(), key=itemgetter(1)), itemgetter(1)):
        found += [(element, does) for element in _named(root, frozenset(name for name, _ in named), classes)]
    hidden = [each for element, does in found for each in _applied(does, element)]
    _has_dark_words.cache_clear()  # it holds on to the tree
    return hidden


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


def _named_by(sheets: list[str]) -> dict[str, str]:
    """Classes (``.x``) and ids (``#x``) that the page's own style sheets hide, and no other rule of theirs shows."""
    hiding: dict[str, str] = {}
    showing: set[str] = set()
    for sheet in sheets:
        for selectors, declarations in rules_of(sheet):
            does = effect(declarations)
            for selector in selectors.split(","):
                simple = _NAME.fullmatch(selector.strip())
                if simple and does in _HIDING:
                    hiding[simple[1]] = does
                elif "display" in declarations or "visibility" in declarations:
                    showing.update(_ANY_NAME.findall(selector))
    return {name: does for name, does in hiding.items() if name not in showing}


def _applied(does: str, element: Element) -> list[tuple[Element, str]]:
    """The element with its tag, if it is hidden now; a hidden cell still takes its place where it is only invisible."""
    tag = str(element.tag)
    if does in _LAID_OUT:
        _lay_out(does, element)
    elif does in ("sup", "sub"):
        element.tag = does if tag in _WORDS else tag
    elif does in _KEEPS_PLACE and tag in ("td", "th", "tr"):
        for cell in [element, *element]:
            if cell.tag in ("td", "th"):
                _empty(cell)
    elif tag != HIDDEN and _is_unseen(does, element):
        element.tag = HIDDEN
        return [(element, tag)]
    return []


def _is_unseen(does: str, element: Element) -> bool:
    if does in ("hidden", "blank", "struck"):
        return True
    if element.tag in _IN_TABLES:
        return False
    if does == "tiny":
        return not any(map(_has_own_size, islice(element.iterdescendants(), _MOST_PIECES)))
    return does == "shut" or (does == "white" and _is_on_white(element))


def _has_own_size(element: Element) -> bool:
    """Whether an element may be larger than what it is in: a class may say so."""
    return element.get("class") is not None or "font" in element.get("style", "") or element.get("size") is not None


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


def _is_on_white(element: Element) -> bool:
    """Whether white text stands on white. A cell often gets a dark ground by a class: there it is white on white only
    where the same cell shows text of another colour, too."""
    for above in islice(element.iterancestors(), _ANCESTORS):
        style = plain_style(above.get("style", ""))
        ground = above.get("bgcolor", "").lower()
        if ground or BACKGROUND in style:
            return ground in WHITE_NAMES or has_white_ground(style)
        if above.tag in ("td", "th"):
            return _has_dark_words(above)
    return True


@lru_cache(maxsize=1)
def _has_dark_words(cell: Element) -> bool:
    return any(_shows_dark(piece, cell) for piece in islice(cell.iter(), _MOST_PIECES))


def _shows_dark(piece: Element, cell: Element) -> bool:
    """Whether text that stands in ``piece`` itself, or right after one in it, is of another colour than white."""
    if not (piece.text or "").strip() and not any((inner.tail or "").strip() for inner in piece):
        return False
    path = takewhile(lambda above: above is not cell, chain((piece,), piece.iterancestors()))
    return piece.tag != HIDDEN and not any(_is_white(above) for above in islice(path, _ANCESTORS))


def _is_white(element: Element) -> bool:
    return effect(element.get("style", "")) == "white" or str(element.get("color")).lower() in WHITE_NAMES
