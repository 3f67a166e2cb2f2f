"""Lines that may be the heading of a part, with how much speaks for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from extractor.document import Document
from extractor.numbering import NESTED_STYLES, TOP_STYLES
from extractor.sections.titles import SHORT_LETTERS, Line, Titles, bigrams_of
from extractor.text import squash

LONGEST_TITLE = 48
"""Characters of a line that can still be a heading on its own."""

TYPO, ALIKE = 3.0, 1.5
"""How much a title with one letter wrong, or one that is much like a title, speaks for a heading."""

SENTENCE = re.compile(r"[。;,!?]")
"""Stops that no heading has inside."""

_TRAILING = re.compile(r"[\s*:。.]*")
_SEPARATORS = frozenset(" \t\n:。.,;(*-\u3000")
_TIME = re.compile(r"^20\d\d年度?")
_INNER = frozenset(NESTED_STYLES)
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that may be the heading of part ``index`` (into the form's parts); ``line`` counts the lines."""

    line: int
    last_line: int
    start: int
    end: int
    index: int
    likeness: float
    style: str | None
    number: int | None
    level: int = 0
    alone: bool = True
    empty: bool = False


def headings_of(document: Document, lines: list[Line], titles: Titles) -> list[Heading]:
    """The candidates among ``lines``, in order; a line is the candidate of one part at most."""
    folded = document.folded
    found: list[Heading] = []
    taken = -1
    for number, line in enumerate(lines):
        if number <= taken or (line.ordinal is None and folded[line.words : line.words + 1] not in titles.initials):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else None
        heading = _heading(folded, number, line, following, titles)
        if heading is not None:
            found.append(heading)
            taken = heading.last_line
    return found


def _heading(folded: str, number: int, line: Line, following: Line | None, titles: Titles) -> Heading | None:
    length = line.end - line.words
    if length < 2:
        return _numbered_before(folded, number, line, following, titles)
    if length > LONGEST_TITLE:
        head = folded[line.words : line.words + 2]
        return None if head.isalnum() and head not in titles.by_head else _with_text_after(folded, number, line, titles)
    words = _TIME.sub("", squash(folded[line.words : line.end]))
    known = titles.exact.get(words)
    if known is not None:
        return _made(number, line, known)
    if words[:2] in titles.by_head:
        heading = _with_text_after(folded, number, line, titles)
        heading = heading or _split(folded, number, line, following, words, titles)
        if heading is not None:
            return heading
    return _misspelt(folded, number, line, words, titles)


def _made(number: int, line: Line, known: tuple[int, float]) -> Heading:
    style, value = (line.ordinal.style, line.ordinal.number) if line.ordinal else (None, None)
    return Heading(number, number, line.start, line.end, *known, style=style, number=value, level=line.level)


def _numbered_before(folded: str, number: int, line: Line, following: Line | None, titles: Titles) -> Heading | None:
    """An ordinal on a line of its own, its title on the next."""
    if line.ordinal is None or following is None or following.end - following.start > LONGEST_TITLE:
        return None
    known = titles.exact.get(squash(folded[following.start : following.end]))
    return replace(_made(number, line, known), last_line=number + 1, end=following.end) if known else None


def _with_text_after(folded: str, number: int, line: Line, titles: Titles) -> Heading | None:
    """A title with text behind it on the same line; without a number only before a colon or full stop."""
    words = squash(folded[line.words : min(line.end, line.words + LONGEST_TITLE)])
    title = next((title for title in titles.by_head.get(words[:2], ()) if words.startswith(title)), None)
    if title is None:
        return None
    end = _reach(folded, line.words, len(title))
    after = folded[end : end + 1]
    if not ((line.ordinal and after in _SEPARATORS) or after in ":。" or folded.startswith("一是", end)):
        return None
    end = _TRAILING.match(folded, end, line.end).end()  # type: ignore[union-attr]
    return replace(_made(number, line, titles.exact[title]), end=end, alone=False)


def _reach(folded: str, start: int, letters: int) -> int:
    """The offset behind the first ``letters`` characters that ``squash`` keeps."""
    at = start
    while letters:
        letters -= len(squash(folded[at]))
        at += 1
    return at


def _split(folded: str, number: int, line: Line, following: Line | None, words: str, titles: Titles) -> Heading | None:
    """A title that a line break cut in two."""
    if following is None or len(words) < (2 if line.ordinal else 4):
        return None
    if not any(title.startswith(words) for title in titles.by_head.get(words[:2], ())):
        return None
    known = titles.exact.get(words + squash(folded[following.start : following.end][:LONGEST_TITLE]))
    return replace(_made(number, line, known), last_line=number + 1, end=following.end) if known else None


def _misspelt(folded: str, number: int, line: Line, words: str, titles: Titles) -> Heading | None:
    """A title with one letter wrong, missing or too many; or, with the right number, one that is much alike."""
    ordinal = line.ordinal
    if len(words) < 4 or (ordinal and ordinal.style in _INNER) or SENTENCE.search(folded, line.words, line.end - 1):
        return None
    parts = _one_letter_off(words, titles) if len(words) >= SHORT_LETTERS else set()
    if len(parts) == 1:
        return _made(number, line, (parts.pop(), TYPO))
    if parts or ordinal is None or ordinal.number is None or (ordinal.style not in TOP_STYLES and not line.level):
        return None
    alike = _alike(words, ordinal.number, titles)
    return _made(number, line, (alike, ALIKE)) if alike is not None else None


def _one_letter_off(words: str, titles: Titles) -> set[int]:
    """The parts with a long title at a distance of one letter."""
    near = process.extract(words, titles.long, scorer=Levenshtein.distance, score_cutoff=1, limit=None)
    return {titles.exact[title][0] for title, _, _ in near}


def _alike(words: str, number: int, titles: Titles) -> int | None:
    """The part with this number, if ``words`` share half of their pairs of letters with a title of it alone."""
    pairs = bigrams_of(words)
    index = next((index for index, part in enumerate(titles.parts) if part.number == number), -1)
    own = max((_share(pairs, bigrams) for bigrams in titles.bigrams.get(index, ())), default=0.0)
    if own < _HALF:
        return None
    others = (_share(pairs, bigrams) for other in titles.bigrams if other != index for bigrams in titles.bigrams[other])
    return index if own > max(others, default=0.0) else None


def _share(pairs: frozenset[str], others: frozenset[str]) -> float:
    return len(pairs & others) / min(len(pairs), len(others))
