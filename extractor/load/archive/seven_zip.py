"""The members of a 7z archive: packed together, so all are unpacked to a folder before the first is handed on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BufferedReader, FileIO
from pathlib import Path, PurePosixPath
from typing import IO, cast

from py7zr import SevenZipFile
from py7zr.exceptions import ArchiveError, PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import Py7zIO, WriterFactory

from extractor.load.archive.member import Allowance, Kind, Member
from extractor.load.archive.names import inner_path
from extractor.settings import MEGABYTE

_BLOCK = 1_024
"""Bytes that are unpacked at a time: some methods unpack whatever they are given at once, to 30,000 times as much."""

_LARGEST_WINDOW = 256 * MEGABYTE
"""What unpacking may look back on; the usual settings of 7-Zip take 64 MB at most."""

_LZMA, _LZMA2, _PPMD = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01"

BROKEN_7Z = (ArchiveError, OSError, EOFError, ValueError, LookupError, TypeError, AssertionError, AttributeError)
"""What reading a broken 7z raises, the library's own slips among them."""

BROKEN_7Z_STREAM = (*BROKEN_7Z, MemoryError, RuntimeError)
LOCKED_7Z = PasswordRequired
UNKNOWN_7Z = UnsupportedCompressionMethodError


def seven_zip_members(path: Path, folder: Path, allowance: Allowance) -> Iterator[Member]:
    """Every member in the order of the header; what could not be unpacked is an error once the whole ones are told.

    Raises:
        Any of ``BROKEN_7Z_STREAM``; ``LOCKED_7Z``: the header itself is encrypted.
        LimitError: as ``Allowance`` says.
    """
    with _Rationed(FileIO(path)) as file, SevenZipFile(cast("IO[bytes]", file)) as archive:
        file.ration = _BLOCK
        allowance.window(max(_windows(archive), default=0), _LARGEST_WINDOW)
        locked = archive.needs_password()
        files = _Files(folder, allowance)
        keyed = list(_keyed(archive))
        wanted = [name for _, name, kind, _ in keyed if kind == "file" and inner_path(name)]
        failure = None if locked or not wanted else _extract(archive, wanted, files)
        for key, name, kind, size in keyed:
            place = files.whole.get(key)
            if kind != "file" or not inner_path(name):
                yield Member(name, kind, size, None, partial(_opened, path))
            elif locked:
                yield Member(name, "encrypted", size, None, partial(_opened, path))
            elif place:
                yield Member(name, kind, size, None, partial(_opened, place))
        if failure:
            raise failure


class _Rationed(BufferedReader):
    """A file that gives at most ``ration`` bytes at a time, once the archive's header is read."""

    ration = 0

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, self.ration) if size and self.ration else size)


def _windows(archive: SevenZipFile) -> Iterator[int]:
    """Bytes of memory that the archive asks for, to unpack each of its blocks."""
    streams = archive.header.main_streams
    for folder in streams.unpackinfo.folders if streams else ():
        for coder in folder.coders:
            yield _window(coder["method"], coder["properties"] or b"")


def _window(method: bytes, properties: bytes) -> int:
    """Bytes that a method looks back on, as its properties say.

    >>> _window(_LZMA2, bytes([22])) // MEGABYTE, _window(_LZMA2, bytes([38])) // MEGABYTE, _window(b"", b"")
    (8, 2048, 0)
    """
    if method == _LZMA2 and properties:
        bits = properties[0]
        return (2 | bits & 1) << (bits // 2 + 11)
    if method in (_LZMA, _PPMD) and len(properties) >= 5:
        return int.from_bytes(properties[1:5], "little")
    return 0


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _extract(archive: SevenZipFile, wanted: list[str], files: _Files) -> Exception | None:
    try:
        archive.extract(targets=wanted, factory=files)
    except BROKEN_7Z_STREAM as error:
        return error
    return None


def _keyed(archive: SevenZipFile) -> Iterator[tuple[str, str, Kind, int]]:
    """Each member's key (what the library calls its file: names that come again get a number), name, kind and size."""
    met: dict[str, int] = {}
    for entry in archive.files:
        name = entry.filename
        again = met.get(name)
        met[name] = 0 if again is None else again + 1
        key = PurePosixPath(name if again is None else f"{name}_{again}").as_posix()
        special = entry.is_symlink or entry.is_junction or entry.is_socket
        kind: Kind = "folder" if entry.is_directory else "special" if special else "file"
        yield key, name, kind, entry.uncompressed or 0


class _Files(WriterFactory):
    """Gives the library a numbered file for each member; ``whole`` holds those it wrote to their end."""

    def __init__(self, folder: Path, allowance: Allowance) -> None:
        self._folder = folder
        self._allowance = allowance
        self._count = 0
        self.whole: dict[str, Path] = {}

    def create(self, filename: str) -> Py7zIO:
        self._count += 1
        place = self._folder / f"7z-{self._count}"
        return _File(place, self._allowance, partial(self.whole.__setitem__, filename, place))


class _File(Py7zIO):
    """A file that the library writes; every byte is drawn from the allowance."""

    def __init__(self, place: Path, allowance: Allowance, done: partial[None]) -> None:
        self._file = place.open("wb")
        self._allowance = allowance
        self._done = done

    def write(self, s: bytes | bytearray) -> int:
        self._allowance.draw(len(s))
        return self._file.write(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        self._file.flush()

    def size(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()
        self._done()
