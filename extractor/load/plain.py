"""Plain text and Markdown → paragraphs and tables.

Only structure that the text states is read here: a tab, a pipe or a rule. Tables that are nothing but lines of words
and figures stay paragraphs; ``extractor.tables.stream`` reads those with the form's wording in hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from extractor.document import Document, Paragraph, Position, SetAside, Table, TextBuilder, anchor_before
from extractor.load.encoding import Decoded
from extractor.load.ruled import PIPES, Blocks, Line, comma_table, has_tab, is_comma_row, is_pipe, pipe_table, tab_table
from extractor.text import is_blank

_LONE_NUMBER = re.compile(r"\n[ 　]*+(\d{1,3})[ 　]*+(?=\n)")
_LINE_ENDS = "\u2028\u2029\x0b\x0c\x85"
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
    """Converter marks anywhere; lines that are page furniture, each with the line break before it (``furniture.toml``).

    A pattern that begins with a character is looked for ten times as fast as one that begins with ``^``.
    """
    raw = tomllib.loads(resources.files(__package__).joinpath("furniture.toml").read_text("utf-8"))
    lines = "|".join(f"(?:{line})" for line in raw["lines"])
    blank = r"[ \t　\u00a0]*+"
    return re.compile("|".join(raw["marks"])), re.compile(rf"\n{blank}(?:{lines}){blank}(?=\n|\Z)")


def marks_in(text: str) -> Iterator[re.Match[str]]:
    """The converter marks in ``text``."""
    return furniture()[0].finditer(text) if "[" in text or "{" in text else iter(())


def clean(text: str) -> Cleaned:
    """Set marks and page furniture aside; what stays keeps its order."""
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, "\n")
    cuts = [(m.start(), m.end(), "mark") for m in marks_in(text)]
    cuts += [(*_line_of(m, text), "furniture") for m in furniture()[1].finditer("\n" + text)]
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


def _line_of(found: re.Match[str], text: str) -> tuple[int, int]:
    """The line of ``text``, with its own break, that was found with the break before it in ``"\\n" + text``."""
    return found.start(), min(found.end(), len(text))


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
    numbers = _LONE_NUMBER.finditer("\n" + text)
    found = [m for m in numbers if _ends_prose(text[max(0, m.start() - _LOOK_BACK) : m.start()])]
    if len(found) < _FEWEST_PAGES or (first := int(found[0][1])) > _FEWEST_PAGES:
        return []
    if any(int(m[1]) != number for number, m in enumerate(found, first)):
        return []
    return [(*_line_of(m, text), "furniture") for m in found]


def _ends_prose(before: str) -> bool:
    """Whether the last line is a sentence or a row, so that no lone figure can go on from it."""
    line = before.rstrip().rsplit("\n", 1)[-1]
    return line.endswith(("。", "；", "：")) or "\t" in line or "|" in line


def plain_blocks(text: str, base: int = 0) -> list[Paragraph | Table]:
    """The paragraphs and tables of ``text``; offsets are those of ``text`` plus ``base``."""
    lines = split_lines(text, base)
    drawings = [(is_row, read) for marks, is_row, read in _DRAWINGS if any(mark in text for mark in marks)]
    blocks: list[Paragraph | Table] = []
    index = 0
    while index < len(lines):
        found = drawings and _drawn_table(lines, index, drawings)
        if found:
            more, index = found
            blocks += more
        else:
            blocks += _paragraph(lines[index])
            index += 1
    return blocks


_Drawing = tuple[Callable[[str], bool], Callable[[list[Line], int], tuple[Blocks, int] | None]]
_DRAWINGS: tuple[tuple[str, *_Drawing], ...] = (
    ("\t", has_tab, tab_table),
    (PIPES, is_pipe, pipe_table),
    (",", is_comma_row, comma_table),
)
"""How tables are drawn: the characters it takes, whether a line looks so, and what reads the table it begins."""


def _drawn_table(lines: list[Line], index: int, drawings: list[_Drawing]) -> tuple[Blocks, int] | None:
    """What a line with tabs, pipes or commas begins, and the line after it; None for a line of running text."""
    text = lines[index].text
    for is_row, read in drawings:
        if is_row(text) and (found := read(lines, index)):
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
    text = line.text
    if is_blank(text):
        return []
    bare = text.lstrip()
    mark = _HEADING_MARK.match(bare) if bare[:1] == "#" else None
    start, end = line.end - len(bare), line.start + len(text.rstrip())
    return [Paragraph(start, end, len(mark[1]) if mark else 0)]
