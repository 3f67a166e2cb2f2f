"""Which files a call names: the arguments, the folders walked, and the name each input goes by in its record.

A name is the file's own for a file argument and the path relative to the folder for a walked one. Inputs that would
share a name get as much of their path as tells them apart. Names are printable: a byte that is no UTF-8 is written
``\\xff``. Archives are inputs here; ``extractor.unpacking`` puts their members in their place when their turn comes.
"""

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from extractor.errors import InputError, MissingFileError, PermissionDeniedError
from extractor.load import archive_of
from extractor.load.archive.names import Skipped, hidden, is_beside
from extractor.text import file_name, printable


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read; ``name`` becomes ``source.name``; ``error`` stands where it is already known to fail."""

    path: Path
    name: str
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A path with the number of its last components that name it at first."""

    path: str
    depth: int
    error: InputError | None = None


def list_inputs(arguments: Iterable[Path], leave_out: Path | None = None) -> tuple[list[Input], list[Skipped]]:
    """Every input of a call in order, folders walked in sorted order, and what was skipped.

    ``leave_out`` is a folder never walked into (where this call writes).
    """
    found: list[Found] = []
    skipped: list[Skipped] = []
    for argument in arguments:
        for item in walked(os.fspath(argument), leave_out):
            (skipped if isinstance(item, Skipped) else found).append(item)  # type: ignore[arg-type]
    named = zip(found, _names(found), strict=True)
    return [Input(Path(item.path), name, item.error) for item, name in named], skipped


def walked(argument: str, leave_out: Path | None = None) -> Iterator[Found | Skipped]:
    """What an argument names, one after another as it is found: a file, or those in a folder, and what is skipped."""
    try:
        mode = Path(argument).stat().st_mode
    except (OSError, ValueError) as error:
        outer = archive_of(Path(argument))
        depth = argument.count("/", len(str(outer.parent)) + 1) + 1 if outer else 1
        yield Found(argument, depth, None if outer else _unopened(argument, error))
        return
    if stat.S_ISDIR(mode):
        yield from _walk(argument, leave_out)
    elif stat.S_ISREG(mode):
        yield Found(argument, 1)
    else:
        yield Found(argument, 1, _no_file(argument))


def _walk(root: str, leave_out: Path | None) -> Iterator[Found | Skipped]:
    """The files under ``root``, depth first, entries sorted by name; a stack, since folders nest without limit."""
    links = _Links(root)
    out = os.path.realpath(leave_out) if leave_out else None
    stack: list[str | Skipped] = [""]
    while stack:
        item = stack.pop()
        if isinstance(item, Skipped):
            yield item
            continue
        path = os.path.join(root, item.removesuffix("/"))  # noqa: PTH118 (one string a file: a walk may hold millions)
        if item and not item.endswith("/"):
            yield Found(path, item.count("/") + 1)
        elif out and os.path.realpath(path) == out:
            yield Skipped(path, "本次的输出目录", "this call writes there")
        else:
            try:
                stack.extend(reversed(_entries(path, item, links)))
            except OSError as error:
                yield Found(path, item.count("/") or 1, _unopened(path, error))


def _entries(path: str, prefix: str, links: _Links) -> list[str | Skipped]:
    """What is in a folder, sorted: files and, with a stroke at their end, folders, each behind ``prefix``.

    Of plain files only the names are held, and they are not asked for: a folder may hold millions, and be far away.
    """
    with os.scandir(path) as scan:
        entries = [entry.name if _is_plain_file(entry) else entry for entry in scan]
    entries.sort(key=lambda entry: os.fsencode(entry if isinstance(entry, str) else entry.name))
    return [prefix + entry if isinstance(entry, str) else _entered(entry, prefix, links) for entry in entries]


def _is_plain_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False) and not is_beside(entry.name)
    except OSError:
        return False


def _entered(entry: os.DirEntry[str], prefix: str, links: _Links) -> str | Skipped:
    """Something that is not, at the first look, a plain file."""
    if is_beside(entry.name):
        return hidden(entry.path)
    folder = os.path.isdir(entry.path)  # noqa: PTH112 (False, not an error, where a link leads to itself)
    if folder and entry.is_symlink() and not links.may_follow(entry.path):
        return Skipped(entry.path, "链接指向已在遍历范围内的目录", "a link to a folder that is walked anyway")
    if not folder and not os.path.isfile(entry.path):  # noqa: PTH113
        return Skipped(entry.path, "不是普通文件", "not a regular file")
    return f"{prefix}{entry.name}/" if folder else prefix + entry.name


class _Links:
    """Which links to folders a walk follows: none into, above or twice to the same place, so that it ends."""

    def __init__(self, root: str) -> None:
        self._walked: set[str] = set()
        self._above: set[str] = set()
        self._note(os.path.realpath(root))

    def may_follow(self, path: str) -> bool:
        """True once for each folder that no walked one holds and that holds none; it then counts as walked."""
        target = os.path.realpath(path)
        if target in self._above or not self._walked.isdisjoint(_chain(target)):
            return False
        self._note(target)
        return True

    def _note(self, target: str) -> None:
        self._walked.add(target)
        self._above.update(_chain(target))


def _chain(path: str) -> list[str]:
    """``path`` and every folder above it."""
    pure = PurePath(path)
    return [path, *map(str, pure.parents)]


def _unopened(path: str, error: OSError | ValueError) -> InputError:
    shown = printable(path)
    if isinstance(error, PermissionError):
        return PermissionDeniedError(f"no permission to read {shown}", f"没有读取权限：{shown}")
    if isinstance(error, FileNotFoundError):
        return MissingFileError(f"no such file or folder: {shown}", f"没有这个文件或目录：{shown}")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return MissingFileError(f"cannot open {shown}: {reason}", f"无法打开 {shown}：{reason}")


def _no_file(path: str) -> InputError:
    shown = printable(path)
    return MissingFileError(f"not a regular file: {shown}", f"不是普通文件：{shown}")


def _names(found: list[Found]) -> list[str]:
    names = [_last(item.path, item.depth) for item in found]
    for group in _sharing(names):
        for index, name in zip(group, _told_apart([found[index] for index in group]), strict=True):
            names[index] = name
    return _numbered([file_name(name) for name in names])


def _sharing(names: list[str]) -> list[list[int]]:
    counts = Counter(names)
    groups = defaultdict(list)
    for index, name in enumerate(names):
        if counts[name] > 1:
            groups[name].append(index)
    return list(groups.values())


def _told_apart(group: list[Found]) -> list[str]:
    """Names with as many components more, for the whole group, as make them differ; whole paths where none do."""
    paths = [os.path.abspath(item.path) for item in group]  # noqa: PTH100 (links stay as the user wrote them)
    distinct = len(set(paths))
    names: list[str] = []
    for more in range(1, max(path.count("/") for path in paths) + 1):
        names = [_last(path, item.depth + more) for path, item in zip(paths, group, strict=True)]
        if len(set(names)) == distinct:
            break
    return names


def _last(path: str, depth: int) -> str:
    """The last ``depth`` components of ``path``, without any that lead nowhere."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts[-depth:]) or path


def _numbered(names: list[str]) -> list[str]:
    """``names`` with a number after each that still stands twice (the same file given twice)."""
    taken: set[str] = set()
    for index, name in enumerate(names):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        names[index] = free
    return names
