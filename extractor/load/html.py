"""HTML → ``Document``: what a browser shows of the page, without the page's own furniture."""

from __future__ import annotations

import re

from lxml import etree

from extractor.document import Document, Position, SetAside
from extractor.errors import EmptyFileError, LimitError
from extractor.load.align import PageMap
from extractor.load.encoding import Decoded
from extractor.load.flow import Flow
from extractor.load.items import Grid, Line
from extractor.load.navigation import sift
from extractor.load.page import PageWalk, position, too_deep
from extractor.load.style import hide
from extractor.load.tree import Element

_INLINE = frozenset(
    {"span", "font", "b", "strong", "i", "em", "u", "o:p", "ins", "small", "big", "sub", "sup", "tt"}
    | {"code", "kbd", "samp", "var", "cite", "q", "abbr", "acronym", "mark", "label", "nobr", "wbr", "bdi", "bdo"}
    | {"time", "data", "dfn", "ruby", "rb", "html", "basefont", "blink"}
)
"""Elements that break no line: only their text counts."""

_ENDS = ("</body", "</html")
_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_LITTLE = 500
_NO_CONTROLS = bytes(0x20 if code < 0x20 and code not in b"\t\n\f\r" else code for code in range(256))
_PAGE = re.compile(r"<(?:html|body|head)\b", re.IGNORECASE)
_LINE_TAGS = re.compile(r"<(?:p|div|br|li|h[1-6])\b", re.IGNORECASE)
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_TABLE_OR_ROW = re.compile(r"<(table|tr)\b", re.IGNORECASE)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_LARGE_PAGE, _LARGE_TAG, _MOST_ATTRIBUTES = 400_000, 20_000, 2_000
_NOTE_NUMBER = re.compile(r"[\[［（(]?(?:注?\d{1,2}|[①-⑳]|[*＊※]{1,3})[\]］）)]?")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://\S+)")


def load_html(decoded: Decoded, name: str, sha256: str, label: str) -> Document:
    """The document that a page is; ``label`` names it in messages.

    Raises:
        LimitError: nests too deep, or has too large a table.
        EmptyFileError: shows no text and no picture.
    """
    page = _prepared(decoded)
    root = parse(page, label)
    comments = _take_comments(root) if b"<!" in page else []
    hidden = hide(root, page)
    _mark_notes(root, page)
    etree.strip_tags(root, *_INLINE)
    verbatim = _is_text_with_tables(decoded.text)
    walk = _walk(root, label, verbatim=verbatim)
    if hidden and _shows_nothing(walk):
        for element, tag in hidden:
            element.tag = tag
        walk = _walk(root, label, verbatim=verbatim)
    items, furniture = sift(walk.items, walk.zones)
    flow = Flow(lambda line: Position(line=line or None))
    text = flow.lay(items)
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
        source_map=PageMap(text, decoded, flow.anchors),
        set_aside=[*comments, *walk.set_aside, *furniture, *flow.set_aside],
        pictures=flow.pictures,
        url=_url(root, comments),
        encoding=decoded.encoding,
    )


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
    hidden = sum(len(item.text) for item in walk.set_aside if item.kind == "hidden")
    shown = sum(len(item.text) for item in walk.items if isinstance(item, Line))
    return shown < _LITTLE <= hidden and not any(isinstance(item, Grid) for item in walk.items)


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
    """The page as the parser needs it: a browser reads on after the end of the body, and drops control characters."""
    text = decoded.text
    ends = [at for end in _ENDS if (at := text.find(end)) >= 0] or [
        at for end in _ENDS if (at := text.find(end.upper())) >= 0
    ]
    if ends and _END.sub("", text[min(ends) :]).strip():
        text = text[: min(ends)] + _END.sub("", text[min(ends) :])
    first = _TABLE_OR_ROW.search(text)
    if first and first[1].lower() == "tr":
        text = f"{text[: first.start()]}<table>{text[first.start() :]}"
    return (decoded.utf8 if text is decoded.text else text.encode()).translate(_NO_CONTROLS)


def _mark_notes(root: Element, page: bytes) -> None:
    """Give the numbers of footnotes (4<sup>1</sup>) the tag of an annotation: written on, they would be digits."""
    if b"<sup" in page:
        for element in root.iter("sup"):
            if _NOTE_NUMBER.fullmatch("".join(map(str, element.itertext())).strip()):
                element.tag = "rt"


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
