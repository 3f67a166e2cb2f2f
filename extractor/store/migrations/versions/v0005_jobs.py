"""Bulk jobs: their sources, who works on them, and the account of each call to a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_COUNTERS = ("done", "failed", "skipped", "calls", "wasted", "tokens_in", "tokens_cached", "tokens_out", "cost")


def upgrade() -> None:
    """Make the tables."""
    for make in (_job, _run, _source, _call):
        make()


def downgrade() -> None:
    """Refused.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _of_job() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", _ID, primary_key=True),
        sa.Column("job_id", _ID, sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    ]


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )


def _run() -> None:
    op.create_table(
        "job_run",
        *_of_job(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("alive_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ending", sa.Text()),
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in _COUNTERS),
    )
    op.create_index("job_run_open", "job_run", ["job_id", "ended_at"])


def _source() -> None:
    op.create_table(
        "job_source",
        *_of_job(),
        sa.Column("name", _EXACT, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("parent_id", sa.BigInteger()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("changed", sa.BigInteger()),
        sa.Column("told", sa.Text()),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("key", sa.String(64)),
        sa.Column("sha256", sa.LargeBinary(32)),
        sa.Column("report_id", sa.BigInteger()),
        sa.Column("reading_id", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.UniqueConstraint("job_id", "name"),
    )
    op.create_index("job_source_state", "job_source", ["job_id", "state", "tries", "id"])
    op.create_index("job_source_sha256", "job_source", ["sha256", "job_id"])
    op.create_index("job_source_parent", "job_source", ["parent_id"])


def _call() -> None:
    op.create_table(
        "job_call",
        *_of_job(),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.BigInteger(), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("job_call_source", "job_call", ["source_id", "id"])
