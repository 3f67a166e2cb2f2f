"""The tables of deferred asking: questions that lie in a provider's batches, and the sources that wait for them.

A question is known by the key under which its answer is kept (``extractor.llm.cache``). Times as in ``tables``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from extractor.store.job_tables import job
from extractor.store.tables import content, metadata

_ID = BigInteger().with_variant(Integer, "sqlite")


def _job() -> Column[int]:
    return Column("job_id", ForeignKey(job.c.id, ondelete="CASCADE"), nullable=False)


deferred_batch = Table(
    "deferred_batch",
    metadata,
    Column("id", _ID, primary_key=True),
    _job(),
    Column("token", String(40), nullable=False, unique=True),
    Column("model", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("requests", Integer, nullable=False),
    Column("file", Text),
    Column("remote", Text),
    Column("status", Text),
    Column("output", Text),
    Column("errors", Text),
    Column("reason", Text),
    Column("made_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
_deferred_batch_state = Index("deferred_batch_state", deferred_batch.c.job_id, deferred_batch.c.state)

deferred_question = Table(
    "deferred_question",
    metadata,
    Column("key", String(64), primary_key=True),
    _job(),
    Column("source_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("form_id", ForeignKey(content.c.id)),
    Column("content", LargeBinary, nullable=False),
    Column("variant", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("batch_id", BigInteger),
    Column("reason", Text),
    Column("answer", LargeBinary),
)
_deferred_question_state = Index(
    "deferred_question_state", deferred_question.c.job_id, deferred_question.c.state, deferred_question.c.model
)
_deferred_question_batch = Index("deferred_question_batch", deferred_question.c.batch_id, deferred_question.c.state)

deferred_source = Table(
    "deferred_source",
    metadata,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    _job(),
    Column("content_id", ForeignKey(content.c.id), nullable=False),
)
_deferred_source_job = Index("deferred_source_job", deferred_source.c.job_id)

deferred_wait = Table(
    "deferred_wait",
    metadata,
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True),
)
_deferred_wait_key = Index("deferred_wait_key", deferred_wait.c.key)
