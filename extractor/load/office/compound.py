"""An OLE2 compound file, as old Word wrote it: the streams in its root, and where the first of each begins.

By [MS-CFB]: a header, an allocation table, and a directory that is a tree.
"""

from __future__ import annotations

import struct

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_IN_HEADER = 109
"""How many sectors of the allocation table the header itself names; enough for 7 MB."""

_ENTRY = 128
_MOST_ENTRIES = 20_000
_LAST = 0xFFFFFFF9
"""Sector numbers above this one are marks: free, end of chain, table."""


def root_streams(data: bytes) -> dict[str, int]:
    """The names in the root folder, each with the byte it begins at; {} where the directory cannot be read.

    The place is that of a stream of 4,096 bytes or more, as a document's own always is.
    """
    try:
        shift, first, *table = struct.unpack_from(f"<H16xI24x{_IN_HEADER}I", data, 30)
        return _root(data, _directory(data, shift, first, table), 1 << shift) if 7 <= shift <= 20 else {}
    except (struct.error, UnicodeDecodeError):
        return {}


def _directory(data: bytes, shift: int, first: int, table: list[int]) -> bytes:
    """The sectors of the directory, one after another, along the allocation table."""
    size = 1 << shift
    sectors: list[bytes] = []
    seen: set[int] = set()
    while first <= _LAST and first not in seen and len(sectors) * size < _MOST_ENTRIES * _ENTRY:
        seen.add(first)
        sectors.append(_sector(data, first, size))
        block, place = divmod(first, size // 4)
        if block >= len(table):  # beyond what the header names: such a file's directory is cut here
            break
        (first,) = struct.unpack_from("<I", _sector(data, table[block], size), place * 4)
    return b"".join(sectors)


def _sector(data: bytes, number: int, size: int) -> bytes:
    start = max(_HEADER, size) + number * size
    return data[start : start + size]


def _root(data: bytes, directory: bytes, size: int) -> dict[str, int]:
    """The entries below the root entry's child: a binary tree by name."""
    found: dict[str, int] = {}
    (child,) = struct.unpack_from("<I", directory, 76)
    waiting, seen = [child], set[int]()
    while waiting:
        number = waiting.pop()
        if number in seen or number * _ENTRY >= len(directory):
            continue
        seen.add(number)
        name, length, left, right = struct.unpack_from("<64sHxxII", directory, number * _ENTRY)
        (start,) = struct.unpack_from("<I", directory, number * _ENTRY + 116)
        found[name[: max(0, length - 2)].decode("utf-16-le")] = max(_HEADER, size) + start * size
        waiting += left, right
    return {name: start for name, start in found.items() if name}
