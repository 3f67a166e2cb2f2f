"""The first tables: documents, readings, the log of events, and what the queue is made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_QUEUE_INDEXES: dict[str, list[str]] = {
    "order": [],
    "queue": ["state"],
    "body": ["body_id", "year", "state"],
    "year": ["year", "form", "state"],
    "region": ["region", "state"],
    "reviewer": ["reviewer", "state"],
    "format": ["format", "state"],
}
"""What reports are filtered by, each in the order of the queue, so that a page and its counts read an index alone."""

_KEPT_SQLITE = """
CREATE TRIGGER event_{verb} BEFORE {verb} ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_REFUSE_POSTGRES = """
CREATE FUNCTION event_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$
"""
_KEPT_POSTGRES = "CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_kept()"


def upgrade() -> None:
    """Make every table, and see to it that the log only grows."""
    for make in (_content, _body, _gram, _report, _source, _reading, _event, _finding, _field, _review_round):
        make()
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_KEPT_SQLITE.format(verb=verb))
    else:
        op.execute(_REFUSE_POSTGRES)
        op.execute(_KEPT_POSTGRES)


def downgrade() -> None:
    """Refused: it would throw people's work away.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _content() -> None:
    op.create_table(
        "content",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("codec", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )


def _body() -> None:
    op.create_table(
        "body",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _gram() -> None:
    op.create_table(
        "gram",
        sa.Column("gram", sa.String(length=2), nullable=False),
        sa.Column("body_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("gram", "body_id"),
        sqlite_with_rowid=False,
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("content_id", _ID, nullable=False),
        sa.Column("reading_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body_id", _ID, nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("benefit", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"]),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("content_id"),
    )
    for name, columns in _QUEUE_INDEXES.items():
        op.create_index(f"report_{name}", "report", [*columns, sa.literal_column("benefit DESC"), "id"])


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("report_id", "name"),
    )


def _reading() -> None:
    op.create_table(
        "reading",
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text_id", _ID, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["text_id"], ["content.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reading_report", "reading", ["report_id", "id"], unique=False)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("report_id", "round", "seq"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("event_who", "event", ["who", "at"], unique=False)


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("report_id", "number"),
    )
    op.create_index("finding_code", "finding", ["code", "settled", "report_id"], unique=False)


def _field() -> None:
    op.create_table(
        "field",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("report_id", "path"),
    )
    op.create_index("field_path", "field", ["path"], unique=False)


def _review_round() -> None:
    op.create_table(
        "review_round",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("report_id", "round"),
    )
    op.create_index("review_round_state", "review_round", ["kind", "state", "drawn_at"], unique=False)
