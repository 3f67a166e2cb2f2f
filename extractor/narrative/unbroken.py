"""Text whose lines a page's width broke, without those breaks, so that no word is in two pieces when it is matched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.document import Document, Paragraph
from extractor.narrative.prose import Span
from extractor.numbering import line_ordinal

UNBROKEN = 25
"""A line at least this long that ends without a stop goes on in the next one."""

_FIGURE = re.compile(r"\d+(?:\s|[一-鿿])")
_STOPS = "。；;：:！!？?”》）)"


@dataclass(frozen=True, slots=True)
class Unbroken:
    """A document as it is matched, its lines, and the way back: ``offsets`` is None where nothing was broken."""

    document: Document
    lines: list[Span]
    offsets: list[int] | None = None

    def source(self, span: Span) -> Span:
        """The place of ``span`` in the document that was read."""
        if self.offsets is None:
            return span
        return Span(self.offsets[span.start], self.offsets[max(span.start, span.end - 1)] + 1)


def unbroken(document: Document, lines: Sequence[Span]) -> Unbroken:
    """``lines`` joined where the page's width broke them; the document itself where it broke none."""
    joined = joined_lines(document, lines)
    if len(joined) == len(lines):
        return Unbroken(document, joined)
    offsets: list[int] = []
    spans: list[Span] = []
    words: list[str] = []
    for line in joined:
        begin = len(offsets)
        for piece in _pieces(document.text, line):
            offsets += range(*piece)
            words.append(document.text[piece.start : piece.end])
        spans.append(Span(begin, len(offsets)))
        offsets.append(line.end)
        words.append("\n")
    paragraphs = [Paragraph(*span) for span in spans]
    name, media_type = document.name, document.media_type
    view = Document(name, document.sha256, media_type, "".join(words), [*paragraphs], document.source_map)
    return Unbroken(view, spans, offsets)


def joined_lines(document: Document, lines: Sequence[Span]) -> list[Span]:
    """``lines`` with those made one that are one sentence's; the breaks stay inside them."""
    text, folded = document.text, document.folded
    joined: list[Span] = []
    for line in lines:
        if joined and _goes_on(text, joined[-1], line) and not _is_numbered(text, folded, line):
            joined[-1] = Span(joined[-1].start, line.end)
        else:
            joined.append(line)
    return joined


def _is_numbered(text: str, folded: str, line: Span) -> bool:
    """The line begins with an ordinal; a number before a space (10 件) is a figure of the sentence."""
    ordinal = line_ordinal(text, folded, *line)
    return ordinal is not None and not (ordinal.style in ("arabic", "bare") and _FIGURE.match(folded, *line))


def _goes_on(text: str, line: Span, following: Span) -> bool:
    """The line is a full one, ends inside a sentence, and nothing but a line break divides it from the next."""
    if line.end - line.start < UNBROKEN or text[line.end - 1] in _STOPS:
        return False
    last = max(text.rfind("\n", line.start, line.end) + 1, line.start)
    between = text[line.end : following.start]
    return line.end - last >= UNBROKEN and between.isspace() and between.count("\n") == 1


def _pieces(text: str, line: Span) -> list[Span]:
    """The parts of the line between its breaks, without the white space around them."""
    pieces, at = [], line.start
    for piece in text[line.start : line.end].split("\n"):
        words = piece.strip()
        start = at + piece.find(words)
        pieces.append(Span(start, start + len(words)))
        at += len(piece) + 1
    return pieces
