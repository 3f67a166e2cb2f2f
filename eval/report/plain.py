"""Text that somebody else wrote, made fit to be shown: in one line, no longer than is read, nothing in it obeyed.

Reports are hostile: what they say reaches a page, a Markdown file and a terminal. Here it loses what steers (control
and direction marks are written out) and its length; escaping for the page is Jinja's, for the terminal rich's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from extractor.text import printable

LONGEST = 400
"""Characters of a value that are shown; the whole of it stands in report.json."""

AROUND = 90
"""Characters shown on each side of a quote."""

_LINE, _CELL = " ↵ ", " │ "
_SIGNS = {"\r\n": _LINE, "\n": _LINE, "\r": _LINE, "\u2028": _LINE, "\u2029": _LINE, "\t": _CELL}
_BACKTICK = "`"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a value; ``marked`` where it differs from the value it is shown beside."""

    text: str
    marked: bool = False


def plain(text: str, longest: int = LONGEST) -> str:
    """``text`` in one line: breaks and tabs as signs, what steers written out, the middle left out.

    >>> plain("予以公开\\t3\\n\\x1b[2J"), plain("一二三四五六七八", 4)
    ('予以公开 │ 3 ↵ \\\\x1b[2J', '一二…七八')
    """
    text = _shortened(text, longest)
    for found, sign in _SIGNS.items():
        text = text.replace(found, sign)
    return printable(text)


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[: longest - longest // 2]}…{text[len(text) - longest // 2 :]}"


def before(text: str, longest: int = AROUND) -> str:
    """The end of what stands before a quote."""
    return plain(text if len(text) <= longest else "…" + text[-longest:], longest + 1)


def after(text: str, longest: int = AROUND) -> str:
    """The beginning of what stands behind a quote."""
    return plain(text if len(text) <= longest else text[:longest] + "…", longest + 1)


def differing(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Two values with the stretch marked in which they differ: what is between their common beginning and end.

    Of two figures all is marked: no digit of a wrong number is right.

    >>> [piece.text for piece in differing("回访不够及时", "回访不及时")[0] if piece.marked]
    ['够']
    """
    if one.isascii() and other.isascii():
        return [Piece(plain(one), marked=True)], [Piece(plain(other), marked=True)]
    shared = sum(1 for _ in takewhile(_alike, zip(one, other, strict=False)))
    rest = one[shared:][::-1], other[shared:][::-1]
    tail = sum(1 for _ in takewhile(_alike, zip(*rest, strict=False)))
    return _pieces(one, shared, tail), _pieces(other, shared, tail)


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _pieces(text: str, shared: int, tail: int) -> list[Piece]:
    middle = len(text) - tail
    parts = Piece(text[:shared]), Piece(text[shared:middle], marked=True), Piece(text[middle:])
    return [Piece(plain(part.text), part.marked) for part in parts if part.text]


def code_span(text: str) -> str:
    """A Markdown code span that also holds in a table: nothing in it is markup, a link or a new column.

    >>> code_span("a|`<b>"), code_span("")
    ('`` a\\\\|`<b> ``', '–')
    """
    shown = plain(text).replace("|", "\\|").strip()
    if not shown:
        return "–"
    fence = _BACKTICK
    while fence in shown:
        fence += _BACKTICK
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"{fence}{shown}{fence}"
