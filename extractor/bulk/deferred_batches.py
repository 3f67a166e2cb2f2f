"""Batches as the store knows them: a row each, by which every step that was begun is found again.

::

    planned ──▶ uploaded ──▶ created ──▶ collected ──▶ cleared
                                 └──▶ dropped (the provider refused or forgot it: its questions are open again)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from extractor.bulk.deferred_questions import send
from extractor.bulk.runs import wall_clock_of
from extractor.store.deferred_tables import deferred_batch, deferred_question, deferred_source, deferred_wait

State = Literal["planned", "uploaded", "created", "collected", "cleared", "dropped"]
UNDER_WAY: tuple[State, ...] = ("planned", "uploaded", "created")
TOO_MUCH = "token_limit_exceeded"
"""Why a provider refuses a batch while too many others of the account are under way."""

REFUSED = "refused"
"""Why a batch is dropped whose file, or which itself, the provider does not take for good."""

UNSENT = "unsent"
"""Why a batch is dropped that was planned and never put to the provider."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch's row. ``file``, ``remote``, ``output``, ``errors``: ids at the provider; ``status``: what it last said.

    ``reason``: why it was refused as a whole. Times in microseconds since 1970.
    """

    id: int
    token: str
    model: str
    state: State
    requests: int
    file: str | None
    remote: str | None
    status: str | None
    output: str | None
    errors: str | None
    reason: str | None
    made_at: int
    changed_at: int

    @property
    def name(self) -> str:
        """The name of its file at the provider."""
        return f"extractor-{self.token}.jsonl"


def make_batch(connection: Connection, job: int, model: str, keys: Sequence[str]) -> Batch | None:
    """A new batch of open questions, which are sent from now on; None where others have sent them all meanwhile."""
    now = wall_clock_of(connection)
    values = {"job_id": job, "token": uuid4().hex, "model": model, "state": "planned", "requests": len(keys)}
    made = connection.execute(insert(deferred_batch).values({**values, "made_at": now, "changed_at": now}))
    key = made.inserted_primary_key
    batch = int(key[0]) if key else 0
    this, sent = deferred_batch.c.id == batch, send(connection, keys, batch)
    if not sent:
        connection.execute(delete(deferred_batch).where(this))
        return None
    if sent < len(keys):
        connection.execute(update(deferred_batch).where(this).values(requests=sent))
    return batch_with(connection, batch)


def batch_with(connection: Connection, batch: int) -> Batch:
    """A batch by its id."""
    return _made(connection.execute(select(deferred_batch).where(deferred_batch.c.id == batch)).one())


def batches_of(connection: Connection, job: int, *states: State) -> list[Batch]:
    """A job's batches, the oldest first; in all states where none is named."""
    wanted = select(deferred_batch).where(deferred_batch.c.job_id == job).order_by(deferred_batch.c.id)
    if states:
        wanted = wanted.where(deferred_batch.c.state.in_(states))
    return [_made(row) for row in connection.execute(wanted)]


def owners_of_awaited(connection: Connection, job: int) -> list[int]:
    """Other jobs, in whose batches lies what this job's sources wait for."""
    waits = select(deferred_wait.c.key).join(deferred_source, deferred_source.c.source_id == deferred_wait.c.source_id)
    sent = deferred_question.join(deferred_batch, deferred_batch.c.id == deferred_question.c.batch_id)
    wanted = select(deferred_batch.c.job_id).select_from(sent).where(deferred_question.c.state == "sent")
    ours = deferred_question.c.key.in_(waits.where(deferred_source.c.job_id == job))
    return sorted(connection.execute(wanted.where(ours, deferred_batch.c.job_id != job).distinct()).scalars())


def move(connection: Connection, batch: Batch, state: State, **values: str | None) -> None:
    """Note how far a batch has come."""
    told = {"state": state, "changed_at": wall_clock_of(connection), **values}
    connection.execute(update(deferred_batch).where(deferred_batch.c.id == batch.id).values(told))


def _made(row: Row[Any]) -> Batch:
    return Batch(**{name: row._mapping[name] for name in Batch.__dataclass_fields__})
