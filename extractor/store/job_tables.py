"""The tables of bulk jobs (docs/bulk.md). Times are microseconds since 1970 by the database's clock, money in 10⁻¹².

``job_run.alive_until`` is by the clock of leases instead: see ``extractor.bulk.runs``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from extractor.store.tables import metadata

_ID = BigInteger().with_variant(Integer, "sqlite")
_EXACT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases order alike: by its bytes."""

COUNTERS = ("done", "failed", "skipped", "calls", "wasted", "tokens_in", "tokens_cached", "tokens_out", "cost")
"""What a run adds up as it goes, so that a job's sums are those of a few rows."""


def _job() -> Column[int]:
    return Column("job_id", ForeignKey("job.id", ondelete="CASCADE"), nullable=False)


job = Table(
    "job",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("engine", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("terms", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

job_run = Table(
    "job_run",
    metadata,
    Column("id", _ID, primary_key=True),
    _job(),
    Column("kind", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("alive_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ending", Text),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in COUNTERS),
)
_job_run_open = Index("job_run_open", job_run.c.job_id, job_run.c.ended_at)

job_source = Table(
    "job_source",
    metadata,
    Column("id", _ID, primary_key=True),
    _job(),
    Column("name", _EXACT, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("parent_id", BigInteger),
    Column("size", BigInteger),
    Column("changed", BigInteger),
    Column("told", Text),
    Column("state", String(8), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("run_id", BigInteger),
    Column("key", String(64)),
    Column("sha256", LargeBinary(32)),
    Column("report_id", BigInteger),
    Column("reading_id", BigInteger),
    Column("error", Text),
    UniqueConstraint("job_id", "name"),
)
_job_source_state = Index(
    "job_source_state", job_source.c.job_id, job_source.c.state, job_source.c.tries, job_source.c.id
)
_job_source_sha256 = Index("job_source_sha256", job_source.c.sha256, job_source.c.job_id)
_job_source_parent = Index("job_source_parent", job_source.c.parent_id)

job_call = Table(
    "job_call",
    metadata,
    Column("id", _ID, primary_key=True),
    _job(),
    Column("run_id", BigInteger, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("question", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("waited", BigInteger, nullable=False),
    Column("took", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)
_job_call_source = Index("job_call_source", job_call.c.source_id, job_call.c.id)
