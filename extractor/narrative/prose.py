"""Running text as lines and sentences: spans of ``Document.text``, tables left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from extractor.document import Document
from extractor.draft import Draft
from extractor.record import Evidence, Place
from extractor.text import is_blank, trimmed

CLOSING_MARKS = "。；，、;,： 　\t\r\n.:*#"
"""What is cut off the end of a passage."""

STOP = re.compile(r"[。!?]+[\"'”’)）]*")
"""What ends a sentence (on folded text)."""

LONGEST_QUOTATION = 600
"""Characters after which a quotation or bracket that was not closed is taken to have ended."""


_MARKDOWN_MARKS = ("#", "**", ">")
_MARKDOWN = re.compile(r"(?:>[>\s]*)?(?:#+|\*\*)?\s*")
_OPENING = re.compile("[“《（「]")
_UNBALANCED = {"“": "”", "《": "》", "（": "）", "「": "」"}


class Span(NamedTuple):
    """``start:end`` of ``Document.text``."""

    start: int
    end: int


def lines_in(document: Document, start: int, end: int, shortest: int = 1) -> list[Span]:
    """The lines of running text within ``start:end``, cut at its ends, without white space around them.

    ``shortest``: paragraphs of fewer characters are left out (values of a table that stand a line each).
    """
    text, paragraphs = document.text, document.paragraphs
    first = bisect_right(paragraphs, start, key=lambda paragraph: paragraph.end)
    lines: list[Span] = []
    for paragraph in paragraphs[first:]:
        if paragraph.start >= end:
            break
        if paragraph.end - paragraph.start < shortest:
            continue
        a, b = max(paragraph.start, start), min(paragraph.end, end)
        if text.find("\n", a, b) < 0:
            loose = is_blank(text[a]) or is_blank(text[b - 1])
            lines.append(Span(*trimmed(text, a, b)) if loose else Span(a, b))
        else:
            lines += _broken(text, a, b)
    return (
        [line for line in lines if line.start < line.end]
        if not any(mark in text for mark in _MARKDOWN_MARKS)
        else [plain for line in lines if (plain := _unmarked(text, line)).start < plain.end]
    )


def _unmarked(text: str, line: Span) -> Span:
    """``line`` without the marks of a Markdown heading, quotation or emphasis around it."""
    match = _MARKDOWN.match(text, *line)
    start = match.end() if match else line.start
    end = line.end - 2 if text.endswith("**", start, line.end) else line.end
    return Span(start, end)


def _broken(text: str, start: int, end: int) -> list[Span]:
    lines, at = [], start
    for piece in text[start:end].split("\n"):
        lines.append(Span(*trimmed(text, at, at + len(piece))))
        at += len(piece) + 1
    return lines


def sentences(document: Document, start: int, end: int) -> list[Span]:
    """The sentences of ``start:end``, their full stops included; none ends inside quotes or brackets."""
    text = document.text
    spans: list[Span] = []
    at = start
    for match in STOP.finditer(document.folded, start, end):
        if match.end() - at > LONGEST_QUOTATION or not _open_at(text, at, match.end()):
            spans.append(Span(at, match.end()))
            at = match.end()
    if text[at:end].strip():
        spans.append(Span(at, end))
    return spans


def _open_at(text: str, start: int, end: int) -> bool:
    """A quotation or bracket is open at ``end``."""
    return _OPENING.search(text, start, end) is not None and any(
        text.count(opening, start, end) > text.count(closing, start, end) for opening, closing in _UNBALANCED.items()
    )


def bare(text: str, start: int, end: int) -> Span:
    """``start:end`` without white space and closing marks at its end."""
    start, end = trimmed(text, start, end)
    while end > start and text[end - 1] in CLOSING_MARKS:
        end -= 1
    return Span(start, end)


def note(draft: Draft, pointer: str, span: Span) -> None:
    """Leave evidence that the value at ``pointer`` is read from ``span``."""
    raw = draft.document.text[span.start : span.end]
    draft.evidence[pointer] = Evidence(raw=raw, source=Place(start=span.start, end=span.end))
