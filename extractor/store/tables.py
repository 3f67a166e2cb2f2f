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
    Column("same_as", ForeignKey("body.id")),
    Column("level", Text),
    Column("region", Text),
    Column("settled_by", Text),
    Column("settled_at", BigInteger),
    Column("place", Text),
    Column("office", Text),
    Column("compared", SmallInteger, nullable=False, server_default="0"),
)
"""A body by a name that reports give it. ``same_as``: the body that this is another name of, never more than one step
away; ``level`` and ``region``: as a person settled them; ``place`` and ``office``: the name's parts; ``compared``: by
which version of the rules it was compared with other names."""
_body_same_as = Index("body_same_as", body.c.same_as)
_body_place = Index("body_place", body.c.place, body.c.office)
_body_compared = Index("body_compared", body.c.compared)
_body_level = Index("body_level", body.c.level)
_body_region = Index("body_region", body.c.region)

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
_report_said = Index("report_said", report.c.body_id, report.c.year, report.c.region, report.c.level)

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
    Column("calls", Integer),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cost", BigInteger),
    Column("currency", Text),
)
"""``calls`` to ``currency``: what asking a model cost, ``cost`` in billionths; NULL where none was asked."""
_reading_report = Index("reading_report", reading.c.report_id, reading.c.id)
_ASKED = reading.c.calls.is_not(None)
_reading_cost = Index(
    "reading_cost",
    *(reading.c[name] for name in ("at", "engine", "currency", "calls", "input_tokens", "output_tokens", "cost")),
    sqlite_where=_ASKED,
    postgresql_where=_ASKED,
)

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
    Column("took", BigInteger),
    Column("presses", Integer),
    Column("closed", Integer),
    Column("done", SmallInteger),
    UniqueConstraint("report_id", "round", "seq"),
)
"""``took`` to ``done``: what a person's step cost and brought about (``events.Effort``); NULL for a machine's."""
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
