"""The end of a report: the signing body and the day it signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractor.addressed import address_in
from extractor.document import Document
from extractor.narrative.bodies import is_body
from extractor.narrative.dates import day_in
from extractor.narrative.prose import Span, lines_in

LAST_LINES = 12
LONGEST_SIGNATURE = 45

_BLANK = re.compile(r"\s+")
_CONTENT = re.compile(r"[。;?!]")
_OF_THE_PAGE = re.compile(
    r"时间|日期|发布|来源|浏览|\d:\d|上一篇|下一篇|打印|关闭|分享|扫一扫|版权|备案|主办|责任编辑|[|>]"
    r"|^\W{0,4}\d{0,3}\W{0,4}$",
    re.MULTILINE,
)
_APPENDIX = re.compile(r"附(?:件|表|录|图)?\s?[一二三四五六\d]{0,2}\s?(?:[:、.\s]|[一-鿿]|$)")
_SEAL = re.compile(r"\((?:盖章|公章|印章|章)\)")


@dataclass(frozen=True, slots=True)
class Closing:
    """Where the signature begins (the end of the stretch if there is none), who signed, and when."""

    start: int
    body: str | None = None
    body_span: Span | None = None
    day: date | None = None
    day_span: Span | None = None


def closing_of(document: Document, start: int, end: int) -> Closing:
    """The signature among the last lines of ``start:end``: a date on its own, the body on its line or before it,
    or behind it where nothing else follows.

    A date with a label (发布时间) or a clock is the page's and no signature.
    """
    lines = _before_appendices(document, lines_in(document, start, end))[-LAST_LINES:]
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if address_in(document.folded[slice(*line)]) is not None:
            continue
        if line.end - line.start > LONGEST_SIGNATURE or _CONTENT.search(document.folded, *line):
            break
        if _OF_THE_PAGE.search(document.folded, *line):
            continue
        found = day_in(document.folded, line.start, line.end)
        if found and _is_alone(document.folded, line, found[1]):
            behind = lines[at + 1 :] if at == len(lines) - 2 else []
            return _signed(document, [*lines[max(0, at - 1) : at], *behind], line, found)
    return _unsigned(document, lines, end)


def _before_appendices(document: Document, lines: list[Span]) -> list[Span]:
    """The lines up to an appendix (附表1 …), where there are any before it."""
    for at, line in enumerate(lines):
        if at and _APPENDIX.match(document.folded, *line):
            return lines[:at]
    return lines


def _is_alone(folded: str, line: Span, day: Span) -> bool:
    """Nothing but a body may stand on the line of the date."""
    rest = folded[line.start : day.start] + folded[day.end : line.end]
    words = _BLANK.sub("", _SEAL.sub("", rest)).strip("()")
    return not words or is_body(words)


def _signed(document: Document, near: list[Span], line: Span, found: tuple[date, Span]) -> Closing:
    """The signature with the date on ``line``; ``near`` are its neighbours."""
    day, span = found
    same = _body(document.folded, Span(line.start, span.start))
    if same is not None:
        return Closing(line.start, same, Span(line.start, span.start), day, span)
    for other in near:
        if (body := _body(document.folded, other)) is not None:
            return Closing(min(line.start, other.start), body, other, day, span)
    return Closing(line.start, None, None, day, span)


def _unsigned(document: Document, lines: list[Span], end: int) -> Closing:
    """A last line that is nothing but a body; lines of the page may follow it."""
    for line in reversed(lines):
        body = _body(document.folded, line)
        if body:
            return Closing(line.start, body, line)
        if not _OF_THE_PAGE.search(document.folded, *line):
            break
    return Closing(end)


def _body(folded: str, line: Span) -> str | None:
    words = _BLANK.sub("", _SEAL.sub("", folded[line.start : line.end]))
    return words if len(words) < LONGEST_SIGNATURE and is_body(words) and not re.search(r"[,、:。;\d]", words) else None
