"""Taking what batches have brought.

A line of a reply counts once: its question, its place in the ledger and its answer change together.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from extractor.bulk import ledger
from extractor.bulk.deferred_batches import Batch, batches_of, move
from extractor.bulk.deferred_desk import Desk, Tally
from extractor.bulk.deferred_endpoint import BatchEndpoint, Remote, is_gone, is_refused
from extractor.bulk.deferred_lines import Reply, lines_in
from extractor.bulk.deferred_questions import (
    Deferred,
    Variant,
    fail_question,
    questions_in,
    reopen,
    sent_in,
    settle_question,
)
from extractor.bulk.deferred_visit import UNDONE, Visit, folder
from extractor.bulk.watch import Event
from extractor.errors import OutputError
from extractor.llm.attempts import is_against_schemas
from extractor.llm.cache import AnswerCache, Content, cache_folder
from extractor.llm.failures import AskingError, reasons
from extractor.llm.money import Attempt
from extractor.output import unwritable

_AT_ONCE = 100
"""Lines that are taken in one transaction."""


class Taking(Visit):
    """Takes what has come of a job's batches."""

    def __init__(self, desk: Desk, endpoint: BatchEndpoint, tally: Tally | None = None) -> None:
        super().__init__(desk, endpoint, tally)
        self._cache = AnswerCache(cache_folder(desk.settings.cache_dir))

    async def take(self) -> None:
        """Look at every batch under way, and take the replies of those that have ended.

        Raises:
            AskingError: the provider cannot be asked.
        """
        for batch in self._read(lambda connection: batches_of(connection, self._desk.job.id, "created")):
            try:
                remote = await self._endpoint.look(batch.remote or "")
            except AskingError as error:
                if not is_gone(error) and not is_refused(error):
                    raise
                self._drop(batch, "gone")
                continue
            self._move(batch, "created", status=remote.status, output=remote.output, errors=remote.errors)
            if remote.has_ended:
                await self._taken(batch, remote)

    async def _taken(self, batch: Batch, remote: Remote) -> None:
        """Take what a batch has brought; what it has not is open again."""
        self._desk.manners.recall(batch.model)
        self._say("ended", remote.done)
        if remote.status == "failed" and not remote.output and not remote.errors:
            self._drop(batch, remote.reason or "failed")
            return
        for file in (remote.output, remote.errors):
            if file:
                await self._file_taken(batch, file)

        def finish(connection: Connection) -> None:
            for one in questions_in(connection, batch.id):
                self._put_back(connection, one, UNDONE)
            move(connection, batch, "collected")

        self._desk.patient.write(finish)
        self._say("collected", batch.requests)

    async def _file_taken(self, batch: Batch, file: str) -> None:
        with folder() as place:
            path = Path(place) / "lines"
            try:
                await self._endpoint.download(file, path)
            except OSError as error:
                raise OutputError(*unwritable(path.parent, error)) from None
            except AskingError as error:
                if not is_gone(error) and not is_refused(error):
                    raise
                return
            self._say("downloaded", batch.requests)
            lines = lines_in(path)
            while some := list(islice(lines, _AT_ONCE)):
                self._lines_taken(batch, some)

    def _lines_taken(self, batch: Batch, lines: list[tuple[str, Content]]) -> None:
        """Some lines: unknown ones, and those whose question has its answer, are counted and left."""
        by_key = dict(reversed(lines))  # of two the first one

        def take(connection: Connection) -> list[tuple[Deferred, Reply]]:
            rows = sent_in(connection, batch.id, list(by_key))
            replies = [(row, self._lines.read(by_key[key], row)) for key, row in rows.items()]
            for row, reply in replies:
                self._note(connection, row, reply)
            paid: dict[int, list[Attempt]] = {}
            for row, reply in replies:
                paid.setdefault(row.source, []).extend([reply.attempt] if reply.attempt else [])
            ledger.note_calls(connection, self._desk.run, paid)
            return replies

        replies = self._desk.patient.write(take)
        self.tally.lines["unknown"] += len(lines) - len(replies)
        for row, reply in replies:
            self._tell(row, reply)
        self._say("taken", len(replies))

    def _note(self, connection: Connection, row: Deferred, reply: Reply) -> None:
        """What becomes of a question by what a line says."""
        error = reply.error
        if reply.content is not None:
            settle_question(connection, row.key, reply.content)
        elif error is not None and (variant := self._other_way(row, error)):
            reopen(connection, row.key, error.reason, variant)
        elif error is not None and (reasons()[error.reason].passing or error.reason == "invalid_answer"):
            self._put_back(connection, row, error.reason, error.content)
        elif error is not None:
            fail_question(connection, row.key, error.reason, error.content)

    def _tell(self, row: Deferred, reply: Reply) -> None:
        outcome = reply.error.reason if reply.error else "answered"
        self.tally.lines[outcome] += 1
        attempt, wanted = reply.attempt, row.wanted
        if reply.content is not None:
            self._cache.put(wanted.key, reply.content)
        told = Event("call_ended", self._desk.job.name, str(row.source), wanted.question.kind, wanted.model, outcome)
        if attempt is not None:
            self.tally.cost += attempt.cost
            told = told.paid(attempt, self._currency(wanted.model))
        self._desk.watcher.see(told)

    def _currency(self, model: str) -> str:
        price = self._lines.price(model)
        return price.currency if price else self._desk.settings.currency

    def _other_way(self, row: Deferred, error: AskingError) -> Variant:
        """Another way to put the question after this failure, as a live call would take it; "" where there is none."""
        if row.variant:
            return ""
        if is_against_schemas(error) and not self._lines.is_plain(row):
            return "plain"
        return "longer" if error.reason == "too_long_answer" else ""
