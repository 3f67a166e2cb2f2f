"""Part five cut into clauses fine enough to point to, and pointed clauses trimmed to items."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from extractor.document import Document
from extractor.draft import Spot
from extractor.llm.anchors import Line, text_lines
from extractor.numbering import inline_ordinals, line_ordinal
from extractor.text import trimmed

_EDGE = re.compile(r"[。!?;:,、]+[\"'”’)]*")
_CLOSING = " \t\r\n\u3000。；，、;,：:.*#"
_LIST_MARK = re.compile(r"\A[\s#*>-]+")


def clauses_of(document: Document, start: int, end: int) -> list[Spot]:
    """The clauses of ``start:end``, in order: cut at line breaks, ordinals and after every stop and comma.

    Together they hold every character of the stretch that is not white space.
    """
    return [spot for line in text_lines(document.text, start, end) for spot in _in_line(document, line)]


def _in_line(document: Document, line: Line) -> list[Spot]:
    text, folded = document.text, document.folded
    leader = line_ordinal(text, folded, line.start, line.end)
    ordinals = [leader] if leader else []
    ordinals += inline_ordinals(text, folded, leader.end if leader else line.start, line.end)
    heads = [(ordinal.start, ordinal.end) for ordinal in ordinals]
    stops = [m.end() for m in _EDGE.finditer(folded, line.start, line.end)]
    cuts = {line.start, line.end, *(a for a, _ in heads)}
    cuts |= {at for at in stops if not any(a < at <= b for a, b in heads)}
    edges = sorted(cuts)
    spans = [trimmed(text, a, b) for a, b in pairwise(edges)]
    return [Spot(a, b) for a, b in spans if a < b]


def bare_item(document: Document, spots: Sequence[Spot]) -> Spot:
    """The clauses of one item as one stretch, without its ordinal, words that only lead in, and closing ones."""
    text, folded = document.text, document.folded
    start, end = spots[0].start, spots[-1].end
    for _ in range(2):  # an ordinal may stand before a lead-in, or behind it
        start = _behind_ordinal(text, folded, start, end)
        lead = _pattern("leads").match(folded, start, end)
        start = lead.end() if lead and lead.end() < end else start
    end = _closed(text, start, end)
    tail = _tail().search(folded, max(start, end - 12), end)
    if tail and tail.start() > start:
        end = _closed(text, start, tail.start())
    return Spot(*trimmed(text, start, end))


def _behind_ordinal(text: str, folded: str, start: int, end: int) -> int:
    start, _ = trimmed(text, start, end)
    ordinal = line_ordinal(text, folded, start, end)
    if ordinal and ordinal.end < end:
        return ordinal.end
    mark = _LIST_MARK.match(folded[start : min(end, start + 8)])
    return start + mark.end() if mark and start + mark.end() < end else start


def _closed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _CLOSING:
        end -= 1
    return end


@lru_cache(maxsize=1)
def _wordings() -> dict[str, str]:
    return tomllib.loads(resources.files(__package__).joinpath("clauses.toml").read_text("utf-8"))


@lru_cache(maxsize=2)
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(_wordings()[key])


@lru_cache(maxsize=1)
def _tail() -> re.Pattern[str]:
    return re.compile(_wordings()["tails"] + r"\Z")
