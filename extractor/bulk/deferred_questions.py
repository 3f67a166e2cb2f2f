"""Questions that wait in batches: a row each, by the key of its answer, and what each source waits for.

The life of a question::

    open ──packed──▶ sent ──▶ answered | failed | open again (expired, failed on the way, not valid; limited tries)
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, or_, select, update

from extractor.draft import Question
from extractor.forms import Form
from extractor.llm.answers import answer_type
from extractor.llm.cache import Content, Key, key_of
from extractor.llm.endpoint import Request
from extractor.llm.prompts import load_prompt
from extractor.llm.wire import strict_schema
from extractor.store.contents import get, insert_new, put
from extractor.store.deferred_tables import deferred_question, deferred_source, deferred_wait
from extractor.store.statements import AT_ONCE, portions
from extractor.store.tables import content

State = Literal["open", "sent", "answered", "failed"]
Variant = Literal["", "plain", "longer"]
_PENDING = ("open", "sent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question that is to be put to a model."""

    question: Question
    model: str

    @property
    def key(self) -> Key:
        """What its answer is known by."""
        schema = strict_schema(answer_type(self.question))
        return key_of(self.question, self.model, load_prompt(self.question.kind).version, schema)

    def request(self) -> Request:
        """The question made ready, as it is put to a live endpoint."""
        answer: type[BaseModel] = answer_type(self.question)
        rendered = load_prompt(self.question.kind).render(self.question.content)
        return Request(*rendered, answer, strict_schema(answer))


@dataclass(frozen=True, slots=True)
class Known:
    """How a question stands. ``answer``: a valid one, or the last one that was not; ``reason``: why there is none."""

    state: State
    reason: str = ""
    answer: Content | None = None

    @property
    def is_pending(self) -> bool:
        """Whether an answer is still to come."""
        return self.state in _PENDING


@dataclass(frozen=True, slots=True)
class Deferred:
    """A question's row. ``source``: the first that wanted it."""

    key: str
    source: int
    wanted: Wanted
    variant: Variant
    tries: int
    known: Known


@dataclass(frozen=True, slots=True)
class Ready:
    """A source for which no question is pending; its file's bytes."""

    source: int
    content: int
    sha256: bytes


def add_questions(
    connection: Connection, job: int, source: int, wanted: Iterable[Wanted], kept: Mapping[str, Content]
) -> None:
    """Let a source wait for questions; those nobody has put yet are open, or answered where ``kept`` has the answer."""
    digests = {one.key.digest(): one for one in wanted}
    for key, one in digests.items():
        answer = kept.get(key)
        told = {"job_id": job, "source_id": source, "name": one.question.id, "kind": one.question.kind}
        values = {
            **{"key": key, **told, "model": one.model, "form_id": _form_id(connection, one.question.form)},
            **{"content": _packed(one.question.content), "variant": "", "tries": 0},
            **{
                "state": "open" if answer is None else "answered",
                "answer": None if answer is None else _packed(answer),
            },
        }
        insert_new(connection, deferred_question, values)
    if digests:
        insert_new(connection, deferred_wait, [{"source_id": source, "key": key} for key in digests])


def add_source(connection: Connection, job: int, source: int, content_id: int) -> None:
    """A source waits from now on; ``content_id``: of its file's bytes."""
    insert_new(connection, deferred_source, {"source_id": source, "job_id": job, "content_id": content_id})


def ask_again(connection: Connection, keys: Sequence[str]) -> None:
    """Of these questions, open those again that failed for whoever wanted them before: failures are not kept."""
    for some in portions(keys):
        chosen = update(deferred_question).where(
            deferred_question.c.key.in_(some), deferred_question.c.state == "failed"
        )
        connection.execute(chosen.values(state="open", tries=0, variant="", batch_id=None, answer=None))


def drop_sources(connection: Connection, sources: Sequence[int]) -> None:
    """Sources that wait no longer; the answers stay."""
    for some in portions(sources):
        connection.execute(delete(deferred_wait).where(deferred_wait.c.source_id.in_(some)))
        connection.execute(delete(deferred_source).where(deferred_source.c.source_id.in_(some)))


def ready_sources(connection: Connection, job: int, after: int, limit: int) -> list[Ready]:
    """Sources for which no question is pending, from the one behind ``after`` on."""
    pending = (
        select(deferred_wait.c.key)
        .join(deferred_question, deferred_question.c.key == deferred_wait.c.key)
        .where(deferred_wait.c.source_id == deferred_source.c.source_id, deferred_question.c.state.in_(_PENDING))
    )
    columns = (deferred_source.c.source_id, deferred_source.c.content_id, content.c.sha256)
    wanted = select(*columns).join(content, content.c.id == deferred_source.c.content_id)
    wanted = wanted.where(deferred_source.c.job_id == job, deferred_source.c.source_id > after, ~exists(pending))
    rows = connection.execute(wanted.order_by(deferred_source.c.source_id).limit(limit))
    return [Ready(row[0], row[1], bytes(row[2])) for row in rows]


def waiting_for(connection: Connection, source: int) -> dict[str, Known]:
    """The questions that a source waits, or waited, for, by key."""
    joined = deferred_question.join(deferred_wait, deferred_wait.c.key == deferred_question.c.key)
    rows = connection.execute(select(*_KNOWN).select_from(joined).where(deferred_wait.c.source_id == source))
    return {row.key: _known(row) for row in rows}


def sent_in(connection: Connection, batch: int, keys: Sequence[str]) -> dict[str, Deferred]:
    """Of these keys, the questions that were sent with the batch and still have no answer."""
    found: dict[str, Deferred] = {}
    for some in portions(sorted(keys)):
        at = (deferred_question.c.batch_id == batch, deferred_question.c.state == "sent")
        rows = connection.execute(select(deferred_question).where(deferred_question.c.key.in_(some), *at))
        found |= {row.key: _made(connection, row) for row in rows}
    return found


def question_counts(connection: Connection, job: int) -> dict[str, int]:
    """How many of the questions that a job has put, or waits for, are in each state."""
    ours = or_(deferred_question.c.job_id == job, _awaited(job))
    wanted = select(deferred_question.c.state, func.count()).where(ours)
    return {row[0]: row[1] for row in connection.execute(wanted.group_by(deferred_question.c.state))}


def open_questions(connection: Connection, job: int, model: str) -> Iterator[Deferred]:
    """What a job's sources wait for and is to be sent to a model, in the order of keys."""
    return _by_key(connection, deferred_question.c.state == "open", deferred_question.c.model == model, _awaited(job))


def questions_in(connection: Connection, batch: int) -> Iterator[Deferred]:
    """The questions of a batch that are still sent, in the order of keys."""
    return _by_key(connection, deferred_question.c.batch_id == batch, deferred_question.c.state == "sent")


def models_with_open(connection: Connection, job: int) -> list[str]:
    """The models that something is to be sent to: a job's sources wait for it."""
    wanted = select(deferred_question.c.model).where(deferred_question.c.state == "open", _awaited(job))
    return sorted(connection.execute(wanted.distinct()).scalars())


def pending_count(connection: Connection, job: int) -> int:
    """How many questions without an answer a job's sources wait for, whoever put them."""
    wanted = select(func.count()).select_from(deferred_question)
    return int(connection.execute(wanted.where(deferred_question.c.state.in_(_PENDING), _awaited(job))).scalar_one())


def is_awaited(connection: Connection, batch: int) -> bool:
    """Whether any source, of any job, waits for a question of the batch."""
    at = (deferred_question.c.batch_id == batch, deferred_question.c.state == "sent", _awaited())
    return connection.execute(select(deferred_question.c.key).where(*at).limit(1)).first() is not None


def forget_unwanted(connection: Connection, job: int) -> None:
    """Open questions of a job that no source waits for any more are not put; they go."""
    at = (deferred_question.c.job_id == job, deferred_question.c.state == "open", ~_awaited())
    connection.execute(delete(deferred_question).where(*at))


def _awaited(job: int | None = None) -> ColumnElement[bool]:
    """That a source waits for the question: one of the job's, or any."""
    waits = select(deferred_wait.c.key).join(deferred_source, deferred_source.c.source_id == deferred_wait.c.source_id)
    waits = waits.where(deferred_wait.c.key == deferred_question.c.key)
    return exists(waits if job is None else waits.where(deferred_source.c.job_id == job))


def send(connection: Connection, keys: Sequence[str], batch: int) -> int:
    """The questions are in a batch from now on, but for those that somebody else was quicker to send; how many."""
    count = 0
    for some in portions(keys):
        chosen = update(deferred_question).where(deferred_question.c.key.in_(some), deferred_question.c.state == "open")
        sent = chosen.values(state="sent", batch_id=batch, tries=deferred_question.c.tries + 1)
        count += connection.execute(sent).rowcount
    return count


def settle_question(connection: Connection, key: str, answer: Content) -> None:
    """The question has a valid answer; what was asked need not be kept any longer."""
    _set(connection, key, state="answered", answer=_packed(answer), reason=None, content=b"")


def fail_question(connection: Connection, key: str, reason: str, answer: Content | None) -> None:
    """Nothing more is sent for the question; ``answer``: what came last, and was not valid."""
    _set(connection, key, state="failed", reason=reason, answer=_packed(answer) if answer else None)


def reopen(connection: Connection, key: str, reason: str, variant: Variant, *, untried: bool = False) -> None:
    """The question is to be sent once more; ``untried``: its batch did not come to it."""
    tries = deferred_question.c.tries - int(untried)
    _set(connection, key, state="open", reason=reason, variant=variant, batch_id=None, tries=tries)


def _set(connection: Connection, key: str, **values: Any) -> None:
    connection.execute(update(deferred_question).where(deferred_question.c.key == key).values(values))


def _by_key(connection: Connection, *at: Any) -> Iterator[Deferred]:
    """Rows a few at a time, so that a batch of fifty thousand is never held."""
    after = ""
    while True:
        wanted = select(deferred_question).where(*at, deferred_question.c.key > after)
        rows = connection.execute(wanted.order_by(deferred_question.c.key).limit(AT_ONCE)).all()
        if not rows:
            return
        for row in rows:
            yield _made(connection, row)
        after = rows[-1].key


def _made(connection: Connection, row: Row[Any]) -> Deferred:
    form = _form(get(connection, row.form_id)) if row.form_id is not None else None
    question = Question(row.name, row.kind, _unpacked(row.content), form)
    return Deferred(row.key, row.source_id, Wanted(question, row.model), row.variant, row.tries, _known(row))


_KNOWN = tuple(deferred_question.c[name] for name in ("key", "state", "reason", "answer"))


def _known(row: Row[Any]) -> Known:
    return Known(row.state, row.reason or "", _unpacked(row.answer) if row.answer is not None else None)


def _form_id(connection: Connection, form: Form | None) -> int | None:
    return put(connection, _written(form)) if form else None


@lru_cache(maxsize=8)
def _written(form: Form) -> bytes:
    return form.model_dump_json().encode()


def _form(data: bytes) -> Form:
    return _read(hashlib.sha256(data).digest(), data)


@lru_cache(maxsize=8)
def _read(_: bytes, data: bytes) -> Form:
    return Form.model_validate_json(data)


def _packed(content: Content) -> bytes:
    return zlib.compress(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode())


def _unpacked(data: bytes) -> Content:
    found: Content = json.loads(zlib.decompress(data))
    return found
