"""Where a call's objects go: one line each on standard output, or one file each under a folder, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from extractor.errors import OutputError, SettingsError

_SUFFIX = ".json"
_LONGEST_NAME = 255
_LONGEST_PATH = 4_000


class Output(Protocol):
    """Takes each object of a call, in input order; ``on_terminal`` where a person sees them arrive."""

    on_terminal: bool

    def write(self, name: str, line: str) -> None:
        """Deliver the JSON object ``line`` of the input ``name``.

        Raises:
            OutputError: it cannot be written (full, not permitted, nobody reads any more).
        """


class StandardOutput:
    """JSON Lines on standard output."""

    def __init__(self) -> None:
        """See that there is one.

        Raises:
            SettingsError: the call closed it.
        """
        if sys.stdout is None:
            raise SettingsError(
                "standard output is closed, and no other place to write to is named",
                "标准输出已关闭，也没有指定其他写入位置",
            )
        self.on_terminal = sys.stdout.isatty()

    def write(self, name: str, line: str) -> None:
        """See ``Output.write``."""
        try:
            sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _silence_standard_output()
            raise OutputError(
                f"standard output takes no more: {error.strerror} (at {name})",
                f"标准输出无法继续写入：{error.strerror}（写到 {name}）",
            ) from None


class FolderOutput:
    """``<folder>/<name>.json`` for each input, written beside and renamed; never outside ``folder``."""

    on_terminal = False

    def __init__(self, folder: Path) -> None:
        """Make ``folder`` and see that it can be written to.

        Raises:
            SettingsError: it cannot.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".case-") as probe:
                twin = Path(probe.name).with_name(Path(probe.name).name.upper())
                self._ignores_case = twin.exists()
        except OSError as error:
            raise SettingsError(*unwritable(folder, error)) from None
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def write(self, name: str, line: str) -> None:
        """See ``Output.write``."""
        path = self._folder / self._claim(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as file:
                file.write(line.encode("utf-8") + b"\n")
        except OSError as error:
            raise OutputError(*unwritable(path, error)) from None

    def _claim(self, name: str) -> str:
        """A path under the folder that no other input of this call has."""
        place = place_of(name, room=_LONGEST_PATH - len(os.fsencode(self._folder.absolute())))
        if self._collides(place):
            place = _component(f"{name.rpartition('/')[2]}~{_digest(name)}", _SUFFIX)
        key = self._key(place)
        self._files.add(key)
        self._folders.update(key[:end] for end, sign in enumerate(key) if sign == "/")
        return place

    def _collides(self, place: str) -> bool:
        key = self._key(place)
        above = (key[:end] for end, sign in enumerate(key) if sign == "/")
        return key in self._files or key in self._folders or any(folder in self._files for folder in above)

    def _key(self, place: str) -> str:
        return place.casefold() if self._ignores_case else place


@contextmanager
def whole(path: Path, *, safe: bool = False) -> Iterator[IO[bytes]]:
    """A file that stands at ``path`` once the block has ended, whole or not at all: written beside it and renamed.

    ``safe``: on the disk before it is renamed, so that a power cut leaves no empty file either.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    beside = path.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        with beside.open("wb") as file:
            yield file
            if safe:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    finally:  # Ctrl-C may come in the middle too
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def place_of(name: str, room: int = _LONGEST_PATH) -> str:
    """The path, relative to the output folder, of the object for the input ``name``; ``room`` in bytes.

    A member of an archive lies in a folder named like the archive. What cannot be a file's name is written otherwise:

    >>> place_of("2024/a.docx"), place_of("a.zip!/2024/b.pdf"), place_of("../b.txt")
    ('2024/a.docx.json', 'a.zip/2024/b.pdf.json', '%2E%2E/b.txt.json')
    """
    parts = [part for part in name.replace("!/", "/").split("/") if part not in ("", ".")] or ["_"]
    place = "/".join([*map(_component, parts[:-1]), _component(parts[-1], _SUFFIX)])
    return place if len(place.encode("utf-8")) <= room else _digest(name) + _SUFFIX


def _component(part: str, suffix: str = "") -> str:
    part = "%2E%2E" if part == ".." else part.replace("\0", "%00")
    if len((part + suffix).encode("utf-8")) <= _LONGEST_NAME:
        return part + suffix
    ending = f"~{_digest(part)}{suffix}"
    kept = part.encode("utf-8")[: _LONGEST_NAME - len(ending)].decode("utf-8", "ignore")
    return kept + ending


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unwritable(path: Path, error: OSError) -> tuple[str, str]:
    """What is said of a place that cannot be written to, in English and in Chinese."""
    return f"cannot write {path}: {error.strerror}", f"无法写入 {path}：{error.strerror}"


def _silence_standard_output() -> None:
    """Nobody reads it any more: what Python still flushes on its way out must not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
