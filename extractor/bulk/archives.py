"""Archives that lie unpacked while their members are read, and those that wait until there is room."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from extractor.bulk.jobs import Source
from extractor.bulk.reading import ToUnpack
from extractor.inputs import Input
from extractor.scratch import Scratch
from extractor.settings import MEGABYTE

_AT_HAND = 64 * MEGABYTE
"""What unpacked archives may hold together before the next one waits. One alone may hold more."""


@dataclass
class _Archive:
    folder: Path | None = None
    members: dict[str, Input] = field(default_factory=dict)
    size: int = 0
    left: set[int] = field(default_factory=set)
    waiting: list[Source] = field(default_factory=list)


class Archives:
    """By the id of the source that is the archive."""

    def __init__(self) -> None:
        self._scratch = Scratch()
        self._under_way: dict[int, _Archive] = {}
        self._open: dict[int, _Archive] = {}
        self._asked: deque[tuple[int, str, str]] = deque()

    def want(self, archive: int, path: str, name: str, member: Source | None = None) -> None:
        """An archive is to be unpacked; ``member`` waits for it."""
        if archive not in self._under_way:
            self._under_way[archive] = _Archive()
            self._asked.append((archive, path, name))
        if member is not None:
            self._under_way[archive].waiting.append(member)

    def next(self) -> tuple[int, ToUnpack] | None:
        """The next archive to unpack, where there is one, and room for it.

        Raises:
            OSError: there is no room for a folder.
        """
        if not self._asked or sum(one.size for one in self._open.values() if one.left) > _AT_HAND:
            return None
        archive, path, name = self._asked[0]
        folder = self._scratch.new()
        self._asked.popleft()
        self._under_way[archive].folder = folder
        return archive, ToUnpack(path, name, str(folder))

    def opened(self, archive: int, members: Iterable[Input]) -> list[Source]:
        """An archive lies unpacked; the members that waited for it."""
        self._drop_idle()
        one = self._under_way.pop(archive)
        one.members = {member.name: member for member in members}
        files = one.folder.iterdir() if one.folder else ()
        one.size = sum(file.stat().st_size for file in files if file.is_file())
        self._open[archive] = one
        return one.waiting

    def not_opened(self, archive: int) -> list[Source]:
        """An archive could not be unpacked; the members that waited for it."""
        one = self._under_way.pop(archive)
        _remove(one.folder)
        return one.waiting

    def is_open(self, archive: int) -> bool:
        """Whether it lies unpacked."""
        return archive in self._open

    def member(self, source: Source) -> Input | None:
        """The file of a member whose archive lies unpacked; it stays until the member is done. None: there is none."""
        one = self._open[source.parent or 0]
        one.left.add(source.id)
        return one.members.get(source.name)

    def done(self, source: Source) -> bool:
        """A member is done; whether it was the last one at hand of its archive."""
        one = self._open.get(source.parent or 0)
        if one is None:
            return False
        one.left.discard(source.id)
        return not one.left

    def give_up(self) -> list[int]:
        """Unpack nothing more; the archives that were not begun, and the members that waited for them."""
        waiting = [key for key, _, _ in self._asked]
        members = [one.id for key in waiting for one in self._under_way.pop(key).waiting]
        self._asked.clear()
        return [*waiting, *members]

    def close(self) -> None:
        """Remove everything."""
        self._scratch.clear()

    def _drop_idle(self) -> None:
        """Remove archives no member of which is at hand; the last one stayed, since others may be retried."""
        for archive in [key for key, one in self._open.items() if not one.left]:
            _remove(self._open.pop(archive).folder)


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
