"""Word (.docx) → ``Document``: what the reader of the printed report sees, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractor.document import Document, Position, SetAside, anchor_before
from extractor.errors import DamagedFileError, EmptyFileError
from extractor.load.detect import Kind
from extractor.load.flow import Flow
from extractor.load.package import Package, Relation
from extractor.load.tree import Element
from extractor.load.word_body import WordWalk
from extractor.load.word_styles import Numbering, Styles, W

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
    root = package.xml(package.main)
    body = root.find(f"{W}body")
    if body is None:
        raise package.damaged()
    relations = package.relations(package.main)
    parts = {relation.kind: relation.target for relation in relations.values()}
    targets = {key: relation.target for key, relation in relations.items()}
    styles, numbering = Styles(_part(package, parts.get("styles"))), Numbering(_part(package, parts.get("numbering")))
    walk = WordWalk(package.main, styles, numbering, targets, label)
    walk.walk(body)
    flow = Flow(WordMap(package.main, []).position)
    text = flow.lay(walk.items)
    if not text and not flow.pictures:
        raise EmptyFileError(f"{label} holds no text: a report was expected", f"{label} 没有文字：应为一份年度报告")
    return Document(
        name=name,
        sha256=sha256,
        media_type=Kind.WORD.value,
        text=text,
        blocks=flow.blocks,
        source_map=WordMap(package.main, flow.anchors),
        set_aside=[*walk.set_aside, *flow.set_aside, *_beside(package, relations.values())],
        pictures=flow.pictures,
        encoding="utf-8",
    )


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
