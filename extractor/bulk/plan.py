"""`extractor bulk plan`: what a job would be, before anything is paid: counts, duplicates, calls, tokens, money, hours.

Files are listed as they come and counted in a temporary file, so that millions of them need no memory. Only files of
equal size are hashed. A sample, chosen by the hash of the names, is read by rule; what it leaves open is what would be
asked, and tokens are taken from the calls that this store has paid for, or else from the length of the questions. An
archive in the sample is unpacked, and stands for as many reports as it has members.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from extractor.bulk import jobs, ledger
from extractor.bulk.adding import compare, found_in, in_batches, listed_in, to_read
from extractor.bulk.jobs import Added, Job, New
from extractor.bulk.local import Call, manner_of, settings_of
from extractor.bulk.reading import Archive, Manner, Open, Prepared, ToRead, ToUnpack, Unkept, Unpacked, work
from extractor.bulk.showing import duration
from extractor.bulk.terms import terms_of
from extractor.console import say
from extractor.errors import StoreMissingError
from extractor.settings import Settings
from extractor.store import Store, open_store
from extractor.text import fold
from extractor.workers import Workers

if TYPE_CHECKING:
    from extractor.draft import Question

SAMPLE = 60
"""Files that are read to estimate the rest."""

_MEMBERS = 5
"""Members of an archive in the sample that are read."""

_EQUAL_SIZES = """
SELECT size, path, is_read FROM file
WHERE size IN (SELECT size FROM file GROUP BY size HAVING count(*) > 1 AND max(is_read))
ORDER BY size, is_read
"""
_CHARACTERS_PER_TOKEN = 1.5
_TOKENS_OUT = 400
_SECONDS_PER_CALL = 3.0
"""What a call is taken for while this store has paid for none of its kind."""


@dataclass
class Listed:
    """What was found: files and bytes; how many are to be read, and how many of those have the bytes of another.

    ``kinds``: by ending; ``known``: as the job knows them.
    """

    files: int = 0
    bytes: int = 0
    duplicates: int = 0
    waiting: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    known: Added = field(default_factory=Added)
    sample: list[New] = field(default_factory=list)

    @property
    def to_read(self) -> int:
        """How many would be read."""
        return self.waiting - self.duplicates


@dataclass
class Sampled:
    """What reading a sample of files gave. ``read``, ``failed``: of its reports, of which an archive has many.

    For all that the files hold: ``reports``; ``reading``: seconds of one process; ``asked``: questions by kind.
    """

    files: int = 0
    read: int = 0
    failed: int = 0
    reports: float = 0.0
    reading: float = 0.0
    asked: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    characters: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the job would take."""

    reports: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None
    currency: str
    hours: float


def plan(call: Call) -> int:
    """Say what the job would be; the exit status.

    Raises:
        SettingsError, JobError: a setting, or the manifest, cannot be used.
    """
    settings = settings_of(call)
    terms = terms_of(settings, call.engine, call.form, call.samples)
    store = _store(settings)
    try:
        job = Job(0, call.job, terms, 0)
        listed = _listed(call, job, store)
        sampled = _sampled(listed.sample, manner_of(call, terms.engine, settings), call.workers, settings)
        estimate = _estimate(listed, sampled, settings, store, call.workers)
    finally:
        if store:
            store.close()
    for zh, en in _lines(listed, sampled, estimate, terms.engine):
        say(zh, en, settings.language)
    return 0


def _store(settings: Settings) -> Store | None:
    """The store, where there is one: planning makes none."""
    try:
        return open_store(settings)
    except StoreMissingError:
        return None


def _listed(call: Call, job: Job, store: Store | None) -> Listed:
    """Everything that is named, counted; what the store knows is looked up a few hundred at a time."""
    listed, chosen = Listed(), list[tuple[int, str, New]]()
    sources = chain(listed_in(call.manifest) if call.manifest else (), found_in(call.paths))
    with TemporaryDirectory(prefix="extractor-") as folder, _Sizes(Path(folder)) as sizes:
        for batch in in_batches(sources):
            known, wanted = _known(batch, job, store)
            listed.known += known
            listed.waiting += len(wanted)
            for one in batch:
                _count(listed, one)
                if one.state == "pending":
                    _choose(chosen, one)
            sizes.add(batch, {one.path for one in wanted})
        listed.duplicates = sizes.duplicates()
    listed.sample = [one for _, _, one in sorted(chosen, key=lambda item: item[1])]
    return listed


def _known(batch: Sequence[New], job: Job, store: Store | None) -> tuple[Added, Sequence[New]]:
    """How the job knows these files, and those that it would read."""
    if store is None:
        return Added(len(batch)), batch
    with store.reading() as connection:
        found = next((one for one in jobs.jobs_of(connection) if one.name == job.name), None)
        if found is None:
            return Added(len(batch)), batch
        there = Job(found.id, job.name, job.terms, 0)
        return compare(connection, there, batch), to_read(connection, there, batch)


def _count(listed: Listed, one: New) -> None:
    listed.files += 1
    listed.bytes += one.size or 0
    listed.kinds[Path(one.path).suffix.lower()[:12] or "-"] += 1
    if one.told and one.told.get("level"):
        listed.levels[str(one.told["level"])] += 1


def _choose(chosen: list[tuple[int, str, New]], one: New) -> None:
    """Keep the files whose names have the smallest hashes: the same sample every time, from all over."""
    rank = -int.from_bytes(hashlib.sha256(one.name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    is_full = len(chosen) == SAMPLE
    if (is_full and rank <= chosen[0][0]) or any(name == one.name for _, name, _ in chosen):
        return
    (heapq.heapreplace if is_full else heapq.heappush)(chosen, (rank, one.name, one))


class _Sizes:
    """Sizes and paths in a file of its own; those of equal size are hashed."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "sizes.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE file (size INTEGER, path BLOB, is_read INTEGER)")

    def __enter__(self) -> _Sizes:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, batch: Iterable[New], to_read: Container[str]) -> None:
        """Count files; ``to_read``: the paths of those that would be read."""
        files = [(one.size, one.path, one.path in to_read) for one in batch if one.size is not None]
        rows = [(size, path.encode("utf-8", "surrogateescape"), is_read) for size, path, is_read in files]
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO file VALUES (?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def duplicates(self) -> int:
        """How many of the files to be read have the bytes of another that is read, or was."""
        self._database.execute("CREATE INDEX by_size ON file (size)")
        found, size, seen = 0, None, set[bytes]()
        for this, path, is_read in self._database.execute(_EQUAL_SIZES):
            if this != size:
                size, seen = this, set()
            digest = _digest(path.decode("utf-8", "surrogateescape"))
            found += is_read and digest in seen
            seen |= {digest} if digest else set()
        return found


def _digest(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (a name of any bytes)
            return hashlib.file_digest(file, "sha256").digest()
    except (OSError, ValueError):
        return b""


def _sampled(sample: Sequence[New], manner: Manner, workers: int, settings: Settings) -> Sampled:
    """Read the sample in worker processes."""
    fold("")
    found = Sampled()
    pool: Workers[int, ToRead, _Read] = Workers(
        _Reading(manner), min(workers, len(sample)) or 1, settings.seconds_per_document
    )
    waiting = list(enumerate(ToRead(one.path, one.name) for one in sample))
    try:
        while waiting or pool.under_way:
            while waiting and pool.room:
                pool.give(*waiting.pop())
            for _, result in pool.collect():
                _add(found, result if isinstance(result, _Read) else _Read(1, 1, 1))
    finally:
        pool.close()
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A file of the sample: how many reports it holds, how many of them were read, and what that gave."""

    reports: int
    read: int
    failed: int
    seconds: float = 0.0
    questions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a worker does with one file of the sample."""

    manner: Manner

    def __call__(self, task: ToRead) -> _Read:
        begun = time.perf_counter()
        result = work(task, self.manner)
        if isinstance(result, Archive):
            return self._opened(task)
        questions = tuple(_length(one) for one in result.questions) if isinstance(result, Open) else ()
        failed = isinstance(result, Unkept) or (isinstance(result, Prepared) and result.error is not None)
        return _Read(1, 1, failed, time.perf_counter() - begun, questions)

    def _opened(self, task: ToRead) -> _Read:
        """An archive: its members are counted, and some of them read."""
        with TemporaryDirectory() as folder:
            unpacked = work(ToUnpack(task.path, task.name, folder), self.manner)
            members = unpacked.members if isinstance(unpacked, Unpacked) else None
            if members is None:
                return self(replace(task, is_single=True))
            if not members:
                return _Read(1, 1, 1)
            some = members[:: -(-len(members) // _MEMBERS) or 1]
            tasks = [ToRead(str(one.path), one.name, error=one.error, is_single=True) for one in some]
            read = [self(one) for one in tasks]
        failed, seconds = sum(one.failed for one in read), sum(one.seconds for one in read)
        return _Read(
            len(members), len(read), failed, seconds, tuple(length for one in read for length in one.questions)
        )


def _length(question: Question) -> tuple[str, int]:
    from extractor.llm.prompts import load_prompt  # noqa: PLC0415

    return question.kind, sum(map(len, load_prompt(question.kind).render(question.content)))


def _add(found: Sampled, one: _Read) -> None:
    weight = one.reports / one.read if one.read else 0.0
    found.files += 1
    found.reports += one.reports
    found.read += one.read
    found.failed += one.failed
    found.reading += weight * one.seconds
    for kind, length in one.questions:
        found.asked[kind] += weight
        found.characters[kind] += weight * length


def _estimate(listed: Listed, sampled: Sampled, settings: Settings, store: Store | None, workers: int) -> Estimate:
    share = listed.to_read / sampled.files if sampled.files else 0.0
    known = _averages(settings, store) if sampled.asked else {}
    calls = into = out = seconds = 0.0
    for kind, count in sampled.asked.items():
        seen = known.get(kind)
        calls += count * share
        into += share * (count * seen.tokens_in if seen else sampled.characters[kind] / _CHARACTERS_PER_TOKEN)
        out += share * count * (seen.tokens_out if seen else _TOKENS_OUT)
        seconds += share * count * (seen.seconds if seen and seen.seconds else _SECONDS_PER_CALL)
    reading = share * sampled.reading / workers
    asking = max(
        seconds / settings.model_calls_at_once,
        60 * calls / (settings.requests_per_minute or math.inf),
        60 * (into + out) / (settings.tokens_per_minute or math.inf),
    )
    cost, currency = _cost(settings, int(into), int(out)) if calls else (Decimal(0), settings.currency)
    return Estimate(
        round(share * sampled.reports), int(calls), int(into), int(out), cost, currency, max(reading, asking) / 3600
    )


def _averages(settings: Settings, store: Store | None) -> dict[str, ledger.OfKind]:
    if store is None:
        return {}
    with store.reading() as connection:
        return ledger.averages_of(connection, settings.model.strip())


def _cost(settings: Settings, into: int, out: int) -> tuple[Decimal | None, str]:
    from extractor.llm.money import Tokens, price_of  # noqa: PLC0415

    price = price_of(settings.model.strip(), settings)
    return (price.of(Tokens(into, 0, out)), price.currency) if price else (None, settings.currency)


def _lines(listed: Listed, sampled: Sampled, estimate: Estimate, engine: str) -> Iterator[tuple[str, str]]:
    size, known = listed.bytes / 1_000_000, listed.known
    yield f"文件 {listed.files} 个，{size:.1f} MB", f"{listed.files} files, {size:.1f} MB"
    yield _told("  类型", "  by ending", listed.kinds)
    if listed.levels:
        yield _told("  级别", "  by level", listed.levels)
    yield f"  待读的内容重复 {listed.duplicates}", f"  {listed.duplicates} to be read with the bytes of another"
    yield (
        f"  此前已处理 {known.known}，有改动 {known.changed}",
        f"  {known.known} done or known, {known.changed} changed since",
    )
    yield (
        f"待读文件 {listed.to_read} 个，约 {estimate.reports} 份；"
        f"抽样 {sampled.read} 份，其中 {sampled.failed} 份无法读取",
        f"{listed.to_read} files to read, about {estimate.reports} reports; "
        f"a sample of {sampled.read} was read, {sampled.failed} of it cannot be",
    )
    hours = duration(3600 * estimate.hours)
    yield f"预计用时 {hours}（{engine}）", f"estimated time {hours} ({engine})"
    if engine != "rules":
        cost = "?" if estimate.cost is None else f"{estimate.cost:.2f} {estimate.currency}"
        yield (
            f"预计调用 {estimate.calls} 次，输入词元 {estimate.tokens_in}，输出词元 {estimate.tokens_out}，费用 {cost}",
            f"estimated {estimate.calls} calls, {estimate.tokens_in} tokens in, {estimate.tokens_out} out, {cost}",
        )


def _told(zh: str, en: str, counted: Counter[str]) -> tuple[str, str]:
    words = "，".join(f"{name} {count}" for name, count in counted.most_common(12))
    return f"{zh}：{words}", f"{en}: {words.replace('，', ', ')}"
