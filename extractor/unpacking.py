"""Inputs with each archive's members in its place: unpacked when their turn comes, in a process of its own.

Members lie in a temporary folder until their records are delivered. No further archive is unpacked while those at hand
hold more than a few megabytes: the inputs pause, and go on once everything drawn before is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from extractor.errors import InputError
from extractor.inputs import Input
from extractor.load.archive.member import no_room
from extractor.load.archive.names import MEMBER, Skipped
from extractor.load.archive.packing import packing
from extractor.scratch import Scratch
from extractor.settings import MEGABYTE, load_settings
from extractor.text import printable
from extractor.workers import Lost, in_workers

if TYPE_CHECKING:
    from extractor.load.archive.walk import Contents

_AT_HAND = 64 * MEGABYTE
"""What unpacked archives may hold together before the next one waits. One alone may hold more."""


@dataclass
class _Folder:
    """Where the members of one archive lie, and how many of them are not delivered yet."""

    path: Path
    size: int
    left: int


@dataclass(frozen=True, slots=True)
class Notes:
    """Who is told what archives hold that is not read, and how many inputs more there are than before."""

    skipped: Callable[[list[Skipped]], None] = lambda _: None
    grown: Callable[[int], None] = lambda _: None


class Unpacking:
    """The inputs of a call, archives opened; a context, after which nothing unpacked is left."""

    def __init__(self, inputs: Iterable[Input], notes: Notes | None = None, at_hand: int = _AT_HAND) -> None:
        self._inputs = iter(inputs)
        self._at_hand = at_hand
        self._waiting: Input | None = None
        self._notes = notes or Notes()
        self._scratch = Scratch()
        self._folders: dict[Path, _Folder] = {}
        self.over = False

    def __enter__(self) -> Unpacking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scratch.clear()

    def until_full(self) -> Iterator[Input]:
        """Inputs until the next archive has to wait, or until they are ``over``."""
        while item := self._next():
            if item.error or packing(item.path) is None:
                yield item
            elif sum(folder.size for folder in self._folders.values()) > self._at_hand:
                self._waiting = item
                return
            else:
                yield from self._members(item)
        self.over = True

    def delivered(self, item: Input) -> None:
        """The record of ``item`` is out: once all of its archive are, the files go."""
        folder = self._folders.get(item.path.parent)
        if folder is None:
            return
        folder.left -= 1
        if not folder.left:
            del self._folders[folder.path]
            shutil.rmtree(folder.path, ignore_errors=True)

    def _next(self) -> Input | None:
        item, self._waiting = self._waiting, None
        return item or next(self._inputs, None)

    def _members(self, item: Input) -> list[Input]:
        from extractor.load.archive.walk import Contents  # noqa: PLC0415 (slow to load, and few calls need it)

        try:
            path = self._scratch.new()
        except OSError as error:
            return [Input(item.path, item.name, no_room(error, printable(item.name)))]
        limit = load_settings().seconds_per_archive
        ((_, contents),) = in_workers(partial(_unpack, item), [path], workers=1, seconds=limit)
        members = named_members(item, contents) if isinstance(contents, Contents) else [_alone(item, contents)]
        left = sum(1 for member in members if member.path.parent == path)
        if left:
            self._folders[path] = _Folder(path, _size(path), left)
        else:
            shutil.rmtree(path, ignore_errors=True)
        if isinstance(contents, Contents):
            self._notes.skipped(contents.skipped)
        self._notes.grown(len(members) - 1)
        return members


def _unpack(item: Input, folder: Path) -> object:
    """What a process of its own sends back: the contents, None for one document, or why neither can be had."""
    from extractor.load.archive.walk import unpack  # noqa: PLC0415

    try:
        return unpack(item.path, folder, item.name)
    except InputError as error:
        return error
    except OSError:
        return None


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


def _alone(item: Input, result: object) -> Input:
    """The input itself: one document, or an archive that could not be opened."""
    error = result.error if isinstance(result, Lost) else result
    return Input(item.path, item.name, error if isinstance(error, InputError) else None)


def named_members(item: Input, contents: Contents) -> list[Input]:
    """The members as inputs: ``archive!/member``, with a number where a name comes again."""
    inputs: list[Input] = []
    taken: set[str] = set()
    for found in contents.found:
        name = f"{item.name}{MEMBER}{found.name}" if found.name else item.name
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        path = found.path or (item.path if not found.name else Path(f"{item.path}{MEMBER}{found.name}"))
        inputs.append(Input(path, free, found.error))
    return inputs
