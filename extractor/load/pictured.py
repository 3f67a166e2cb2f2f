"""Pictures among the text of a file → the tables and lines that an OCR engine reads on them, in their place.

A table that is a picture is read so; a picture without ruled tables is read where the file has hardly any text of its
own (scanned pages pasted into a document). Nothing is read without the extra [ocr]; the picture then stays one.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from extractor.errors import InputError
from extractor.load import items, scan
from extractor.load.recognition import SheetRecognition
from extractor.load.sheet.sheets import Spot, items_of, spots_within

_FIRST = 1 << 40
"""Origins from here on are of what stands on pictures."""

_MOST = 60
"""Pictures of one file that are read."""

_LITTLE = 300
"""Characters of text of its own under which a file is taken to be its pictures."""


_PACKED = re.compile(r"data:image/[\w.+-]{1,40}(?:;[\w=.+-]{1,40}){0,4};base64,", re.IGNORECASE)
"""A picture that stands in the text of the page itself (RFC 2397)."""


class Pictured:
    """What was read on the pictures of one file."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._spots: list[list[Spot]] = []
        self._homes: list[int] = []
        self._left = _MOST

    def read(self, found: Sequence[items.Item]) -> list[items.Item]:
        """``found`` with the text of pictures in the pictures' place."""
        for item in found:
            if isinstance(item, items.Image) and (packed := _PACKED.match(item.source)):
                item.data = _unpacked(item.source[packed.end() :])
        if not any(isinstance(item, items.Image) and item.data for item in found) or not scan.is_installed():
            return list(found)
        written = sum(len(item.text) for item in found if isinstance(item, items.Line | items.Verbatim))
        return [each for item in found for each in self._items(item, written < _LITTLE)]

    def _items(self, item: items.Item, whole: bool) -> Iterator[items.Item]:
        read = self._on(item, whole) if isinstance(item, items.Image) and item.data and self._left else []
        yield from read or [item]

    def _on(self, image: items.Image, whole: bool) -> list[items.Item]:
        self._left -= 1
        reader = scan.picture_reader(self._label)
        try:
            sheets = list(reader.read_pictures(image.data, self._label, tables_only=not whole))
        except InputError:  # the file is read even if a picture in it is broken
            return []
        found, spots = items_of(sheets, self._label)
        base = _FIRST + len(self._spots)
        self._spots += spots
        self._homes += [image.origin] * len(spots)
        for each in found:
            _shift(each, base)
        return found

    def home(self, origin: int) -> int:
        """The origin of the picture that something stands on; any other origin as it is."""
        return self._homes[origin - _FIRST] if origin >= _FIRST else origin

    def at_home(self, anchors: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """``anchors`` (text offset, origin) with each origin at ``home``."""
        return [(offset, self.home(origin)) for offset, origin in anchors] if self._spots else list(anchors)

    def recognition(self, anchors: Sequence[tuple[int, int]]) -> SheetRecognition | None:
        """What the engine says of the text; None where no picture was read."""
        if not self._spots:
            return None
        return SheetRecognition(lambda start, end: self._between(anchors, start, end))

    def _between(self, anchors: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Spot]:
        at = max(bisect_left(anchors, (start + 1, 0)) - 1, 0)
        while at < len(anchors) and anchors[at][0] <= max(start, end - 1):
            offset, origin = anchors[at]
            if origin >= _FIRST:
                yield from spots_within(self._spots[origin - _FIRST], offset, start, end)
            at += 1


def _unpacked(base64: str) -> bytes:
    """The bytes of a data: address; none where it is broken."""
    try:
        return a2b_base64(unquote(base64))
    except ValueError:
        return b""


def _shift(item: items.Item, base: int) -> None:
    if isinstance(item, items.Grid):
        for row in item.rows:
            for cell in row:
                cell.start += base
    elif isinstance(item, items.Line | items.Verbatim):
        item.origin += base
