"""What is compared across reports: figures, what comparing told, and who ought to report.

The figures of reports that are there already follow from their records, which only the program can read: they are
listed in ``uncompared``, and `extractor db upgrade` works the list off, a few at a time.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_interest_organisation",
    "legal_service_institution",
    "other_organisation",
)
_FIGURES = (
    *("new_received", "carried_over", "granted", "partially_granted", "denied", "unavailable", "not_processed"),
    *("other_processing", "total_processed", "carried_forward"),
    *(f"{row}_{applicant}" for row in ("carried_over", "carried_forward") for applicant in _APPLICANTS),
    *(
        f"{kind}_{what}"
        for kind in ("regulations", "documents")
        for what in ("made", "repealed", "in_force", "disclosed")
    ),
    *(f"{kind}_decisions" for kind in ("licence", "other_service", "penalty", "coercion")),
    *(
        f"{kind}_items_{what}"
        for kind in ("licence", "other_service", "penalty", "coercion", "fee")
        for what in ("last_year", "change")
    ),
    *("fees_10k_yuan", "procurement_items", "procurement_10k_yuan"),
    *("reviews", "reviews_corrected", "litigations", "litigations_corrected"),
)

_KEPT_SQLITE = """
CREATE TRIGGER comparison_{verb} BEFORE {verb} ON comparison
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_KEPT_POSTGRES = (
    "CREATE TRIGGER comparison_kept BEFORE UPDATE OR DELETE ON comparison FOR EACH ROW EXECUTE FUNCTION event_kept()"
)


def upgrade() -> None:
    """Make the tables, and list the reports whose figures are to be told."""
    for make in (_figure, _comparison, _uncompared, _expected_body):
        make()
    op.create_index("body_folded", "body", ["folded"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_KEPT_SQLITE.format(verb=verb))
    else:
        op.execute(_KEPT_POSTGRES)
    op.execute("INSERT INTO uncompared (report_id) SELECT id FROM report WHERE reading_id IS NOT NULL")


def downgrade() -> None:
    """Refused: it would throw away what was told.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _figure() -> None:
    op.create_table(
        "figure",
        sa.Column("report_id", _ID, nullable=False, autoincrement=False),
        sa.Column("body_id", _ID, nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("form", "level", "region")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _FIGURES),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"]),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.create_index("figure_year", "figure", ["year"])
    op.create_index("figure_body", "figure", ["body_id", "year", "level", "region"])


def _comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("comparison_report", "comparison", ["report_id", "id"])


def _uncompared() -> None:
    op.create_table(
        "uncompared",
        sa.Column("report_id", _ID, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id"),
    )


def _expected_body() -> None:
    op.create_table(
        "expected_body",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
    )
