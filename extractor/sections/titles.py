"""The wordings of the form's parts, made ready for comparing, and a document's lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from extractor.document import Document, Table
from extractor.forms import Part
from extractor.numbering import Ordinal, leading
from extractor.text import squash

CANONICAL, ALIAS, SHORT = 4.0, 3.0, 0.9
"""How much a line that reads as the form prints it, as an alias, or as a short alias speaks for a heading.

Short ones (主动公开情况) head the overview's own passages as often as a part.
"""

SHORT_LETTERS = 8
"""Letters of the longest short title."""

SHORTEST_LINE = 2
"""Characters of a line that can hold an ordinal (五、)."""

_DECORATION = re.compile(r"[\s#*>\[\]●■◆]*")
_LEADERS = frozenset("第(一二三四五六七八九十-0123456789# *>[]●■◆\u3000") | {
    chr(code) for code in (*range(0x3220, 0x322A), *range(0x2488, 0x249C))
}
"""What a line with an ordinal or a mark before its words begins with."""


@dataclass(frozen=True)
class Titles:
    """The wordings of the form's parts, squashed: ``exact`` leads to the part and the likeness."""

    parts: tuple[Part, ...]
    exact: dict[str, tuple[int, float]]
    by_head: dict[str, list[str]]
    cues: dict[str, int]

    @cached_property
    def long(self) -> tuple[str, ...]:
        """The wordings that are long enough to be known with a letter wrong."""
        return tuple(title for title in self.exact if len(title) > SHORT_LETTERS)

    @cached_property
    def initials(self) -> frozenset[str]:
        """What a title begins with (a year may stand before it)."""
        return frozenset(title[0] for title in self.exact) | {"2"}

    @cached_property
    def bigrams(self) -> dict[int, list[frozenset[str]]]:
        """The pairs of letters of each title, by part."""
        found: dict[int, list[frozenset[str]]] = {}
        for title, (index, _) in self.exact.items():
            found.setdefault(index, []).append(bigrams_of(title))
        return found


@lru_cache(maxsize=16)
def titles_of(parts: tuple[Part, ...]) -> Titles:
    """The titles, aliases and cues of a form's parts."""
    exact: dict[str, tuple[int, float]] = {}
    for index, part in enumerate(parts):
        for alias in part.aliases:
            words = squash(alias)
            exact.setdefault(words, (index, ALIAS if len(words) > SHORT_LETTERS else SHORT))
    exact |= {squash(part.title): (index, CANONICAL) for index, part in enumerate(parts)}
    cues = {squash(cue): index for index, part in enumerate(parts) for cue in part.cues}
    by_head: dict[str, list[str]] = {}
    for title in sorted(exact, key=len, reverse=True):
        by_head.setdefault(title[:2], []).append(title)
    return Titles(parts, exact, by_head, cues)


def bigrams_of(words: str) -> frozenset[str]:
    """Its pairs of neighbouring letters."""
    return frozenset(words[i : i + 2] for i in range(len(words) - 1))


class Line(NamedTuple):
    """A line, the ordinal it begins with, and where its words begin behind that."""

    start: int
    end: int
    level: int
    ordinal: Ordinal | None
    words: int


def lines_of(document: Document) -> list[Line]:
    """Lines of running text and one-cell rows of tables, in order."""
    text, folded = document.text, document.folded
    lines: list[Line] = []
    for block in document.blocks:
        if isinstance(block, Table):
            single = [row[0] for row in block.rows if len(row) == 1 and row[0].end - row[0].start > 3]
            lines += [_line(text, folded, cell.start, cell.end, 0) for cell in single]
        elif text.find("\n", block.start, block.end) < 0:
            lines.append(_line(text, folded, block.start, block.end, block.heading))
        else:
            lines += _broken(text, folded, block.start, block.end, block.heading)
    lines.sort(key=itemgetter(0))
    return lines


def _broken(text: str, folded: str, start: int, end: int, level: int) -> list[Line]:
    lines, at = [], start
    for piece in text[start:end].split("\n"):
        if piece.strip():
            lines.append(_line(text, folded, at, at + len(piece), level))
        at += len(piece) + 1
    return lines


def _line(text: str, folded: str, start: int, end: int, level: int) -> Line:
    if end - start < SHORTEST_LINE or folded[start] not in _LEADERS or folded[start:end].isdecimal():
        return Line(start, end, level, None, start)
    at = _DECORATION.match(folded, start, end).end()  # type: ignore[union-attr]
    ordinal = leading(text, folded, at, end)
    return Line(start, end, level, ordinal, ordinal.end if ordinal else at)
