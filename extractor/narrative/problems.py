"""Sentences without ordinals taken apart: enumerations of problems (如…、…等), clauses divided by semicolons."""

from __future__ import annotations

import re
from functools import lru_cache

from extractor.document import Document
from extractor.narrative import cues
from extractor.narrative.outline import Entry
from extractor.narrative.prose import Span, bare, sentences
from extractor.narrative.wordings import pattern, wordings

SHORTEST_PART = 4
"""Characters of the shortest problem an enumeration can hold."""

_SEMICOLON = re.compile(r";")
_ENUMERATION = re.compile(r"、")
_COMMA = re.compile(r"[、,]")


def issues_of(document: Document, entry: Entry) -> list[Span]:
    """The problems a sentence states: the parts of an enumeration or its clauses, else the sentence's own statement."""
    folded = document.folded
    start = _behind_praise(folded, entry.start, entry.end)
    body, announced = _body(folded, start, entry.end, entry.led)
    parts = _divided(folded, body, _SEMICOLON, independent=False)
    if len(parts) == 1:
        parts = _divided(folded, body, _COMMA if announced else _ENUMERATION, independent=True)
    if len(parts) == 1 and not (announced and body.start > start and _specified(folded, start, body.start)):
        parts = [Span(start, entry.end)] if not entry.led else parts
    return [span for part in parts if (span := bare(document.text, *part)).start < span.end]


def measure_within(document: Document, start: int, end: int) -> int | None:
    """Where a problem's own sentence goes over to its measure (…，下一步将…), at the comma."""
    match = pattern("cues", "turns_to_measure").search(document.folded, start, end)
    return match.start() if match and match.start() - start >= SHORTEST_PART else None


def measure_behind(document: Document, start: int, end: int) -> int | None:
    """Where the sentences of a problem go over to its measure, which says so by its own words alone (通过…推动…)."""
    begun: int | None = None
    for sentence in sentences(document, start, end)[1:]:
        if cues.states_a_problem(document.folded, *sentence):
            begun = None
        elif begun is None and cues.leaning(document.folded, *sentence) == "measure":
            begun = sentence.start
    return begun


def measures_of(document: Document, entry: Entry) -> list[Span]:
    """The measures a sentence names, one for each of its clauses between semicolons, its lead phrase left out."""
    match = pattern("cues", "lead_phrase").match(document.folded, entry.start, entry.end)
    start = match.end() if match else entry.start
    parts = _divided(document.folded, Span(start, entry.end), _SEMICOLON, independent=False)
    return [span for part in parts if (span := bare(document.text, *part)).start < span.end]


def _behind_praise(folded: str, start: int, end: int) -> int:
    """Where the problem begins behind 取得成绩，但…"""
    for turn in pattern("cues", "turn").finditer(folded, start, end):
        if cues.praises(folded, start, turn.start()) or not cues.states_a_problem(folded, start, turn.start()):
            return turn.end()
    return start


def _body(folded: str, start: int, end: int, led: bool) -> tuple[Span, bool]:
    """What an enumeration lists, without 如 … 等问题, and whether anything announces that it is one."""
    specifies = _last_specifier(folded, start, end)
    if specifies is not None:
        start = specifies
    exists = _exists().match(folded, start, end) if specifies is None else None
    closing = None
    for match in pattern("cues", "closes_list").finditer(folded, start, end):
        closing = match
    if (
        exists
        and closing
        and (closing.end() >= end - 1 or pattern("cues", "after_list").match(folded, closing.end(), end))
    ):
        return Span(exists.end(), closing.start()), True
    announced = led or specifies is not None
    if closing and announced:
        return Span(start, closing.start()), True
    return Span(start, end), announced


@lru_cache(maxsize=1)
def _exists() -> re.Pattern[str]:
    return re.compile(wordings("cues")["exists"])


def _last_specifier(folded: str, start: int, end: int) -> int | None:
    """Behind 如, 主要是, 表现为 …, where it opens the sentence or follows on a vague problem."""
    for match in pattern("cues", "specifies").finditer(folded, start, end):
        before = bare(folded, start, match.start())
        if before.start >= before.end or cues.ends_on_problem_noun(folded, *before):
            return match.end()
    return None


def _specified(folded: str, start: int, end: int) -> bool:
    return _last_specifier(folded, start, end) is not None


def _divided(folded: str, body: Span, separator: re.Pattern[str], *, independent: bool) -> list[Span]:
    """``body`` cut at its separators; ``independent``: only where a problem by itself stands on either side."""
    parts: list[Span] = []
    start = body.start
    for match in separator.finditer(folded, body.start, body.end):
        if independent and not _stands_alone(folded, start, match.start(), match.end(), body.end):
            continue
        parts.append(Span(start, match.start()))
        start = match.end()
    last = bare(folded, start, body.end)
    if independent and parts and not cues.ends_as_problem(folded, *last):
        last = Span(parts.pop().start, body.end)
    return [*parts, last] if last.start < last.end else parts


def _stands_alone(folded: str, start: int, end: int, following: int, limit: int) -> bool:
    if end - start < SHORTEST_PART or not cues.ends_as_problem(folded, start, end):
        return False
    return not pattern("cues", "dependent").match(folded, following, limit)
