"""Batches on their way: questions are packed, uploaded and put to the provider.

Every step is written down when it is done, and what a step makes at the provider carries a name that was written down
before: after a kill at any moment it is found by that name and not made, or paid for, again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from extractor.bulk.deferred_batches import (
    REFUSED,
    TOO_MUCH,
    UNDER_WAY,
    UNSENT,
    Batch,
    batches_of,
    make_batch,
)
from extractor.bulk.deferred_desk import Desk, Tally
from extractor.bulk.deferred_endpoint import BatchEndpoint, Remote, is_gone, is_refused
from extractor.bulk.deferred_questions import (
    Deferred,
    fail_question,
    is_awaited,
    models_with_open,
    open_questions,
    questions_in,
)
from extractor.bulk.deferred_visit import Visit, folder
from extractor.errors import OutputError
from extractor.llm.failures import OVER_BUDGET, AskingError
from extractor.llm.money import NOTHING, Amount
from extractor.output import unwritable


@dataclass(frozen=True, slots=True)
class _Choice:
    """Keys of a batch, and of questions that no batch has room for; ``most``: what the batch can take at most."""

    keys: list[str]
    too_long: list[str]
    most: Amount
    is_over_budget: bool


class Post(Visit):
    """Sends what is open.

    ``refusal``: why the provider does not take what was put to it anew; that is put otherwise next time.
    """

    def __init__(self, desk: Desk, endpoint: BatchEndpoint, tally: Tally | None = None) -> None:
        super().__init__(desk, endpoint, tally)
        self.refusal: AskingError | None = None

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
        while self.refusal is None and (packed := self._packed(model)) is not None:
            self.refusal = await self._bring(packed, begun=False)

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

    async def _bring(self, batch: Batch, *, begun: bool) -> AskingError | None:
        """Upload a batch's file and begin the batch; why it was dropped, where the provider refuses it for good.

        ``begun``: an earlier process may have done so.
        """
        try:
            remote = await self._endpoint.find_batch(batch.token) if begun and batch.file else None
            if remote is None:
                file = batch.file or await self._uploaded(batch, begun)
                if file is None:
                    return None
                remote = await self._created(batch, file)
        except AskingError as error:
            if not is_refused(error):
                raise
            self._drop(batch, TOO_MUCH if error.detail.startswith("HTTP 413") else REFUSED)
            return error
        if remote is None:
            self._drop(batch, "gone")
            return None
        self._say("created", batch.requests)
        self._move(batch, "created", remote=remote.id, status=remote.status)
        return None

    async def _created(self, batch: Batch, file: str) -> Remote | None:
        """The batch begun; None where the provider has its file no longer."""
        try:
            return await self._endpoint.create(file, batch.token)
        except AskingError as error:
            if not is_gone(error) or await self._endpoint.find_file(batch.name):
                raise
            return None

    async def _uploaded(self, batch: Batch, begun: bool) -> str | None:
        """The id of the batch's file; None where limits were lowered since it was planned: it is planned anew."""
        file = await self._endpoint.find_file(batch.name) if begun else None
        if file is None:
            with folder() as place:
                path = Path(place) / batch.name
                self._build(batch, path)
                if begun and self._is_over_limits(batch, path):
                    self._drop(batch, UNSENT)
                    return None
                file = await self._endpoint.upload(path, batch.name)
        self._say("uploaded", batch.requests)
        self._move(batch, "uploaded", file=file)
        return file

    def _is_over_limits(self, batch: Batch, path: Path) -> bool:
        settings = self._desk.settings
        return batch.requests > settings.batch_requests or path.stat().st_size > settings.batch_bytes

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
