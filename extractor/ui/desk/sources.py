"""The left side of the desk: a report as it was published, as text with tables or as pictures of its pages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from extractor.document import Document, Paragraph, Table
from extractor.draw import page_picture
from extractor.errors import ExtractorError
from extractor.load import load_bytes

Plain = dict[str, Any]


def source_of(data: bytes, name: str, text: str, pages: int | None, page: int) -> Plain:
    """What is shown of the file ``data``; ``text`` is what the offsets of the evidence point into.

    A file with pages is shown as pictures, and its text beside; ``page`` counts from 1.
    """
    parts = list(_parts(data, name, text))
    if pages is None:
        return {"kind": "flow", "parts": parts}
    page = min(max(page, 1), pages)
    shown = {"kind": "pages", "parts": parts, "pages": pages, "page": page, "image": None, "problem": None}
    try:
        picture = _picture(hashlib.sha256(data).hexdigest(), page, _Bytes(data), name)
    except ExtractorError as error:
        return {**shown, "problem": error.zh}
    return {**shown, **picture}


class _Bytes:
    """The bytes of a file; not compared, so that a cache goes by their hash alone."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes)


@lru_cache(maxsize=64)
def _picture(_: str, page: int, data: _Bytes, name: str) -> Plain:
    picture = page_picture(data.data, page, name)
    encoded = base64.b64encode(picture.png).decode()
    return {"image": f"data:image/png;base64,{encoded}", "width": picture.width, "height": picture.height}


def _parts(data: bytes, name: str, text: str) -> Iterator[Plain]:
    document = document_of(data, name)
    if document is None or document.text != text:  # read by another version: the text alone is sure to fit
        yield from _lines(text)
        return
    at = 0
    for block in document.blocks:
        if block.start < at:  # a table within another's cell
            continue
        yield _table(block) if isinstance(block, Table) else _paragraph(block, text)
        at = block.end


def document_of(data: bytes, name: str) -> Document | None:
    """The file read again, for what the store does not keep: tables and paragraphs; None where it cannot be."""
    return _document(hashlib.sha256(data).hexdigest(), _Bytes(data), name)


@lru_cache(maxsize=32)
def _document(_: str, data: _Bytes, name: str) -> Document | None:
    try:
        return load_bytes(data.data, name)
    except ExtractorError:
        return None


def _paragraph(block: Paragraph, text: str) -> Plain:
    return {"text": text[block.start : block.end], "start": block.start, "heading": block.heading > 0}


def _table(block: Table) -> Plain:
    rows = [
        [{"text": cell.text, "start": cell.start, "rows": cell.rowspan, "columns": cell.colspan} for cell in row]
        for row in block.rows
    ]
    return {"start": block.start, "rows": rows}


def _lines(text: str) -> Iterator[Plain]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield {"text": line.rstrip("\r\n"), "start": at, "heading": False}
        at += len(line)
