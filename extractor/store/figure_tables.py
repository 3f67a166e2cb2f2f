"""The tables of what is compared across reports (docs/across.md): figures, what comparing told, who ought to report."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from extractor.forms.figures import figures
from extractor.store.tables import body, metadata

_ID = BigInteger().with_variant(Integer, "sqlite")


def _report() -> Column[int]:
    return Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


figure = Table(
    "figure",
    metadata,
    _report(),
    Column("body_id", ForeignKey("body.id")),
    Column("year", Integer),
    Column("form", Text),
    Column("level", Text),
    Column("region", Text),
    *(Column(one.key, BigInteger) for one in figures()),
)
"""One row a report that can be compared; each figure in millionths, null where the report does not state it.

A column a figure, not a row: a report takes a tenth of the room, and bodies stand side by side without a pivot.
Body, year, form, level and region are those of ``report``, so that a trend reads this table alone.
"""
_figure_year = Index("figure_year", figure.c.year)
_figure_body = Index("figure_body", figure.c.body_id, figure.c.year, figure.c.level, figure.c.region)

comparison = Table(
    "comparison",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)
"""What the reports of other years told of a report from a moment on, all of it each time. A log: it only grows."""
_comparison_report = Index("comparison_report", comparison.c.report_id, comparison.c.id)

uncompared = Table("uncompared", metadata, _report())
"""Reports that are still to be compared: they came in many at once, or before there were figures, told then, too."""

expected_body = Table(
    "expected_body",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("level", Text),
    Column("region", Text),
    Column("added_by", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)
"""A body that ought to report, as somebody's list names it."""
_body_folded = Index("body_folded", body.c.folded)
