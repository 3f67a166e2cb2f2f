"""Reports into a folder, in parts of bounded size: JSON Lines, CSV (a row a report) or Parquet (a row a cell).

Each part is written beside its place and renamed, so a kill leaves only whole parts, and the manifest comes last
(``extractor.bulk.manifest``). A part that is there, and would be the same again, is neither read nor written again:
what each part was made from is noted in a journal beside them until the manifest holds it. Nothing in a part depends
on when, where or in how many attempts it was written.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec
from sqlalchemy import select

from extractor.bulk.manifest import (
    JOURNAL,
    MANIFEST,
    PART,
    Manifest,
    Part,
    PartKind,
    check_free_for,
    hash_of,
    head_of_journal,
    is_as_told,
    read_manifest,
    statuses_of,
    versions,
    write_manifest,
)
from extractor.bulk.watch import NOBODY, Event, Watcher
from extractor.errors import OutputError
from extractor.export.columns import write_parquet
from extractor.export.lines import write_csv
from extractor.export.reports import CellTold, cells_of, dates_of
from extractor.output import unwritable, whole
from extractor.record import Record, Tables, Usage
from extractor.review.checking import current
from extractor.review.opening import opened
from extractor.review.people import Person, permit
from extractor.settings import MEGABYTE
from extractor.store import Store
from extractor.store.reports import row_of
from extractor.store.tables import reading

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HEADING = (
    *("file", "sha256", "status", "error", "form", "organisation", "level", "region", "year", "title"),
    *("period_start", "period_end", "published", "errors"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One report on its way out. ``name``: what its ``source.name`` is to be, whichever copy of it was read.

    ``url``: what its ``source.url`` is to be; None: what the file itself tells. ``key`` changes whenever what ``load``
    returns does: the record, or the failed object.
    """

    name: str
    key: str
    load: Callable[[], Record | dict[str, Any]]
    url: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the manifest tells of the job. ``inputs``: its sources; default: as many as were delivered."""

    engine: str
    model: str = ""
    cost: Usage = field(default_factory=Usage)
    inputs: int | None = None
    job: str = ""

    def told(self, kind: PartKind, parts: list[Part]) -> Manifest:
        """The manifest of these parts."""
        count = statuses_of(parts)
        inputs = count["reports"] if self.inputs is None else self.inputs
        return Manifest(kind, versions(), self.engine, self.model, inputs, count, self.cost, parts, self.job)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most reports, and bytes of their records as JSON, in one part; one report alone may be larger."""

    reports: int = 5_000
    bytes: int = 64 * MEGABYTE


def write_parts(
    folder: Path,
    kind: PartKind,
    deliveries: Iterable[Delivery],
    about: About,
    bounds: Bounds | None = None,
    watcher: Watcher = NOBODY,
) -> Manifest:
    """Write all deliveries to ``folder``, in order; what is there already stays.

    Raises:
        OutputError: it cannot be written to (full, not permitted), another process writes there, or it holds parts of
            another kind. The parts that are there are whole.
    """
    bounds = bounds or Bounds()
    try:
        with _held(folder):
            check_free_for(folder, about.job, kind)
            writing = _Writing(folder, kind, bounds, watcher, about.job)
            parts = list(writing.parts(deliveries))
            writing.drop_others(parts)
            manifest = about.told(kind, parts)
            write_manifest(folder, manifest)
            (folder / JOURNAL).unlink(missing_ok=True)
            return manifest
    except OSError as error:
        raise OutputError(*_not_written(folder, error)) from None


def stored(store: Store, person: Person, wanted: Iterable[tuple[str, str | None, int]]) -> Iterator[Delivery]:
    """Reports of the store as they stand, by name, address and id, in the order wanted.

    Raises:
        NotPermittedError: the person may not export.
    """
    permit(person, "export")
    for name, url, report in wanted:
        with store.reading() as connection:
            row = row_of(connection, report)
            digest = connection.execute(select(reading.c.digest).where(reading.c.id == row.reading_id)).scalar_one()
        yield Delivery(name, f"{bytes(digest).hex()}:{row.version}", partial(_loaded, store, report), url)


def _loaded(store: Store, report: int) -> Record | dict[str, Any]:
    with store.reading() as connection:
        found = opened(connection, report)
    if found.now is None or found.reading.record is None:
        return found.reading.failure or {}
    if any(one.other is not None for one in found.now.findings):  # what others say is told by their numbers here
        return current(found.reading.record, found.state).record
    return found.now.record


def _not_written(folder: Path, error: OSError) -> tuple[str, str]:
    """What is said of a folder that cannot be written to, and what to do where it is full."""
    en, zh = unwritable(folder, error)
    if error.errno not in _FULL:
        return en, zh
    return f"{en}; make room there and call again: whole parts stay", f"{zh}；请腾出空间后重试，已写完的分片保留"


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The folder, made where it is not there, for this process alone; what a killed one left half is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another process writes to {folder}", f"另一个进程正在写入 {folder}") from None
        for left in folder.glob(".*.part"):
            left.unlink(missing_ok=True)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


class _Writing:
    """One call: what is known of the folder's parts, and what is written now."""

    def __init__(self, folder: Path, kind: PartKind, bounds: Bounds, watcher: Watcher, job: str) -> None:
        self._folder = folder
        self._job = job
        self._kind = kind
        self._bounds = bounds
        self._watcher = watcher
        self._seed = json.dumps([kind, versions(), asdict(bounds)], sort_keys=True)
        self._known = _known(folder)

    def parts(self, deliveries: Iterable[Delivery]) -> Iterator[Part]:
        """The parts, one after another, each in its place when it is told; none for no delivery."""
        ahead = _Ahead(iter(deliveries))
        number = 0
        while ahead.more():
            number += 1
            name = f"part-{number:06}.{self._kind}"
            yield self._as_it_is(name, ahead) or self._written(name, ahead)

    def drop_others(self, parts: Iterable[Part]) -> None:
        """Remove parts of an earlier output that had more."""
        names = {part.name for part in parts}
        stray = [path for path in self._folder.iterdir() if PART.fullmatch(path.name) and path.name not in names]
        if stray:
            self._open_up()
        for path in stray:
            path.unlink()

    def _as_it_is(self, name: str, ahead: _Ahead) -> Part | None:
        """The part that is there already, where it was made from the deliveries that come next."""
        known = self._known.get(name)
        if known is None or known.reports > self._bounds.reports:
            return None
        some = ahead.peek(known.reports)
        if _keys(self._seed, some) != known.keys or len(some) != known.reports:
            return None
        ended = known.full or not ahead.more(beyond=known.reports)  # else it was the last one, and more has come since
        if not ended or not is_as_told(self._folder, known):
            return None
        ahead.skip(known.reports)
        return known

    def _written(self, name: str, ahead: _Ahead) -> Part:
        self._open_up()
        made = _Making(ahead, self._bounds)
        path = self._folder / name
        with whole(path, safe=True) as file:
            _WRITERS[self._kind](made.reports(), file)
        rows = made.cells if self._kind == "parquet" else len(made.taken)
        statuses, keys = dict(sorted(made.statuses.items())), _keys(self._seed, made.taken)
        size, digest = path.stat().st_size, hash_of(path)
        part = Part(name, len(made.taken), rows, size, digest, keys, made.full, statuses)
        with (self._folder / JOURNAL).open("ab") as journal:
            if not journal.tell():
                journal.write(head_of_journal(self._job))
            journal.write(msgspec.json.encode(part) + b"\n")
        self._watcher.see(Event("part_written", count=part.reports))
        return part

    def _open_up(self) -> None:
        """Something changes from here on: what is known goes into the journal, and the manifest goes."""
        manifest = self._folder / MANIFEST
        if not manifest.exists():
            return
        with whole(self._folder / JOURNAL, safe=True) as journal:
            journal.write(head_of_journal(self._job))
            journal.writelines(msgspec.json.encode(part) + b"\n" for part in self._known.values())
        manifest.unlink()


class _Ahead:
    """Deliveries, of which the next ones can be looked at before they are taken."""

    def __init__(self, deliveries: Iterator[Delivery]) -> None:
        self._rest = deliveries
        self._seen: deque[Delivery] = deque()

    def peek(self, count: int) -> list[Delivery]:
        """The next ones, fewer where there are no more."""
        self._seen.extend(islice(self._rest, max(0, count - len(self._seen))))
        return list(islice(self._seen, count))

    def more(self, beyond: int = 0) -> bool:
        """Whether any is left behind the next ``beyond`` ones."""
        return len(self.peek(beyond + 1)) > beyond

    def skip(self, count: int) -> None:
        """Take the next ones unseen."""
        for _ in self.peek(count):
            self._seen.popleft()

    def take(self) -> Delivery:
        """Take the next one."""
        self.peek(1)
        return self._seen.popleft()


class _Making:
    """The reports of one part as they are written: those taken, their cells and statuses, and whether it is full."""

    def __init__(self, ahead: _Ahead, bounds: Bounds) -> None:
        self._ahead = ahead
        self._bounds = bounds
        self.taken: list[Delivery] = []
        self.statuses: Counter[str] = Counter()
        self.cells = 0
        self.full = False

    def reports(self) -> Iterator[_Told]:
        """The next reports, until the part is full or there are no more."""
        size = 0
        while not self.full and self._ahead.more():
            delivery = self._ahead.take()
            told = _Told.of(delivery)
            self.taken.append(delivery)
            self.statuses[told.status] += 1
            self.cells += sum(len(row) for rows in told.tables.values() for row in rows.values())
            size += len(told.line)
            self.full = len(self.taken) >= self._bounds.reports or size >= self._bounds.bytes
            yield told


@dataclass(frozen=True, slots=True)
class _Told:
    """A report as it is written: ``line`` is its object without what asking cost."""

    record: Record | None
    failure: dict[str, Any]
    line: bytes

    @classmethod
    def of(cls, delivery: Delivery) -> _Told:
        found = delivery.load()
        if isinstance(found, Record):
            source = replace(found.source, name=delivery.name, url=delivery.url or found.source.url)
            record = replace(found, source=source)
            plain = {name: getattr(record, name) for name in Record.__dataclass_fields__ if name != "usage"}
            return cls(record, {}, _encoder().encode(plain))
        failure = {**found, "source": {**found.get("source", {}), "name": delivery.name}}
        return cls(None, failure, _encoder().encode(failure))

    @property
    def status(self) -> str:
        return self.record.status if self.record else "failed"

    @property
    def tables(self) -> Tables:
        return self.record.tables if self.record else {}

    @property
    def heading(self) -> dict[str, Any]:
        record, source = self.record, self.failure.get("source", {})
        told = (
            {
                "file": source.get("name"),
                "sha256": source.get("sha256"),
                "error": self.failure.get("error", {}).get("code"),
            }
            if record is None
            else {
                **{"file": record.source.name, "sha256": record.source.sha256, "form": record.form},
                **{"organisation": record.organisation, "level": record.body.level, "region": record.body.region},
                **{"year": record.year, "title": record.title, **dates_of(record)},
                "errors": sum(finding.severity == "error" for finding in record.findings),
            }
        )
        return {name: (told | {"status": self.status}).get(name) for name in _HEADING}

    def cells(self) -> Iterator[CellTold]:
        return cells_of(self.record)


def _write_lines(reports: Iterable[_Told], file: IO[bytes]) -> None:
    file.writelines(one.line + b"\n" for one in reports)


def _write_rows(reports: Iterable[_Told], file: IO[bytes]) -> None:
    write_csv(reports, file, _HEADING)


def _write_cells(reports: Iterable[_Told], file: IO[bytes]) -> None:
    write_parquet(reports, file, _HEADING)


_WRITERS: dict[PartKind, Callable[[Iterable[_Told], IO[bytes]], None]] = {
    "jsonl": _write_lines,
    "csv": _write_rows,
    "parquet": _write_cells,
}


def _known(folder: Path) -> dict[str, Part]:
    """The parts that were written earlier, by name: those of the manifest, then those of the journal."""
    manifest = read_manifest(folder)
    found = {part.name: part for part in manifest.parts} if manifest else {}
    with suppress(FileNotFoundError):
        for line in (folder / JOURNAL).read_bytes().splitlines():
            with suppress(msgspec.MsgspecError, ValueError):  # the last line of a killed process
                part = msgspec.json.decode(line, type=Part)
                found[part.name] = part
    return found


def _keys(seed: str, deliveries: Iterable[Delivery]) -> str:
    """A hash of what a part is made from."""
    digest = hashlib.sha256(seed.encode())
    for one in deliveries:
        digest.update(json.dumps([one.name, one.url, one.key]).encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(decimal_format="number")
