"""The tables of the store (docs/store.md). Times are microseconds since 1970, UTC: both databases sort them alike."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every version of these tables, oldest first; a database at the last one fits this program."""

metadata = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")


def _report() -> Column[int]:
    return Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), nullable=False)


content = Table(
    "content",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False, unique=True),
    Column("codec", SmallInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

body = Table(
    "body",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("folded", Text, nullable=False),
)

gram = Table(
    "gram",
    metadata,
    Column("gram", String(2), primary_key=True),
    Column("body_id", ForeignKey("body.id", ondelete="CASCADE"), primary_key=True),
    sqlite_with_rowid=False,
)

report = Table(
    "report",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("content_id", ForeignKey("content.id"), nullable=False, unique=True),
    Column("reading_id", BigInteger),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("format", Text, nullable=False),
    Column("form", Text),
    Column("year", Integer),
    Column("title", Text),
    Column("body_id", ForeignKey("body.id")),
    Column("level", Text),
    Column("region", Text),
    Column("state", Text, nullable=False),
    Column("benefit", BigInteger, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reviewer", Text),
    Column("claimed_by", Text),
    Column("claimed_until", BigInteger),
    Column("added_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
_ORDER = (report.c.benefit.desc(), report.c.id)
_report_order = Index("report_order", *_ORDER)
_report_queue = Index("report_queue", report.c.state, *_ORDER)
_report_body = Index("report_body", report.c.body_id, report.c.year, report.c.state, *_ORDER)
_report_year = Index("report_year", report.c.year, report.c.form, report.c.state, *_ORDER)
_report_region = Index("report_region", report.c.region, report.c.state, *_ORDER)
_report_reviewer = Index("report_reviewer", report.c.reviewer, report.c.state, *_ORDER)
_report_format = Index("report_format", report.c.format, report.c.state, *_ORDER)

source = Table(
    "source",
    metadata,
    _report(),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("seen_at", BigInteger, nullable=False),
    UniqueConstraint("report_id", "name"),
)

reading = Table(
    "reading",
    metadata,
    Column("id", _ID, primary_key=True),
    _report(),
    Column("version", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("text_id", ForeignKey("content.id")),
    Column("body", LargeBinary, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
)
_reading_report = Index("reading_report", reading.c.report_id, reading.c.id)

event = Table(
    "event",
    metadata,
    Column("id", _ID, primary_key=True),
    _report(),
    Column("round", SmallInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("path", Text),
    Column("data", Text, nullable=False),
    Column("token", Text, unique=True),
    UniqueConstraint("report_id", "round", "seq"),
)
_event_who = Index("event_who", event.c.who, event.c.at)

finding = Table(
    "finding",
    metadata,
    _report(),
    Column("number", SmallInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
    UniqueConstraint("report_id", "number"),
)
_finding_code = Index("finding_code", finding.c.code, finding.c.settled, finding.c.report_id)

field = Table(
    "field",
    metadata,
    _report(),
    Column("path", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    UniqueConstraint("report_id", "path"),
)
_field_path = Index("field_path", field.c.path)

review_round = Table(
    "review_round",
    metadata,
    _report(),
    Column("round", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reviewed_by", Text),
    Column("reviewer", Text),
    Column("claimed_by", Text),
    Column("claimed_until", BigInteger),
    Column("drawn_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    UniqueConstraint("report_id", "round"),
)
_review_round_state = Index("review_round_state", review_round.c.kind, review_round.c.state, review_round.c.drawn_at)
