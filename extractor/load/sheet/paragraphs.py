"""Lines of print in reading order → paragraphs: what the width and the end of a page broke is made one again.

A paragraph ends with a short line, and begins with an indented one or with the number of a heading; a gap or another
size of print parts two paragraphs too. Chinese is joined without a space, Latin words with one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.load.ruled import is_part_title
from extractor.load.sheet.order import Row
from extractor.load.sheet.sheet import Box, Line, Sheet
from extractor.numbering import line_ordinal
from extractor.text import fold

_INDENT = 1.2
"""Letters by which a first line is set in at least."""

_DEEPEST = 4.0
"""Letters by which a first line is set in at most: a line that begins further in is centred."""

_SPACE = 0.9
"""Sizes of print between two words from which a space parts them."""

_SHORT = 2.2
"""Letters that a full line can lack: what stands at the start of the next may need more room than is left."""

_CLOSING = "。！？；：:;!?"
_SENTENCE_END = "。！？；"
_GAP = 0.35
"""Sizes of print by which the white between two paragraphs is more than that between two lines."""

_NARROW = 0.75
"""Share of the text's width that its longest lines take at least; else no line is known to be a full one."""

_FIGURE = 20
_FIGURES_END = re.compile(r"[\d/\-—]\s\d+$")
_FIGURES_BEGIN = re.compile(r"\d{1,12}\s[\d/\-—]")
"""Figures side by side with spaces between them: the space where a line ends is not seen."""

_USUAL_WHITE = 0.6
_SAME_EDGE = 6.0
_SIZES = 1.25


@dataclass(slots=True)
class Printed:
    """A row of print as one line: its text, box and lines, and the margins of the column that it stands in."""

    text: str
    box: Box
    sheet: Sheet
    lines: list[Line]
    side: int = 0
    left: float = 0.0
    right: float = 0.0

    @property
    def size(self) -> float:
        """The height of its print, in points: about the width of one Chinese letter."""
        return max(self.box[3] - self.box[1], 1.0)


@dataclass(slots=True)
class Joined:
    """A paragraph: its text, and where in it each of its lines begins."""

    text: str = ""
    parts: list[tuple[int, Printed]] = field(default_factory=list)

    def add(self, line: Printed) -> None:
        """Append the next line."""
        text = line.text.strip()
        if self.text:
            self.text = self.text.rstrip() + seam(self.text.rstrip(), text)
        self.parts.append((len(self.text), line))
        self.text += text


def printed(row: Row, sheet: Sheet) -> Printed:
    """A row of print as one line; words set far apart are parted by a space."""
    text = row.lines[0].text
    for last, line in pairwise(row.lines):
        close = line.box[0] - last.box[2] <= _SPACE * (line.box[3] - line.box[1])
        figures = last.text[-1:].isascii() and line.text[:1].isascii()
        text += line.text if close and not figures else f" {line.text}"
    return Printed(text, row.box, sheet, row.lines, row.side)


def seam(before: str, after: str) -> str:
    """What joins two lines that the page's width parted: a space between Latin words or figures, else nothing.

    >>> seam("收到申请1", "23件"), seam("2.重复申请 9 3 0", "4 2 2")
    ('', ' ')
    """
    if before[-1:].isdigit() and after[:1].isdigit():
        return " " if _FIGURES_END.search(before[-_FIGURE:]) or _FIGURES_BEGIN.match(after) else ""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return " " if latin else ""


def paragraphs(lines: Sequence[Printed], white: float) -> list[Joined]:
    """The paragraphs of lines that follow each other without a table between them; ``white`` as ``measured``."""
    found: list[Joined] = []
    last: Printed | None = None
    for line in lines:
        if last is None or _begins(last, line, white):
            found.append(Joined())
        found[-1].add(line)
        last = line
    return found


def _begins(last: Printed, line: Printed, white: float) -> bool:
    """Whether ``line`` begins a paragraph, given the line before it."""
    if max(last.size, line.size) > _SIZES * min(last.size, line.size):
        return True
    if is_part_title(last.text) or is_part_title(line.text):
        return True
    if _is_short(last, line) or line.box[0] > line.left + _INDENT * line.size:
        return True
    if last.box[0] - line.box[0] > _DEEPEST * line.size:
        return True
    if last.sheet is line.sheet and line.box[1] - last.box[3] > (white + _GAP) * line.size:
        return True
    ends = last.text.rstrip()[-1:] in _CLOSING
    return ends and line_ordinal(line.text.strip(), fold(line.text.strip()), 0, len(line.text.strip())) is not None


def _is_short(last: Printed, line: Printed) -> bool:
    """Whether the first word of ``line`` would have found room at the end of ``last``."""
    return last.right - last.box[2] > _SHORT * last.size + _first_word(line)


def _first_word(line: Printed) -> float:
    """The width of the Latin word or number that ``line`` begins with and that no line end may cut."""
    word = 0
    for char in line.text.strip():
        if not (char.isascii() and char.isprintable() and char != " "):
            break
        word += 1
    return word * line.size / 2 if word > 1 else 0.0


def measured(lines: Sequence[Printed]) -> float:
    """Give all lines of a document the margins of their columns; the usual white between lines, in sizes of print.

    Pages of one width share their margins, for a page may hold nothing but a heading between two tables.
    """
    columns: dict[tuple[int, int], list[Printed]] = {}
    for line in lines:
        columns.setdefault((round(line.sheet.width), line.side), []).append(line)
    for column in columns.values():
        left = _shared([line.box[0] for line in column])
        right = -_shared([-line.box[2] for line in column])
        mirrored = column[0].sheet.width - left  # nothing but short lines: the margins are taken to be alike
        right = mirrored if not column[0].side and right < _NARROW * mirrored else right
        for line in column:
            line.left, line.right = left, right
    return _white(lines)


def _shared(edges: Sequence[float]) -> float:
    """The smallest edge that another line shares; the smallest of all where none do."""
    ordered = sorted(edges)
    return next((edge for edge, following in pairwise(ordered) if following - edge <= _SAME_EDGE), ordered[0])


def _white(lines: Sequence[Printed]) -> float:
    steps = Counter(
        round((line.box[1] - last.box[3]) / line.size, 1)
        for last, line in pairwise(lines)
        if last.sheet is line.sheet and line.box[1] > last.box[1] and not _is_short(last, line)
    )
    return steps.most_common(1)[0][0] if steps else _USUAL_WHITE
