"""Documents from a few lines of text, for tests that need no loader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from extractor.document import Cell, Document, Paragraph, Picture, Position, Table
from extractor.draft import Draft
from extractor.forms import Form, builtin_forms
from extractor.sections import find_sections


class SameOffsets:
    """The source map of a text that is its own file."""

    def locate(self, offset: int) -> Position:
        return Position(byte=offset)


def document_of(text: str, *, name: str = "report.txt", pictures: Sequence[str] = ()) -> Document:
    """A document of ``text``: every line that is not blank is a paragraph, lines that begin with ``|`` are a table.

    ``pictures`` are marks in the text; where one stands, a picture stands.
    """
    blocks: list[Paragraph | Table] = []
    rows: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        if line.startswith("|"):
            rows.append((at, line))
        else:
            blocks += _tables(rows)
            rows = []
            if line.strip():
                blocks.append(Paragraph(at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
        at += len(line) + 1
    blocks += _tables(rows)
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(name, digest, "text/plain", text, blocks, SameOffsets())
    document.pictures += [Picture(mark, text.index(mark)) for mark in pictures]
    return document


def draft_of(text: str, *, form: Form | None = None, name: str = "report.txt") -> Draft:
    """A draft of ``text`` with its parts found, nothing read yet."""
    form = form or builtin_forms()[0]
    document = document_of(text, name=name)
    return Draft(document, form, find_sections(document, form.parts))


def _tables(rows: list[tuple[int, str]]) -> list[Paragraph | Table]:
    if not rows:
        return []
    cells = [
        [_cell(offset, match, row, column) for column, match in enumerate(re.finditer(r"[^|]+", line))]
        for row, (offset, line) in enumerate(rows)
    ]
    return [Table(rows[0][0], rows[-1][0] + len(rows[-1][1]), "grid", cells)]


def _cell(offset: int, match: re.Match[str], row: int, column: int) -> Cell:
    words = match[0].strip()
    start = offset + match.start() + match[0].find(words)
    return Cell(words, start, start + len(words), row, column)
