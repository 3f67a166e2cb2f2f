"""Batches on their way: questions are packed, uploaded and put to the provider, and replies taken when they are there.

Every step is written down when it is done, and what a step makes at the provider carries a name that was written down
before: after a kill at any moment it is found by that name and not made, or paid for, again. A line of a reply counts
once: its question, its place in the ledger and its answer change together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from extractor.bulk import ledger
from extractor.bulk.deferred_batches import TOO_MUCH, UNDER_WAY, UNSENT, Batch, State, batches_of, make_batch, move
from extractor.bulk.deferred_desk import Desk, Tally
from extractor.bulk.deferred_endpoint import BatchEndpoint, Remote, is_gone
from extractor.bulk.deferred_lines import Lines, Reply, lines_in
from extractor.bulk.deferred_questions import (
    Deferred,
    Variant,
    fail_question,
    is_awaited,
    models_with_open,
    open_questions,
    questions_in,
    reopen,
    sent_in,
    settle_question,
)
from extractor.bulk.watch import Event
from extractor.errors import OutputError
from extractor.llm.attempts import is_against_schemas
from extractor.llm.cache import AnswerCache, Content, cache_folder
from extractor.llm.failures import OVER_BUDGET, AskingError, reasons
from extractor.llm.money import NOTHING, Amount, Attempt
from extractor.output import unwritable

Result = TypeVar("Result")
_AT_ONCE = 100
"""Lines that are taken in one transaction."""

_UNDONE = "batch_expired"
_REFUSED = "bad_request"


@dataclass(frozen=True, slots=True)
class _Choice:
    """Keys of a batch, and of questions that no batch has room for; ``most``: what the batch can take at most."""

    keys: list[str]
    too_long: list[str]
    most: Amount
    is_over_budget: bool


class Post:
    """One visit to the provider: what is open is sent, what has come is taken."""

    def __init__(self, desk: Desk, endpoint: BatchEndpoint, tally: Tally | None = None) -> None:
        self.tally = tally or Tally()
        self._desk = desk
        self._lines = Lines(desk.settings, desk.manners.known)
        self._endpoint = endpoint
        self._cache = AnswerCache(cache_folder(desk.settings.cache_dir))

    # ---- sending -------------------------------------------------------------------------------------------------
    async def send(self) -> None:
        """Go on with batches that were begun, then put what is open into new ones.

        Raises:
            AskingError: the provider does not take them; what was done stays done.
        """
        await self.go_on()
        for model in self._read(lambda c: models_with_open(c, self._desk.job.id)):
            if model in self._desk.models:
                await self._send_to(model)

    async def _send_to(self, model: str) -> None:
        first = self._read(lambda c: next(open_questions(c, self._desk.job.id, model), None))
        if first is None or not self._most_requests() or not await self._knows(first):
            return
        while (packed := self._packed(model)) is not None:
            await self._bring(packed, begun=False)

    async def _knows(self, asked: Deferred) -> bool:
        """Whether it is known how the question's model takes schemas, or can be found out within the budget."""
        try:
            await self._desk.manners.find(asked.wanted.model, asked.source)
        except AskingError as error:
            if error.reason != OVER_BUDGET:
                raise
            self.tally.is_over_budget = True
            return False
        return True

    async def go_on(self) -> None:
        """Bring batches that were begun further; those that are of use to nobody any more are dropped.

        Raises:
            AskingError: as ``send``.
        """
        for batch in self._read(lambda c: batches_of(c, self._desk.job.id, "planned", "uploaded")):
            if not self._is_wanted(batch) and not await self._endpoint.find_batch(batch.token):
                await self._leave(batch)
            elif await self._may_build(batch):
                await self._bring(batch, begun=True)

    async def _may_build(self, batch: Batch) -> bool:
        first = self._read(lambda c: next(questions_in(c, batch.id), None))
        return bool(batch.file) or first is None or await self._knows(first)

    def _is_wanted(self, batch: Batch) -> bool:
        return batch.model in self._desk.models and self._read(lambda c: is_awaited(c, batch.id))

    async def _leave(self, batch: Batch) -> None:
        """Drop a batch that was not put to the provider; a file that is there already is taken away with the others."""
        file = batch.file or await self._endpoint.find_file(batch.name)
        if file:
            self._move(batch, batch.state, file=file)
        self._drop(batch, UNSENT)

    async def _bring(self, batch: Batch, *, begun: bool) -> None:
        """Upload a batch's file and begin the batch; ``begun``: an earlier process may have done so."""
        remote = await self._endpoint.find_batch(batch.token) if begun and batch.file else None
        if remote is None:
            file = batch.file or await self._uploaded(batch, begun)
            remote = await self._endpoint.create(file, batch.token)
        self._say("created", batch.requests)
        self._move(batch, "created", remote=remote.id, status=remote.status)

    async def _uploaded(self, batch: Batch, begun: bool) -> str:
        file = await self._endpoint.find_file(batch.name) if begun else None
        if file is None:
            with _folder() as folder:
                path = Path(folder) / batch.name
                self._build(batch, path)
                file = await self._endpoint.upload(path, batch.name)
        self._say("uploaded", batch.requests)
        self._move(batch, "uploaded", file=file)
        return file

    def _build(self, batch: Batch, path: Path) -> None:
        """Write a batch's file."""

        def build(connection: Connection) -> None:
            with path.open("wb") as file:
                file.writelines(self._lines.line(one) for one in questions_in(connection, batch.id))

        try:
            self._read(build)
        except OSError as error:
            raise OutputError(*unwritable(path.parent, error)) from None

    def _packed(self, model: str) -> Batch | None:
        """A batch of open questions, within the limits; None where there is none to make now."""
        most = self._most_requests()
        while most:
            choice = self._read(lambda connection: self._chosen(connection, model, most))
            self.tally.is_over_budget |= choice.is_over_budget
            if not choice.keys and not choice.too_long:
                return None
            batch = self._desk.patient.write(partial(self._plan, model=model, choice=choice))
            if batch is not None:
                self._desk.purse.put_back(NOTHING, choice.most)
                self._say("planned", batch.requests)
                return batch
        return None

    def _plan(self, connection: Connection, model: str, choice: _Choice) -> Batch | None:
        for key in choice.too_long:
            fail_question(connection, key, "too_long_question", None)
        return make_batch(connection, self._desk.job.id, model, choice.keys) if choice.keys else None

    def _most_requests(self) -> int:
        """Requests that a batch may have. Where the provider found one too much, half of it, one batch at a time."""
        batches = self._read(lambda connection: batches_of(connection, self._desk.job.id, "dropped", *UNDER_WAY))
        refused = [one.requests for one in batches if one.state == "dropped" and one.reason == TOO_MUCH]
        if not refused:
            return self._desk.settings.batch_requests
        if any(one.state in UNDER_WAY for one in batches):
            return 0
        return max(1, min(self._desk.settings.batch_requests, min(refused) // 2))

    def _chosen(self, connection: Connection, model: str, most: int) -> _Choice:
        """What the next batch is made of."""
        keys, too_long, size, total, is_over = list[str](), list[str](), 0, NOTHING, False
        limit = self._desk.settings.batch_bytes
        for one in open_questions(connection, self._desk.job.id, model):
            length = len(self._lines.line(one))
            if length > limit:
                too_long.append(one.key)
                continue
            more = self._lines.most(one) if self._desk.purse.is_limited else NOTHING
            is_over = not self._desk.purse.holds(total + more)
            if len(keys) >= most or size + length > limit or is_over:
                break
            keys.append(one.key)
            size += length
            total += more
        return _Choice(keys, too_long, total, is_over)

    # ---- taking --------------------------------------------------------------------------------------------------
    async def take(self) -> None:
        """Look at every batch under way, and take the replies of those that have ended.

        Raises:
            AskingError: the provider cannot be asked.
        """
        for batch in self._read(lambda connection: batches_of(connection, self._desk.job.id, "created")):
            try:
                remote = await self._endpoint.look(batch.remote or "")
            except AskingError as error:
                if not is_gone(error):
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
            for one in list(questions_in(connection, batch.id)):
                self._put_back(connection, one, _UNDONE)
            move(connection, batch, "collected")

        self._desk.patient.write(finish)
        self._say("collected", batch.requests)

    async def _file_taken(self, batch: Batch, file: str) -> None:
        with _folder() as folder:
            path = Path(folder) / "lines"
            try:
                await self._endpoint.download(file, path)
            except OSError as error:
                raise OutputError(*unwritable(path.parent, error)) from None
            except AskingError as error:
                if not is_gone(error):
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

    def _put_back(self, connection: Connection, row: Deferred, reason: str, answer: Content | None = None) -> None:
        """Open again, or failed after so many tries."""
        if row.tries >= self._desk.settings.batch_tries:
            fail_question(connection, row.key, reason, answer)
        else:
            reopen(connection, row.key, reason, row.variant)

    def _drop(self, batch: Batch, reason: str) -> None:
        """A batch of which nothing will come."""
        is_untried = reason == UNSENT or (reason == TOO_MUCH and batch.requests > 1)

        def drop(connection: Connection) -> None:
            for one in list(questions_in(connection, batch.id)):
                if is_untried:
                    reopen(connection, one.key, "rate_limited", one.variant, untried=True)
                else:
                    self._put_back(connection, one, _UNDONE if reason == "gone" else _REFUSED)
            move(connection, batch, "dropped", reason=reason)

        self._desk.patient.write(drop)
        self._say("dropped", batch.requests)

    # ---- clearing up ---------------------------------------------------------------------------------------------
    async def clear(self) -> None:
        """Take the files of finished batches away from the provider: they hold parts of reports."""
        for batch in self._read(lambda connection: batches_of(connection, self._desk.job.id, "collected", "dropped")):
            files = [file for file in (batch.file, batch.output, batch.errors) if file]
            if batch.state == "dropped" and not batch.file:
                continue
            for file in files:
                with suppress(AskingError):  # the provider takes them away itself, some day
                    await self._endpoint.delete_file(file)
            state = batch.state if batch.state == "dropped" else "cleared"
            self._move(batch, state, file=None, output=None, errors=None)

    # ---- telling -------------------------------------------------------------------------------------------------
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

    def _say(self, what: str, count: int) -> None:
        self.tally.batches[what] += 1
        self._desk.watcher.see(Event("batch_moved", job=self._desk.job.name, outcome=what, count=count))

    def _other_way(self, row: Deferred, error: AskingError) -> Variant:
        """Another way to put the question after this failure, as a live call would take it; "" where there is none."""
        if row.variant:
            return ""
        if is_against_schemas(error) and not self._lines.is_plain(row):
            return "plain"
        return "longer" if error.reason == "too_long_answer" else ""

    def _move(self, batch: Batch, state: State, **values: str | None) -> None:
        self._desk.patient.write(lambda connection: move(connection, batch, state, **values))

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        return self._desk.patient.read(work)


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True)
