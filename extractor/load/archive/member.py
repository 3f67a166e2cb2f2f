"""What every kind of archive is for its reader: members one after another, and the limits on what they unpack to."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from extractor.errors import LimitError
from extractor.settings import MEGABYTE, Settings

Kind = Literal["file", "folder", "encrypted", "special"]
"""``special`` is a link, a device or a pipe."""

_PIECE = 1 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.ENOENT)
"""What writing a temporary file fails with where the disk is full, or closed to us."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry as its archive declares it; ``packed`` is None where members are packed together.

    ``open`` gives its bytes; in an archive that is a stream, only before the next member is asked for.
    """

    name: str
    kind: Kind
    size: int
    packed: int | None
    open: Callable[[], IO[bytes]]


def no_room(error: BaseException | None, label: str) -> LimitError | None:
    """Where ``error`` says that nothing more can be written here, the error for the archive or member ``label``."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        return None
    return LimitError(
        f"{label} cannot be unpacked: {error.strerror} (room for its files was expected where TMPDIR says)",
        f"{label} 无法解压：{error.strerror}（临时目录 TMPDIR 应有足够的空间）",
    )


class Allowance:
    """What one archive, with all that is packed in it, may still unpack to.

    Raises:
        LimitError: from every method; ``entry`` and ``draw`` where the whole archive is over a limit.
    """

    def __init__(self, settings: Settings, packed: int, label: str) -> None:
        self._settings = settings
        self._packed = packed
        self._label = label
        self._entries = 0
        self._drawn = 0
        self._spent = False

    @property
    def is_spent(self) -> bool:
        """Whether the archive as a whole is over a limit, so that no further member can be had."""
        return self._spent

    def entry(self) -> None:
        """One more entry."""
        self._entries += 1
        most = self._settings.max_archive_entries
        if self._entries > most:
            self._spent = True
            raise LimitError(
                f"{self._label} has too many entries: at most {most:,} were expected (EXTRACTOR_MAX_ARCHIVE_ENTRIES)",
                f"{self._label} 的条目过多：应不超过 {most:,}（设置 EXTRACTOR_MAX_ARCHIVE_ENTRIES）",
            )

    def window(self, size: int, most: int) -> None:
        """See that unpacking needs no more than ``most`` bytes of memory."""
        if size > most:
            self._spent = True
            raise LimitError(
                f"{self._label} needs {size:,} bytes of memory to unpack: at most {most:,} were expected",
                f"{self._label} 解压需要 {size:,} 字节内存：应不超过 {most:,} 字节",
            )

    def draw(self, length: int) -> None:
        """``length`` more bytes unpacked, whatever becomes of them."""
        self._drawn += length
        self._spent = True
        most = self._settings.max_archive_bytes
        if self._drawn > most:
            raise LimitError(
                f"{self._label} unpacks to more than {most:,} bytes (EXTRACTOR_MAX_ARCHIVE_BYTES)",
                f"{self._label} 解压后超过 {most:,} 字节（设置 EXTRACTOR_MAX_ARCHIVE_BYTES）",
            )
        self._check_ratio(self._drawn, self._packed, self._label)
        self._spent = False

    def admit(self, member: Member, label: str) -> None:
        """See that ``member`` declares no more than one file may hold."""
        self._check_size(member.size, label)
        if member.packed is not None:
            self._check_ratio(member.size, member.packed, label)

    def unpack(self, member: Member, target: Path, label: str) -> None:
        """Write the member's bytes to ``target``, never more than one file may hold."""
        length = 0
        with member.open() as source, target.open("wb") as file:
            while piece := source.read(_PIECE):
                length += len(piece)
                self._check_size(length, label)
                if member.packed is not None:
                    self.draw(len(piece))
                file.write(piece)

    def _check_size(self, size: int, label: str) -> None:
        most = self._settings.max_file_bytes
        if size > most:
            raise LimitError(
                f"{label} is too large: at most {most:,} bytes were expected (EXTRACTOR_MAX_FILE_BYTES)",
                f"{label} 过大：应不超过 {most:,} 字节（设置 EXTRACTOR_MAX_FILE_BYTES）",
            )

    def _check_ratio(self, size: int, packed: int, label: str) -> None:
        most = self._settings.max_unpack_ratio
        if size > MEGABYTE and size > most * packed:
            raise LimitError(
                f"{label} unpacks to more than {most} times its size (EXTRACTOR_MAX_UNPACK_RATIO)",
                f"{label} 解压后超过原来的 {most} 倍（设置 EXTRACTOR_MAX_UNPACK_RATIO）",
            )
