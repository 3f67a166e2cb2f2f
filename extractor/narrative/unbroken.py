"""Text whose lines a page's width broke, without those breaks, so that no word is in two pieces when it is matched."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractor.document import Document
from extractor.narrative.prose import Span
from extractor.numbering import line_ordinal

UNBROKEN = 25
"""A line at least this long that ends without a stop goes on in the next one."""

_FIGURE = re.compile(r"\d+(?:\s|[一-鿿])")
_STOPS = "。；;：:！!？?”》）)"


@dataclass(frozen=True, slots=True)
class Unbroken:
    """A document as it is matched (no blocks), its lines, and the way back.

    ``starts[i]`` is where a stretch of the document that was read begins in this one, ``sources[i]`` where it stands
    there; both are empty where nothing was broken.
    """

    document: Document
    lines: list[Span]
    starts: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)

    def source(self, span: Span) -> Span:
        """The place of ``span`` in the document that was read."""
        if not self.starts:
            return span
        last = max(span.start, span.end - 1)
        return Span(self._source(span.start), self._source(last) + 1)

    def _source(self, offset: int) -> int:
        at = bisect_right(self.starts, offset) - 1
        return self.sources[at] + offset - self.starts[at]


def unbroken(document: Document, lines: Sequence[Span]) -> Unbroken:
    """``lines`` joined where the page's width broke them; the document itself where it broke none."""
    joined = joined_lines(document, lines)
    if len(joined) == len(lines):
        return Unbroken(document, joined)
    pieces: list[Span] = []
    spans: list[Span] = []
    starts: list[int] = []
    length = 0
    for line in joined:
        begin = length
        for piece in _pieces(document.text, line):
            starts.append(length)
            pieces.append(piece)
            length += piece.end - piece.start
        spans.append(Span(begin, length))
        pieces.append(Span(line.end, line.end + 1))  # the break behind the line
        starts.append(length)
        length += 1
    view = replace(document, text=_cut(document.text, pieces), blocks=[])
    view.folded = _cut(document.folded, pieces)
    return Unbroken(view, spans, starts, [piece.start for piece in pieces])


def _cut(text: str, pieces: Sequence[Span]) -> str:
    return "".join([text[piece.start : piece.end] for piece in pieces])


def joined_lines(document: Document, lines: Sequence[Span]) -> list[Span]:
    """``lines`` with those made one that are one sentence's; the breaks stay inside them."""
    text, folded = document.text, document.folded
    joined: list[Span] = []
    for line in lines:
        long = joined and joined[-1].end - joined[-1].start >= UNBROKEN
        if long and _goes_on(text, joined[-1], line) and not _is_numbered(text, folded, line):
            joined[-1] = Span(joined[-1].start, line.end)
        else:
            joined.append(line)
    return joined


def _is_numbered(text: str, folded: str, line: Span) -> bool:
    """The line begins with an ordinal; a number before a space (10 件) is a figure of the sentence."""
    ordinal = line_ordinal(text, folded, *line)
    return ordinal is not None and not (ordinal.style in ("arabic", "bare") and _FIGURE.match(folded, *line))


def _goes_on(text: str, line: Span, following: Span) -> bool:
    """The line, a long one, ends inside a sentence, and nothing but a line break divides it from the next."""
    if text[line.end - 1] in _STOPS:
        return False
    last = max(text.rfind("\n", line.start, line.end) + 1, line.start)
    between = text[line.end : following.start]
    return line.end - last >= UNBROKEN and between.isspace() and between.count("\n") == 1


def _pieces(text: str, line: Span) -> list[Span]:
    """The parts of the line between its breaks, without the white space around them."""
    if text.find("\n", *line) < 0:
        return [line]
    pieces, at = [], line.start
    for piece in text[line.start : line.end].split("\n"):
        words = piece.strip()
        start = at + piece.find(words)
        pieces.append(Span(start, start + len(words)))
        at += len(piece) + 1
    return pieces
