"""Plain text and Markdown → paragraphs and tables.

Only structure that the text states is read here: a tab, a pipe or a rule. Tables that are nothing but lines of words
and figures stay paragraphs; ``extractor.tables.stream`` reads those with the form's wording in hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from extractor.document import Document, Paragraph, Position, SetAside, Table, TextBuilder, anchor_before
from extractor.load.encoding import Decoded
from extractor.load.ruled import Line, comma_table, is_comma_row, is_pipe, pipe_table, tab_table
from extractor.text import is_blank

_LONE_NUMBER = re.compile(r"^[ 　]*+(\d{1,3})[ 　]*+\n", re.MULTILINE)
_LINE_ENDS = str.maketrans(dict.fromkeys("\u2028\u2029\x0b\x0c\x85", "\n"))
_LOOK_BACK = 400
_FEWEST_PAGES = 2
_HEADING_MARK = re.compile(r"^(#{1,6})[ \t]+")
_FIGURE = re.compile(r"^[\s\d,，.．０-９　+＋-]+$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without furniture: ``anchors`` pair offsets in ``text`` with offsets in the text it was made from."""

    text: str
    anchors: list[tuple[int, int]]
    aside: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class TextMap:
    """Leads from an offset into the cleaned text back to the bytes of the file."""

    decoded: Decoded
    anchors: list[tuple[int, int]]

    def locate(self, offset: int) -> Position:
        """Byte offset and line (from 1) of the character at ``offset``."""
        at, origin = anchor_before(self.anchors, offset)
        position = origin + offset - at
        return Position(byte=self.decoded.byte(position), line=self.decoded.line(position))


def load_plain(decoded: Decoded, name: str, sha256: str, media_type: str) -> Document:
    """The document in a decoded text."""
    cleaned = clean(decoded.text)
    where = TextMap(decoded, cleaned.anchors)
    aside = [
        SetAside(kind, text, Position(byte=decoded.byte(at), line=decoded.line(at))) for kind, text, at in cleaned.aside
    ]
    blocks = plain_blocks(cleaned.text)
    return Document(name, sha256, media_type, cleaned.text, blocks, where, aside, encoding=decoded.encoding)


@lru_cache(maxsize=1)
def furniture() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Converter marks anywhere, and lines that are page furniture (``furniture.toml``)."""
    raw = tomllib.loads(resources.files(__package__).joinpath("furniture.toml").read_text("utf-8"))
    lines = "|".join(f"(?:{line})" for line in raw["lines"])
    blank = r"[ \t　\u00a0]*+"
    return re.compile("|".join(raw["marks"])), re.compile(rf"^{blank}(?:{lines}){blank}(?:\n|\Z)", re.MULTILINE)


def clean(text: str) -> Cleaned:
    """Set marks and page furniture aside; what stays keeps its order."""
    marks, lines = furniture()
    text = text.translate(_LINE_ENDS)
    cuts = [(m.start(), m.end(), "mark") for m in marks.finditer(text)]
    cuts += [(m.start(), m.end(), "furniture") for m in lines.finditer(text)]
    cuts += _last_page_number(text) + _running_page_numbers(text)
    cuts.sort()
    built, aside, position = TextBuilder(), [], 0
    for start, end, kind in cuts:
        if start < position:
            continue
        built.add(text[position:start], position)
        aside.append((kind, text[start:end].strip(), start))
        position = end
    built.add(text[position:], position)
    return Cleaned(built.build(), built.anchors, aside)


def _last_page_number(text: str) -> list[tuple[int, int, str]]:
    """A lone number closing the text is a page number, unless figures stand before it too."""
    lines = text.rstrip().rsplit("\n", 1)
    if len(lines) < 2 or not re.fullmatch(r"[ \t]*\d{1,3}", lines[1]):
        return []
    before = lines[0].rstrip().rsplit("\n", 1)[-1]
    if _FIGURE.match(before) or "\t" in before:
        return []
    start = len(lines[0]) + 1
    return [(start, start + len(lines[1]), "furniture")]


def _running_page_numbers(text: str) -> list[tuple[int, int, str]]:
    """Lone numbers between sentences or rows are page numbers if they count up by one from 1 or 2."""
    found = [m for m in _LONE_NUMBER.finditer(text) if _ends_prose(text[max(0, m.start() - _LOOK_BACK) : m.start()])]
    numbers = [int(m[1]) for m in found]
    if (
        len(numbers) < _FEWEST_PAGES
        or numbers[0] > _FEWEST_PAGES
        or numbers != list(range(numbers[0], numbers[0] + len(numbers)))
    ):
        return []
    return [(m.start(), m.end(), "furniture") for m in found]


def _ends_prose(before: str) -> bool:
    """Whether the last line is a sentence or a row, so that no lone figure can go on from it."""
    line = before.rstrip().rsplit("\n", 1)[-1]
    return line.endswith(("。", "；", "：")) or "\t" in line or "|" in line


def plain_blocks(text: str, base: int = 0) -> list[Paragraph | Table]:
    """The paragraphs and tables of ``text``; offsets are those of ``text`` plus ``base``."""
    lines = split_lines(text, base)
    blocks: list[Paragraph | Table] = []
    index = 0
    while index < len(lines):
        more, index = _drawn_table(lines, index) or (_paragraph(lines[index]), index + 1)
        blocks.extend(more)
    return blocks


def _drawn_table(lines: list[Line], index: int) -> tuple[Sequence[Paragraph | Table], int] | None:
    """What a line with tabs, pipes or commas begins, and the line after it; None for a line of running text."""
    text = lines[index].text
    if "\t" in text:
        return tab_table(lines, index)
    for is_row, read in ((is_pipe, pipe_table), (is_comma_row, comma_table)):
        if is_row(text):
            found = read(lines, index)
            if found is not None:
                return found
    return None


def split_lines(text: str, base: int = 0) -> list[Line]:
    """The lines of ``text`` with their offsets plus ``base``."""
    lines, start = [], base
    for piece in text.split("\n"):
        end = start + len(piece)
        lines.append(Line(piece, start, end))
        start = end + 1
    return lines


def _paragraph(line: Line) -> list[Paragraph]:
    if is_blank(line.text):
        return []
    lead = len(line.text) - len(line.text.lstrip())
    start, end = line.start + lead, line.start + len(line.text.rstrip())
    mark = _HEADING_MARK.match(line.text.lstrip())
    return [Paragraph(start, end, len(mark[1]) if mark else 0)]
