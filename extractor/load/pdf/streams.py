"""A PDF as bytes: streams that unpack to more than may be held, and files whose index is broken."""

from __future__ import annotations

import re
import zlib
from io import BytesIO

import pypdfium2

from extractor.errors import LimitError
from extractor.settings import load_settings

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s{0,9}/Image")
_FLATE = (b"/FlateDecode", b"/Fl ", b"/Fl/", b"/Fl>")
_HEAD = 600
"""Bytes before a stream in which its dictionary stands."""

_PIECE = 1 << 16
_CHUNK = 1 << 20


def check_streams(data: bytes, label: str) -> None:
    """Return only if no packed stream is too large; pictures do not count, for nobody unpacks them here.

    Raises:
        LimitError: one unpacks to more than ``Settings.max_unpacked_bytes``.
    """
    limit = load_settings().max_unpacked_bytes
    for found in _STREAM.finditer(data):
        head = data[max(0, found.start() - _HEAD) : found.start()]
        head = head[head.rfind(b"obj") + 1 :]
        packed = any(name in head for name in _FLATE) and not _PICTURE.search(head)
        if packed and _unpacked(data, found.end(), limit) > limit:
            raise LimitError(
                f"{label} unpacks to too much: at most {limit:,} bytes were expected (EXTRACTOR_MAX_UNPACKED_BYTES)",
                f"{label} 解压后过大：应不超过 {limit:,} 字节（设置 EXTRACTOR_MAX_UNPACKED_BYTES）",
            )


def _unpacked(data: bytes, start: int, limit: int) -> int:
    """How many bytes the stream at ``start`` unpacks to, counted until they are more than ``limit``."""
    unpacker, size = zlib.decompressobj(), 0
    try:
        for at in range(start, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            while piece and size <= limit:
                size += len(unpacker.decompress(piece, _CHUNK))
                piece = unpacker.unconsumed_tail
            if unpacker.eof or size > limit:
                break
    except zlib.error:
        return size
    return size


def mended(data: bytes) -> bytes:
    """The file written anew by PDFium, which finds the objects of a file without its index.

    Raises:
        ValueError: nothing can be found.
    """
    written = BytesIO()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from None
    try:
        document.save(written)
    finally:
        document.close()
    return written.getvalue()
