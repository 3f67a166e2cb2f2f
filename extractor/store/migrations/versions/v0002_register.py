"""The register of bodies: what names mean the same body, which reports are versions of one, and who said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_KEPT_SQLITE = """
CREATE TRIGGER settling_{verb} BEFORE {verb} ON settling
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_KEPT_POSTGRES = (
    "CREATE TRIGGER settling_kept BEFORE UPDATE OR DELETE ON settling FOR EACH ROW EXECUTE FUNCTION event_kept()"
)


def upgrade() -> None:
    """Make the tables, and see to it that the log only grows."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _add_to_body("INTEGER" if is_sqlite else "BIGINT")
    op.create_index("report_said", "report", ["body_id", "year", "region", "level"])
    for make in (_likeness, _settling, _report_link):
        make()
    if is_sqlite:
        for verb in ("UPDATE", "DELETE"):
            op.execute(_KEPT_SQLITE.format(verb=verb))
    else:
        op.execute(_KEPT_POSTGRES)


def downgrade() -> None:
    """Refused: it would throw people's work away.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _add_to_body(number: str) -> None:
    """As SQL: both databases take it, and SQLite takes a reference no other way."""
    op.execute(f"ALTER TABLE body ADD COLUMN same_as {number} REFERENCES body (id)")
    for name in ("level", "region", "settled_by", "place", "office"):
        op.add_column("body", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("body", sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.add_column("body", sa.Column("compared", sa.SmallInteger(), nullable=False, server_default="0"))
    for name in ("same_as", "compared", "level", "region"):
        op.create_index(f"body_{name}", "body", [name])
    op.create_index("body_place", "body", ["place", "office"])


def _likeness() -> None:
    op.create_table(
        "likeness",
        sa.Column("one_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["one_id"], ["body.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["body.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("one_id", "other_id"),
    )
    op.create_index("likeness_open", "likeness", ["is_open", sa.literal_column("score DESC"), "one_id", "other_id"])
    op.create_index("likeness_other", "likeness", ["other_id"])


def _settling() -> None:
    op.create_table(
        "settling",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body_id", _ID, nullable=True),
        sa.Column("other_body_id", _ID, nullable=True),
        sa.Column("report_id", _ID, nullable=True),
        sa.Column("other_report_id", _ID, nullable=True),
        sa.Column("undoes", _ID, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"]),
        sa.ForeignKeyConstraint(["other_body_id"], ["body.id"]),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["other_report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["undoes"], ["settling.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("undoes"),
    )
    for name in ("body_id", "other_body_id", "report_id", "other_report_id"):
        op.create_index(f"settling_{name.removesuffix('_id')}", "settling", [name])


def _report_link() -> None:
    op.create_table(
        "report_link",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["report.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "other_id"),
    )
    op.create_index("report_link_other", "report_link", ["other_id"])
