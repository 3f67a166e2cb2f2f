"""The members of a zip archive, with names as the sender wrote them (PKWARE APPNOTE 4.4.4, 4.6.9)."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from extractor.load.archive.member import Kind, Member
from extractor.load.archive.names import decoded

_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_UNIX = 3
_PARTS = ("[content_types].xml", "_rels/.rels", "word/document.xml", "mimetype", "meta-inf/manifest.xml", "ofd.xml")
"""Names by which a zip is a document of some kind and no archive."""


def zip_members(path: Path) -> Iterator[Member] | None:
    """Every member in the order of the directory; None where the zip is a document.

    Raises:
        Any of ``package.BROKEN_ZIP``: it is no whole zip.
    """
    archive = zipfile.ZipFile(path)
    if archive.infolist() and min(entry.header_offset for entry in archive.infolist()) > 0:
        raise zipfile.BadZipFile  # cut short: this is the directory of a zip within it
    if sum(entry.compress_size for entry in archive.infolist()) > path.stat().st_size:
        raise zipfile.BadZipFile  # entries share their bytes, as in a bomb
    if any(entry.filename.lower() in _PARTS for entry in archive.infolist()):
        return None
    return (_member(archive, entry) for entry in archive.infolist())


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Member:
    return Member(
        name=_name(entry),
        kind=_kind(entry),
        size=entry.file_size,
        packed=entry.compress_size,
        open=partial(archive.open, entry),
    )


def _kind(entry: zipfile.ZipInfo) -> Kind:
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    if entry.is_dir() or stat.S_ISDIR(mode):
        return "folder"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "special"
    return "encrypted" if entry.flag_bits & _ENCRYPTED else "file"


def _name(entry: zipfile.ZipInfo) -> str:
    """The name from the field that is UTF-8 in every case, else from bytes that ``zipfile`` took for code page 437."""
    if entry.flag_bits & _UTF8:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437", "replace")
    return _unicode_path(entry.extra, raw) or decoded(raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the field "Info-ZIP Unicode Path", if there is one and it belongs to ``raw``."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and length > 5 and struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw):
            return field[5:].decode("utf-8", "replace")
        at += 4 + length
    return None
