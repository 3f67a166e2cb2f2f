"""From an offset in a page's text back to the file: the text's lines and cells are found again in the source.

The parser tells on which line an element begins; from there on its text is looked for. Nothing of this happens while a
page is read: the first question for a position pays for it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from functools import cached_property
from html import unescape

from extractor.document import Position
from extractor.load.encoding import Decoded

_NOT_TEXT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|title|noscript)\b.*?(?:</\1\s*>|\Z)|</?[A-Za-z!?][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"&(?:#\w{1,9}|\w{2,31});?|[^&\s]+|&")
_SPACE = re.compile(r"\s+")
_MARKER = re.compile(r"[0-9A-Za-z]{1,6}\.(?=.)")
_NEAR = 2_000
"""How far ahead a short piece of text is looked for, in characters; a long one anywhere."""

_LONG = 6
_MOST_MISSES = 100


class PageMap:
    """Leads from an offset of ``text`` to the byte and line of ``source`` that it was read from.

    ``anchors`` pair the offset at which a line or cell begins with the line of the source (from 1) of its element.
    """

    def __init__(self, text: str, source: Decoded, anchors: list[tuple[int, int]]) -> None:
        self._text = text
        self._source = source
        self._lines = anchors

    def locate(self, offset: int) -> Position:
        """The place of the character at ``offset``; where the text is not found again, of what comes before it."""
        anchors = self._anchors
        at = bisect_right(anchors, (offset, 1 << 60, 0)) - 1
        origins = self._visible[1]
        if at < 0 or not origins:
            return Position(byte=self._source.byte(0), line=1)
        start, place, length = anchors[at]
        ahead = len(_SPACE.sub("", self._text[start:offset]))
        origin = origins[min(place + min(ahead, length - 1), len(origins) - 1)]
        return Position(byte=self._source.byte(origin), line=self._source.line(origin))

    @cached_property
    def _visible(self) -> tuple[str, array[int]]:
        """The characters of the source that are neither markup nor white space, and the offset of each."""
        pieces: list[str] = []
        origins = array("L")
        begin = 0
        source = self._source.text
        for gap in (*_NOT_TEXT.finditer(source), None):
            for found in _PIECE.finditer(source, begin, gap.start() if gap else len(source)):
                piece = found[0]
                if piece[0] == "&":
                    piece = _SPACE.sub("", unescape(piece))
                    origins.extend([found.start()] * len(piece))
                else:
                    origins.extend(range(found.start(), found.end()))
                pieces.append(piece)
            begin = gap.end() if gap else begin
        return "".join(pieces), origins

    @cached_property
    def _anchors(self) -> list[tuple[int, int, int]]:
        """For each line and cell that is found: its offset, its place among the visible characters, its length."""
        found: list[tuple[int, int, int]] = []
        cursor, misses, current = 0, 0, 0
        ends = [start for start, _ in self._lines[1:]] + [len(self._text)]
        for (start, line), end in zip(self._lines, ends, strict=True):
            wanted = _SPACE.sub("", self._text[start:end])
            if not wanted:
                continue
            if line != current:
                current, cursor = line, self._place_of_line(line)
            place = self._find(wanted, cursor, thorough=misses < _MOST_MISSES)
            if place is None:
                misses += 1
            else:
                found.append((start, place, len(wanted)))
                cursor = place + len(wanted)
        return found

    def _place_of_line(self, line: int) -> int:
        return bisect_left(self._visible[1], self._source.begin(line))

    def _find(self, wanted: str, cursor: int, *, thorough: bool) -> int | None:
        """Where ``wanted`` stands: ahead of ``cursor``, or before it where rows are moved; a long text anywhere.

        What a list's number or a mark spoils is found by what follows the number, or by its second half.
        """
        visible = self._visible[0]
        marker = _MARKER.match(wanted)
        skips = [0, marker.end() if marker else 0]
        for skip in skips:
            place = visible.find(wanted[skip:], cursor, cursor + _NEAR)
            place = place if place >= 0 else visible.rfind(wanted[skip:], max(0, cursor - _NEAR), cursor)
            if place >= 0:
                return max(place - skip, 0)
        for skip in (*skips, len(wanted) // 2) if thorough and len(wanted) >= _LONG else ():
            place = visible.find(wanted[skip:], cursor)
            place = place if place >= 0 else visible.find(wanted[skip:])
            if place >= 0:
                return max(place - skip, 0)
        return None
