"""A part's lines cut into pieces: at every ordinal that begins an item, and at every full stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.document import Document
from extractor.narrative.cues import label_at
from extractor.narrative.prose import STOP, Span, sentences
from extractor.numbering import Ordinal, inline_ordinals, line_ordinal
from extractor.text import trimmed

_COUNTED = frozenset(
    ("cn", "arabic", "arabic_bracket", "cn_bracket", "circled", "nth", "which", "side", "letter", "one")
)
_FIGURE = re.compile(
    r"\d{1,2}\s+(?=[月件万类篇份种宗余]|年(?![度报])|日(?!常)|条(?![例线])|名(?!称)|家(?!庭)|人(?!员)|项(?!目)|期(?![间限])"
    r"|场(?!所)|元|起(?!步)|多(?![头数部])|部(?![门分])|次(?!要)|个(?!别))"
)
"""A number before a space and what it counts, which is no ordinal: 仍有 4 项未更新."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``start:end`` without its ordinal; ``mark`` is where the ordinal begins, ``line`` counts the lines."""

    mark: int
    start: int
    end: int
    ordinal: Ordinal | None
    line: int
    opens_line: bool


def pieces_of(document: Document, lines: Sequence[Span]) -> list[Piece]:
    """The pieces of ``lines``, in order; white space around them left out."""
    leaders = [line_ordinal(document.text, document.folded, *line) for line in lines]
    inner = [
        _inner(document, Span(leader.end if leader else line.start, line.end))
        for line, leader in zip(lines, leaders, strict=True)
    ]
    taken = _taken(leaders, inner)
    pieces: list[Piece] = []
    for number, line in enumerate(lines):
        leader = leaders[number] if leaders[number] in taken else None
        marks = [leader, *(ordinal for ordinal in inner[number] if ordinal in taken)]
        pieces += _cut(document, number, line, [mark for mark in marks if mark])
    return pieces


def _inner(document: Document, span: Span) -> list[Ordinal]:
    """The ordinals inside a line that could begin items; a figure set off by spaces (仍有 4 项) is none."""
    found = inline_ordinals(document.text, document.folded, *span)
    return [one for one in found if one.style != "arabic" or not _FIGURE.match(document.folded, one.start, span.end)]


def _taken(leaders: Sequence[Ordinal | None], inner: Sequence[Sequence[Ordinal]]) -> set[Ordinal]:
    """The ordinals that begin items: those that lead lines, 一是 anywhere, others inside a line where they count on."""
    taken: set[Ordinal] = set()
    last: dict[str, int | None] = {}
    numbers = {(one.style, one.number) for one in [*filter(None, leaders), *(one for some in inner for one in some)]}
    for leader, some in zip(leaders, inner, strict=True):
        for ordinal in [*([leader] if leader else []), *some]:
            if _begins_item(ordinal, ordinal is leader, last, numbers):
                taken.add(ordinal)
                last[ordinal.style] = ordinal.number
    return taken


def _begins_item(
    ordinal: Ordinal, leads: bool, last: dict[str, int | None], numbers: set[tuple[str, int | None]]
) -> bool:
    style, number = ordinal.style, ordinal.number
    if style in ("is", "named", "bullet"):
        return True
    if style == "sequence":
        return "sequence" in last or (number == 1 and ("sequence", 2) in numbers) or (number == 2 and leads)
    if style == "bare":
        return leads and ("arabic" in last or "bare" in last or (number == 1 and ("bare", 2) in numbers))
    if leads and style != "side":
        return True
    before = last.get(style)
    counts_on = before is not None and number == before + 1
    return style in _COUNTED and (counts_on or (number == 1 and (style, 2) in numbers))


def _labels(folded: str, start: int, end: int) -> list[int]:
    """Where a label begins behind a semicolon (…；改进措施：…)."""
    found: list[int] = []
    at = folded.find(";", start, end)
    while at >= 0:
        if label_at(folded, at + 1, end):
            found.append(at + 1)
        at = folded.find(";", at + 1, end)
    return found


def _cut(document: Document, number: int, line: Span, marks: Sequence[Ordinal]) -> list[Piece]:
    """One line's pieces."""
    starts: list[tuple[int, Ordinal | None]] = [(mark.start, mark) for mark in marks]
    begun = {mark.start: mark.end for mark in marks}
    edges = [line.start, *(mark.start for mark in marks), line.end]
    for a, b in pairwise(edges):
        inside = begun.get(a, a)
        first = STOP.search(document.folded, inside, b)
        several = first is not None and first.end() < b
        stops = [sentence.start for sentence in sentences(document, inside, b)][1:] if several else []
        starts += [(stop, None) for stop in {*stops, *_labels(document.folded, inside, b)}]
    if line.start not in begun:
        starts.append((line.start, None))
    starts.sort(key=lambda one: one[0])
    ends = [start for start, _ in starts[1:]] + [line.end]
    pieces = []
    for (mark, ordinal), stop in zip(starts, ends, strict=True):
        start, end = trimmed(document.text, ordinal.end if ordinal else mark, stop)
        if start < end or ordinal:
            pieces.append(Piece(mark, start, end, ordinal, number, mark == line.start))
    return pieces
