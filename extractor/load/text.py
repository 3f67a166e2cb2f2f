"""Plain text and Markdown → ``Document``."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.document import Document, Position, SetAside, anchor_before
from extractor.load.encoding import Decoded
from extractor.load.plain import clean, plain_blocks


@dataclass(frozen=True, slots=True)
class TextMap:
    """Leads from an offset of the text to the byte and line of the file; ``anchors`` lead to offsets of ``source``."""

    source: Decoded
    anchors: list[tuple[int, int]]

    def locate(self, offset: int) -> Position:
        """Byte offset and line (from 1) of the character at ``offset``."""
        at, origin = anchor_before(self.anchors, offset)
        return place_of(self.source, origin + offset - at)


def load_text(decoded: Decoded, name: str, sha256: str, media_type: str) -> Document:
    """The document that a text is: what marks and page furniture leave of it, as written."""
    cleaned = clean(decoded.text)
    return Document(
        name=name,
        sha256=sha256,
        media_type=media_type,
        text=cleaned.text,
        blocks=plain_blocks(cleaned.text),
        source_map=TextMap(decoded, cleaned.anchors),
        set_aside=[SetAside(kind, text, place_of(decoded, origin)) for kind, text, origin in cleaned.aside],
        encoding=decoded.encoding,
    )


def place_of(source: Decoded, offset: int) -> Position:
    """Where the character at ``offset`` of a decoded file stands."""
    return Position(byte=source.byte(offset), line=source.line(offset))
