"""Deferred asking: batches at a provider, the questions in them, and the sources that wait for answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    for make in (_batch, _question, _source, _wait):
        make()


def downgrade() -> None:
    """Refused.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _job() -> sa.Column[int]:
    return sa.Column("job_id", _ID, sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False)


def _batch() -> None:
    op.create_table(
        "deferred_batch",
        sa.Column("id", _ID, primary_key=True),
        _job(),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("file", "remote", "status", "output", "errors", "reason")),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("deferred_batch_state", "deferred_batch", ["job_id", "state"])


def _question() -> None:
    op.create_table(
        "deferred_question",
        sa.Column("key", sa.String(64), primary_key=True),
        _job(),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("form_id", _ID, sa.ForeignKey("content.id")),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("variant", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("answer", sa.LargeBinary()),
    )
    op.create_index("deferred_question_state", "deferred_question", ["job_id", "state", "model"])
    op.create_index("deferred_question_batch", "deferred_question", ["batch_id", "state"])


def _source() -> None:
    op.create_table(
        "deferred_source",
        sa.Column("source_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        _job(),
        sa.Column("content_id", _ID, sa.ForeignKey("content.id"), nullable=False),
    )
    op.create_index("deferred_source_job", "deferred_source", ["job_id"])


def _wait() -> None:
    op.create_table(
        "deferred_wait",
        sa.Column("source_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), primary_key=True),
    )
    op.create_index("deferred_wait_key", "deferred_wait", ["key"])
