"""The tables of the register (docs/register.md): names that are alike, people's answers, links of reports."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text

from extractor.store.tables import metadata

_ID = BigInteger().with_variant(Integer, "sqlite")

likeness = Table(
    "likeness",
    metadata,
    Column("one_id", ForeignKey("body.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("body.id", ondelete="CASCADE"), primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
)
"""Two names that may mean one body (``one_id`` < ``other_id``), in thousandths; open until a person has answered."""
_likeness_open = Index(
    "likeness_open", likeness.c.is_open, likeness.c.score.desc(), likeness.c.one_id, likeness.c.other_id
)
_likeness_other = Index("likeness_other", likeness.c.other_id)

settling = Table(
    "settling",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body_id", ForeignKey("body.id")),
    Column("other_body_id", ForeignKey("body.id")),
    Column("report_id", ForeignKey("report.id")),
    Column("other_report_id", ForeignKey("report.id")),
    Column("undoes", ForeignKey("settling.id"), unique=True),
    Column("data", Text, nullable=False),
)
"""The log: each answer of a person. Never changed, never removed: the database itself refuses it."""
_settling_body = Index("settling_body", settling.c.body_id)
_settling_other_body = Index("settling_other_body", settling.c.other_body_id)
_settling_report = Index("settling_report", settling.c.report_id)
_settling_other_report = Index("settling_other_report", settling.c.other_report_id)

report_link = Table(
    "report_link",
    metadata,
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What ``report_id`` is to ``other_id``: a copy, an earlier version, … It follows from the log and can be remade."""
_report_link_other = Index("report_link_other", report_link.c.other_id)
