"""Word (.docx) → ``Document``: what the reader of the printed report sees, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from extractor.document import Document, Position, SetAside, anchor_before
from extractor.errors import DamagedFileError, EmptyFileError, UnsupportedFormatError
from extractor.load.detect import Kind, binary_kind, declared_encoding, is_zip, text_kind
from extractor.load.encoding import decode
from extractor.load.flow import Flow
from extractor.load.html.document import read_page
from extractor.load.items import Image, Item, Verbatim
from extractor.load.package import Package, Relation
from extractor.load.pictured import Pictured
from extractor.load.tree import Element
from extractor.load.word.body import WordWalk
from extractor.load.word.styles import Numbering, Styles, W

_BESIDE = {
    "header": "furniture",
    "footer": "furniture",
    "footnotes": "furniture",
    "endnotes": "furniture",
    "comments": "comment",
}
"""Parts beside the body, and what their text is."""


@dataclass(frozen=True, slots=True)
class WordMap:
    """Leads from an offset to the paragraph of the document part; ``anchors`` pair offsets with paragraphs."""

    part: str
    anchors: list[tuple[int, int]]

    def locate(self, offset: int) -> Position:
        """The paragraph that the character at ``offset`` is in."""
        return self.position(anchor_before(self.anchors, offset)[1])

    def position(self, paragraph: int) -> Position:
        """The place of a paragraph, given its number."""
        return Position(part=self.part, paragraph=paragraph)


def load_word(data: bytes, name: str, sha256: str, label: str) -> Document:
    """The document that a .docx holds; ``label`` names it in messages.

    Raises:
        UnsupportedFormatError: a zip of another kind; names the kind.
        DamagedFileError, EncryptedFileError, EmptyFileError
        LimitError: unpacks to too much, or has too large a table.
    """
    package = Package(data, label)
    relations = package.relations(package.main)
    walk = _walk(package, relations, label, chunks=True)
    pictured = Pictured(label)
    _give_data(walk.items, package)
    flow = Flow(lambda origin: WordMap(package.main, []).position(pictured.home(origin)))
    text = flow.lay(pictured.read(walk.items))
    if not text and not flow.pictures:
        raise EmptyFileError(f"{label} holds no text: a report was expected", f"{label} 没有文字：应为一份年度报告")
    return Document(
        name=name,
        sha256=sha256,
        media_type=Kind.WORD.value,
        text=text,
        blocks=flow.blocks,
        source_map=WordMap(package.main, pictured.at_home(flow.anchors)),
        set_aside=[*walk.set_aside, *flow.set_aside, *_beside(package, relations.values())],
        pictures=flow.pictures,
        encoding="utf-8",
        recognition=pictured.recognition(flow.anchors),
    )


def _give_data(found: Iterable[Item], package: Package) -> None:
    """Give each picture its file, as far as the package holds it."""
    for item in found:
        if isinstance(item, Image) and item.source in package:
            with suppress(DamagedFileError):
                item.data = package.read(item.source)


def _walk(package: Package, relations: dict[str, Relation], label: str, *, chunks: bool) -> WordWalk:
    """Read the body; ``chunks``: with the files that were put into it."""
    body = package.xml(package.main).find(f"{W}body")
    if body is None:
        raise package.damaged()
    parts = {relation.kind: relation.target for relation in relations.values()}
    targets = {key: relation.target for key, relation in relations.items()}
    styles, numbering = Styles(_part(package, parts.get("styles"))), Numbering(_part(package, parts.get("numbering")))
    walk = WordWalk(package.main, styles, numbering, targets, label)
    walk.read_chunk = partial(_chunk, package, label) if chunks else None
    walk.walk(body)
    return walk


def _chunk(package: Package, label: str, part: str) -> list[Item] | None:
    """What a page, a text or a .docx put into the body shows; None for a file that is broken or of no such kind."""
    try:
        data = package.read(part)
        if is_zip(data):
            inner = Package(data, label)
            return _walk(inner, inner.relations(inner.main), label, chunks=False).items
        if binary_kind(data, ""):
            return None
        decoded = decode(data, declared_encoding(data))
        kind = text_kind(decoded, "")
        if kind is Kind.HTML:
            return read_page(decoded, label).items
        return [Verbatim(decoded.text)] if kind in (Kind.PLAIN, Kind.MARKDOWN) else None
    except (DamagedFileError, EmptyFileError, UnsupportedFormatError):
        return None


def _part(package: Package, name: str | None) -> Element | None:
    """The tree of a part that the document can do without: one that is missing or broken is none."""
    try:
        return package.xml(name) if name else None
    except DamagedFileError:
        return None


def _beside(package: Package, relations: Iterable[Relation]) -> Iterator[SetAside]:
    """The text of headers, footers, notes and comments, each part as one."""
    for relation in relations:
        kind = _BESIDE.get(relation.kind)
        root = _part(package, relation.target) if kind else None
        if kind and root is not None:
            lines = ("".join(text.text or "" for text in line.iter(f"{W}t")) for line in root.iter(f"{W}p"))
            if text := "\n".join(line for line in lines if line.strip()):
                yield SetAside(kind, text, Position(part=relation.target))
