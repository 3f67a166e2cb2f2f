"""HTML → ``Document``: what a browser shows of the page, without the page's own furniture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from lxml import etree

from extractor.document import Document, Position, SetAside
from extractor.errors import EmptyFileError, LimitError
from extractor.load.encoding import Decoded
from extractor.load.flow import Flow
from extractor.load.html.align import PageMap
from extractor.load.html.fields import fill_fields
from extractor.load.html.navigation import sift
from extractor.load.html.page import PageWalk, position, too_deep
from extractor.load.html.style import hide
from extractor.load.items import Grid, Item, Line
from extractor.load.pictured import Pictured
from extractor.load.tree import Element

_INLINE = frozenset(
    {"span", "font", "b", "strong", "i", "em", "u", "o:p", "ins", "small", "big", "tt"}
    | {"code", "kbd", "samp", "var", "cite", "q", "abbr", "acronym", "mark", "label", "nobr", "wbr", "bdi", "bdo"}
    | {"time", "data", "dfn", "ruby", "rb", "html", "basefont", "blink"}
)
"""Elements that break no line: only their text counts."""

_ENDS = (b"</body", b"</html")
_END = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
_LITTLE = 500
_NO_CONTROLS = bytes(0x20 if code < 0x20 and code not in b"\t\n\f\r" else code for code in range(256))
_PAGE = re.compile(r"<(?:html|body|head)\b", re.IGNORECASE)
_LINE_TAGS = re.compile(r"<(?:p|div|br|li|h[1-6])\b", re.IGNORECASE)
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_TABLE_OR_ROW = re.compile(rb"<(table|tr)\b")
_CELL_AFTER_ROW = re.compile(rb"</tr\s*+>(?=(?:\s++|<!--[^>]{0,200}+-->)*+<t[dh]\b)")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_LARGE_PAGE, _LARGE_TAG, _MOST_ATTRIBUTES = 400_000, 20_000, 2_000
_MARKUP = re.compile(r"\s*+(?:<!--[^>]{0,200}-->\s*+)*+<(?:div|p|table|section|h[1-6]|span|ul)\b", re.IGNORECASE)
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://\S+)")


def load_html(decoded: Decoded, name: str, sha256: str, label: str) -> Document:
    """The document that a page is; ``label`` names it in messages.

    Raises:
        LimitError: nests too deep, or has too large a table.
        EmptyFileError: shows no text and no picture.
    """
    page = read_page(decoded, label)
    pictured = Pictured(label)
    flow = Flow(lambda line: Position(line=pictured.home(line) or None))
    text = flow.lay(pictured.read(page.items))
    if not text and not flow.pictures:
        raise EmptyFileError(
            f"{label} is a page without text: a report was expected", f"{label} 是没有文字的网页：应为年度报告"
        )
    return Document(
        name=name,
        sha256=sha256,
        media_type="text/html",
        text=text,
        blocks=flow.blocks,
        source_map=PageMap(text, decoded, pictured.at_home(flow.anchors)),
        set_aside=[*page.set_aside, *flow.set_aside],
        pictures=flow.pictures,
        url=page.url,
        encoding=decoded.encoding,
        recognition=pictured.recognition(flow.anchors),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows, in reading order, what was set aside, and the address it was saved from."""

    items: list[Item]
    set_aside: list[SetAside]
    url: str | None


def read_page(decoded: Decoded, label: str) -> Page:
    """Read a page.

    Raises:
        LimitError, EmptyFileError: as ``load_html``.
    """
    page = _prepared(decoded)
    root = parse(page, label)
    comments = _take_comments(root) if b"<!" in page else []
    hidden = hide(root, page)
    fill_fields(root, page)
    etree.strip_tags(root, *_INLINE)
    verbatim = _is_text_with_tables(decoded.text)
    walk = _walk(root, label, verbatim=verbatim)
    if _shows_nothing(walk) and _unhide(root, hidden, label):
        walk = _walk(root, label, verbatim=verbatim)
    items, furniture = sift(walk.items, walk.zones)
    return Page(items, [*comments, *walk.set_aside, *furniture], _url(root, comments))


def _is_text_with_tables(source: str) -> bool:
    """Whether only the tables are HTML, as some converters write Markdown: the lines of such a file are lines."""
    if _PAGE.search(source):
        return False
    depth, position = 0, 0
    for tag in (*_TABLE_TAG.finditer(source), None):
        if depth == 0 and _LINE_TAGS.search(source, position, tag.start() if tag else len(source)):
            return False
        if tag:
            depth = max(depth + (-1 if tag[1] else 1), 0)
            position = tag.end()
    return True


def _walk(root: Element, label: str, *, verbatim: bool) -> PageWalk:
    walk = PageWalk(label, verbatim=verbatim)
    walk.read(root)
    return walk


def _shows_nothing(walk: PageWalk) -> bool:
    """Whether next to nothing is shown and much is hidden: a script of the page shows it once it runs."""
    hidden = sum(len(item.text) for item in walk.set_aside)
    shown = sum(len(item.text) for item in walk.items if isinstance(item, Line))
    return shown < _LITTLE <= hidden and not any(isinstance(item, Grid) for item in walk.items)


def _unhide(root: Element, hidden: list[tuple[Element, str]], label: str) -> bool:
    """Show what a script of the page would: what is hidden, and markup that is kept as text; whether there is any."""
    for element, tag in hidden:
        element.tag = tag
    kept = [each for each in root.iter("script", "textarea") if _MARKUP.match(each.text or "")]
    for element in kept:
        line: Any = element.sourceline
        inner = parse((element.text or "").encode().translate(_NO_CONTROLS), label)
        for each in inner.iter("*"):
            own: Any = each.sourceline
            cast(Any, each).sourceline = (line or 0) + (own or 1) - 1
        etree.strip_tags(inner, etree.Comment, *_INLINE)
        element.tag, element.text = "div", None
        element.extend(inner)
    return bool(hidden or kept)


def parse(page: bytes, label: str) -> Element:
    """The tree of a page in UTF-8.

    Raises:
        LimitError: deeper than the parser goes.
        EmptyFileError: not one element in it.
    """
    _check_tags(page, label)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True, collect_ids=False)
    root = etree.fromstring(page, parser)
    last = parser.error_log.last_error
    if last is not None and last.type_name == "ERR_RESOURCE_LIMIT":
        raise too_deep(label)
    if root is None:
        raise EmptyFileError(f"{label} is an empty page: a report was expected", f"{label} 是空白网页：应为年度报告")
    return root


def _check_tags(page: bytes, label: str) -> None:
    """The parser compares each attribute of a tag with all before it: thousands of them take minutes."""
    for piece in page.split(b">") if len(page) > _LARGE_PAGE else ():
        _, opened, tag = piece.rpartition(b"<") if len(piece) > _LARGE_TAG else (b"", b"", b"")
        if opened and tag[:1].isalpha() and len(_QUOTED.sub(b"", tag).split()) > _MOST_ATTRIBUTES:
            raise LimitError(
                f"{label} has a tag of more than {_MOST_ATTRIBUTES:,} attributes: far fewer were expected",
                f"{label} 中有标签的属性超过 {_MOST_ATTRIBUTES:,} 个：应远少于此",
            )


def _prepared(decoded: Decoded) -> bytes:
    """The page as the parser needs it, in UTF-8; line breaks stay where they are.

    A browser drops control characters, reads on after the end of the body, and makes a row of cells that follow the end
    of one (HTML Standard, 13.2.6.4.13). Rows without any table are made one, though a browser shows only their text.
    """
    page = decoded.utf8.translate(_NO_CONTROLS)
    small = page.lower()
    ends = [at for end in _ENDS if (at := small.find(end)) >= 0]
    if ends and (rest := _END.sub(b"", page[min(ends) :])).strip():
        page = page[: min(ends)] + rest
        small = page.lower()
    rows = [found.end() for found in _CELL_AFTER_ROW.finditer(small)]
    first = _TABLE_OR_ROW.search(small)
    if first and first[1] == b"tr":
        page = page[: first.start()] + b"<table>" + page[first.start() :]
        rows = [at + len(b"<table>") if at > first.start() else at for at in rows]
    return b"<tr>".join(page[begin:end] for begin, end in pairwise((0, *rows, len(page)))) if rows else page


def _take_comments(root: Element) -> list[SetAside]:
    """Remove the comments from the tree; those with words in them are set aside."""
    comments = [
        SetAside("comment", (comment.text or "").strip(), position(comment))
        for comment in (*root.itersiblings(etree.Comment, preceding=True), *root.iter(etree.Comment))
        if (comment.text or "").strip(" \t\r\n-=*!")
    ]
    etree.strip_tags(root, etree.Comment)
    return comments


def _url(root: Element, comments: list[SetAside]) -> str | None:
    """The address the page was saved from, where it says so."""
    for comment in comments:
        if found := _SAVED_FROM.search(comment.text):
            return found[1]
    for link in root.iter("link"):
        if link.get("rel") == "canonical" and str(link.get("href", "")).startswith("http"):
            return str(link.get("href"))
    return None
