"""The members of a tar archive, packed or not, and of a single packed file; read as a stream, from front to back."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, cast

from extractor.load.archive.member import Allowance, Kind, Member
from extractor.load.archive.names import decoded

BROKEN_TAR = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, IndexError, MemoryError)
"""What reading a broken tar, or what it is packed with, raises."""

_OPENERS: dict[str, Callable[[Path], object]] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
_BLOCK = 512
_MAGIC, _MAGIC_AT = b"ustar", 257
_TARS = {".tgz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


def tar_members(path: Path, packing: str, name: str, allowance: Allowance) -> Iterator[Member]:
    """Every member in the order of the stream; a packed file that is no tar is the one member there is.

    ``packing`` is gz, bz2, xz or tar; ``name`` the archive's own. What is unpacked is drawn from ``allowance``.

    Raises:
        Any of ``BROKEN_TAR``, while members are asked for and while they are read.
        LimitError: as ``Allowance`` says.
    """
    with cast("IO[bytes]", _OPENERS[packing](path) if packing in _OPENERS else path.open("rb")) as plain:
        head = plain.read(_BLOCK)
        stream = _Drawn(head, plain, allowance)
        if head[_MAGIC_AT:].startswith(_MAGIC) or packing == "tar":
            yield from _entries(stream)
        else:
            yield Member(_single(name), "file", 0, None, partial(_itself, stream))


def _entries(stream: _Drawn) -> Iterator[Member]:
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|", errors="surrogateescape") as archive:
        for entry in archive:
            name = decoded(entry.name.encode("utf-8", "surrogateescape"))
            yield Member(name, _kind(entry), entry.size, None, partial(_content, archive, entry))
            archive.members.clear()  # type: ignore[attr-defined]  # else all of them are kept


def _kind(entry: tarfile.TarInfo) -> Kind:
    if entry.isdir():
        return "folder"
    return "file" if entry.isreg() and not entry.issparse() else "special"


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(entry)
    if content is None:
        raise tarfile.ReadError(entry.name)
    return content


def _itself(stream: _Drawn) -> IO[bytes]:
    return cast("IO[bytes]", stream)


def _single(name: str) -> str:
    """What a packed file is called once it is unpacked.

    >>> _single("年报.docx.gz"), _single("年报.tgz"), _single("年报")
    ('年报.docx', '年报.tar', '年报')
    """
    last = Path(name.rpartition("/")[2])
    return last.stem + _TARS.get(last.suffix.lower(), "") if last.suffix else last.name


class _Drawn:
    """A stream whose every byte is drawn from an allowance; its first ``head`` were read already."""

    def __init__(self, head: bytes, rest: IO[bytes], allowance: Allowance) -> None:
        self._head = head
        self._rest = rest
        self._allowance = allowance

    def read(self, length: int = -1) -> bytes:
        piece, self._head = (self._head[:length], self._head[length:]) if length >= 0 else (self._head, b"")
        piece += self._rest.read(length - len(piece) if length >= 0 else length)
        self._allowance.draw(len(piece))
        return piece

    def close(self) -> None:
        self._rest.close()

    def __enter__(self) -> _Drawn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
