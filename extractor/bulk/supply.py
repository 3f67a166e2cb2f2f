"""Claimed sources, read in worker processes: what a runner draws from, whatever it does with what was read.

Sources are claimed a few at a time and handed to workers ahead of need. The same bytes are read once: who comes second
waits for the first and is told of it. Archives are unpacked by a worker; their members become sources, and stay until
they are done.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from extractor.bulk import jobs
from extractor.bulk.adding import add
from extractor.bulk.archives import Archives
from extractor.bulk.jobs import Added, Ended, Job, New, Source
from extractor.bulk.patience import Patient
from extractor.bulk.reading import (
    Archive,
    Manner,
    Open,
    Prepared,
    Task,
    ToRead,
    ToSettle,
    Unkept,
    Unpacked,
    told_error,
    work,
)
from extractor.bulk.runs import Run
from extractor.bulk.settling import Same
from extractor.errors import InputError, MissingFileError
from extractor.inputs import Input
from extractor.load.archive.names import Skipped
from extractor.settings import load_settings
from extractor.workers import Lost, Workers

AHEAD = 24
"""Sources that a worker may have been given: it goes on while the runner writes what was read."""

_CLAIMED = 128
_MOST_MEMBERS = 5_000
_MOST_COPIES = 1_000

Read = Prepared | Unkept | Open | Same | Lost
Turn = Literal["claimed", "opened", "failed"]
"""What a supply tells of a source: it is in hand, or an archive whose members are sources, in place of it or beside."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """A source and what reading it gave."""

    source: Source
    result: Read


class Supply:
    """The sources of a job that one run works on. ``skipped`` is told what archives hold that is not read.

    ``told``: called with a source at each of its turns; ``told_added``: with what became of an archive's members.
    """

    def __init__(
        self,
        patient: Patient,
        job: Job,
        run: Run,
        manner: Manner,
        *,
        workers: int,
        skipped: Callable[[list[Skipped]], None] = lambda _: None,
    ) -> None:
        self.run = run
        self.is_stopping = False
        self.hand: dict[int, Source] = {}
        self.told: Callable[[Source, Turn], None] = lambda _, __: None
        self.told_added: Callable[[Added], None] = lambda _: None
        self._job = job
        self._patient = patient
        self._skipped = skipped
        seconds = load_settings().seconds_per_document
        asks = manner.engine is not None
        self._readers: Workers[int, Task, Any] = Workers(
            partial(work, manner=manner), workers, seconds, ahead=AHEAD, yields=asks
        )
        settlers = workers if asks else 0
        self._settlers: Workers[int, Task, Any] = Workers(partial(work, manner=manner), settlers, seconds, yields=asks)
        self._queue: deque[tuple[int, Task]] = deque()
        self._answered: deque[tuple[int, Task]] = deque()
        self._ready: list[Supplied] = []
        self._archives = Archives()
        self._first_of: dict[bytes, int] = {}
        self._hashes: dict[int, bytes] = {}
        self._followers: dict[int, list[Source]] = {}
        self._is_dry = False
        self._suspects_to_read: set[int] = set()
        self._low = 2 * workers

    def make_ready(self) -> None:
        """Start all workers: before any thread is, since they are forked."""
        self._readers.make_ready()
        self._settlers.make_ready()

    def close(self) -> None:
        """End the workers, and remove what was unpacked."""
        self._readers.close()
        self._settlers.close()
        self._archives.close()

    @property
    def is_over(self) -> bool:
        """Whether nothing is in hand, and nothing was left to claim when that was tried last."""
        return not self.hand and not self._ready and (self._is_dry or self.is_stopping)

    @property
    def unread(self) -> int:
        """How many sources in hand wait to be given to a worker."""
        return len(self._queue)

    def look_again(self) -> None:
        """There may be something to claim again."""
        self._is_dry = False

    def start_anew(self, run: Run) -> None:
        """Others have taken over what was in hand: go on under a new run, and forget what is under way."""
        self.run = run
        for one in self.hand.values():
            self._archives.done(one)
        self._archives.give_up()
        for held in (self.hand, self._hashes, self._first_of, self._followers, self._suspects_to_read):
            held.clear()
        self._ready.clear()
        self._queue.clear()
        self._answered.clear()
        self._is_dry = False

    def stop(self) -> None:
        """Claim nothing more, and let go of what no worker has been given: it goes back when the run ends."""
        self.is_stopping = True
        followers = [one.id for some in self._followers.values() for one in some]
        for key in [*(key for key, _ in self._queue), *followers, *self._archives.give_up()]:
            self.hand.pop(key, None)
        self._queue.clear()
        self._followers.clear()

    def let_go(self, sources: Iterable[int]) -> None:
        """Let go of sources that go back when the run ends, or that somebody else answers for."""
        for key in sources:
            self.hand.pop(key, None)

    def fill(self, *, may_read: bool = True) -> None:
        """Give workers what they can take, and claim more when that runs low."""
        while self._answered and self._settlers.room:
            self._settlers.give(*self._answered.popleft())
        if self._may_claim():
            self._claim()
        self._unpack()
        while may_read and self._queue and self._readers.room:
            self._readers.give(*self._queue.popleft())

    def _may_claim(self) -> bool:
        """Whether more is wanted: what is known already, or waits for the same bytes, is to be written first."""
        if self.is_stopping or self._is_dry:
            return False
        copies = len(self._ready) + sum(len(some) for some in self._followers.values())
        return copies < _MOST_COPIES and len(self._queue) < self._low + self._readers.room

    def collect(self, timeout: float, also: Sequence[Any] = ()) -> list[Supplied]:
        """What was read by now, waiting up to ``timeout`` seconds for the first; ``also``: files to wait for, too."""
        found, self._ready = self._ready, []
        wait = 0.0 if found else timeout
        read = self._readers.collect(wait, [*self._settlers.pipes, *also])
        for key, result in [*read, *self._settlers.collect(0.0)]:
            found += self._taken(key, result)
        return [one for one in found if one.source.id in self.hand]

    def settle(self, source: Source, task: ToSettle) -> None:
        """Have a draft settled whose questions are answered."""
        self._answered.append((source.id, task))

    def followers(self, source: Source) -> list[Source]:
        """Sources with the same bytes, which wait for this one."""
        return self._followers.get(source.id, [])

    def done(self, source: Source) -> None:
        """A source is written, or given back; those that waited for it are read themselves unless they are done too."""
        self.hand.pop(source.id, None)
        self._suspects_to_read.discard(source.id)
        sha = self._hashes.pop(source.id, None)
        if sha is not None and self._first_of.get(sha) == source.id:
            del self._first_of[sha]
        waiting = [one for one in self._followers.pop(source.id, []) if one.id in self.hand]
        if waiting and not self.is_stopping:
            self._prepare(waiting)
        if source.parent is not None and self._archives.done(source) and not self.is_stopping:
            self._claim_members(source.parent)

    # ---- claiming ----

    def _claim(self) -> None:
        some = self._patient.write(lambda connection: jobs.claim(connection, self.run, _CLAIMED))
        if not some and not self._suspects_to_read:
            some = self._claim_suspect()
        self._is_dry = not some
        self._take(some)

    def _claim_suspect(self) -> list[Source]:
        """One that may be what ended a run: what was tried often waits until it is the only such one in hand."""
        suspects = [one for one in self.hand.values() if one.tries]
        if any(one.tries > jobs.MOST_AMONG_OTHERS for one in suspects):
            return []
        claimed = partial(jobs.claim_suspect, run=self.run, is_alone=not suspects)
        found = self._patient.write(claimed)
        self._suspects_to_read |= {one.id for one in found}
        return found

    def _claim_members(self, archive: int) -> None:
        claimed = partial(jobs.claim_members, run=self.run, archive=archive, limit=_MOST_MEMBERS)
        self._take(self._patient.write(claimed))

    def _take(self, sources: Iterable[Source]) -> None:
        taken = list(sources)
        self.hand |= {one.id: one for one in taken}
        for one in taken:
            self.told(one, "claimed")
        self._prepare(taken)

    def _prepare(self, sources: Sequence[Source]) -> None:
        """Put sources into the queue; those whose bytes are known, or under way, are told of what is known."""
        tasks = [(one, task) for one in sources if (task := self._task(one)) is not None]
        hashes = {one.id: sha for one, task in tasks if (sha := _hash(task)) is not None}
        known = partial(jobs.done_already, key=self.run.key, hashes=hashes.values())
        done = self._patient.read(known) if hashes else {}
        for one, task in tasks:
            sha = hashes.get(one.id)
            if sha is not None and sha in done:
                self._ready.append(Supplied(one, Same(done[sha])))
            elif sha is not None and self._first_of.setdefault(sha, one.id) != one.id:
                self._followers.setdefault(self._first_of[sha], []).append(one)
            else:
                self._hashes |= {one.id: sha} if sha is not None else {}
                self._queue.append((one.id, task))

    def _task(self, source: Source) -> ToRead | None:
        """What a worker is to read; None for the member of an archive that is to be unpacked before."""
        url = source.told.get("url")
        if source.parent is None:
            return ToRead(source.path, source.name, url)
        if not self._archives.is_open(source.parent):
            parent = source.parent
            archive = self._patient.read(lambda connection: jobs.source_with(connection, parent))
            self._archives.want(archive.id, archive.path, archive.name, source)
            return None
        member = self._archives.member(source)
        if member is None:
            return ToRead(source.path, source.name, url, _no_member(source))
        return ToRead(str(member.path), source.name, url, member.error, is_single=True)

    # ---- archives ----

    def _unpack(self) -> None:
        while self._readers.room and not self.is_stopping:
            try:
                following = self._archives.next()
            except OSError as error:
                raise InputError(f"no room to unpack: {error.strerror}", f"无处解压：{error.strerror}") from None
            if following is None:
                return
            archive, task = following
            self._readers.give(-archive, task)

    def _taken(self, key: int, result: Any) -> list[Supplied]:
        if key < 0:
            return self._unpacked(-key, result)
        source = self.hand.get(key)
        if key in self._suspects_to_read and not isinstance(result, Archive):
            self._suspects_to_read.discard(key)
            self._is_dry = False
        if source is None:  # others have taken it over
            return []
        if isinstance(result, Archive):
            self._archives.want(source.id, source.path, source.name)
            return []
        return [Supplied(source, result)]

    def _unpacked(self, archive: int, result: Unpacked | Lost) -> list[Supplied]:
        source = self.hand.get(archive)
        if isinstance(result, Unpacked) and result.members:
            waiting = self._archives.opened(archive, result.members)
            self._skipped(result.skipped)
            if source is not None:
                self._add_members(source, result)
                if not self.is_stopping:
                    self._claim_members(archive)
            if self.is_stopping:
                self.let_go(one.id for one in waiting)
            else:
                self._prepare(waiting)
            return []
        waiting = self._archives.not_opened(archive)
        if isinstance(result, Lost):
            return [Supplied(one, result) for one in (*([source] if source else []), *waiting)]
        for one in waiting:
            self._queue.append((one.id, ToRead(one.path, one.name, error=result.error or _no_member(one))))
        if source is not None and result.members is None:
            self._queue.append((archive, ToRead(source.path, source.name, source.told.get("url"), is_single=True)))
        elif source is not None:
            error = result.error or _nothing_in(source)
            return [Supplied(source, Unkept(told_error(error)))]
        return []

    def _add_members(self, source: Source, result: Unpacked) -> None:
        """Members become sources, and the archive is done with: both or neither."""
        new = [_member(source, one) for one in result.members or ()]
        error = told_error(result.error) if result.error else None
        became: Literal["failed", "opened"] = "failed" if error else "opened"
        ended = Ended(source.id, became, error=error)

        def write(connection: Connection) -> Added:
            if jobs.finish(connection, self.run, [ended]):
                return add(connection, self._job, new)
            return Added()

        self.told_added(self._patient.write(write))
        self.hand.pop(source.id, None)
        self._suspects_to_read.discard(source.id)
        self.told(source, became)


def _member(archive: Source, member: Input) -> New:
    told = archive.told or None
    if member.error:
        return New(
            member.name, archive.path, parent=archive.id, told=told, state="failed", error=told_error(member.error)
        )
    size, sha = member.path.stat().st_size, _hash(ToRead(str(member.path), member.name))
    changed = int.from_bytes(sha[:7], "big") if sha else None
    return New(member.name, archive.path, size, changed, archive.id, told)


def _hash(task: ToRead) -> bytes | None:
    """The hash of a file's bytes; None where it cannot be read, or is too large to be kept."""
    try:
        path = Path(task.path)
        if task.error or path.stat().st_size > load_settings().max_file_bytes:
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (OSError, ValueError):
        return None


def _no_member(source: Source) -> InputError:
    return MissingFileError(f"the archive holds no {source.name} any more", f"压缩包中已没有 {source.name}")


def _nothing_in(source: Source) -> InputError:
    return InputError(f"{source.name}: an archive with nothing in it to read", f"{source.name}：压缩包中没有可读的文件")
