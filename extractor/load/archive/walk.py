"""An archive, or a mail with several reports → its members as files, sorted as the files of a folder are.

What an archive is, its content tells: a .docx is a zip but no archive. Nothing is trusted: names never become paths,
links and devices are passed over, and sizes, numbers, depth and ratio are bounded by the settings. A member that cannot
be had is an error of its own; what is broken for good is an error of the archive, after the members that were whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from extractor.errors import DamagedFileError, EmptyFileError, InputError, LimitError, UnsupportedFormatError
from extractor.load.archive.member import Allowance, Member, no_room
from extractor.load.archive.names import MEMBER, Skipped, hidden, inner_path, is_beside
from extractor.load.archive.packing import packing
from extractor.load.archive.seven_zip import BROKEN_7Z_STREAM, LOCKED_7Z, UNKNOWN_7Z, seven_zip_members
from extractor.load.archive.tar import BROKEN_TAR, tar_members
from extractor.load.archive.zip import zip_members
from extractor.load.detect import encrypted
from extractor.load.mail.message import mail_members
from extractor.load.package import BROKEN_ZIP
from extractor.settings import load_settings
from extractor.text import file_name, printable

_BROKEN = (*BROKEN_ZIP, *BROKEN_TAR, *BROKEN_7Z_STREAM)


@dataclass(frozen=True, slots=True)
class Found:
    """A member by its name within the archive, unpacked at ``path`` unless ``error`` says why not.

    The name is "" where the error is one of the archive as a whole.
    """

    name: str
    path: Path | None = None
    error: InputError | None = None


@dataclass(slots=True)
class Contents:
    """Everything an archive holds."""

    found: list[Found] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def unpack(path: Path, folder: Path, name: str) -> Contents | None:
    """The members of the archive at ``path``, written to ``folder``; None where it is one document.

    ``name`` names the archive in messages.
    """
    settings = load_settings()
    label = printable(name)
    if path.stat().st_size > settings.max_archive_bytes:
        return Contents([Found("", error=_too_large(label, settings.max_archive_bytes))])
    allowance = Allowance(settings, path.stat().st_size, label)
    return _Unpacking(folder, allowance, settings.max_archive_depth).contents(path, name, 1)


class _Unpacking:
    """One archive with all that is packed in it; files in ``folder`` are numbered."""

    def __init__(self, folder: Path, allowance: Allowance, deepest: int) -> None:
        self._folder = folder
        self._allowance = allowance
        self._deepest = deepest
        self._count = 0
        self._over: InputError | None = None

    def contents(self, path: Path, name: str, depth: int) -> Contents | None:
        """The members of one archive, and of those in it; as deep as the settings allow."""
        kind = packing(path)
        if kind is None:
            return None
        contents, taken, failure = Contents(), list[tuple[Member, Found]](), None
        try:
            members = self._members(path, kind, name)
            if members is None:
                return None
            for member in members:
                self._allowance.entry()
                self._place(member, name, contents, taken)
        except (InputError, LOCKED_7Z, *_BROKEN) as error:
            failure = _failure(error, printable(name))
        for _, found in sorted(taken, key=lambda each: _order(each[1].name)):
            self._expand(found, name, depth, contents)
        failure = self._told_once(failure, depth)
        if failure or not (contents.found or self._over):
            contents.found.append(Found("", error=failure or _empty(printable(name))))
        return contents

    def _told_once(self, failure: InputError | None, depth: int) -> InputError | None:
        """That the whole is over a limit is told of the whole alone, not of each archive in it."""
        if not self._allowance.is_spent:
            return failure
        self._over = self._over or failure
        return self._over if depth == 1 else None

    def _members(self, path: Path, kind: str, name: str) -> Iterator[Member] | None:
        if kind == "zip":
            return zip_members(path)
        if kind == "mail":
            return mail_members(path, printable(name))
        if kind == "7z":
            return seven_zip_members(path, self._new_folder(), self._allowance)
        if kind == "rar":
            raise _rar(printable(name))
        return tar_members(path, kind, name, self._allowance)

    def _place(self, member: Member, archive: str, contents: Contents, taken: list[tuple[Member, Found]]) -> None:
        """Unpack one member, or say why not."""
        inner = inner_path(member.name)
        shown = f"{archive}{MEMBER}{file_name(inner or member.name)}"
        if member.kind == "folder":
            return
        if inner is None:
            contents.skipped.append(Skipped(shown, "路径指向压缩包之外", "its path leads out of the archive"))
        elif any(map(is_beside, inner.split("/"))):
            contents.skipped.append(hidden(shown))
        elif member.kind == "special":
            contents.skipped.append(Skipped(shown, "链接或设备，不是普通文件", "a link or a device, no regular file"))
        else:
            found = self._unpacked(member, file_name(inner), printable(shown))
            taken.append((member, found))

    def _unpacked(self, member: Member, name: str, label: str) -> Found:
        """The member as a file; in a stream, a limit or a fault of the whole archive is raised, not told of one."""
        if member.kind == "encrypted":
            return Found(name, error=encrypted(label))
        target = self._next()
        try:
            self._allowance.admit(member, label)
            self._allowance.unpack(member, target, label)
        except LimitError as error:
            target.unlink(missing_ok=True)
            if self._allowance.is_spent:
                raise
            return Found(name, error=error)
        except _BROKEN as error:
            target.unlink(missing_ok=True)
            if member.packed is None:
                raise
            return Found(name, error=_failure(error, label))
        return Found(name, target)

    def _expand(self, found: Found, archive: str, depth: int, contents: Contents) -> None:
        """Add a member, or what is in it where it is an archive itself."""
        label = f"{archive}{MEMBER}{found.name}"
        inner = None
        if found.path and packing(found.path):
            if self._allowance.is_spent:
                return found.path.unlink(missing_ok=True)
            if depth >= self._deepest:
                return contents.found.append(Found(found.name, error=_too_deep(printable(label), self._deepest)))
            inner = self.contents(found.path, label, depth + 1)
        if inner is None:
            return contents.found.append(found)
        contents.found += [
            Found(f"{found.name}{MEMBER}{each.name}" if each.name else found.name, each.path, each.error)
            for each in inner.found
        ]
        contents.skipped += inner.skipped
        return found.path.unlink(missing_ok=True) if found.path else None

    def _next(self) -> Path:
        self._count += 1
        return self._folder / str(self._count)

    def _new_folder(self) -> Path:
        folder = self._next()
        folder.mkdir()
        return folder


def _order(name: str) -> list[bytes]:
    """As the walk of a folder sorts: by each component's bytes."""
    return [os.fsencode(part) for part in name.split("/")]


def _failure(error: BaseException, label: str) -> InputError:
    if isinstance(error, InputError):
        return error
    if full := no_room(error, label):
        return full
    if isinstance(error, LOCKED_7Z):
        return encrypted(label)
    if isinstance(error, UNKNOWN_7Z | NotImplementedError):
        return UnsupportedFormatError(
            f"{label} is packed by a method that is not known: a usual .zip or .7z was expected",
            f"{label} 的压缩方法无法识别：应为普通的 .zip 或 .7z",
        )
    return DamagedFileError(
        f"{label} is cut short or broken: a whole archive was expected", f"{label} 不完整或已损坏：应为完整的压缩包"
    )


def _rar(label: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"{label} is a RAR archive, which is not read: a .zip, .7z or .tar.gz was expected",
        f"{label} 是 RAR 压缩包，尚不支持：应为 .zip、.7z 或 .tar.gz",
    )


def _empty(label: str) -> EmptyFileError:
    return EmptyFileError(f"{label} holds no files: reports were expected", f"{label} 中没有文件：应有年度报告")


def _too_deep(label: str, deepest: int) -> LimitError:
    return LimitError(
        f"{label} is an archive in more than {deepest} others (EXTRACTOR_MAX_ARCHIVE_DEPTH)",
        f"{label} 的压缩包嵌套超过 {deepest} 层（设置 EXTRACTOR_MAX_ARCHIVE_DEPTH）",
    )


def _too_large(label: str, most: int) -> LimitError:
    return LimitError(
        f"{label} is too large: at most {most:,} bytes were expected (EXTRACTOR_MAX_ARCHIVE_BYTES)",
        f"{label} 过大：应不超过 {most:,} 字节（设置 EXTRACTOR_MAX_ARCHIVE_BYTES）",
    )
