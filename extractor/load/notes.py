"""Marks of notes among the words of a line: raised numbers (4¹), which written on would be digits of a figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_ONE = r"[\[［（(【]?(?:注?\d{1,2}|注|[①-⑳]|[*＊※†‡#]{1,3}|[a-z])[\]］）)】]?"
_MARKS = re.compile(rf"(?:{_ONE}[,，、]?\s?){{1,4}}")
_LONGEST = 24
_POWERS = frozenset("23²³")
_SPACES = " \t\r\n\f\u00a0\u3000"


class Raised(NamedTuple):
    """Pieces of a line, ``start`` to ``end``, that stand higher or lower than the others.

    ``slightly``: subscripts and shifted letters. They are marks of notes only where they touch a figure.
    """

    start: int
    end: int
    slightly: bool = False


@dataclass(slots=True)
class RaisedPieces:
    """Which pieces of the line being read are raised; ``depth`` counts the raised elements that are open."""

    spans: list[Raised] = field(default_factory=list)
    depth: int = 0
    _start: int = 0
    _slightly: bool = False

    def open(self, pieces: Sequence[str], *, slightly: bool) -> None:
        """The next pieces are raised."""
        if not self.depth:
            self._start, self._slightly = len(pieces), slightly
        self.depth += 1

    def close(self, pieces: Sequence[str]) -> None:
        """The next pieces are raised no more."""
        self.depth = max(self.depth - 1, 0)
        if not self.depth:
            self._end(pieces)

    def take(self, pieces: list[str]) -> list[str]:
        """Take the marks of notes out of a line that ends here; what comes next is a line of its own."""
        if self.depth:
            self._end(pieces)
        marks = take_notes(pieces, self.spans) if self.spans else []
        self.spans, self._start = [], 0
        return marks

    def _end(self, pieces: Sequence[str]) -> None:
        if len(pieces) > self._start:
            self.spans.append(Raised(self._start, len(pieces), self._slightly))


def take_notes(pieces: list[str], spans: Sequence[Raised]) -> list[str]:
    """Blank those of ``pieces`` that are marks of notes, and return the marks. A line that is all raised has none.

    >>> line = ["申请", "12", "1", "件"]
    >>> take_notes(line, [Raised(2, 3)]), "".join(line)
    (['1'], '申请12件')
    """
    merged = _merged(pieces, spans)
    if not _words_beside(pieces, merged):
        return []
    marks = []
    for start, end, slightly in merged:
        mark = "".join(pieces[start:end]).strip(_SPACES)
        before = pieces[start - 1].rstrip(_SPACES)[-1:] if start else ""
        after = pieces[end].lstrip(_SPACES)[:1] if end < len(pieces) else ""
        if _is_mark(mark, before, after, slightly=slightly):
            pieces[start:end] = [""] * (end - start)
            marks.append(mark)
    return marks


def _is_mark(mark: str, before: str, after: str, *, slightly: bool) -> bool:
    if not mark or len(mark) > _LONGEST or not _MARKS.fullmatch(mark):
        return False
    if slightly:
        return before.isdigit() and not after.isdigit()
    return not (mark in _POWERS and before.isascii() and before.isalpha())  # a square or cubic metre


def _merged(pieces: Sequence[str], spans: Sequence[Raised]) -> list[Raised]:
    """Neighbouring spans as one; blanks do not part them."""
    merged: list[Raised] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.slightly == span.slightly and not "".join(pieces[last.end : span.start]).strip(_SPACES):
            merged[-1] = Raised(last.start, span.end, span.slightly)
        else:
            merged.append(span)
    return merged


def _words_beside(pieces: Sequence[str], spans: Sequence[Raised]) -> bool:
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(pieces)]
    return any("".join(pieces[end:start]).strip(_SPACES) for end, start in zip(ends, starts, strict=True))
