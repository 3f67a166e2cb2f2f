"""Reports on both sides of a batch: read until their questions are known, and read again once these are answered.

Between the two only the file's bytes and the answers are kept: the second reading is the first one over again, with
answers at hand, so its record is the one that a live model with the same answers would have brought about.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath

from sqlalchemy import Connection

from extractor.bulk import jobs
from extractor.bulk.deferred_answers import Missing, answered
from extractor.bulk.deferred_desk import Desk
from extractor.bulk.deferred_questions import (
    Known,
    Ready,
    Wanted,
    add_questions,
    add_source,
    ask_again,
    drop_sources,
    ready_sources,
    waiting_for,
)
from extractor.bulk.jobs import Source
from extractor.bulk.keeping import put_packed
from extractor.bulk.reading import Manner, Open, Prepared, ToRead, ToSettle, Unkept, work
from extractor.bulk.settling import Outcome, Same, write
from extractor.bulk.supply import Supplied, Supply
from extractor.bulk.watch import Event
from extractor.llm.cache import AnswerCache, Content, cache_folder
from extractor.store.contents import get
from extractor.store.readings import Reader
from extractor.workers import Lost, in_workers

_AT_ONCE = 32
_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _ToRead:
    """A report to be read again, with how its questions stand."""

    ready: Ready
    source: Source
    path: str
    known: dict[str, Known]


class Reading:
    """Reads a job's sources for one visit; ``counts``: how many came into which state, ``waiting`` among them."""

    def __init__(self, desk: Desk, manner: Manner, models: Sequence[str], workers: int) -> None:
        self.counts: Counter[str] = Counter()
        self._desk = desk
        self._manner = manner
        self._models = models
        self._workers = workers
        self._reader = Reader(desk.job.terms.version, desk.job.terms.engine)
        self._cache = AnswerCache(cache_folder(desk.settings.cache_dir))

    # ---- before --------------------------------------------------------------------------------------------------
    def read(self, supply: Supply) -> None:
        """Read what is pending: what leaves nothing open is finished, the rest waits for its answers."""
        while not supply.is_over:
            supply.fill()
            some = supply.collect(_SECONDS)
            if some:
                self._write(some)
            for one in some:
                supply.done(one.source)

    def _write(self, some: Sequence[Supplied]) -> None:
        opened = [
            (one.source, one.result, self._first_wanted(one.result)) for one in some if isinstance(one.result, Open)
        ]
        outcomes = [Outcome(one.source, one.result) for one in some if not isinstance(one.result, Open)]

        def take(connection: Connection) -> Counter[str]:
            states = write(connection, self._desk.run, outcomes, self._reader, self._manner.own_forms).states
            ours = jobs.held(connection, self._desk.run, [source.id for source, _, _ in opened])
            contents = put_packed([result.file for _, result, _ in opened], connection)
            for source, result, wanted in opened:
                if source.id in ours:
                    add_source(connection, self._desk.job.id, source.id, contents[result.file.sha256])
                    self._wait(connection, source.id, wanted)
                    ask_again(connection, [one.key.digest() for one in wanted])
            return states + Counter(waiting=len(ours))

        self.counts += self._desk.patient.write(take)
        for source, _, _ in opened:
            self._tell(source, "returned")
        for outcome in outcomes:
            self._tell(outcome.source, *_told(outcome))

    def _first_wanted(self, result: Open) -> list[Wanted]:
        """What has to be put before anything is known."""
        return answered(result.questions, self._models, {}).wanted

    def _wait(self, connection: Connection, source: int, wanted: Sequence[Wanted]) -> None:
        """Let a source wait; what the cache of live answers knows is not put again."""
        kept: dict[str, Content] = {}
        for one in wanted:
            if (content := self._cache.get(one.key)) is not None:
                kept[one.key.digest()] = content
        add_questions(connection, self._desk.job.id, source, wanted, kept)

    # ---- after ---------------------------------------------------------------------------------------------------
    def settle(self) -> int:
        """Finish the sources for which no question is pending; how many there were."""
        after, done = 0, 0
        while some := self._desk.patient.read(partial(self._ready, after=after)):
            self._settle(some)
            after, done = some[-1].source, done + len(some)
        return done

    def _ready(self, connection: Connection, after: int) -> list[Ready]:
        return ready_sources(connection, self._desk.job.id, after, _AT_ONCE)

    def _settle(self, some: Sequence[Ready]) -> None:
        firsts = {one.sha256: one for one in reversed(some)}
        with tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True) as folder:
            items = list(self._to_read(list(firsts.values()), Path(folder)))
            seconds = self._desk.settings.seconds_per_document
            task = partial(_settled, manner=self._manner, models=tuple(self._models))
            results = list(in_workers(task, items, workers=min(self._workers, len(items)), seconds=seconds))
        self._finish([(item.source, result) for item, result in results])
        self._finish_same([one for one in some if firsts[one.sha256] is not one])

    def _to_read(self, some: Sequence[Ready], folder: Path) -> Iterator[_ToRead]:
        def look(connection: Connection, one: Ready) -> tuple[Source, bytes, dict[str, Known]]:
            known = waiting_for(connection, one.source)
            return jobs.source_with(connection, one.source), get(connection, one.content), known

        for one in some:
            source, data, known = self._desk.patient.read(partial(look, one=one))
            path = folder / f"{one.source}{_suffix(source.name)}"
            path.write_bytes(data)
            yield _ToRead(one, source, str(path), known)

    def _finish(self, results: Sequence[tuple[Source, Prepared | Unkept | Missing | Lost]]) -> None:
        outcomes = [Outcome(source, result) for source, result in results if not isinstance(result, Missing)]
        more = [(source, result) for source, result in results if isinstance(result, Missing)]

        def take(connection: Connection) -> Counter[str]:
            states = write(connection, self._desk.run, outcomes, self._reader, self._manner.own_forms).states
            drop_sources(connection, [one.source.id for one in outcomes])
            for source, missing in more:
                self._wait(connection, source.id, missing.wanted)
            return states

        self.counts += self._desk.patient.write(take)
        for outcome in outcomes:
            self._tell(outcome.source, *_told(outcome))

    def _finish_same(self, some: Sequence[Ready]) -> None:
        """Sources with the bytes of one that is done by now."""

        def take(connection: Connection) -> Counter[str]:
            done = jobs.done_already(connection, self._desk.run.key, [one.sha256 for one in some])
            known = [(jobs.source_with(connection, one.source), done[one.sha256]) for one in some if one.sha256 in done]
            outcomes = [Outcome(source, Same(first)) for source, first in known]
            states = write(connection, self._desk.run, outcomes, self._reader).states
            drop_sources(connection, [one.source.id for one in outcomes])
            return states

        if some:
            self.counts += self._desk.patient.write(take)

    def _tell(self, source: Source, outcome: str, code: str = "") -> None:
        began = Event("report_started", self._desk.job.name, str(source.id))
        self._desk.watcher.see(began)
        self._desk.watcher.see(replace(began, name="report_ended", outcome=outcome, code=code))


def _settled(item: _ToRead, manner: Manner, models: Sequence[str]) -> Prepared | Unkept | Missing:
    """In a worker: the report read again and settled with its answers, or what is still to be put."""
    name, url = item.source.name, item.source.told.get("url")
    result = work(ToRead(item.path, name, url, is_single=True), manner)
    if not isinstance(result, Open):
        return result  # type: ignore[return-value]
    found = answered(result.questions, models, item.known)
    if not found.is_whole:
        return Missing(tuple(found.wanted))
    return work(ToSettle(result.draft, found.answers, result.file, name, url), manner)  # type: ignore[return-value]


def _told(outcome: Outcome) -> tuple[str, str]:
    """What became of a source, and the code of what is wrong with it."""
    error = getattr(outcome.result, "error", None)
    if isinstance(outcome.result, Same):
        return "skipped", "duplicate"
    if isinstance(outcome.result, Lost):
        return "failed", outcome.result.error.code
    return ("failed", str(error["code"])) if error else ("done", "")


def _suffix(name: str) -> str:
    """The file's own ending, where it is a plain one."""
    ending = PurePath(name).suffix
    return ending if ending[1:].isalnum() and ending.isascii() else ""
